// HEADER_COMMENT
#pragma once

#include "math/double_double.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>

namespace quadot::math {

namespace hyperbolic {

/// exp(a) = power (1 + part), and what makes of power the half of 2^k.
template <class V>
struct scaled_exponential {
    V power;
    double_double<V> part; ///< times power
    V scale;
};

/// For a >= 0, at most 711 or so: beyond 512 log 2 power is 2^(k - 16), as 2^k overflows before the results do.
template <class V>
[[gnu::always_inline]] inline scaled_exponential<V> evaluate(const V& a) {
    const V clamped = select(a > V(712.0), V(712.0), a); // NaN stays
    const auto [k, part] = exponential::evaluate_extended(double_double<V>{clamped, V(0.0)});
    const auto large = k > V(512.0);
    const V power = power_of_2(V(k - select(large, V(16.0), V(0.0))));
    return {power, {power * part.high, power * part.low}, select(large, V(0x1p15), V(0.5))};
}

/// 1 + part of the above, times power.
template <class V>
[[gnu::always_inline]] inline double_double<V> whole(const scaled_exponential<V>& from) {
    const auto sum = fast_sum(from.power, from.part.high);
    return {sum.high, sum.low + from.part.low};
}

/// Less 1.
template <class V>
[[gnu::always_inline]] inline double_double<V> less_one(const V& power, const double_double<V>& part) {
    const auto integer = fast_sum(power, V(-1.0));
    const auto sum = fast_sum(integer.high, part.high); // |part| <= 0.42 power, and power - 1 is 0 or at least power / 2
    return {sum.high, sum.low + (integer.low + part.low)};
}

} // namespace hyperbolic

/// sinh(x): odd; infinite beyond 710.4758. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto sinh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace hyperbolic;
        const auto from = evaluate<V>(abs(x));
        const auto e = whole(from);
        const auto f = less_one(from.power, from.part);
        const V reciprocal = V(1.0) / e.high;
        const V quotient = f.high * reciprocal;
        const V quotient_low = (remainder(f.high, quotient, e.high) + fnma(quotient, e.low, f.low)) * reciprocal;
        const auto sum = fast_sum(f.high, quotient);
        return with_sign(V((sum.high + (sum.low + (f.low + quotient_low))) * from.scale), x);
    } else {
        using std::sinh;
        return sinh(x);
    }
}

/// cosh(x): even; infinite beyond 710.4758. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto cosh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace hyperbolic;
        const auto from = evaluate<V>(abs(x));
        const auto e = whole(from);
        const V reciprocal = V(1.0) / e.high;
        const auto sum = fast_sum(e.high, reciprocal);
        const V low = sum.low + fnma(V(reciprocal * reciprocal), e.low, e.low);
        return V((sum.high + low) * from.scale);
    } else {
        using std::cosh;
        return cosh(x);
    }
}

/// tanh(x): odd, +-1 at +-inf. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto tanh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace hyperbolic;
        const V any = abs(x);
        const V a = select(any > V(20.0), V(20.0), any); // NaN stays; 1 - tanh(20) is 2^-56.7
        const auto [k, part] = exponential::evaluate_extended(double_double<V>{a + a, V(0.0)});
        // Halves: of 2 |x| that of a subnormal is exact.
        const V power = power_of_2(V(k - V(1.0)));
        const double_double<V> scaled{power * part.high, power * part.low};
        const auto integer = fast_sum(power, V(-0.5));
        const auto f = fast_sum(integer.high, scaled.high);
        const V f_low = f.low + (integer.low + scaled.low);
        const auto one_more = fast_sum(power, V(0.5));
        const auto above = fast_sum(one_more.high, scaled.high);
        const V above_low = above.low + (one_more.low + scaled.low);
        const V reciprocal = V(1.0) / above.high;
        const V quotient = f.high * reciprocal;
        const V rest = remainder(f.high, quotient, above.high) + fnma(quotient, above_low, f_low);
        return with_sign(V(fma(rest, reciprocal, quotient)), x);
    } else {
        using std::tanh;
        return tanh(x);
    }
}

} // namespace quadot::math
