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

void append_link(std::vector<region>& regions, double origin, double direction, int k, int pieces) {
    const double from = std::ldexp(1.0, k + unit_exponent(origin));
    for (int i = 0; i < pieces; ++i) {
        const double a = origin + direction * (from + from * i / pieces);
        const double b = origin + direction * (from + from * (i + 1) / pieces);
        regions.push_back(region::of(std::min(a, b), std::max(a, b)));
    }
}

/// From the origin to infinity.
void append_half_line(start& into, double origin, double direction, double min_width) {
    const double nearest = origin + direction * std::ldexp(1.0, unit_exponent(origin) - inward_links);
    into.regions.push_back(region::of(std::min(origin, nearest), std::max(origin, nearest), direction > 0 ? at_left : at_right));
    for (int k = -inward_links; k < first_outward; ++k) append_link(into.regions, origin, direction, k, regions_in(k, min_width));
    shells outward{origin, direction, first_outward + unit_exponent(origin), {}, into.regions.size()};
    for (int k = first_outward; k < first_outward + outward_links; ++k) {
        outward.regions_of_link.push_back(regions_in(k, min_width));
        append_link(into.regions, origin, direction, k, outward.regions_of_link.back());
    }
    into.outward.push_back(std::move(outward));
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

start begin(double a, double b, const tolerance& wanted) {
    start made;
    std::vector<double> points;
    for (const double point : wanted.breakpoints) {
        if (point > a && point < b && std::isfinite(point)) points.push_back(point);
    }
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    // Half-lines from the finite limit, or from a breakpoint, or 0.
    if (std::isinf(a)) {
        const double origin = !points.empty() ? points.front() : std::isinf(b) ? 0 : b;
        append_half_line(made, origin, -1, wanted.min_width);
        a = origin;
    }
    const bool upper = std::isinf(b);
    const double origin = !points.empty() ? points.back() : a;
    if (upper) b = origin;
    points.erase(std::remove_if(points.begin(), points.end(), [&](double point) { return !(point > a && point < b); }), points.end());
    if (a < b) {
        points.push_back(b);
        const auto pieces = static_cast<double>(uniform_regions(wanted.min_width));
        const double all = b - a;
        for (const double point : points) {
            const double part = std::ceil(pieces * ((point - a) / all));
            append_segment(made.regions, a, point, std::max<std::size_t>(static_cast<std::size_t>(part), 2));
            a = point;
        }
    }
    if (upper) append_half_line(made, origin, 1, wanted.min_width);
    return made;
}

} // namespace quadot::adaptive
