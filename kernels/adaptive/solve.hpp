// One integral from its first samples to its verdict.
#pragma once

#include "adaptive/evaluation.hpp"
#include "adaptive/refinement.hpp"
#include "integrate_to_tolerance.hpp"

#include <span>
#include <vector>

namespace quadot::adaptive {

/// a < b. Throws what f throws.
integral solve(const evaluation& f, double a, double b, const tolerance& wanted);

/// Likewise of any source of regions; more slowly where the first samples would do. parts: see refine(). points: regions end there, in any order.
integral solve_in_regions(const region_source& f, double a, double b, const tolerance& wanted, std::span<const double> points = {},
                          std::vector<part>* parts = nullptr);

} // namespace quadot::adaptive
