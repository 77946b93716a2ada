// erf and erfc of SIMD batches: at most 0.9 ulp for every double, erfc down through its subnormal results, each lane by itself, the
// same bits on every instruction set with FMA.
//
// erf, a = |x|, b = 0.890625: one scheme of Horner, whose coefficients are selected lane by lane, and no exponential:
//   a < b     a - a P(a^2)        P = 1 - erf(a)/a, between -0.129 and 0.111, of degree 11: relative error 2^-56.3
//   a >= b    1 - R(a - b)^2      R = sqrt(erfc a) of degree 27: absolute error of erf 2^-56.1 up to 5.95, where erf rounds to 1
// Bounds in ulp of the result, 2^-53 near b on both sides:
//   a < b     last rounding 0.5; P to half of 2^-56, times a: 0.06; the factor 0.31 of a^2 in it to half of 2^-54, times a^3: 0.18; a^2 to
//             half of 2^-53, times a dP/d(a^2) = 0.19: 0.1; the polynomial 0.05. Together 0.89
//   a >= b    last rounding 0.5; R <= 0.457 to half of 2^-54, times 2 R: 0.23; the polynomial 0.12. Together 0.85, and a little from the
//             second step of Horner's scheme
// Measured against MPFR: 0.87, without FMA 1.03.
//
// Why the root: polynomials of degree 24 on [1, 5.93] come to 2^-36 with erfc itself, to 2^-52 with its root. They need not be good where
// erfc is small, but must be small there. With its fourth root degree 20 would do, but then roundings cost more than an ulp; exp(Q(a))
// takes 16 or more coefficients of Q, 11 of the exponential's and the reduction. a - b rather than the distance from the interval's
// middle: where erfc matters, the lowest coefficients then dominate.
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
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace quadot::math {

namespace error_function {

/// erf(a) = a - a P below, 1 - R^2 beyond.
inline constexpr double ratio_until = 0.890625;
/// erf rounds to 1 from here on.
inline constexpr double one_from = 5.95;
/// erfc rounds to 0 from here on.
inline constexpr double zero_from = 27.4;
/// 1 - erf loses little below; beyond, t varies little with x.
inline constexpr double complement_until = 0.625;

/// 1 - erf(a)/a in a^2, lowest first.
inline constexpr double ratio[] = {-0x1.06eba8214db69p-3,  0x1.812746b037a28p-2,  -0x1.ce2f21a045d2fp-4,  0x1.b82ce313717b8p-6,
                                   -0x1.565bcd319bd36p-8,  0x1.c02dba2fb7036p-11, -0x1.f9a3d322af3fcp-14, 0x1.f4de335bd91a9p-17,
                                   -0x1.ba6891a291677p-20, 0x1.62a5911e1781cp-23, -0x1.06d829306d5cep-26, 0x1.373af686c8b63p-30};
/// sqrt(erfc(a)) in a - ratio_until.
inline constexpr double root[] = {0x1.d2d55b95fc4e7p-2,   -0x1.1ea53c385aba8p-1,  0x1.3d2638e18d794p-3,  0x1.4ab038f1e3f95p-4,
                                  -0x1.6d9936f48a1eap-5,  -0x1.eeba34a42207ep-8,  0x1.02b957c8d65cap-7,  0x1.bb35d8835f43p-15,
                                  -0x1.f145a169ae21cp-11, 0x1.818c18056eac1p-14,  0x1.59359312f5f6fp-14, -0x1.0cb07785ebfap-16,
                                  -0x1.041387262b4c2p-18, 0x1.20786b78445a7p-24,  0x1.6b6a4db71ee7dp-20, -0x1.b1dbd800646d4p-21,
                                  0x1.848d1c0084e9fp-22,  -0x1.4d8c7300b2be4p-23, 0x1.ece79a8d25192p-25, -0x1.1add9ee60038ep-26,
                                  0x1.e8a1fcc20056dp-29,  -0x1.3b312cbc90a2bp-31, 0x1.2c9825a5e3db7p-34, -0x1.9da527dc2e0fcp-38,
                                  0x1.86a5baf88e207p-42,  -0x1.c91bcbe8e06b2p-47, 0x1.00e0ac7448491p-52, -0x1.9b33ed1267d63p-62};
/// G(0), and (G(t) - G(0)) / t.
inline constexpr double middle = 0x1.40c522d7e4987p0;
inline constexpr double middle_low = 0x1.a19969d5cf11fp-55;
inline constexpr double scaled[] = {-0x1.15c084bb9e8f4p-3,  -0x1.85a15c58aa616p-5,  0x1.098366a5b4791p-3,  -0x1.e88b803a488dbp-4,
                                    0x1.17ca2877ebf77p-4,   -0x1.8574c40c140bcp-6,  0x1.4b884e5266309p-9,  0x1.ef1bdd7fca687p-10,
                                    -0x1.98db53d380a3ap-11, -0x1.b9128c12c979cp-14, 0x1.065a88a528cdp-13,  0x1.4c298fee8dd6bp-18,
                                    -0x1.51472105492f7p-16, -0x1.8860eb8c71681p-21, 0x1.d31c55392bb9fp-19, 0x1.7a5c0f3929367p-22,
                                    -0x1.52536a99b5decp-21, -0x1.1714cd8b41bbdp-23, 0x1.ebd44d85a3b74p-24, 0x1.cba973878cddbp-26,
                                    -0x1.2cd6492cf1f19p-26};

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
        const V magnitude = abs(x);
        const V a = select(magnitude > V(error_function::one_from), V(error_function::one_from), magnitude); // NaN stays
        const auto small = a < V(error_function::ratio_until);
        const V p =
            error_function::ratio_or<error_function::root>(small, V(select(small, V(a * a), V(a - V(error_function::ratio_until)))));
        const V result = fnma(select(small, a, p), p, select(small, a, V(1.0)));
        return V(result | (x & V(-0.0)));
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
    static constexpr double largest_error = 0.88;
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
