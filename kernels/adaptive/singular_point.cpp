#include "adaptive/singular_point.hpp"

#include "rules/gauss_kronrod.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace quadot::adaptive {

singular_point locate(const region_source& f, const region& each) {
    if (each.left < 0 && each.right > 0) return {0};
    constexpr std::size_t most = 65;
    constexpr std::size_t beside = 3;      // |x - c|^(1/2) is steepest up to two samples away from c
    constexpr std::size_t most_looks = 64; // each doubles the window or makes it 10 times narrower
    const double last_place = std::nextafter(each.farthest(), HUGE_VAL) - each.farthest();
    double left = each.left;
    double right = each.right;
    singular_point found{each.left};
    for (std::size_t look = 0; look < most_looks; ++look) {
        const double unit = std::fmax(last_place, (right - left) / (most - 1));
        std::array<double, most> x{};
        std::array<double, most> y{};
        std::size_t count = 0;
        for (; count < most; ++count) {
            x[count] = std::fmin(left + static_cast<double>(count) * unit, right);
            if (count > 0 && x[count] == x[count - 1]) break;
        }
        f.sample(std::span(x).first(count), std::span(y).first(count));
        std::size_t steepest = 0;
        double step = -1;
        for (std::size_t k = 0; k < count; ++k) {
            if (!std::isfinite(y[k])) return {x[k]};
            if (k > 0 && std::fabs(y[k] - y[k - 1]) > step) {
                step = std::fabs(y[k] - y[k - 1]);
                steepest = std::fabs(y[k]) > std::fabs(y[k - 1]) ? k : k - 1;
            }
        }
        // A jump, if what lies on either side is level; else a peak, whose doubles beside the highest say nothing.
        const bool jump = std::fabs(y[count - 1] - y[0]) >= 0.9 * step;
        found = {x[steepest], jump ? step * unit : 0};
        // A region beside the point may be the first whose abscissae blur: towards it f is steeper and steeper.
        const double width = right - left;
        if (steepest <= 1 && left > each.root_left) {
            right = x[std::min(steepest + beside, count - 1)];
            left = std::fmax(each.root_left, left - 2 * width);
        } else if (steepest + 2 >= count && right < each.root_right) {
            left = x[steepest - std::min(steepest, beside)];
            right = std::fmin(each.root_right, right + 2 * width);
        } else if (unit == last_place) {
            break;
        } else {
            left = x[steepest - std::min(steepest, beside)];
            right = x[std::min(steepest + beside, count - 1)];
        }
    }
    return found;
}

bool is_linear_at(const region_source& f, double point, double inside) {
    // From 8 to 32 to 256 units in the last place linear functions change by 9.3 times as much the second time, x^(1/2) by 3.7, log(x) by 1.5, x^(-1/2) by
    // 0.65, x^(3/2) by 25. Each sample's rounding, some u, must not show.
    const double unit = std::copysign(std::nextafter(std::fabs(point), HUGE_VAL) - std::fabs(point), inside - point);
    const std::array<double, 3> x{point + 8 * unit, point + 32 * unit, point + 256 * unit};
    if (!(std::fabs(x[2] - point) < std::fabs(inside - point))) return false;
    std::array<double, 3> y{};
    f.sample(x, y);
    const double first = y[1] - y[0];
    const double second = y[2] - y[1];
    constexpr double shows = 8 * 0x1p-53;
    return std::fabs(first) > shows * std::fabs(y[1]) && second / first > 6 && second / first < 14;
}

not_finite inspect(const region_source& f, const region& each) {
    std::array<double, region_nodes> x{};
    std::array<double, region_nodes> y{};
    constexpr int pairs = region_nodes / 2;
    const double half = (each.right - each.left) * 0.5;
    const double middle = each.left + half;
    x[pairs] = middle;
    for (int j = 0; j < pairs; ++j) {
        const double node = rules::gauss_kronrod<region_nodes>::nodes[static_cast<std::size_t>(j)];
        x[static_cast<std::size_t>(pairs + 1 + j)] = std::fma(half, node, middle);
        x[static_cast<std::size_t>(pairs - 1 - j)] = std::fma(-half, node, middle);
    }
    f.sample(x, y);
    not_finite found;
    int others = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (std::isfinite(y[k])) continue;
        if (std::isnan(y[k]) && !found.nan) found.nan = x[k];
        found.only ? ++others : (found.only = x[k], 0);
    }
    if (others > 0) found.only.reset();
    return found;
}

} // namespace quadot::adaptive
