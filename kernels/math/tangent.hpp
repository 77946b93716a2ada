// tan of SIMD batches: at most 0.9 ulp for every double, each lane by itself, the same bits on every instruction set with FMA.
//
// Reduction to |r + r'| <= pi/4 as for the sine (trigonometric.hpp: Cody & Waite 1980, beyond 2^22 Payne & Hanek 1983). With
// w = 2 tan(r/2),
//   tan(r) = w / (1 - w^2 / 4), and in odd quadrants -1 / tan(r) = -(1 - w^2 / 4) / w:
// half the angle needs half as long a polynomial as tan(r) itself, w = r + r^3 P(r^2) with P of degree 8, relative error 2^-58.7,
// and both quotients are one division, whose operands are selected. They are double-double, and the quotient is corrected by its
// remainder. No halves of small numbers are formed: tan(x) = x for subnormal x.
// Bounds in ulp of the result, 2^-53 at worst, just below 1: last rounding 0.5. What is off in w, as a part
// of it, counts (1 + w^2 / 4) / (1 - w^2 / 4) <= 1.42-fold: r^3 P <= 0.044 of w <= 0.829, rounded four times to 2^-53 of itself, 0.3;
// the polynomial 0.03; r' is taken times 1 + r^2 / 4, 3% off the derivative: 0.02. The rest is right to 2^-100. Together 0.85.
// Measured against MPFR: 0.75.
//
// Constants: coefficients/inverse_and_hyperbolic.py.
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"
#include "math/trigonometric.hpp"

#include <cmath>

namespace quadot::math {

namespace trigonometric {

/// tan(r), or -1 / tan(r) in odd quadrants.
template <class V>
[[gnu::always_inline]] inline V evaluate_tangent(const reduced<V>& from) {
    const V& r = from.high;
    const V s = r * r;
    const V square = s * s;
    const V even =
        horner(square, 0x1.5555555555574p-4, 0x1.ba1ba1bf8671dp-11, 0x1.226e907e10f71p-17, 0x1.7f22fd53cfe6ap-24, 0x1.58b2531463c5fp-30);
    const V odd_part = horner(square, 0x1.111111110d2e7p-7, 0x1.664f46a98c9f9p-14, 0x1.d6beb2660723p-21, 0x1.252419265e064p-27);
    const V minus_low = fma(V(V(0.25) * s), from.minus_low, from.minus_low); // times the derivative 1 / cos(r/2)^2
    const auto w = fast_sum(r, V(fms(V(r * s), fma(s, odd_part, even), minus_low)));
    // 1 - w^2 / 4
    const V half = V(0.5) * w.high;
    const auto product = exact_product(half, half);
    const auto rest = fast_sum(V(1.0), V(-product.high));
    const V rest_low = rest.low - fma(half, w.low, product.low);

    const auto inverse = odd(from.quadrant);
    const V numerator = select(inverse, rest.high, w.high);
    const V numerator_low = select(inverse, rest_low, w.low);
    const V denominator = select(inverse, w.high, rest.high);
    const V denominator_low = select(inverse, w.low, rest_low);
    const V reciprocal = V(1.0) / denominator;
    const V quotient = numerator * reciprocal;
    return fma(V(remainder(numerator, quotient, denominator) + fnma(quotient, denominator_low, numerator_low)), reciprocal, quotient);
}

/// tan(x) of x >= 0 reduced; `sign` has x's sign.
template <class V>
[[gnu::always_inline]] inline V tangent(const reduced<V>& from, const V& sign) {
    const V turned = shift_bits_left<63>(from.quadrant) ^ sign;
    return evaluate_tangent(from) ^ (turned & V(-0.0));
}

template <class V>
[[gnu::noinline, gnu::cold]] V tangent_far(V x) {
    return tangent(reduce_any<0>(V(abs(x))), x);
}

} // namespace trigonometric

/// tan(x): odd; NaN where x is infinite or NaN. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto tan(const V& x) {
    if constexpr (bit_lanes<V>) {
        // tan(-0) = -0 would be lost on the way.
        V result = trigonometric::tangent(trigonometric::reduce<0>(V(abs(x))), x);
        if constexpr (known_arguments<V> == arguments::any) {
            if (!surely_within(x, trigonometric::near_limit)) [[unlikely]]
                result = trigonometric::tangent_far(x);
        }
        return result;
    } else {
        using std::tan;
        return tan(x);
    }
}

namespace functions {
struct tangent {
    static constexpr std::string_view name = "tan";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.76;
    static constexpr std::string_view domain = "all finite x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::tan(x);
    }
};
} // namespace functions

} // namespace quadot::math
