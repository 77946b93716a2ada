// A region at all scales beside the points that users put integrals next to.
#pragma once

#include "adaptive/region.hpp"

#include <vector>

namespace quadot::adaptive {

/// Appends the region, as regions, in no order, that halve towards each of its open ends and towards 0, at most `octaves` times; as it is
/// where it has neither.
void append_octaves(std::vector<region>& into, const region& whole, int octaves);

} // namespace quadot::adaptive
