// Interval arithmetic on an integrand's formula: whether all its elementary functions stay on their fast
// paths while x runs over a block of nodes, and sines and cosines in one quadrant. A few dozen operations a
// block, where a test and a branch a batch cost 5 to 10 % of a function, and finding each lane's quadrant a third.
//
// Rounding is monotone, and each operation here rounds as the batches' operation does: the ends contain every
// lane's value. Where an end is NaN nothing is known, and no function's argument is near.
#pragma once

#include "accumulators/eft.hpp"
#include "block/reciprocal.hpp"
#include "block/simd.hpp"
#include "math/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

struct interval_mask {};

struct interval {
    double low;
    double high;
    math::arguments known; ///< of all functions so far

    [[gnu::always_inline]] explicit interval(double point) : interval(point, point, math::arguments::one_quadrant) {}
    [[gnu::always_inline]] interval(double from, double to, math::arguments so_far) : low(from), high(to), known(so_far) {}

    [[gnu::always_inline]] friend interval operator-(const interval& a) { return {-a.high, -a.low, a.known}; }
    [[gnu::always_inline]] friend interval operator+(const interval& a, const interval& b) {
        return {a.low + b.low, a.high + b.high, std::min(a.known, b.known)};
    }
    [[gnu::always_inline]] friend interval operator-(const interval& a, const interval& b) { return a + -b; }
    [[gnu::always_inline]] friend interval operator*(const interval& a, const interval& b) {
        return around({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high}, std::min(a.known, b.known));
    }
    [[gnu::always_inline]] friend interval operator/(const interval& a, const interval& b) {
        const double zero = b.low <= 0 && b.high >= 0 ? unknown : 0.0;
        return around({a.low / b.low + zero, a.low / b.high, a.high / b.low, a.high / b.high}, std::min(a.known, b.known));
    }
    [[gnu::always_inline]] friend interval rounded_quotient(double power, const interval& a) {
        const bool inside = (a.low >= 1 / reciprocal_limit && a.high <= reciprocal_limit) ||
                            (a.high <= -1 / reciprocal_limit && a.low >= -reciprocal_limit);
        const interval quotient = interval(power) / a;
        return {quotient.low, quotient.high, inside ? quotient.known : math::arguments::any};
    }
    [[gnu::always_inline]] friend interval fma(const interval& a, const interval& b, const interval& c) {
        const math::arguments of_all = std::min({a.known, b.known, c.known});
        if constexpr (eft::fused<native<double>>) {
            const interval from = around({std::fma(a.low, b.low, c.low), std::fma(a.low, b.high, c.low), std::fma(a.high, b.low, c.low),
                                          std::fma(a.high, b.high, c.low)},
                                         of_all);
            const interval to = around({std::fma(a.low, b.low, c.high), std::fma(a.low, b.high, c.high), std::fma(a.high, b.low, c.high),
                                        std::fma(a.high, b.high, c.high)},
                                       of_all);
            return {from.low, to.high, of_all};
        } else {
            return a * b + c;
        }
    }
    [[gnu::always_inline]] friend interval abs(const interval& a) {
        const interval ends = around({std::fabs(a.low), std::fabs(a.high)}, a.known);
        return a.low <= 0 && a.high >= 0 ? interval(0.0, ends.high, a.known) : ends;
    }
    [[gnu::always_inline]] friend interval sqrt(const interval& a) {
        if (!(a.low >= 0)) return {unknown, unknown, math::arguments::any};
        const bool inside = a.low >= lowest_near_root && a.high <= highest_near_root;
        return {std::sqrt(a.low), std::sqrt(a.high), inside ? a.known : math::arguments::any};
    }
    // These have no rare path.
    [[gnu::always_inline]] friend interval atan(const interval& a) { return {-2.0, 2.0, a.known}; }
    [[gnu::always_inline]] friend interval tanh(const interval& a) { return {-2.0, 2.0, a.known}; }

    [[gnu::always_inline]] friend interval sin(const interval& a) {
        using namespace math::trigonometric;
        const interval magnitude = abs(a);
        const bool one =
            std::nearbyint(magnitude.low * two_over_pi * (1 - slack)) == std::nearbyint(magnitude.high * two_over_pi * (1 + slack));
        const math::arguments inside = a.within(near_limit);
        return {-1.0, 1.0, one ? inside : std::min(inside, math::arguments::near)};
    }
    [[gnu::always_inline]] friend interval cos(const interval& a) { return sin(a); }
    [[gnu::always_inline]] friend interval exp(const interval& a) {
        return {std::exp(a.low) * (1 - slack), std::exp(a.high) * (1 + slack), a.within(math::exponential::near_limit)};
    }
    [[gnu::always_inline]] friend interval log(const interval& a) {
        const bool all_near =
            a.known != math::arguments::any && a.low >= std::numeric_limits<double>::min() && a.high <= std::numeric_limits<double>::max();
        if (!all_near) return {unknown, unknown, math::arguments::any};
        const double from = std::log(a.low);
        const double to = std::log(a.high);
        return {from - slack * std::fabs(from), to + slack * std::fabs(to), a.known};
    }

    [[gnu::always_inline]] friend interval_mask operator<(const interval&, const interval&) { return {}; }
    [[gnu::always_inline]] friend interval_mask operator==(const interval&, const interval&) { return {}; }
    [[gnu::always_inline]] friend interval select(interval_mask, const interval& yes, const interval& no) { return hull(yes, no); }

    [[gnu::always_inline]] friend interval hull(const interval& a, const interval& b) {
        return around({a.low, a.high, b.low, b.high}, std::min(a.known, b.known));
    }

  private:
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    static constexpr double slack = 0x1p-50; ///< two functions of at most an ulp differ by less

    [[gnu::always_inline]] math::arguments within(double limit) const {
        return low >= -limit && high <= limit ? known : math::arguments::any;
    }

    [[gnu::always_inline]] static interval around(std::initializer_list<double> points, math::arguments known) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const double point : points) {
            if (!(point == point)) return {unknown, unknown, known};
            low = std::min(low, point);
            high = std::max(high, point);
        }
        return {low, high, known};
    }
};

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
