// quadot integrate -n: a fixed rule, by every variant, judged against an independent evaluation.
#include "drivers/integrate_rule.hpp"

#include "drivers/data/memory.hpp"
#include "drivers/reference/text_reference.hpp"
#include "drivers/size_sweep.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers {

rule_truth judge(const asked& problem, std::uint64_t n) {
    const double a = problem.a();
    const double b = problem.b();
    if (!problem.text) {
        const auto& f = problem.integrand.description();
        const rule_judgement rule = judge_rule(f, a, b, n, problem.which);
        const long double exact = exact_integral(f, a, b);
        return {rule,
                fmt::format("the exact integral is {:.17g}; {} with n = {} is {:.3g} from it", problem.sign() * static_cast<double>(exact),
                            problem.which.name(), n, static_cast<double>(std::abs(rule.reference - exact)))};
    }
    const text_judgement found = judge_text(problem.text->formula, a, b, n, problem.which);
    if (found.singular_at) {
        return {found.rule,
                fmt::format("the integrand is not finite at x = {:.17g}: a fixed rule cannot integrate it there", *found.singular_at)};
    }
    return {found.rule,
            fmt::format("no closed form is known; composite gauss:16 rules in long double give {:.17g}, {:.1e} apart; {} with n = {} "
                        "is {:.3g} from that",
                        problem.sign() * static_cast<double>(found.integral), found.uncertainty, problem.which.name(), n,
                        static_cast<double>(std::abs(found.rule.reference - found.integral)))};
}

double bound_of(const registry::integrate_variant& variant, const rule_judgement& judgement, double evaluations) {
    // Summation, in any order (Higham 2002, section 4.2): at most evaluations u of the magnitude, and twice that for weights and abscissae formed
    // anew in every step, as the notes do.
    return judgement.bound + (variant.is_baseline() ? 4 * evaluations * 0x1p-53 * judgement.magnitude : 64 * 0x1p-53 * judgement.magnitude);
}

std::vector<registry::integrate_variant> variants_of(const asked& problem, isa_kind isa) {
    return problem.text ? registry::text_variants(isa, problem.which, *problem.text)
                        : registry::integrate_variants(isa, problem.which, problem.jobs);
}

const char* status_of_sum(double value) {
    if (std::isnan(value)) return "not_a_number";
    return std::isinf(value) ? "divergent_or_singular" : "ok";
}

namespace {

int dry_run(const surroundings& around, const common_settings& settings, const asked& problem) {
    const auto evaluations = static_cast<double>(problem.which.evaluations(problem.n));
    if (around.speaks()) {
        const double workers = static_cast<double>(around.ranks.size()) * settings.threads;
        fmt::print("dry run: integrate {} {}, {}, n = {}, {} ranks x {} threads; nothing was computed\n", problem.name(),
                   problem.limits_text, problem.which.name(), problem.n, around.ranks.size(), settings.threads);
        fmt::print("memory    {} a rank\n",
                   readable_bytes(problem.which.kind == rule_kind::clenshaw ? 32.0 * static_cast<double>(problem.n + 1) : 65536.0));
        fmt::print("work      {:.6g} evaluations in all\n", evaluations);
        fmt::print("time      about {} a run at 1 ns an evaluation and thread\n", readable_seconds(evaluations * 1e-9 / workers));
    }
    return 0;
}

/// Collective: the rows of one n, appended, and its result.
void measure_rule(const surroundings& around, report& report, const common_options& options, const common_settings& settings,
                  const asked& problem, std::uint64_t n, const std::vector<registry::integrate_variant>& variants) {
    const auto& chosen =
        *std::find_if(variants.begin(), variants.end(), [&](const auto& variant) { return variant.accumulator == settings.accumulator; });
    std::vector<std::string> known;
    for (const auto& variant : variants) known.push_back(variant.short_name);
    const auto compared = parse_comparison(options.compare, known);
    const auto jit = report.result.jit;
    report.result = {};
    report.result.jit = jit;
    report.result.accumulator = name_of(settings.accumulator);
    report.result.evaluations = problem.lower == problem.upper ? 0 : problem.which.evaluations(n);
    if (problem.lower == problem.upper) {
        report.reference = "the empty interval"; // 0 for every variant, with nothing to measure
        return;
    }
    const registry::integrate_problem bound_problem{around.ranks,     problem.integrand, problem.which,
                                                    problem.a(),      problem.b(),       n,
                                                    settings.threads, problem.jobs,      problem.text ? &*problem.text : nullptr,
                                                    problem.jit};
    const execution how{
        .accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks, .jit = problem.jit};
    const auto signed_run = [&](const registry::integrate_variant& variant) { return problem.sign() * variant.run(bound_problem); };
    if (!wants_table(options)) {
        report.result.value = signed_run(chosen);
        report.result.status = status_of_sum(report.result.value);
        return;
    }
    // Rank 0 alone judges: it speaks, and its verdict is all ranks' (finish()).
    rule_truth truth{};
    agree(around.ranks, [&] {
        if (around.speaks()) truth = judge(problem, n);
    });
    report.reference = truth.rule.reference_name;
    report.notes.push_back(truth.note);
    const bounded own = integrate_bounded(problem.view(), problem.a(), problem.b(), n, problem.which, how);

    std::vector<candidate> candidates;
    for (const auto& variant : variants) {
        const bool wanted = std::find(compared.begin(), compared.end(), variant.short_name) != compared.end();
        if (!wanted && &variant != &chosen) continue;
        candidates.push_back({&variant, [&] { return signed_run(variant); },
                              [&](report_row& row) {
                                  const std::uint64_t slices = variant.per_job ? static_cast<std::uint64_t>(problem.jobs) : 1;
                                  row.items = static_cast<double>(problem.which.evaluations(n) * slices);
                                  const long double reference =
                                      variant.per_job && around.speaks() ? judge(problem, n * slices).rule.reference : truth.rule.reference;
                                  row.error = static_cast<double>(std::abs(problem.sign() * row.value - reference));
                                  row.bound = bound_of(variant, truth.rule, row.items);
                              }});
    }
    timing_request timing = settings.timing;
    if (compared.empty() && !settings.maximum_time_chosen) timing.maximum_seconds = 5e-3;
    const std::size_t before = report.rows.size();
    measured_roof roof;
    if (!compared.empty()) {
        const std::uint64_t evaluations = problem.which.evaluations(n);
        roof = {[&problem, evaluations, how] { return evaluate_only(problem.view(), problem.a(), problem.b(), evaluations, how); },
                static_cast<double>(evaluations)};
    }
    measure(around, report, candidates, timing, settings.threads, roof);
    for (const auto& row : std::span(report.rows).subspan(before)) {
        if (row.name != chosen.name) continue;
        report.result.value = row.value;
        report.result.error = own.bound;
        report.result.status = status_of_sum(row.value);
    }
}

} // namespace

int run_rule(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem) {
    if (options.common.dry_run) return dry_run(around, settings, problem);
    if (problem.text && problem.jobs != 0) {
        throw usage_error("--jobs: naive-jobs has named integrands only; leave --jobs out or choose one of `quadot list integrands`");
    }
    const auto variants = variants_of(problem, settings.isa);
    const bool many = !options.sizes.empty();
    report report =
        start_report(around, options.common, settings,
                     fmt::format("integrate {} from {}, {}, {}", integrand_text(problem), problem.limits_text, problem.which.name(),
                                 many ? fmt::format("{} sizes from {} to {}", problem.sizes.size(),
                                                    *std::min_element(problem.sizes.begin(), problem.sizes.end()), problem.n)
                                      : fmt::format("n = {}", problem.n)));
    report.rate_unit = "Geval/s";
    const execution how{
        .accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks, .jit = problem.jit};
    prepare_text(around, problem, how, report);
    if (many) {
        size_sweep swept(report);
        for (const std::uint64_t n : problem.sizes) {
            measure_rule(around, report, options.common, settings, problem, n, variants);
            swept.take(n);
        }
    } else {
        measure_rule(around, report, options.common, settings, problem, problem.n, variants);
    }
    if (problem.lower != problem.upper && wants_table(options.common)) note_jit(problem, how, report);
    return finish(around, report, options.common);
}

} // namespace quadot::drivers
