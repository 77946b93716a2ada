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

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace quadot::math {

namespace logarithm {

inline constexpr double log2_high = 0x1.62e42fefa38p-1;
inline constexpr double log2_low = 0x1.ef35793c7673p-45;
inline constexpr double two_thirds = 0x1.5555555555555p-1;
inline constexpr double two_thirds_low = 0x1.5555555555555p-55;
/// sqrt(1/2), rounded down.
inline constexpr std::uint64_t lowest_m = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bccp-1);

/// x = 2^k m, m in [sqrt(1/2), sqrt 2).
template <class V>
struct split {
    V k;
    V m;
};

/// Of normal, positive x 2^-(scale - bias).
template <class V>
[[gnu::always_inline]] inline split<V> split_exponent(const V& x, const V& scale) {
    // Bits: the exponent changes at sqrt(1/2) rather than at powers of 2; k + 1023 above, where m has come
    // from below.
    const V shifted = add_bits(x, with_bits<V>((std::uint64_t{1023} << 52) - lowest_m));
    const V k = (shift_bits_right<52>(shifted) | V(0x1p52)) - scale;
    return {k, add_bits(shifted & with_bits<V>(0xfffffffffffff), with_bits<V>(lowest_m))};
}

/// R(z): (log(1 + f) - 2 s) / (s z).
template <class V>
[[gnu::always_inline]] inline V cubic(const V& z) {
    return horner(z, 0x1.5555555555592p-1, 0x1.999999997ff66p-2, 0x1.24924941db11ep-2, 0x1.c71c521a3dcfp-3, 0x1.74663b9f07c6cp-3,
                  0x1.39a20bb6f0f17p-3, 0x1.2f02544647e14p-3);
}

/// log(x 2^-scale) of normal, positive x.
template <class V>
[[gnu::always_inline]] inline V evaluate(const V& x, const V& scale) {
    const split<V> parts = split_exponent(x, scale);
    const V& k = parts.k;
    const V f = parts.m - V(1.0);
    const V s = f / (V(2.0) + f);
    const V z = s * s;
    const V r = cubic(z);
    const V multiple = k * V(log2_high);
    const V h = multiple + f;
    const V rest = fma(k, V(log2_low), (multiple - h) + f);
    return h + fnma(s, fnma(z, r, f), rest);
}

/// log(2^k (1 + f)) to 2^-64 of itself, for f in [sqrt(1/2) - 1, sqrt 2 - 1], where k = 0 also for the smallest f (not below 2^-900,
/// where squares underflow); |k| <= 2^11. With s = f / (2 + f) and z = s^2,
///   log(1 + f) = 2 s + s z (2/3 + z R(z)),
/// R of degree 6 to 2^-66.3 of log(1 + f): z R is at most 2^-5.8 of 2/3, and s z 2/3 at most 2^-6.7 of 2 s, so that rounding R and z R costs 2^-64.5;
/// everything else is double-double. The low part may be some ulp of the high one.
template <class V>
[[gnu::always_inline]] inline double_double<V> evaluate_extended(const V& k, const double_double<V>& f) {
    const auto base = fast_sum(V(2.0), f.high);
    const V reciprocal = V(1.0) / base.high;
    const V s = f.high * reciprocal;
    const V s_low = (remainder(f.high, s, base.high) + fma(s, -(base.low + f.low), f.low)) * reciprocal;
    const auto square = exact_product(s, s);
    const V z = square.high;
    const V z_low = fma(s + s, s_low, square.low);
    const V r = horner(z, 0x1.9999999999b2fp-2, 0x1.2492492457f29p-2, 0x1.c71c722d40e05p-3, 0x1.745ce9ef4bf6p-3, 0x1.3b1eea0b4d9d6p-3,
                       0x1.0f8014e14d0a4p-3, 0x1.0e41371e2546fp-3);
    const V w = fma(z, r, fma(z_low, r, V(two_thirds_low))); // z_low is up to 2^-51 of z, from s_low
    const auto factor = fast_sum(V(two_thirds), w);
    // s z, times factor
    const auto cube = exact_product(s, z);
    const V cube_low = fma(s, z_low, fma(s_low, z, cube.low));
    const auto term = exact_product(cube.high, factor.high);
    const V term_low = fma(cube.high, factor.low, fma(cube_low, factor.high, term.low));
    // k l1 is exact and 0 or larger than 2 s; 2 s is larger than the cubic term.
    const auto main = fast_sum(V(k * V(log2_high)), V(s + s));
    const auto sum = fast_sum(main.high, term.high);
    return {sum.high, sum.low + (main.low + (fma(k, V(log2_low), s_low + s_low) + term_low))};
}

/// 2 s and what is left of log(1 + f), s = f / (2 + f), f as in evaluate_extended; together to 2^-58 of it: the cubic term, at most 2^-6.7
/// of 2 s, is evaluated and rounded like a double, with the polynomial of `evaluate`.
template <class V>
struct to_round {
    V twice;
    V cubic_term;
    V twice_low;
};
template <class V>
[[gnu::always_inline]] inline to_round<V> of_quotient(const V& s, const V& s_low) {
    const V z = s * s;
    return {s + s, V(s * z) * cubic(z), s_low + s_low};
}
template <class V>
[[gnu::always_inline]] inline to_round<V> evaluate_to_round(const V& f) {
    const auto base = fast_sum(V(2.0), f);
    const V reciprocal = V(1.0) / base.high;
    const V s = f * reciprocal;
    return of_quotient(s, V(fnma(s, base.low, remainder(f, s, base.high)) * reciprocal));
}
template <class V>
[[gnu::always_inline]] inline to_round<V> evaluate_to_round(const double_double<V>& f) {
    const auto base = fast_sum(V(2.0), f.high);
    const V reciprocal = V(1.0) / base.high;
    const V s = f.high * reciprocal;
    return of_quotient(s, V((remainder(f.high, s, base.high) + fma(s, -(base.low + f.low), f.low)) * reciprocal));
}

/// What turns the exponent's bits and 2^52 into k.
inline constexpr double bias = 0x1p52 + 1023;

/// log(x) for normal, positive x.high, |x.low| at most an ulp of it.
template <class V>
[[gnu::always_inline]] inline double_double<V> evaluate_extended(const double_double<V>& x) {
    const auto [k, m] = split_exponent(x.high, V(bias));
    const V low = x.low * power_of_2(V(V(0.0) - k)); // |k| <= 1022
    return evaluate_extended(k, fast_sum(V(m - V(1.0)), low));
}

/// Lanes with a normal, positive, finite x, in one comparison: the successor of the largest double is inf, of inf a NaN, and the successors
/// (as bits) of negative numbers and of NaNs compare below or not at all.
template <class V>
[[gnu::always_inline]] inline auto is_near(const V& x) {
    return add_bits(x, with_bits<V>(1)) >= with_bits<V>(0x0010000000000001);
}

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
        const auto near = logarithm::is_near(x);
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

namespace functions {
struct logarithm {
    static constexpr std::string_view name = "log";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.91;
    static constexpr std::string_view domain = "x >= 0";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::log(x);
    }
};
} // namespace functions

} // namespace quadot::math
