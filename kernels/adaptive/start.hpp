// Where an adaptive integral begins: regions that cover the range finely enough to notice narrow features.
#pragma once

#include "adaptive/chain.hpp"
#include "adaptive/region.hpp"
#include "block/regions.hpp"
#include "integrate_to_tolerance.hpp"
#include "rules/gauss_kronrod.hpp"

#include <span>
#include <vector>

namespace quadot::adaptive {

/// Shells of an infinite range: the first links of a chain, cut into several regions where they are near; region::link says which is whose.
struct shells {
    double origin = 0;
    double direction = 1;
    int first = 0; ///< the chain begins 2^first from the origin
    int links = 0;
};

struct start {
    std::vector<region> regions; ///< of each half-line from the inside out
    std::vector<shells> outward; ///< none for a finite range
};

/// Regions that a finite range is cut into; see tolerance::min_width. A multiple of 8.
constexpr std::size_t uniform_regions(double min_width) {
    if (min_width == 0) return 8;
    // std::ceil is a call, and not for constants.
    const double regions = rules::gauss_kronrod<region_nodes>::widest_gap / min_width;
    const auto whole = static_cast<std::size_t>(regions);
    return (whole + (static_cast<double>(whole) < regions ? 1 : 0) + 7) / 8 * 8;
}

/// Regions of any range without breakpoints.
std::size_t first_regions(double a, double b, double min_width);

/// a < b. Half-lines begin at the finite limit, or at 0; breakpoints and points cut the regions that they lie in, in any order. The integrand may be
/// singular at the breakpoints.
start begin(double a, double b, double min_width, std::span<const double> breakpoints, std::span<const double> points = {});

/// The chains whose first links are the shells of a start that is evaluated. Samples beyond where f has vanished, which are not finite, become 0.
std::vector<chain> chains_of(start& evaluated);

} // namespace quadot::adaptive
