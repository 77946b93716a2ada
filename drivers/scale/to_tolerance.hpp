// Strong scaling of an integral to a tolerance: the same integral on more and more workers.
#pragma once

#include "drivers/integrate_problem.hpp"
#include "drivers/scale/study.hpp"

namespace quadot::drivers {

/// Collective: measures, judges and prints the study; returns the exit code.
int scale_to_tolerance(const surroundings& around, const integrate_options& options, const common_settings& settings,
                       const scale_plan& plan, const asked& problem);

} // namespace quadot::drivers
