// What happens to a region in one round.
#pragma once

#include "adaptive/region.hpp"

#include <cstdint>

namespace quadot::adaptive {

enum class treatment : std::uint8_t {
    keep,
    wait, ///< kept until its neighbours are resolved
    cut,
    descend,     ///< cut, with its neighbours, by themselves
    grade_left,  ///< becomes a chain towards its left end
    grade_right, ///< or its right end
    isolate,     ///< about a point, to which its root is replaced by chains from both sides
    inspect,     ///< a sample is not finite
    drop,        ///< others take its place
};

/// What the search for narrow features goes by.
struct search_view {
    bool wanted;
    double densest; ///< of rough regions: magnitude / width
};

/// Whether the search goes on in a region.
bool hides_something(const region& each, const search_view& search);

/// Of one that is not as good as it shall be.
treatment treatment_of_failing(const region& each, double seam, double threshold, const search_view& search);

/// seam: the larger one of its two. threshold: the error that a region may have; infinite where a region's magnitude is.
inline treatment treatment_of(const region& each, double seam, double threshold, const search_view& search) {
    const bool good = each.estimate <= threshold && seam <= threshold && each.noise <= threshold && !each.rough && each.finite();
    return good || each.settled ? treatment::keep : treatment_of_failing(each, seam, threshold, search);
}

} // namespace quadot::adaptive
