#include "adaptive/start.hpp"

#include "block/regions.hpp"
#include "rules/gauss_kronrod.hpp"

#include <algorithm>
#include <cmath>

namespace quadot::adaptive {

namespace {

/// Links towards infinity, and towards the origin, that the first samples cover: from 1e-6 to 1e7 times the unit.
constexpr int outward_links = 24;
constexpr int inward_links = 20;

/// Regions in the link between 2^k and 2^(k+1) of the origin. Four regions of 15 nodes are at most 1/38 of the distance apart.
int regions_in(int k, double min_width) {
    if (min_width == 0) return 1;
    const int distance = k >= 0 ? k : -1 - k;
    return distance <= 10 && k >= -3 ? 4 : distance <= 16 && k >= -6 ? 2 : 1;
}

/// The unit of a half-line's links: 1, or so much more that even the innermost is wider than the origin's last place.
int unit_exponent(double origin) { return origin == 0 ? 0 : std::max(0, std::ilogb(origin) - inward_links); }

/// The link between 2^k and 2^(k+1) units of the origin.
void append_link(std::vector<region>& regions, double origin, double direction, int k, int pieces, region kind) {
    const double from = std::ldexp(1.0, k + unit_exponent(origin));
    for (int i = 0; i < pieces; ++i) {
        const double a = origin + direction * (from + from * i / pieces);
        const double b = origin + direction * (from + from * (i + 1) / pieces);
        kind.left = kind.root_left = std::min(a, b);
        kind.right = kind.root_right = std::max(a, b);
        regions.push_back(kind);
    }
}

/// From the origin to infinity, with shells as far as the farthest breakpoint.
void append_half_line(start& into, double origin, double direction, double min_width, std::span<const double> breakpoints) {
    const int unit = unit_exponent(origin);
    shells outward{origin, direction, unit, outward_links};
    for (const double point : breakpoints) {
        const double distance = (point - origin) * direction;
        if (distance > 0 && std::isfinite(distance)) {
            outward.links = std::clamp(std::ilogb(distance) - unit + 2, outward.links, chain::most_links);
        }
    }
    const double nearest = origin + direction * std::ldexp(1.0, unit - inward_links);
    into.regions.push_back(region::of(std::min(origin, nearest), std::max(origin, nearest), direction > 0 ? at_left : at_right));
    for (int k = -inward_links; k < 0; ++k) append_link(into.regions, origin, direction, k, regions_in(k, min_width), {});
    region shell;
    shell.half_line = static_cast<std::int16_t>(into.outward.size());
    for (int k = 0; k < outward.links; ++k) {
        shell.link = static_cast<std::int16_t>(k);
        append_link(into.regions, origin, direction, k, regions_in(k, min_width), shell);
    }
    into.outward.push_back(outward);
}

/// Regions end at `point`, where the integrand may be singular; none does outside the regions.
void cut_at(std::vector<region>& regions, double point) {
    for (std::size_t k = 0; k < regions.size(); ++k) {
        region& whole = regions[k];
        if (whole.right == point) whole.open_ends |= at_right;
        if (whole.left == point) whole.open_ends |= at_left;
        if (!(whole.left < point && point < whole.right)) continue;
        region above = whole;
        above.left = above.root_left = whole.right = whole.root_right = point;
        above.open_ends = static_cast<std::uint8_t>((above.open_ends & at_right) | at_left);
        whole.open_ends = static_cast<std::uint8_t>((whole.open_ends & at_left) | at_right);
        regions.insert(regions.begin() + static_cast<std::ptrdiff_t>(k) + 1, above);
        return;
    }
}

void append_segment(std::vector<region>& regions, double a, double b, std::size_t pieces) {
    double left = a;
    for (std::size_t i = 0; i < pieces; ++i) {
        const double right = i + 1 == pieces ? b : a + (b - a) * (static_cast<double>(i + 1) / static_cast<double>(pieces));
        if (!(left < right)) continue; // narrower than its numbers
        std::uint8_t ends = 0;
        if (i == 0) ends |= at_left;
        if (i + 1 == pieces) ends |= at_right;
        regions.push_back(region::of(left, std::min(right, b), ends));
        left = right;
    }
}

} // namespace

std::size_t uniform_regions(double min_width) {
    constexpr double gap = rules::gauss_kronrod<region_nodes>::widest_gap;
    if (min_width == 0) return 8;
    return static_cast<std::size_t>(std::ceil(std::ceil(gap / min_width) / 8)) * 8;
}

std::size_t first_regions(double a, double b, double min_width) {
    if (std::isfinite(a) && std::isfinite(b)) return uniform_regions(min_width);
    std::size_t half_line = 1;
    for (int k = -inward_links; k < outward_links; ++k) half_line += static_cast<std::size_t>(regions_in(k, min_width));
    return std::isinf(a) && std::isinf(b) ? 2 * half_line : half_line;
}

start begin(double a, double b, double min_width, std::span<const double> breakpoints) {
    start made;
    if (std::isfinite(a) && std::isfinite(b)) append_segment(made.regions, a, b, uniform_regions(min_width));
    if (std::isinf(a)) append_half_line(made, std::isinf(b) ? 0 : b, -1, min_width, breakpoints);
    if (std::isinf(b)) append_half_line(made, std::isinf(a) ? 0 : a, 1, min_width, breakpoints);
    for (const double point : breakpoints) {
        if (point > a && point < b) cut_at(made.regions, point);
    }
    return made;
}

} // namespace quadot::adaptive
