#include "drivers/scale/to_tolerance.hpp"

#include "drivers/integrate_to_tolerance.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/run.hpp"

#include <fmt/format.h>

namespace quadot::drivers {

int scale_to_tolerance(const surroundings& around, const integrate_options& options, const common_settings& settings,
                       const scale_plan& plan, const asked& problem) {
    const registry::variant variant = adaptive_variant(settings);
    static_cast<void>(parse_comparison(options.common.compare.empty() ? "none" : options.common.compare, {variant.short_name}));
    const std::string what =
        fmt::format("integrate {} from {}, {}; {}", integrand_text(problem), problem.limits_text, request_text(problem), text_of(plan));
    if (options.common.dry_run) {
        if (around.speaks()) {
            write_standard_output(fmt::format("dry run: scale {}; nothing was computed\n"
                                              "work      {} points, each of up to {:.3g} evaluations\n",
                                              what, plan.ranks.size() * plan.threads.size(),
                                              static_cast<double>(problem.wanted.max_evaluations)));
        }
        return 0;
    }
    report report = start_report(around, options.common, settings, what);
    report.rate_unit = "Geval/s";
    report.result.accumulator = name_of(settings.accumulator);
    const auto execution_on = [&](const communicator& ranks, int threads) {
        return execution{.accumulator = settings.accumulator, .threads = threads, .isa = settings.isa, .ranks = &ranks, .jit = problem.jit};
    };
    const execution all = execution_on(around.ranks, settings.threads);
    prepare_text(around, problem, all, report);
    const integral found = integrate_as_asked(problem, all);
    take_answer(around, problem, found, report);
    const tolerance_judge judge(problem, found);
    report.reference = judge.reference_name();

    // What is scaled is the work, and that is known once it has been done.
    const auto points = configurations(plan, found.evaluations, found.evaluations);
    const prepare_function prepare = [&](const configuration& where, const communicator&) {
        const auto run = [&, threads = where.threads](const communicator& some) {
            return integrate_as_asked(problem, execution_on(some, threads)).value;
        };
        return prepared_work{nullptr, {{&variant, run, judge}}};
    };
    run_study(around, report, points, 1, prepare, study_timing(settings));
    note_jit(problem, all, report);
    return finish(around, report, options.common);
}

} // namespace quadot::drivers
