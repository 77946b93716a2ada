// A region of an adaptive integral, and what is known of it.
#pragma once

#include "block/regions.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace quadot::adaptive {

inline constexpr std::uint32_t nobody = 0xffffffff;

inline constexpr std::uint8_t at_left = 1;
inline constexpr std::uint8_t at_right = 2;

/// What a rule finds out about f in a region.
struct region_results {
    double value = 0;
    double estimate = 0;   ///< of the rule's error
    double noise = 0;      ///< what the rounding of abscissae may do at most
    double magnitude = 0;  ///< integral of |f|
    double left_value = 0; ///< of the polynomial through the samples, at the limits
    double right_value = 0;
    double left_slope = 0;
    double right_slope = 0;

    static region_results of_lane(const region_block& block, std::size_t k) {
        return {block.value[k],      block.error[k],       block.noise[k],      block.magnitude[k],
                block.left_value[k], block.right_value[k], block.left_slope[k], block.right_slope[k]};
    }
};

struct region : region_results {
    double left = 0;
    double right = 0;
    double seam = 0;                  ///< what a jump between this region's last sample and the next one's first may hide
    std::uint32_t seam_with = nobody; ///< the neighbour on the right that it was computed for
    bool rough = false;               ///< the estimate is a large part of the magnitude
    double density = 0;               ///< of the region that this one was cut from: magnitude / width; 0 at the start
    double root_left = 0;             ///< the region of the start, or of a chain, that this one was cut from
    double root_right = 0;
    std::int16_t half_line = -1; ///< of the start: in this one's
    std::int16_t link = -1;      ///< link of shells
    std::uint16_t depth = 0;     ///< cuts since then
    std::uint8_t open_ends = 0;  ///< where the integrand may be singular: at_left, at_right
    bool settled = false;        ///< no cut makes it better
    bool recalled = false;       ///< was set aside, and was needed again
    bool crowded = false; ///< left over of many that failed together: the root's end is no likelier place of a singularity than any other

    /// A root.
    static region of(double left, double right, std::uint8_t open_ends = 0) {
        region made;
        made.left = made.root_left = left;
        made.right = made.root_right = right;
        made.open_ends = open_ends;
        return made;
    }

    [[nodiscard]] const region_results& results() const { return *this; }
    void take(const region_results& found) { static_cast<region_results&>(*this) = found; }
    /// What rounding may do at most.
    [[nodiscard]] double floor() const { return noise + sample_noise * magnitude; }
    [[nodiscard]] double width() const { return right - left; }
    [[nodiscard]] double root_width() const { return root_right - root_left; }
    [[nodiscard]] bool finite() const { return std::isfinite(magnitude) && std::isfinite(estimate); }
    [[nodiscard]] double farthest() const {
        const double a = std::fabs(left);
        const double b = std::fabs(right);
        return a > b ? a : b;
    }
};

/// What rounding does to the slope of a region's polynomial: of one that is much narrower than its neighbour, more than all there is. The rule of 15
/// nodes takes less than 1000 |f| over the width for it.
inline double slope_rounding(const region& each) {
    const double ends = std::fabs(each.left_value) + std::fabs(each.right_value);
    return 1000 * 0x1p-53 * (ends + each.magnitude / each.width()) / each.width();
}

/// What neither of two neighbours sees: where their polynomials do not meet, f or its derivative may jump between the last node of one and the first
/// of the other. 0 where that is no more than rounding may do.
inline double seam_between(const region& a, const region& b) {
    const double gap = end_gap * (b.right - a.left);
    const double step = std::fabs(b.left_value - a.right_value);
    const double whole_bend = std::fabs(b.left_slope - a.right_slope);
    const double floor = a.floor() + b.floor();
    if (gap * (step + gap * whole_bend) <= floor) return 0; // most of them, without slope_rounding's divisions
    const double bend = whole_bend - (slope_rounding(a) + slope_rounding(b));
    const double seam = gap * (step + gap * (bend > 0 ? bend : 0));
    return seam > floor ? seam : 0;
}

} // namespace quadot::adaptive
