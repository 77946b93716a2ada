// Where an adaptive integral begins: regions that cover the range finely enough to notice narrow features.
#pragma once

#include "adaptive/chain.hpp"
#include "adaptive/region.hpp"
#include "integrate_to_tolerance.hpp"

#include <vector>

namespace quadot::adaptive {

/// Shells of an infinite range: a link of a chain each, cut into several regions where they are near.
struct shells {
    double origin = 0;
    double direction = 1;
    int first = 0;                    ///< the chain begins 2^first from the origin
    std::vector<int> regions_of_link; ///< how many, from there on
    std::size_t first_region = 0;     ///< in start::regions
};

struct start {
    std::vector<region> regions;
    std::vector<shells> outward; ///< none for a finite range
};

/// Regions of [a, b] with finite limits that a range without breakpoints is cut into; see tolerance::min_width. A multiple of 8.
std::size_t uniform_regions(double min_width);

/// a < b.
start begin(double a, double b, const tolerance& wanted);

/// Outward chains begin at a distance of 2^first_outward, in units that are 1 unless the origin is huge.
inline constexpr int first_outward = 0;

} // namespace quadot::adaptive
