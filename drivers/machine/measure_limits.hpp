// Measures what machine/limits.hpp describes.
#pragma once

#include "drivers/commands.hpp"
#include "drivers/machine/limits.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/report.hpp"

namespace quadot::drivers {

/// Collective; all ranks take part, one thread of one rank a node first, then all. Appends a row for each limit. The result is that of rank 0's
/// node on every rank; with several nodes the slowest counts.
machine_limits measure_limits(const surroundings& around, report& report, const common_settings& settings, bool isa_chosen);

} // namespace quadot::drivers
