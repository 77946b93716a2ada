// The control loop of an adaptive integral: which regions are cut, how, and when it ends. All decisions depend on the regions' results and
// places alone.
#pragma once

#include "adaptive/chain.hpp"
#include "adaptive/region.hpp"
#include "adaptive/region_source.hpp"
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

/// Regions that most integrals add to those they begin with: room for them.
inline constexpr std::size_t usual_growth = 128;

/// Regions that are evaluated, and chains towards infinity whose first links are among them.
struct beginning {
    std::vector<region> regions;
    std::vector<chain> chains;
};

/// What is known of the integral over one piece of the range.
struct part {
    double left;
    double right;
    double value;
    double error; ///< without noise
    double noise;
    double magnitude;
    double seam_left;  ///< error of what lies on its left, in case that ends there
    double seam_right; ///< and on its right, in case that begins there
};

/// `evaluations`: what the beginning took. Throws what f throws.
/// parts: filled with pieces from left to right that make up the range, unless null; the relative tolerance is then a part of the largest integral from one
/// of their limits to another, not of the whole.
integral refine(const region_source& f, const tolerance& wanted, beginning from, const at_rest& resting, std::uint64_t evaluations,
                std::vector<part>* parts = nullptr);

} // namespace quadot::adaptive
