// expm1 of SIMD batches: at most 0.7 ulp for every double, also where the result is small.
//
// exp(x) = 2^k (1 + p), p a double-double (exponential.hpp), so exp(x) - 1 = (2^k - 1) + 2^k p. Both differences are made without
// error; half of it all, so that 2^k does not overflow before the result does. Where |x| < 0.3465, k = 0 and p is the result.
// Bounds: last rounding 0.5; p to 2^-56.7 of |p| <= 0.42, and the result is at least 0.29 where k is not 0: 0.11.
#pragma once

#include "math/double_double.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace exponential {

/// exp(x) - 1 as a double-double for -60 <= x.high <= 709.79.
template <class V>
[[gnu::always_inline]] inline double_double<V> evaluate_expm1_half(const double_double<V>& x) {
    const auto [k, part] = evaluate_extended(x);
    const V half_power = power_of_2(V(k - V(1.0)));
    const auto integer = exact_sum(half_power, V(-0.5));
    const auto sum = exact_sum(integer.high, V(half_power * part.high));
    return {sum.high, sum.low + (integer.low + half_power * part.low)};
}

} // namespace exponential

/// exp(x) - 1: inf from 709.79 on, -1 at -inf. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto expm1(const V& x) {
    if constexpr (bit_lanes<V>) {
        constexpr double overflow = 709.79;
        const V below = select(x < V(-60.0), V(-60.0), x);
        const V clamped = select(below > V(overflow), V(overflow), below);
        const V half = rounded(exponential::evaluate_expm1_half(double_double<V>{clamped, V(0.0)}));
        const V result = select(x > V(overflow), V(std::numeric_limits<double>::infinity()), V(half + half));
        return V(select(abs(x) < V(0x1p-54), x, result)); // also where halves would be subnormal
    } else {
        using std::expm1;
        return expm1(x);
    }
}

namespace functions {
struct exponential_less_one {
    static constexpr std::string_view name = "expm1";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.61;
    static constexpr std::string_view domain = "all x; inf from 709.79 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::expm1(x);
    }
};
} // namespace functions

} // namespace quadot::math
