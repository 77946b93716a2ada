// quadot integrate: an integral by a fixed rule, by every variant, judged against an independent evaluation.
#include "drivers/commands.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/input/limits.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/reference/rule_reference.hpp"
#include "drivers/run.hpp"
#include "errors.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"
#include "registry/integrate_variants.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

struct integrate_options {
    common_options common;
    std::string what;
    std::vector<std::string> limits;
    std::string n;
    std::string rule;
    std::string jobs;
};

/// The problem as asked, its limits in order.
struct asked {
    named_integrand integrand{0};
    rule which;
    double lower = 0; ///< as typed
    double upper = 0;
    std::string limits_text;
    std::uint64_t n = 0;
    int jobs = 0;

    [[nodiscard]] double a() const { return std::min(lower, upper); }
    [[nodiscard]] double b() const { return std::max(lower, upper); }
    /// What LO > HI does to every value.
    [[nodiscard]] double sign() const { return lower > upper ? -1 : 1; }
};

std::vector<std::string> integrand_names() {
    std::vector<std::string> names;
    for (const auto& description : integrand_descriptions()) names.emplace_back(description.name);
    return names;
}

asked understand(const integrate_options& options) {
    asked problem;
    const auto integrand = find_integrand(options.what);
    if (!integrand) throw usage_error(unknown_name_message("integrand", options.what, integrand_names()));
    problem.integrand = *integrand;
    const auto& f = integrand->description();

    if (options.limits.empty()) {
        problem.lower = f.lower;
        problem.upper = f.upper;
        problem.limits_text = fmt::format("{} {}", f.lower_text, f.upper_text);
    } else if (options.limits.size() == 2) {
        problem.lower = parse_limit("LO", options.limits[0]);
        problem.upper = parse_limit("HI", options.limits[1]);
        problem.limits_text = options.limits[0] + " " + options.limits[1];
    } else {
        throw usage_error(fmt::format("integrate {}: {} limits; give LO and HI, or none for {} {}", options.what, options.limits.size(),
                                      f.lower_text, f.upper_text));
    }
    if (options.n.empty()) {
        throw usage_error("integrate: no -n: integration to a tolerance is not in this version; give -n PANELS and --rule RULE");
    }
    problem.n = parse_size("-n", options.n);
    const std::string name = options.rule.empty() ? "midpoint" : options.rule;
    const auto which = find_rule(name);
    if (!which) {
        if (name == "gauss" || name.starts_with("gauss:")) {
            throw usage_error("--rule " + printable(name) + ": no such order; choose gauss:2 ... gauss:64");
        }
        throw usage_error(unknown_name_message("rule", name, rule_names()));
    }
    problem.which = *which;
    if (!std::isfinite(problem.lower) || !std::isfinite(problem.upper)) {
        throw usage_error("integrate: infinite limits need integration to a tolerance; a fixed rule takes finite ones");
    }
    if (!std::isfinite(problem.upper - problem.lower)) {
        throw usage_error("integrate: the limits are further apart than the largest double; scale the variable");
    }
    if (problem.n < 1) throw usage_error("-n 0: a rule needs n >= 1 panels; give at least 1");
    if (problem.n > maximum_terms / 64 && which->evaluations(problem.n) > maximum_terms) {
        throw usage_error("-n " + options.n + ": " + which->name() + " would need more than 2^53 evaluations; take a smaller n");
    }
    if (which->kind == rule_kind::clenshaw && problem.n > maximum_clenshaw_panels) {
        throw usage_error(fmt::format("-n {}: clenshaw needs all weights at once; take n <= {} or a composite rule such as gauss:16",
                                      options.n, maximum_clenshaw_panels));
    }
    if (!options.jobs.empty()) {
        const auto& text = options.jobs;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), problem.jobs);
        if (failure != std::errc{} || end != text.data() + text.size() || problem.jobs < 1 || problem.jobs > 1024) {
            throw usage_error("--jobs " + printable(text) + ": not a whole number from 1 to 1024; choose one of those");
        }
    }
    return problem;
}

int dry_run(const surroundings& around, const common_settings& settings, const asked& problem) {
    const auto evaluations = static_cast<double>(problem.which.evaluations(problem.n));
    if (around.speaks()) {
        const double workers = static_cast<double>(around.ranks.size()) * settings.threads;
        fmt::print("dry run: integrate {} {}, {}, n = {}, {} ranks x {} threads; nothing was computed\n",
                   problem.integrand.description().name, problem.limits_text, problem.which.name(), problem.n, around.ranks.size(),
                   settings.threads);
        fmt::print("memory    {} a rank\n",
                   readable_bytes(problem.which.kind == rule_kind::clenshaw ? 32.0 * static_cast<double>(problem.n + 1) : 65536.0));
        fmt::print("work      {:.6g} evaluations in all\n", evaluations);
        fmt::print("time      about {} a run at 1 ns an evaluation and thread\n", readable_seconds(evaluations * 1e-9 / workers));
    }
    return 0;
}

/// An integral over no length: 0 for every variant, with nothing to measure.
int finish_empty(const surroundings& around, const common_options& options, report& report) {
    report.reference = "the empty interval";
    return finish(around, report, options);
}

int run(const surroundings& around, const integrate_options& options) {
    common_settings settings{};
    asked problem;
    agree(around.ranks, [&] {
        settings = check_common_options(options.common);
        problem = understand(options);
    });
    require_writable_outputs(around, options.common);
    if (options.common.dry_run) return dry_run(around, settings, problem);

    const auto& f = problem.integrand.description();
    const auto variants = registry::integrate_variants(settings.isa, problem.which, problem.jobs);
    const auto& chosen =
        *std::find_if(variants.begin(), variants.end(), [&](const auto& variant) { return variant.accumulator == settings.accumulator; });
    std::vector<std::string> known;
    for (const auto& variant : variants) known.push_back(variant.short_name);
    const auto compared = parse_comparison(options.common.compare, known);

    report report = start_report(
        around, options.common, settings,
        fmt::format("integrate {} = {} from {}, {}, n = {}", f.name, f.formula, problem.limits_text, problem.which.name(), problem.n));
    report.rate_unit = "Geval/s";
    report.result.accumulator = name_of(settings.accumulator);
    report.result.evaluations = problem.which.evaluations(problem.n);
    const registry::integrate_problem bound_problem{around.ranks, problem.integrand, problem.which,    problem.a(),
                                                    problem.b(),  problem.n,         settings.threads, problem.jobs};
    if (problem.lower == problem.upper) {
        report.result.evaluations = 0;
        return finish_empty(around, options.common, report);
    }
    const auto signed_run = [&](const registry::integrate_variant& variant) { return problem.sign() * variant.run(bound_problem); };
    if (!wants_table(options.common)) {
        report.result.value = signed_run(chosen);
        if (std::isnan(report.result.value)) report.result.status = "not_a_number";
        return finish(around, report, options.common);
    }

    const rule_judgement judgement = judge_rule(f, problem.a(), problem.b(), problem.n, problem.which);
    report.reference = judgement.reference_name;
    const long double exact = exact_integral(f, problem.a(), problem.b());
    report.notes.push_back(fmt::format("the exact integral is {:.17g}; {} with n = {} is {:.3g} from it",
                                       problem.sign() * static_cast<double>(exact), problem.which.name(), problem.n,
                                       static_cast<double>(std::abs(judgement.reference - exact))));
    const execution how{.accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks};
    const bounded own = integrate_bounded(problem.integrand, problem.a(), problem.b(), problem.n, problem.which, how);

    std::vector<candidate> candidates;
    for (const auto& variant : variants) {
        const bool wanted = std::find(compared.begin(), compared.end(), variant.short_name) != compared.end();
        if (!wanted && &variant != &chosen) continue;
        candidates.push_back({&variant, [&] { return signed_run(variant); },
                              [&](report_row& row) {
                                  const std::uint64_t slices = variant.per_job ? static_cast<std::uint64_t>(problem.jobs) : 1;
                                  row.items = static_cast<double>(problem.which.evaluations(problem.n) * slices);
                                  long double reference = judgement.reference;
                                  if (variant.per_job) {
                                      reference = judge_rule(f, problem.a(), problem.b(), problem.n * slices, problem.which).reference;
                                  }
                                  row.error = static_cast<double>(std::abs(problem.sign() * row.value - reference));
                                  // Summation, in any order (Higham 2002, section 4.2): at most evaluations u of the magnitude, and
                                  // twice that for weights and abscissae formed anew in every step, as the notes do.
                                  row.bound = judgement.bound + (variant.is_baseline() ? 4 * row.items * 0x1p-53 * judgement.magnitude
                                                                                       : 64 * 0x1p-53 * judgement.magnitude);
                              }});
    }
    timing_request timing = settings.timing;
    if (compared.empty() && !settings.maximum_time_chosen) timing.maximum_seconds = 5e-3;
    measure(around, report, candidates, timing, settings.threads);
    for (const auto& row : report.rows) {
        if (row.name != chosen.name) continue;
        report.result.value = row.value;
        report.result.error = own.bound;
        if (std::isnan(row.value)) report.result.status = "not_a_number";
    }
    return finish(around, report, options.common);
}

} // namespace

command add_integrate(CLI::App& program) {
    auto options = std::make_shared<integrate_options>();
    CLI::App* app = program.add_subcommand("integrate", "an integral by a fixed rule, by every variant, judged independently");
    app->add_option("what", options->what, "an integrand of `quadot list integrands`")->type_name("WHAT")->required();
    app->add_option("limits", options->limits, "constant expressions: 0, pi/2, 1/3, 1e-3 (default: the integrand's own)")
        ->type_name("LO HI");
    add_option_with_environment(*app, "-n,--n", options->n, "panels of the rule, e.g. 1000, 1e9, 2^30")->type_name("SIZE");
    add_option_with_environment(*app, "--rule", options->rule,
                                "left right midpoint trapezoid simpson boole gauss:K clenshaw (default: midpoint)")
        ->type_name("RULE");
    add_option_with_environment(*app, "--jobs", options->jobs, "also run naive-jobs: J slices of n steps each (rule left)")->type_name("J");
    add_common_options(*app, options->common, true);
    app->footer("Examples:\n  quadot integrate cos 0 pi/2 -n 1000 --rule left\n  quadot integrate pi -n 1e8 --rule gauss:7 --compare none\n"
                "  mpirun -n 2 quadot integrate gauss 0 3 -n 1e8 --accumulator plain --json gauss.json");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
