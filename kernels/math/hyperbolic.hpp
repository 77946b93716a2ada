// sinh, cosh and tanh of SIMD batches: at most 0.7 ulp for every double, each lane by itself, the same bits on every instruction set
// with FMA.
//
// With a = |x| and exp(a) = 2^k (1 + p), p a double-double (exponential.hpp: 2^-56.7 of |p| <= 0.42, also for the smallest a), both
//   e = exp(a) = 2^k + 2^k p   and   f = exp(a) - 1 = (2^k - 1) + 2^k p
// are double-double without cancellation (k = 0: f = p), and so
//   sinh(a) = (f + f / e) / 2, cosh(a) = (e + 1 / e) / 2, tanh(a) = f / (f + 2), there with f = exp(2 a) - 1
// (forms in exp(x) - 1: as in fdlibm, 1993) need one division each and no range of their own for small x: where x is tiny, f = x.
// sinh and tanh correct the quotient by its remainder; cosh takes 1 / e rounded, which is at most e. Bounds in ulp of the result: last
// rounding 0.5; p to 2^-56.7 of itself, 0.08 (sinh and tanh, k = 0), 0.05 elsewhere; for cosh, near 0, 1 / e is rounded to an eighth of
// an ulp of e + 1 / e: 0.13.
// 2^k overflows before sinh and cosh do, so that beyond k = 512 they are made 2^-16 times as large.
// Measured against MPFR: sinh 0.59, cosh 0.63, tanh 0.58.
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

namespace functions {
struct hyperbolic_sine {
    static constexpr std::string_view name = "sinh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.60;
    static constexpr std::string_view domain = "all x; infinite beyond 710.4758";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::sinh(x);
    }
};
struct hyperbolic_cosine {
    static constexpr std::string_view name = "cosh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.64;
    static constexpr std::string_view domain = "all x; infinite beyond 710.4758";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::cosh(x);
    }
};
struct hyperbolic_tangent {
    static constexpr std::string_view name = "tanh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.59;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::tanh(x);
    }
};
} // namespace functions

} // namespace quadot::math
