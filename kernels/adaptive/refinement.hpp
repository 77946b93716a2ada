// The control loop of an adaptive integral: which regions are cut, how, and when it ends. All decisions depend on the regions' results and
// places alone.
#pragma once

#include "adaptive/evaluation.hpp"
#include "adaptive/region.hpp"
#include "adaptive/start.hpp"
#include "integrate_to_tolerance.hpp"

#include <cmath>
#include <functional>
#include <vector>

namespace quadot::adaptive {

/// The error of an integral from the sums of its regions' estimates, of their squared noise, and of their magnitudes.
///
/// Abscissae round to either side, one as good as independent of the other: their effects add like the legs of right angles, not like lengths.
/// The rounding of samples and sums: sample_noise.
inline double error_of(double estimates, double squared_noise, double magnitude) {
    return estimates * (1 + 1e-12) + 2 * std::sqrt(squared_noise) + sample_noise * magnitude;
}

/// Regions that need no refinement, as far as one sees: their sums, and themselves for when one sees further.
struct at_rest {
    region_totals totals{};
    std::uint64_t count = 0;
    double densest = 0;                                 ///< the largest magnitude / width
    std::function<void(std::vector<region>&)> append{}; ///< appends them
};

/// From a start whose regions are already evaluated. `evaluations`: what that took. Throws what f throws.
integral refine(const evaluation& f, const tolerance& wanted, start from, const at_rest& resting, std::uint64_t evaluations);

} // namespace quadot::adaptive
