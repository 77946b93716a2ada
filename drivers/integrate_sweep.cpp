#include "drivers/data/memory.hpp"
#include "drivers/integrate_problem.hpp"
#include "drivers/integrate_to_tolerance.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

int dry_run(const surroundings& around, const common_settings& settings, const asked& problem) {
    if (!around.speaks()) return 0;
    const auto integrals = static_cast<double>(problem.sweep->values.size());
    fmt::print("dry run: integrate {} {}, {}, {} integrals, {} ranks x {} threads; nothing was computed\n", problem.name(),
               problem.limits_text, request_text(problem), problem.sweep->values.size(), around.ranks.size(), settings.threads);
    fmt::print("memory    {} a rank\n",
               readable_bytes(integrals * (sizeof(integral) + 2 * sizeof(double) + (problem.sweep->family ? 0 : 400))));
    // A point of a table takes a region of its own, 15 samples.
    const double each = !problem.sweep->family ? 15e-9 : problem.wanted.min_width > 0 ? 2e-6 : 2.5e-8;
    fmt::print("time      about {} where they are easy\n", readable_seconds(each * integrals / (around.ranks.size() * settings.threads)));
    return 0;
}

} // namespace

int run_sweep(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem) {
    if (options.common.dry_run) return dry_run(around, settings, problem);
    const swept_parameter& sweep = *problem.sweep;
    registry::variant variant{};
    variant.name = fmt::format("integrate/sweep/{}", name_of(settings.isa));
    variant.short_name = "sweep";
    variant.accumulator = settings.accumulator;
    variant.threaded = true;
    static_cast<void>(parse_comparison(options.common.compare, {variant.short_name}));

    report report = start_report(
        around, options.common, settings,
        sweep.family ? fmt::format("integrate {} from {} for {} values of {} from {:g} to {:g}, {}", problem.name(), problem.limits_text,
                                   sweep.values.size(), sweep.name, sweep.values.front(), sweep.values.back(), request_text(problem))
                     : fmt::format("integrate {} from {} up to {} points from {:g} to {:g}, {}", problem.name(), problem.limits_text,
                                   sweep.values.size(), sweep.values.front(), sweep.values.back(), request_text(problem)));
    report.rate_unit = "Geval/s";
    report.result.accumulator = name_of(settings.accumulator);
    const execution how{
        .accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks, .jit = problem.jit};
    prepare_text(around, problem, how, report);
    tolerance wanted = problem.wanted;
    wanted.breakpoints = problem.breakpoints;
    swept_integrals& found = report.result.sweep.emplace();
    found.parameter = sweep.name;
    found.values = sweep.values;
    found.integrals.resize(sweep.values.size());
    const auto run = [&] {
        if (sweep.family) {
            integrate_each(*sweep.family, problem.lower, problem.upper, sweep.values, found.integrals, wanted, how);
        } else {
            integrate_cumulative(problem.view(), problem.lower, sweep.values, found.integrals, wanted, how);
        }
    };
    run();
    report.result.value = found.integrals.front().value;
    std::size_t failed = 0;
    for (std::size_t k = 0; k < found.integrals.size(); ++k) {
        const integral& each = found.integrals[k];
        report.result.error = std::max(report.result.error, each.error);
        // Those of a table are those of its one pass.
        report.result.evaluations = (sweep.family ? report.result.evaluations : 0) + each.evaluations;
        report.result.regions = (sweep.family ? report.result.regions : 0) + each.regions;
        if (each.status == integral_status::ok || failed++ > 0) continue;
        report.result.status = name_of(each.status);
        report.result.message = fmt::format("{} = {:g}: {}", sweep.name, sweep.values[k], explain(each));
    }
    if (failed > 0 && around.speaks()) {
        fmt::print(stderr, "quadot: integrate {}: {} of {} integrals refused; the first: {}: {}\n", problem.name(), failed,
                   found.integrals.size(), report.result.status, report.result.message);
    }
    if (!wants_table(options.common) || options.common.csv == "-") return finish(around, report, options.common);
    report.reference = "the estimates of the error: no closed form is known";
    const auto judge = [&](report_row& row) {
        row.items = static_cast<double>(report.result.evaluations);
        row.error = report.result.error;
        row.bound = failed == 0 ? row.error : 0;
    };
    timing_request timing = settings.timing;
    if (!settings.maximum_time_chosen) timing.maximum_seconds = std::min(timing.maximum_seconds, 0.1);
    const auto timed = [&] {
        run();
        return found.integrals.front().value;
    };
    measure(around, report, {{&variant, timed, judge}}, timing, settings.threads);
    note_jit(problem, how, report);
    return finish(around, report, options.common);
}

} // namespace quadot::drivers
