// exp of SIMD batches: at most 0.9 ulp for every double, gradual underflow included, each lane by itself, the
// same bits on every instruction set with FMA.
//
// Reduction (Cody & Waite 1980; Tang, ACM TOMS 15, 1989): k = round(x / log 2), r = (x - k l1) - k l2 with
// log 2 = l1 + l2 + 2^-102, where l1 has 42 bits, so that k l1 and x - k l1 are exact. |r| <= 0.3466, and
//   exp(r) = h + (r^2 Q(r) + ((1 - h) + r)), h = fl(1 + r), Q of degree 9: relative error 2^-57.9
// Bounds in ulp of the result, 2^-53 at worst (exp(r) in [0.707, 1), r < 0): last rounding 0.5; r to half an
// ulp, 2^-55, times exp(r): 0.18; r^2 Q <= 0.06, rounded four times: 0.06; the polynomial 0.05. Together
// 0.79. A subnormal result is rounded once more, where its unit is at least twice as large: 0.5 + 0.79 / 2.
// Measured against MPFR: 0.78, subnormal 0.80 (tests/conformance/elementary_functions_test.cpp).
//
// Constants: coefficients/elementary.py.
#pragma once

#include "math/lanes.hpp"

#include <cmath>

namespace quadot::math {

namespace exponential {

/// Where |x| is no larger, exp(x) and all powers of 2 on the way are normal numbers.
inline constexpr double near_limit = 708.0;

/// Added, it rounds to an integer, which then stands in the sum's lowest bits.
inline constexpr double magic = 0x1.8p52;

/// k + magic, k = round(x / log 2).
template <class V>
[[gnu::always_inline]] inline V power_of(const V& x) {
    return fma(x, V(0x1.71547652b82fep0), V(magic));
}

/// exp(x - k log 2).
template <class V>
[[gnu::always_inline]] inline V evaluate(const V& x, const V& k) {
    const V r = fma(k, V(-0x1.ef35793c7673p-45), fma(k, V(-0x1.62e42fefa38p-1), x));
    const V s = r * r;
    const V even =
        horner(s, 0x1.000000000000ap-1, 0x1.55555555507bap-5, 0x1.6c16c18431937p-10, 0x1.a0199a220ac9ap-16, 0x1.28ad4ba7664aep-22);
    const V odd =
        horner(s, 0x1.555555555550dp-3, 0x1.1111111124524p-7, 0x1.a01a0138600acp-13, 0x1.71df0c955294fp-19, 0x1.ad9f3f488f14cp-26);
    const V q = fma(r, odd, even);
    const V h = V(1.0) + r;
    return h + fma(s, q, r + (V(1.0) - h));
}

/// Any x: k is split, so that only the second product can round or overflow.
template <class V>
[[gnu::noinline, gnu::cold]] V exp_far(V x) {
    const V below = select(x < V(-746.0), V(-746.0), x); // NaN stays
    const V clamped = select(below > V(710.0), V(710.0), below);
    const V k = power_of(clamped) - V(magic);
    const V value = evaluate(clamped, k);
    const auto power_of_2 = [](const V& exponent) __attribute__((always_inline)) {
        return add_bits(shift_bits_left<52>(exponent + V(magic)), V(1.0));
    };
    const V half = (V(0.5) * k + V(magic)) - V(magic);
    return (value * power_of_2(half)) * power_of_2(k - half);
}

} // namespace exponential

/// exp(x): 0 from -745.14 on, inf from 709.79 on. Anything but batches gets the function that ordinary code
/// would.
template <class V>
[[gnu::always_inline]] inline auto exp(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = V(abs(x)) <= V(exponential::near_limit);
        const V power = exponential::power_of(x);
        V result = add_bits(exponential::evaluate(x, V(power - V(exponential::magic))), shift_bits_left<52>(power));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, exponential::exp_far(x));
        }
        return result;
    } else {
        using std::exp;
        return exp(x);
    }
}

} // namespace quadot::math
