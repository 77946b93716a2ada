// erf and erfc of SIMD batches: less than an ulp for every double, erfc down through its subnormal results, each lane by itself, the
// same bits on every instruction set with FMA.
//
// erf, a = |x|, by its values and slopes at multiples of 1/128 (error_function_table.hpp): with r the nearest one, d = a - r (exact) and
// 2/sqrt(pi) exp(-r^2) = erf'(r), Taylor's series is
//   erf(a) = erf(r) + erf'(r) d (1 + B),  B = sum of (-1)^k H_k(r) d^k / (k + 1)!,  H_k Hermite's polynomials,
// up to k = 5; the sixth term, d^6 / 42 where r = 0 and elsewhere nothing beside erf(r), is mostly made up for by the constant of the fourth. What is
// added last is small beside an exact number, m = min(a, c) with c = 1 + 1/256, where the tables change sides:
//   erf(a) = m + (T + d (S + erf'(r) B)),  T = erf(r) - min(r, c),  S = erf'(r) - 1 up to c, else erf'(r)
// |T| <= 0.16, and at most 0.13 of the result. Bounds in ulp of the result:
//   a < 1/256  last rounding 0.5; S and S + erf'(r) B, at most 0.129, to half of 2^-55, times d: 0.11 each; that product, 0.114 of the result,
//              0.11; the series 0.08. Together 0.91
//   a < c      worst beside 1/256: last rounding 0.5; T and its sum with the rest, at most a quarter of the result, 0.13 each; S and
//              S + erf'(r) B as above, times d, 0.06 each; the series 0.08. Together 0.96
//   beyond     last rounding 0.5; T and its sum to half of 2^-55, 2^-53 an ulp: 0.25. Together 0.76
// Measured against MPFR: 0.76, beside 1/256 0.82.
//
// Why a table: one scheme of Horner for all a, 1 - R(a)^2 with R = sqrt(erfc a) of degree 27, took 1.7 times as long with AVX2 and more than that
// with AVX-512.
//
// erfc, |x| < 0.625: 1 - x + x P(x^2), the first difference with its error. Beyond, and 2 less this for -x,
//   erfc(a) = exp(-a^2) G(t) / (2 a + 1), t = (a - 3) / (a + 3), G(t) = (2 a + 1) exp(a^2) erfc(a)
// with G between 1.14 and 1.29 (M. M. Shepherd & J. G. Laframboise, Math. Comp. 36, 1981, with 3.75 for 3) of degree 21 to 2^-59.5,
// G(0) in two parts, so that what is rounded is below 0.12; a^2 as an exact product, exponential.hpp's double-double exponential, and
// products in double-double. Bounds in ulp, 2^-53 of the result at worst: last rounding 0.5; the exponential, 2^-56.7 of at most
// 0.42 in at least 0.7: 0.05; t, rounded three times to 2^-53 of itself, times G' / G: 0.24 at 0.625, where the result is 0.38, and less
// beyond; t (G - G(0)) / t 0.1. Together 0.89. A subnormal result is rounded twice: 0.5 + 0.89 / 2.
// Measured against MPFR: 0.81, without FMA 0.94.
//
// Constants: coefficients/error_function_and_gamma.py.
#pragma once

#include "math/double_double.hpp"
#include "math/error_function_table.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace quadot::math {

namespace error_function {

/// Where the tables change sides.
inline constexpr double table_side = 1.00390625;
/// erf rounds to 1 from here on.
inline constexpr double one_from = 5.95;
/// erfc rounds to 0 from here on.
inline constexpr double zero_from = 27.4;
/// 1 - erf loses little below; beyond, t varies little with x.
inline constexpr double complement_until = 0.625;

/// 1 - erf(a)/a in a^2, lowest first, up to a = 0.890625.
inline constexpr double ratio[] = {-0x1.06eba8214db69p-3,  0x1.812746b037a28p-2,  -0x1.ce2f21a045d2fp-4,  0x1.b82ce313717b8p-6,
                                   -0x1.565bcd319bd36p-8,  0x1.c02dba2fb7036p-11, -0x1.f9a3d322af3fcp-14, 0x1.f4de335bd91a9p-17,
                                   -0x1.ba6891a291677p-20, 0x1.62a5911e1781cp-23, -0x1.06d829306d5cep-26, 0x1.373af686c8b63p-30};
/// 1/10 of the series, less 0.89 2^-16 / 42.
inline constexpr double fourth_term = 0x1.999942cdc676p-4;
/// G(0), and (G(t) - G(0)) / t.
inline constexpr double middle = 0x1.40c522d7e4987p0;
inline constexpr double middle_low = 0x1.a19969d5cf11fp-55;
inline constexpr double scaled[] = {-0x1.15c084bb9e8f4p-3,  -0x1.85a15c58aa616p-5,  0x1.098366a5b4791p-3,  -0x1.e88b803a488dbp-4,
                                    0x1.17ca2877ebf77p-4,   -0x1.8574c40c140bcp-6,  0x1.4b884e5266309p-9,  0x1.ef1bdd7fca687p-10,
                                    -0x1.98db53d380a3ap-11, -0x1.b9128c12c979cp-14, 0x1.065a88a528cdp-13,  0x1.4c298fee8dd6bp-18,
                                    -0x1.51472105492f7p-16, -0x1.8860eb8c71681p-21, 0x1.d31c55392bb9fp-19, 0x1.7a5c0f3929367p-22,
                                    -0x1.52536a99b5decp-21, -0x1.1714cd8b41bbdp-23, 0x1.ebd44d85a3b74p-24, 0x1.cba973878cddbp-26,
                                    -0x1.2cd6492cf1f19p-26};

/// erf(a), 0 <= a <= one_from, or NaN.
template <class V>
[[gnu::always_inline]] inline V evaluate(const V& a) {
    constexpr double magic = 0x1.8p52 / 128;
    const V shifted = a + V(magic);
    const V r = shifted - V(magic);
    const V d = a - r;
    const V index = shifted & with_bits<V>(table_size - 1);
    const V value = gather(values<V>.data(), index);
    const V slope = gather(slopes<V>.data(), index);
    const V full_slope = slope + kept(a <= V(table_side), V(1.0));

    const V square = r * r;
    const V s = d * d;
    const V even = fma(s, horner(square, fourth_term, -0x1.999999999999ap-2, 0x1.1111111111111p-3),
                       horner(square, -0x1.5555555555555p-2, 0x1.5555555555555p-1));
    const V odd = fma(s,
                      fma(s, horner(square, -0x1.5555555555555p-3, 0x1.c71c71c71c71cp-3, -0x1.6c16c16c16c17p-5),
                          horner(square, 0.5, -0x1.5555555555555p-2)),
                      V(-1.0));
    const V series = fma(V(r * d), odd, V(s * even));
    return at_most(a, table_side) + fma(d, fma(full_slope, series, slope), value);
}

/// Horner's scheme for `ratio` in the lanes of `small`, else for the longer `others`.
template <const auto& others, class V, class Mask>
[[gnu::always_inline]] inline V ratio_or(const Mask& small, const V& u) {
    constexpr std::size_t many = std::size(others);
    constexpr std::size_t few = std::size(ratio);
    V p(others[many - 1]);
    [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) { ((p = fma(p, u, V(others[many - 2 - K]))), ...); }
    (std::make_index_sequence<many - few>{});
    p = select(small, V(ratio[few - 1]), p);
    [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) {
        ((p = fma(p, u, either<V>(small, ratio[few - 2 - K], others[few - 2 - K]))), ...);
    }
    (std::make_index_sequence<few - 1>{});
    return p;
}

} // namespace error_function

/// erf(x): odd, 1 from 5.93 on. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto erf(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V a = at_most(V(abs(x)), error_function::one_from);
        return V(error_function::evaluate(a) | (x & V(-0.0)));
    } else {
        using std::erf;
        return erf(x);
    }
}

/// erfc(x) = 1 - erf(x): 0 from 27.23 on, 2 from -5.87 down. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto erfc(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V magnitude = abs(x);
        const V a = select(magnitude > V(error_function::zero_from), V(error_function::zero_from), magnitude); // NaN stays
        const auto small = a < V(error_function::complement_until);
        const auto square = exact_product(a, a);
        const V t = (a - V(3.0)) / (a + V(3.0));
        const V p = error_function::ratio_or<error_function::scaled>(small, V(select(small, square.high, t)));

        const V one_less = V(1.0) - x;
        const V of_small = one_less + fma(x, p, (V(1.0) - one_less) - x);

        const auto g = fast_sum(V(error_function::middle), V(t * p));
        const auto quotient = divide(double_double<V>{g.high, g.low + V(error_function::middle_low)}, exact_sum(V(a + a), V(1.0)));
        const auto [k, part] = exponential::evaluate_extended(negated(square));
        const auto power = fast_sum(V(1.0), part.high);
        const V of_large = exponential::scaled(rounded(multiply(quotient, double_double<V>{power.high, power.low + part.low})), k);

        return V(select(small, of_small, select(x < V(0.0), V(2.0) - of_large, of_large)));
    } else {
        using std::erfc;
        return erfc(x);
    }
}

namespace functions {
struct error_function {
    static constexpr std::string_view name = "erf";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.82;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::erf(x);
    }
};
struct complementary_error_function {
    static constexpr std::string_view name = "erfc";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.82;
    static constexpr std::string_view domain = "all x; 0 from 27.23 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::erfc(x);
    }
};
} // namespace functions

} // namespace quadot::math
