#include "adaptive/octaves.hpp"

#include <cmath>

namespace quadot::adaptive {

namespace {

/// From `other` to the point, each half as wide as the one before; the last has the open end.
void append_towards(std::vector<region>& into, double point, double other, std::uint8_t open_end, int octaves) {
    const double unit = std::nextafter(std::fabs(point), HUGE_VAL) - std::fabs(point);
    const double narrowest = std::fmax(8 * unit, 0x1p-900); // whose squares and weights are normal numbers
    for (double outer = other; outer != point; --octaves) {
        const double inner = point + (outer - point) / 2;
        const bool last = octaves == 0 || std::fabs(inner - point) <= narrowest;
        const double to = last ? point : inner;
        into.push_back(region::of(std::fmin(to, outer), std::fmax(to, outer), last ? open_end : std::uint8_t{0}));
        outer = to;
    }
}

} // namespace

void append_octaves(std::vector<region>& into, const region& whole, int octaves) {
    const std::uint8_t open_left = whole.open_ends & at_left;
    const std::uint8_t open_right = whole.open_ends & at_right;
    const bool left = open_left != 0 || whole.left == 0;
    const bool right = open_right != 0 || whole.right == 0;
    const bool around_0 = whole.left < 0 && whole.right > 0;
    if (around_0 || (left && right)) {
        const double between = around_0 ? 0 : whole.left + whole.width() / 2;
        append_octaves(into, region::of(whole.left, between, open_left), octaves);
        append_octaves(into, region::of(between, whole.right, open_right), octaves);
    } else if (left) {
        append_towards(into, whole.left, whole.right, open_left, octaves);
    } else if (right) {
        append_towards(into, whole.right, whole.left, open_right, octaves);
    } else {
        into.push_back(whole);
    }
}

} // namespace quadot::adaptive
