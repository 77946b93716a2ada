// HEADER_COMMENT
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace inverse_trigonometric {

/// The first part has 51 bits: its products with 0 ... 4 are exact.
inline constexpr double quarter_pi = 0x1.921fb54442d18p-1;
inline constexpr double quarter_pi_low = 0x1.1a62633145c07p-55;

/// (atan(t) - t) / t^3 in z = t^2, |t| <= 1/2. Two chains, for odd and even powers of z: half the latency.
template <class V>
[[gnu::always_inline]] inline V arctangent_polynomial(const V& z) {
    const V square = z * z;
    const V even = horner(square, -0x1.5555555555516p-2, -0x1.249249215daap-3, -0x1.745cf4c8cb373p-4, -0x1.10f31d95e0955p-4,
                          -0x1.a3981066b07d7p-5, -0x1.c17d213ed86a2p-6);
    const V odd = horner(square, 0x1.999999999113bp-3, 0x1.c71c7090d1cdap-4, 0x1.3b113d9a78c58p-4, 0x1.dfe963c4f7401p-5,
                         0x1.56f4e1e127257p-5, 0x1.4b808bc72d371p-7);
    return fma(z, odd, even);
}

/// k pi/4 + atan(numerator / (denominator + denominator_low)), where the quotient is at most 1/2. One division.
template <class V>
[[gnu::always_inline]] inline V arctangent_of_quotient(const V& numerator, const V& denominator, const V& denominator_low, const V& k) {
    const V reciprocal = V(1.0) / denominator;
    const V t = numerator * reciprocal;
    const V t_low = fnma(t, denominator_low, remainder(numerator, t, denominator)) * reciprocal;
    const V z = t * t;
    const V high = fma(k, V(quarter_pi), t);
    const V rounding = fma(k, V(quarter_pi), -high) + t;
    const V rest = fma(k, V(quarter_pi_low), t_low) + rounding;
    return high + fma(V(t * z), arctangent_polynomial(z), rest);
}

} // namespace inverse_trigonometric

/// atan(x): odd, +-pi/2 at +-inf. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto atan(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V any = abs(x);
        const V a = select(any > V(0x1p64), V(0x1p64), any); // no infinity times 0; NaN stays
        const V below_large = select(a < V(2.0), V(1.0), V(0.0));
        const V below_middle = select(a < V(0.5), V(1.0), V(0.0));
        const V above_small = V(1.0) - below_middle;
        // a / 1, (a - 1) / (a + 1) or -1 / a; products with 0 and 1 are exact.
        const V numerator = fma(a, below_large, -above_small);
        const V denominator = fma(a, above_small, below_large);
        const V denominator_low = fma(a, above_small, below_large - denominator);
        const V k = (above_small - below_large) + V(1.0);
        return with_sign(inverse_trigonometric::arctangent_of_quotient(numerator, denominator, denominator_low, k), x);
    } else {
        using std::atan;
        return atan(x);
    }
}

} // namespace quadot::math
