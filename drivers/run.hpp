// What `dot` and `integrate` do alike: environment checks, timing of the chosen variants, output.
#pragma once

#include "drivers/commands.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/report.hpp"
#include "registry/variant.hpp"

#include <functional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// Collective. What is known before anything is computed: machine, binding, settings.
report describe_run(const surroundings& around, const common_settings& settings, const std::string& problem);

/// Collective. The same with what the drivers' checks found; with --strict throws error: environment for a warning.
report start_report(const surroundings& around, const common_options& options, const common_settings& settings, const std::string& problem);

/// Whether anything but the value is wanted: with --quiet and no file, one run is enough.
bool wants_table(const common_options& options);

/// One variant of a comparison, its problem already bound to it.
struct candidate {
    const registry::variant* variant;
    std::function<double()> run;
    /// Collective-free: fills items, bytes, limit, error and bound for the value.
    std::function<void(report_row&)> judge;
};

/// Collective: times the candidates and appends their rows. `roof`, if given, is timed among them: a run of it moves `amount` bytes or items,
/// and what it reaches a second is every row's limit.
struct measured_roof {
    std::function<double()> run;
    double amount = 0;
};
void measure(const surroundings& around, report& report, const std::vector<candidate>& candidates, const timing_request& timing,
             int threads, const measured_roof& roof = {});

/// Rank 0 prints and writes files; all ranks return the same exit code or throw the same error.
int finish(const surroundings& around, const report& report, const common_options& options);

/// Throws now, on all ranks, if the output files cannot be written later.
void require_writable_outputs(const surroundings& around, const common_options& options);

} // namespace quadot::drivers
