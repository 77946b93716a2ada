#include "drivers/integrate_to_tolerance.hpp"

#include "drivers/data/memory.hpp"
#include "drivers/reference/rule_reference.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers {

std::string request_text(const asked& problem) {
    std::string text = fmt::format("rtol {:g}", problem.wanted.relative);
    if (problem.wanted.absolute > 0) text += fmt::format(", atol {:g}", problem.wanted.absolute);
    if (!problem.breakpoints.empty())
        text += fmt::format(", {} breakpoint{}", problem.breakpoints.size(), problem.breakpoints.size() == 1 ? "" : "s");
    if (problem.wanted.min_width == 0) text += ", no search for narrow features";
    return text;
}

namespace {

/// The integral in closed form, where one is known for these limits.
std::optional<double> closed_form(const asked& problem) {
    if (problem.text || !std::isfinite(problem.lower) || !std::isfinite(problem.upper)) return std::nullopt;
    const auto exact = static_cast<double>(exact_integral(problem.integrand.description(), problem.a(), problem.b()));
    if (!std::isfinite(exact)) return std::nullopt;
    return problem.sign() * exact;
}

int dry_run(const surroundings& around, const common_settings& settings, const asked& problem) {
    if (!around.speaks()) return 0;
    const double first = problem.wanted.min_width > 0 ? std::min(1.6 / problem.wanted.min_width, 1e9) : 120;
    const auto most = static_cast<double>(problem.wanted.max_evaluations);
    fmt::print("dry run: integrate {} {}, {}, {} ranks x {} threads; nothing was computed\n", problem.name(), problem.limits_text,
               request_text(problem), around.ranks.size(), settings.threads);
    fmt::print("memory    {} to {} a rank\n", readable_bytes(65536.0), readable_bytes(65536.0 + 14 * most));
    fmt::print("work      {:.3g} to {:.3g} evaluations in all\n", std::min(first, most), most);
    fmt::print("time      about {} to {} at 1 ns an evaluation\n", readable_seconds(first * 1e-9), readable_seconds(most * 1e-9));
    return 0;
}

} // namespace

registry::variant adaptive_variant(const common_settings& settings) {
    registry::variant variant{};
    variant.name = fmt::format("integrate/adaptive/{}", name_of(settings.isa));
    variant.short_name = "adaptive";
    variant.summary = "to a tolerance";
    variant.accumulator = settings.accumulator;
    variant.threaded = true;
    return variant;
}

integral integrate_as_asked(const asked& problem, const execution& how) {
    tolerance wanted = problem.wanted;
    wanted.breakpoints = problem.breakpoints;
    return integrate(problem.view(), problem.lower, problem.upper, wanted, how);
}

void take_answer(const surroundings& around, const asked& problem, const integral& found, report& report) {
    report.result.value = found.value;
    report.result.error = found.error;
    report.result.evaluations = found.evaluations;
    report.result.regions = found.regions;
    report.result.status = name_of(found.status);
    if (found.status == integral_status::ok) return;
    report.result.message = explain(found);
    if (around.speaks()) fmt::print(stderr, "quadot: integrate {}: {}: {}\n", problem.name(), report.result.status, report.result.message);
}

tolerance_judge::tolerance_judge(const asked& problem, const integral& found) : exact_(closed_form(problem)), found_(found) {
    const double target = std::max(problem.wanted.absolute, problem.wanted.relative * std::abs(found.value));
    // What was asked for; where an integral of 0 was found to rounding, that.
    bound_ = found.status == integral_status::ok ? std::max(target, found.error) : 0;
}

void tolerance_judge::operator()(report_row& row) const {
    row.items = static_cast<double>(found_.evaluations);
    row.error = exact_ ? std::abs(row.value - *exact_) : found_.error;
    row.bound = bound_;
}

std::string tolerance_judge::reference_name() const {
    return exact_ ? fmt::format("the closed form, {:.17g}", *exact_) : "the estimate of the error: no closed form is known";
}

int run_to_tolerance(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem) {
    if (options.common.dry_run) return dry_run(around, settings, problem);
    const registry::variant variant = adaptive_variant(settings);
    static_cast<void>(parse_comparison(options.common.compare, {variant.short_name}));

    report report =
        start_report(around, options.common, settings,
                     fmt::format("integrate {} from {}, {}", integrand_text(problem), problem.limits_text, request_text(problem)));
    report.rate_unit = "Geval/s";
    report.result.accumulator = name_of(settings.accumulator);
    if (problem.lower == problem.upper) {
        report.reference = "the empty interval";
        return finish(around, report, options.common);
    }
    const execution how{
        .accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks, .jit = problem.jit};
    prepare_text(around, problem, how, report);
    const integral found = integrate_as_asked(problem, how);
    take_answer(around, problem, found, report);
    if (!wants_table(options.common)) return finish(around, report, options.common);

    const tolerance_judge judge(problem, found);
    report.reference = judge.reference_name();
    timing_request timing = settings.timing;
    if (!settings.maximum_time_chosen) timing.maximum_seconds = std::min(timing.maximum_seconds, 0.1);
    measure(around, report, {{&variant, [&] { return integrate_as_asked(problem, how).value; }, judge}}, timing, settings.threads);
    note_jit(problem, how, report);
    return finish(around, report, options.common);
}

} // namespace quadot::drivers
