#include "adaptive/start.hpp"

#include "adaptive/half_line.hpp"
#include "block/regions.hpp"
#include "rules/gauss_kronrod.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace quadot::adaptive {

namespace {

/// From the origin to infinity, with shells as far as the farthest limit of a region.
void append_half_line(start& into, double origin, double direction, double min_width,
                      const std::array<std::span<const double>, 2>& limits_of_regions) {
    const int unit = unit_exponent(origin);
    shells outward{origin, direction, unit, outward_links};
    for (const auto points : limits_of_regions) {
        for (const double point : points) {
            const double distance = (point - origin) * direction;
            if (distance > 0 && std::isfinite(distance)) {
                outward.links = std::clamp(std::ilogb(distance) - unit + 2, outward.links, chain::most_links);
            }
        }
    }
    for_each_region(origin, direction, outward.links, min_width, [&](int k, double inner, double outer) {
        const auto open_end = static_cast<std::uint8_t>(inner != origin ? 0 : direction > 0 ? at_left : at_right);
        region made = region::of(std::min(inner, outer), std::max(inner, outer), open_end);
        if (k >= 0) {
            made.half_line = static_cast<std::int16_t>(into.outward.size());
            made.link = static_cast<std::int16_t>(k);
        }
        into.regions.push_back(made);
    });
    into.outward.push_back(outward);
}

/// Regions end at the points, in each region from left to right. singular: the integrand may be, there.
void cut_at(std::vector<region>& regions, std::span<const double> points, bool singular) {
    if (points.empty()) return;
    std::vector<double> sorted(points.begin(), points.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<region> cut;
    cut.reserve(regions.size() + sorted.size());
    for (const region& whole : regions) {
        region piece = whole;
        const auto first = std::lower_bound(sorted.begin(), sorted.end(), whole.left);
        for (auto point = first; point != sorted.end() && *point <= whole.right; ++point) {
            if (singular && *point == piece.left) piece.open_ends |= at_left;
            if (*point <= piece.left) continue;
            if (*point < whole.right) {
                region below = piece;
                below.right = below.root_right = piece.left = piece.root_left = *point;
                below.open_ends = static_cast<std::uint8_t>((below.open_ends & at_left) | (singular ? at_right : 0));
                piece.open_ends = static_cast<std::uint8_t>((piece.open_ends & at_right) | (singular ? at_left : 0));
                cut.push_back(below);
            } else if (singular) {
                piece.open_ends |= at_right;
            }
        }
        cut.push_back(piece);
    }
    regions.swap(cut);
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

std::size_t first_regions(double a, double b, double min_width) {
    if (std::isfinite(a) && std::isfinite(b)) return uniform_regions(min_width);
    std::size_t half_line = 1;
    for (int k = -inward_links; k < outward_links; ++k) half_line += static_cast<std::size_t>(regions_in(k, min_width));
    return std::isinf(a) && std::isinf(b) ? 2 * half_line : half_line;
}

start begin(double a, double b, double min_width, std::span<const double> breakpoints, std::span<const double> points) {
    start made;
    if (std::isfinite(a) && std::isfinite(b)) append_segment(made.regions, a, b, uniform_regions(min_width));
    if (std::isinf(a)) append_half_line(made, std::isinf(b) ? 0 : b, -1, min_width, {breakpoints, points});
    if (std::isinf(b)) append_half_line(made, std::isinf(a) ? 0 : a, 1, min_width, {breakpoints, points});
    cut_at(made.regions, points, false);
    cut_at(made.regions, breakpoints, true);
    return made;
}

std::vector<chain> chains_of(start& evaluated) {
    std::vector<chain> made;
    for (std::size_t half_line = 0; half_line < evaluated.outward.size(); ++half_line) {
        const shells& outward = evaluated.outward[half_line];
        std::vector<chain::link> links(static_cast<std::size_t>(outward.links));
        for (region& each : evaluated.regions) {
            if (each.half_line != static_cast<std::int16_t>(half_line)) continue;
            const auto k = static_cast<std::size_t>(each.link);
            if (!each.finite() && chain::vanished_before(links, k)) {
                each.value = each.estimate = each.noise = each.magnitude = 0;
            }
            links[k].add(each);
        }
        made.push_back(chain::outwards(outward.origin, outward.direction, outward.first));
        made.back().take(links, nullptr, outward.links, 0);
    }
    return made;
}

} // namespace quadot::adaptive
