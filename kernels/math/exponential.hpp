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

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

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

/// exp(x) = 2^k (1 + part).
template <class V>
struct extended {
    V k;
    double_double<V> part;
};

/// part to 2^-57 of itself, |part.high| <= 0.42, for |x.high| <= 2^10, |x.low| <= an ulp of it. Where k = 0 (|x| < 0.3465), part is
/// exp(x) - 1 to that error also for the smallest x. part = r + r^2/2 + r^3 Q(r), Q of degree 9 to 2^-60 of exp(r) - 1; its rounding
/// errors are 2^-52 of at most 0.022 r.
template <class V>
[[gnu::always_inline]] inline extended<V> evaluate_extended(const double_double<V>& x) {
    const V k = power_of(x.high) - V(magic);
    const V r0 = fma(k, V(-0x1.62e42fefa38p-1), x.high);
    const V small = k * V(0x1.ef35793c7673p-45);
    // x.low may be 2^-44, too much for (1 + r) in place of exp(r) below; what rounding `small` loses is 2^-98 of k.
    const auto main = fast_sum(r0, V(-small));
    const auto [r, r_low] = fast_sum(main.high, V(main.low + x.low));
    const auto square = exact_product(r, r);
    const V& s = square.high;
    const V even =
        horner(s, 0x1.5555555555559p-3, 0x1.111111110f708p-7, 0x1.a01a01af9c967p-13, 0x1.71ddf93a10f35p-19, 0x1.af5d012a2f91p-26);
    const V odd =
        horner(s, 0x1.5555555555559p-5, 0x1.6c16c16c1678p-10, 0x1.a01a019e8f71ap-16, 0x1.27e4f83e0b6b5p-22, 0x1.1f397f5ebd3aap-29);
    const auto first = fast_sum(r, V(V(0.5) * s));
    const V rest = fma(V(r * s), fma(r, odd, even), fma(V(0.5), square.low, fma(r, r_low, r_low)));
    return {k, fast_sum(first.high, V(first.low + rest))};
}

/// 2^k x: exact, but for one rounding where the result is subnormal, and overflow. |k| <= 2000, |x| from 2^-30 to 2^30. Subnormal results are
/// made of integers, t in units of 2^-1074 as the sum 2^52 + t rounds it: a product that is one takes Intel's CPUs some 150 cycles.
template <class V>
[[gnu::always_inline]] inline V scaled(const V& x, const V& k) {
    const V low_k = select(k < V(-990.0), k, V(-990.0));
    const V t = abs(x) * power_of_2(V(low_k + V(1074.0)));
    const auto subnormal = (k < V(-990.0)) & (t < V(0x1p52));
    const V other_k = select(subnormal, V(0.0), k);
    const V half = nearest_integer(V(0.5) * other_k);
    const V normal = (x * power_of_2(half)) * power_of_2(V(other_k - half));
    const V integer = add_bits(V(t + V(0x1p52)), with_bits<V>(std::uint64_t{0} - std::bit_cast<std::uint64_t>(0x1p52)));
    return select(subnormal, with_sign(integer, x), normal);
}

/// Any x that is not near: k is split, so that only the second product can round or overflow.
template <class V>
[[gnu::noinline, gnu::cold]] V exp_far(V x) {
    // Tails of integrals are 0 nearly everywhere.
    if (all((x < V(-746.0)) | (x > V(710.0)) | (V(abs(x)) <= V(near_limit)))) {
        return select(x < V(0.0), V(0.0), V(std::numeric_limits<double>::infinity()));
    }
    const V below = select(x < V(-746.0), V(-746.0), x); // NaN stays
    const V clamped = select(below > V(710.0), V(710.0), below);
    const V k = power_of(clamped) - V(magic);
    return scaled(evaluate(clamped, k), k);
}

} // namespace exponential

/// exp(x): 0 from -745.14 on, inf from 709.79 on. Anything but batches gets the function that ordinary code
/// would.
template <class V>
[[gnu::always_inline]] inline auto exp(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V power = exponential::power_of(x);
        V result = add_bits(exponential::evaluate(x, V(power - V(exponential::magic))), shift_bits_left<52>(power));
        if (!surely_within(x, exponential::near_limit)) [[unlikely]] {
            const auto near = V(abs(x)) <= V(exponential::near_limit);
            if (!all(near)) result = select(near, result, exponential::exp_far(x));
        }
        return result;
    } else {
        using std::exp;
        return exp(x);
    }
}

namespace functions {
struct exponential {
    static constexpr std::string_view name = "exp";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.80;
    static constexpr std::string_view domain = "all x; inf from 709.79 on, 0 from -745.14 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::exp(x);
    }
};
} // namespace functions

} // namespace quadot::math
