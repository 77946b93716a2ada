// erf and erfc of SIMD batches: at most 0.9 and 0.7 ulp for every double, erfc down through its subnormal results, each lane by
// itself, the same bits on every instruction set with FMA.
//
// erf, a = |x|: one scheme of Horner, whose coefficients are selected lane by lane, and no exponential:
//   a < 1     a - a P(a^2)        P = 1 - erf(a)/a, between -0.129 and 0.158, of degree 11: relative error 2^-56.0
//   a >= 1    1 - R(a - 1)^2      R = sqrt(erfc a) of degree 26: absolute error of erf 2^-58.0 up to 5.93, where erf rounds to 1
// Bounds in ulp of the result, 2^-53 near 1 on both sides:
//   a < 1     last rounding 0.5; P to half of 2^-55, times a: 0.13; before that a^2 times a number below 0.29, to half of 2^-54: 0.25;
//             a^2 to half of 2^-53, times |P'| = 0.21: 0.11; the polynomial 0.1. Together 1.1, if all were at their worst at a time
//   a >= 1    last rounding 0.5; R <= 0.397 to half of 2^-54, times 2 R: 0.2; before that at most 0.1; the polynomial 0.03.
//             Together 0.83
// Measured against MPFR: @ERF@.
//
// Why the root: polynomials of degree 26 for erfc itself leave 2^-37, for its root 2^-58. They need not be good where erfc is small,
// but must be small there. A fourth root does with degree 20, but its roundings would cost an ulp; exp(Q(a)) takes 17 coefficients of Q,
// 11 of the exponential's and the reduction. a - 1 rather than the distance from the interval's middle: where erfc matters, the
// polynomial's lowest coefficients then dominate it.
//
// erfc, |x| < 0.46875: 1 - x + x P(x^2), the first difference with its error. Beyond, and 2 less this for -x,
//   erfc(a) = exp(-a^2) G(t) / (2 a + 1), t = (a - 3) / (a + 3), G(t) = (2 a + 1) exp(a^2) erfc(a)
// with G between 1.14 and 1.29 of degree 21 to 2^-57.3 (M. M. Shepherd & J. G. Laframboise, Math. Comp. 36, 1981, with 3.75 for 3),
// G(0) in two parts, so that what is rounded is below 0.14; a^2 as an exact product, exponential.hpp's double-double exponential, and
// products in double-double. Bounds in ulp, 2^-53 of the result at worst: last rounding 0.5; the exponential, 2^-56.7 of at most
// 0.42 in at least 0.7: 0.05; G 0.05 and its roundings 0.06 / 1.14. Together 0.66. A subnormal result is rounded twice: 0.5 + 0.66 / 2.
// Measured against MPFR: @ERFC@.
//
// Constants: coefficients/error_function_and_gamma.py.
#pragma once

#include "math/double_double.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

namespace quadot::math {

namespace error_function {

/// erf rounds to 1 from here on.
inline constexpr double one_from = 5.93;
/// erfc rounds to 0 from here on.
inline constexpr double zero_from = 27.4;
/// Below, erfc >= 1/2.
inline constexpr double complement_until = 0.46875;

/// 1 - erf(a)/a in a^2, a < 1, lowest first.
inline constexpr double ratio[] = {-0x1.06eba8214db68p-3,  0x1.812746b03799dp-2,  -0x1.ce2f21a03f8b8p-4,  0x1.b82ce311a9731p-6,
                                   -0x1.565bcceed7de4p-8,  0x1.c02daeb67bd3ep-11, -0x1.f9a296a30d09fp-14, 0x1.f4c82daa2d6cap-17,
                                   -0x1.b96b471c76048p-20, 0x1.5b8bf5a30ded6p-23, -0x1.d3d9edbf0674bp-27, 0x1.a2315630a3c56p-31};
/// sqrt(erfc(a)) in a - 1.
inline constexpr double root[] = {0x1.9620d66f585ccp-2,   -0x1.0bf098a417ddfp-1,  0x1.6cacc074f4001p-3,  0x1.efb7b0bb46561p-5,
                                  -0x1.83de1266546f1p-5,  -0x1.3d6a66eccf43cp-9,  0x1.f4183ec469015p-8,  -0x1.7c50170e132a9p-11,
                                  -0x1.ac865883b7918p-11, 0x1.64ef7c37e3807p-13,  0x1.faa16a8a86414p-15, -0x1.5dd8e69bed675p-16,
                                  -0x1.3bd5cbc458408p-19, 0x1.158356752d434p-20,  0x1.5e3600a94024ep-21, -0x1.0d821f350c22p-21,
                                  0x1.d71646767c52p-23,   -0x1.9412f7fdbb966p-24, 0x1.4165c06e57919p-25, -0x1.9475da0dfdf2cp-27,
                                  0x1.7c574f49e0dbfp-29,  -0x1.0859aa2557a19p-31, 0x1.0d40f06231789p-34, -0x1.88ccf4b853c5p-38,
                                  0x1.8653a8502bdcap-42,  -0x1.db08c3235e8a4p-47, 0x1.0be242a97ba3ap-52};
/// G(0), and (G(t) - G(0)) / t.
inline constexpr double middle = 0x1.40c522d7e4987p0;
inline constexpr double middle_low = 0x1.a19969d5cf11fp-55;
inline constexpr double scaled[] = {-0x1.15c084bb9e8f6p-3,  -0x1.85a15c58aa555p-5,  0x1.098366a5b48d5p-3,  -0x1.e88b803a4a8e1p-4,
                                    0x1.17ca2877e5b91p-4,   -0x1.8574c40b289f4p-6,  0x1.4b884e5f3a26bp-9,  0x1.ef1bdcaa9234ap-10,
                                    -0x1.98db55731f27bp-11, -0x1.b9121e49326dcp-14, 0x1.065aa26b2f01bp-13, 0x1.4c07419060a8ap-18,
                                    -0x1.51480dcb05a5p-16,  -0x1.850fc1b39e96ep-21, 0x1.d2f95c89d1b72p-19, 0x1.6df049d5d8a6cp-22,
                                    -0x1.4ffc238886471p-21, -0x1.fa8e39b94283ap-24, 0x1.cfa9fbf182b13p-24, 0x1.70513283f8c1dp-26,
                                    -0x1.dd0b433b9c9fbp-27};

/// Horner's scheme for `ratio` in the lanes of `small`, else for the longer `others`.
template <const auto& others, class V, class Mask>
[[gnu::always_inline]] inline V ratio_or(const Mask& small, const V& u) {
    constexpr std::size_t all = std::size(others);
    constexpr std::size_t few = std::size(ratio);
    V p(others[all - 1]);
    [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) { ((p = fma(p, u, V(others[all - 2 - K]))), ...); }
    (std::make_index_sequence<all - few>{});
    p = select(small, V(ratio[few - 1]), p);
    [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) {
        ((p = fma(p, u, select(small, V(ratio[few - 2 - K]), V(others[few - 2 - K])))), ...);
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
        const auto small = a < V(1.0);
        const V p = error_function::ratio_or<error_function::root>(small, V(select(small, V(a * a), V(a - V(1.0)))));
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
    static constexpr double largest_error = 0.90;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::erf(x);
    }
};
struct complementary_error_function {
    static constexpr std::string_view name = "erfc";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.70;
    static constexpr std::string_view domain = "all x; 0 from 27.23 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::erfc(x);
    }
};
} // namespace functions

} // namespace quadot::math
