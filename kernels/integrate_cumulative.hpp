// The integral up to many points, in one pass: a table of an antiderivative.
#pragma once

#include "execution.hpp"
#include "integrate_to_tolerance.hpp"

#include <span>

namespace quadot {

/// results[j] = the integral of f from a to points[j]: negative ones below a of a positive f, 0 at a itself. Points ascend, and may repeat and be
/// infinite. Spans of one length.
///
/// The range from the lowest to the highest of the points and a is integrated once, with regions that end at the points, so that a point costs 15
/// samples, or none of its own. Each result has its own error and status; `evaluations` and `regions` are those of all. The relative
/// tolerance is a part of the largest integral from one place of the range to another. Beyond a point where the integral diverges, results are NaN and
/// say so; up to there they are good as long as their own errors are.
/// The bits do not depend on threads and ranks. Throws error: usage for points that do not ascend or are NaN, and as integrate(); what f throws.
void integrate_cumulative(integrand_view f, double a, std::span<const double> points, std::span<integral> results, const tolerance& wanted,
                          const execution& how = {});

} // namespace quadot
