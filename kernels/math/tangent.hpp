// HEADER_COMMENT
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
    const V even = horner(square, 0x1.5555555555574p-4, 0x1.ba1ba1bf8671dp-11, 0x1.226e907e10f71p-17, 0x1.7f22fd53cfe6ap-24,
                          0x1.58b2531463c5fp-30);
    const V odd_part = horner(square, 0x1.111111110d2e7p-7, 0x1.664f46a98c9f9p-14, 0x1.d6beb2660723p-21, 0x1.252419265e064p-27);
    const V low = fma(V(V(0.25) * s), from.low, from.low); // times the derivative 1 / cos(r/2)^2
    const auto w = fast_sum(r, V(fma(V(r * s), fma(s, odd_part, even), low)));
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

} // namespace trigonometric

/// tan(x): odd; NaN where x is infinite or NaN. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto tan(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V magnitude = abs(x); // tan(-0) = -0 would be lost on the way
        const auto reduced = trigonometric::reduce<0>(magnitude, magnitude);
        const V sign = shift_bits_left<63>(reduced.quadrant) ^ x;
        return V(trigonometric::evaluate_tangent(reduced) ^ (sign & V(-0.0)));
    } else {
        using std::tan;
        return tan(x);
    }
}

} // namespace quadot::math
