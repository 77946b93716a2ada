// How a half-line is cut into its first regions: links that double away from its origin, on both sides of a unit.
#pragma once

#include <algorithm>
#include <cmath>

namespace quadot::adaptive {

/// Links towards infinity, and towards the origin, that the first samples cover: from 1e-6 to 1e7 times the unit.
inline constexpr int outward_links = 24;
inline constexpr int inward_links = 20;

/// Regions in the link between 2^k and 2^(k+1) of the origin. Four regions of 15 nodes are at most 1/38 of the distance apart.
constexpr int regions_in(int k, double min_width) {
    if (min_width == 0) return 1;
    const int distance = k >= 0 ? k : -1 - k;
    return distance <= 10 && k >= -3 ? 4 : distance <= 16 && k >= -6 ? 2 : 1;
}

/// The unit of a half-line's links: 1, or so much more that even the innermost is wider than the origin's last place.
inline int unit_exponent(double origin) { return origin == 0 ? 0 : std::max(0, std::ilogb(origin) - inward_links); }

/// visit(link, inner, outer): the limits of the regions from the origin outwards, the first one next to it. Links from 0 on are shells of a chain.
template <class Visit>
void for_each_region(double origin, double direction, int links, double min_width, const Visit& visit) {
    double from = std::ldexp(1.0, unit_exponent(origin) - inward_links);
    double last = origin + direction * from;
    visit(-inward_links - 1, origin, last);
    for (int k = -inward_links; k < links; ++k) {
        const int pieces = regions_in(k, min_width);
        const double step = from / pieces; // exact, as its multiples
        for (int i = 1; i <= pieces; ++i) {
            const double outer = origin + direction * (from + step * i);
            visit(k, last, outer);
            last = outer;
        }
        from += from;
    }
}

} // namespace quadot::adaptive
