// log of SIMD batches: less than an ulp for every double, subnormal ones included, each lane by itself, the
// same bits on every instruction set with FMA.
//
// x = 2^k m, m in [sqrt(1/2), sqrt 2); f = m - 1 (exact), s = f / (2 + f), |s| <= 0.1716, and
// log m = 2 atanh s = f - s (f - s^2 R(s^2)), R of degree 6: relative error 2^-59.5 (Muller, Elementary
// Functions, 3rd ed., 11.4). With log 2 = l1 + l2 + 2^-102, l1 of 42 bits so that k l1 is exact, and h = fl(k
// l1 + f):
//   log x = h + (((k l1 - h) + f + k l2) - s (f - s^2 R))
// Bounds in ulp of the result, at worst f near 0.414, k = 0 or -1, a result of 0.3466 whose ulp is 2^-54:
// last rounding 0.5; s to 2^-52.1 of itself (2 + f and the quotient), times 0.394: 0.26; the bracket before
// the last sum 0.125; f - s^2 R to 2^-55, times s: 0.09; the rest 0.01. Together 0.98; measured against MPFR:
// 0.88.
//
// Constants: coefficients/elementary.py.
#pragma once

#include "math/lanes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace quadot::math {

namespace logarithm {

inline constexpr double log2_high = 0x1.62e42fefa38p-1;
inline constexpr double log2_low = 0x1.ef35793c7673p-45;
/// sqrt(1/2), rounded down.
inline constexpr std::uint64_t lowest_m = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bccp-1);

/// log(x 2^-scale) of normal, positive x.
template <class V>
[[gnu::always_inline]] inline V evaluate(const V& x, const V& scale) {
    // Bits: the exponent changes at sqrt(1/2) rather than at powers of 2; k + 1023 above, where m has come
    // from below.
    const V shifted = add_bits(x, with_bits<V>((std::uint64_t{1023} << 52) - lowest_m));
    const V k = (shift_bits_right<52>(shifted) | V(0x1p52)) - scale;
    const V m = add_bits(shifted & with_bits<V>(0xfffffffffffff), with_bits<V>(lowest_m));

    const V f = m - V(1.0);
    const V s = f / (V(2.0) + f);
    const V z = s * s;
    const V r = horner(z, 0x1.5555555555592p-1, 0x1.999999997ff66p-2, 0x1.24924941db11ep-2, 0x1.c71c521a3dcfp-3, 0x1.74663b9f07c6cp-3,
                       0x1.39a20bb6f0f17p-3, 0x1.2f02544647e14p-3);
    const V multiple = k * V(log2_high);
    const V h = multiple + f;
    const V rest = fma(k, V(log2_low), (multiple - h) + f);
    return h + fnma(s, fnma(z, r, f), rest);
}

/// What turns the exponent's bits and 2^52 into k.
inline constexpr double bias = 0x1p52 + 1023;

/// Any x.
template <class V>
[[gnu::noinline, gnu::cold]] V log_far(V x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto subnormal = x < V(0x1p-1022);
    V result = evaluate(V(select(subnormal, x * V(0x1p54), x)), V(select(subnormal, V(bias + 54), V(bias))));
    result = select(x < V(infinity), result, x); // inf, NaN
    result = select(x < V(0.0), V(std::numeric_limits<double>::quiet_NaN()), result);
    return select(x == V(0.0), V(-infinity), result);
}

} // namespace logarithm

/// log(x): -inf at 0, NaN below. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto log(const V& x) {
    if constexpr (bit_lanes<V>) {
        // One comparison for "normal, positive, finite": the successor of the largest double is inf, of inf a
        // NaN, and the successors (as bits) of negative numbers and of NaNs compare below or not at all.
        const auto near = add_bits(x, with_bits<V>(1)) >= with_bits<V>(0x0010000000000001);
        V result = logarithm::evaluate(x, V(logarithm::bias));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, logarithm::log_far(x));
        }
        return result;
    } else {
        using std::log;
        return log(x);
    }
}

} // namespace quadot::math
