// tgamma and lgamma of SIMD batches: at most 0.8 and 0.6 ulp for every double, but for lgamma near its zeros below 0; gradual underflow
// included, each lane by itself, the same bits on every instruction set with FMA.
//
// a = |x|. Stirling's series (DLMF 5.11.1) at y = a + 8 where a < 8, else y = a, all in double-double (double_double.hpp,
// logarithm.hpp, exponential.hpp):
//   log Gamma(a) = E - log D
//   E = (y - 1/2) (log y - 1) + (log(2 pi)/2 - 1/2) + 1/(12 y) + S(1/y^2) / y^3,   S of degree 5: absolute error 2^-64.3
//   D = a (a + 1) ... (a + 7) = w (w + 6) (w + 10) (w + 12), w = a^2 + 7 a,        or 1 where y = a
// S / y^3 is below 2^-17.5: rounding it costs 2^-69. log(2^k (1 + f)) is off by 2^-64.6 of log(1 + f), so at most 2^-66.1, and E by
// (y - 1/2) times that: 2^-62.2 where y < 16, 2^-58.7 where Gamma overflows.
//
// Reflection (DLMF 5.5.3), d = a - n, n the integer nearest to a; d is exact:
//   Gamma(-a) = -pi / (a sin(pi a) Gamma(a)) = -(-1)^n D exp(-E) / (a d C)
//   C = sin(pi d) / (pi d) = 1 + d^2 (-pi^2/6 + d^2 (pi^4/120 + d^2 R(d^2))),   R of degree 6: 2^-69.9 of C
// in double-double but for d^2 R, below 0.15: rounding it costs 2^-56 times d^4, 2^-60.
//
// tgamma    exp(E) / D. Bound in ulp, 2^-53 of the result at worst: last rounding 0.5; the exponential, 2^-56.7 of at most 0.42 in
//           at least 0.7: 0.05; E 0.02. Together 0.57; a subnormal result is rounded twice: 0.5 + 0.57 / 2. Factorials that are doubles
//           are exact, as the doubles nearest to the value. |x| < 2^-57: 1 / x.
// lgamma    E - log D, below 0 log(D / (a |d| C)) - E. Within 1/32 of n = 1 and 2, d = x - n:
//             log Gamma(n + d) = c d + d^2 Q(d),  c = -Euler's constant, or 1 less it; Q of degree 8: relative error 2^-61.3
//           with c d exact to 2^-100; d^2 Q is at most 0.05 c d, and 0.06 ulp are lost. Elsewhere above 0 the result is at least 2^-6.3,
//           and off by at most 2^-61: 0.1 ulp.
//           Between -2 and -3, and between all integers below, it has two zeros. Near them it is off by 2^-60 or so: 0.6 ulp where it is
//           beyond 0.02, more the smaller it is.
//           x > 2^900: x (log x - 1). |x| < 2^-57: -log |x|.
// Measured against MPFR: tgamma 0.53, subnormal 0.77; lgamma 0.55, 0.58 below 0 and beyond 0.02. Without FMA
// also 0.58 near 1, and 1.0 from 2^900 on.
//
// Constants: coefficients/error_function_and_gamma.py.
#pragma once

#include "math/double_double.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"
#include "math/logarithm.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace gamma_function {

/// Below, Gamma(x) is 1 / x and lgamma(x) is -log |x| to 2^-57.
inline constexpr double smallest = 0x1p-57;
/// Stirling's series is used from here on.
inline constexpr double shift = 8.0;
/// Gamma is finite and normal.
inline constexpr double near_limit = 171.6;
/// Of larger numbers Gamma is infinite, and 0 on the other side of 0.
inline constexpr double outside = 200.0;
/// x log x is log Gamma to a double.
inline constexpr double huge = 0x1p900;
/// As near to 1 and 2, lgamma has its own polynomials.
inline constexpr double zero_distance = 0x1p-5;
/// log(2 pi)/2 - 1/2
inline constexpr double constant = 0x1.acfe390c97d69p-2;
inline constexpr double constant_low = 0x1.3494bc9001442p-56;
inline constexpr double twelfth = 0x1.5555555555555p-4;
inline constexpr double twelfth_low = 0x1.5555555555555p-58;
/// -pi^2/6, pi^4/120
inline constexpr double sine_first = -0x1.a51a6625307d3p0;
inline constexpr double sine_first_low = -0x1.1873d8912200cp-55;
inline constexpr double sine_second = 0x1.9f9cb402bc46cp-1;
inline constexpr double sine_second_low = 0x1.487acd8cd312cp-55;

/// log Gamma(a) = exponent - log(divisor).
template <class V>
struct stirling {
    double_double<V> exponent;
    double_double<V> divisor;
};

/// a in [2^-57, 2^900].
template <class V>
[[gnu::always_inline]] inline stirling<V> evaluate(const V& a) {
    const auto shifted = a < V(shift);
    const auto w = add(exact_product(a, a), exact_product(a, V(7.0)));
    const auto product = multiply(multiply(w, add(w, V(6.0))), multiply(add(w, V(10.0)), add(w, V(12.0))));

    const auto y = exact_sum(a, V(select(shifted, V(shift), V(0.0))));
    const V reciprocal = V(1.0) / y.high;
    const V reciprocal_low = reciprocal * (remainder(V(1.0), reciprocal, y.high) - reciprocal * y.low);
    const V z = reciprocal * reciprocal;
    const V rest = reciprocal * z *
                   horner(z, -0x1.6c16c16c14064p-9, 0x1.a01a0174c4207p-11, -0x1.3813437e8c961p-11, 0x1.b9278f5d0b8e8p-11,
                          -0x1.ef0cb987057d7p-10, 0x1.4962354204b49p-8);
    const auto leading = exact_product(reciprocal, V(twelfth));
    const V leading_low = fma(reciprocal_low, V(twelfth), fma(reciprocal, V(twelfth_low), leading.low));

    const auto log_y = logarithm::evaluate_extended(y);
    const auto half_less = fast_sum(y.high, V(-0.5));
    // log y >= 2: subtracting 1 is exact.
    const auto main = multiply(double_double<V>{half_less.high, half_less.low + y.low}, double_double<V>{log_y.high - V(1.0), log_y.low});
    const auto small = fast_sum(V(constant), leading.high);
    const auto sum = fast_sum(main.high, small.high);
    const V low = (sum.low + main.low) + (rest + (small.low + (leading_low + V(constant_low))));
    return {fast_sum(sum.high, low), {select(shifted, product.high, V(1.0)), select(shifted, product.low, V(0.0))}};
}

/// a d sin(pi d) / (pi d).
template <class V>
[[gnu::always_inline]] inline double_double<V> reflection(const V& a, const V& d) {
    const auto z = exact_product(d, d);
    const auto third = fast_sum(
        V(sine_second), V(z.high * horner(z.high, -0x1.86a8e4720db5ep-3, 0x1.ac6805cf3412cp-6, -0x1.33816aa3b377dp-9, 0x1.3747197bda932p-13,
                                          -0x1.d4242e51e1ce7p-18, 0x1.0fafc4fff8847p-22, -0x1.e88392694f9afp-28)));
    const auto second = multiply(z, double_double<V>{third.high, third.low + V(sine_second_low)});
    const auto first = fast_sum(V(sine_first), second.high);
    const auto rest = multiply(z, double_double<V>{first.high, first.low + (second.low + V(sine_first_low))});
    const auto sine = fast_sum(V(1.0), rest.high);
    return multiply(exact_product(a, d), double_double<V>{sine.high, sine.low + rest.low});
}

/// 1 + part.
template <class V>
[[gnu::always_inline]] inline double_double<V> one_more(const double_double<V>& part) {
    const auto sum = fast_sum(V(1.0), part.high);
    return {sum.high, sum.low + part.low};
}

/// The integer nearest to a, 0 <= a < 2^52.
template <class V>
struct nearest {
    V integer;
    V parity; ///< the sign bit where `integer` is odd, else 0
};

template <class V>
[[gnu::always_inline]] inline nearest<V> nearest_to(const V& a) {
    const V sum = a + V(0x1p52);
    return {sum - V(0x1p52), shift_bits_left<63>(sum)};
}

/// Any x.
template <class V>
[[gnu::noinline, gnu::cold]] V tgamma_far(V x) {
    const V magnitude = abs(x);
    const auto negative = x < V(0.0);
    const V sign = x & V(-0.0);
    const V above = select(magnitude < V(smallest), V(1.0), magnitude);
    const V a = select(above > V(outside), V(outside), above); // NaN stays
    const auto [exponent, divisor] = evaluate(a);
    const auto [k, part] = exponential::evaluate_extended(double_double<V>{exponent.high ^ sign, exponent.low ^ sign});
    const auto power = one_more(part);

    const auto near = nearest_to(magnitude);
    const V d = magnitude - near.integer;
    const auto reflected = reflection(a, d);
    const auto numerator = multiply(power, divisor);
    const auto quotient =
        divide(double_double<V>{select(negative, numerator.high, power.high), select(negative, numerator.low, power.low)},
               double_double<V>{select(negative, reflected.high, divisor.high), select(negative, reflected.low, divisor.low)});
    const V size = exponential::scaled(rounded(quotient), k);
    const V of_negative =
        select((d == V(0.0)) | (magnitude >= V(0x1p52)), V(std::numeric_limits<double>::quiet_NaN()), size ^ near.parity ^ sign);
    const V result = select(negative, of_negative, size);
    return select(magnitude < V(smallest), V(1.0) / x, result);
}

/// log Gamma(n + d), |d| <= 1/32; n = 1 in the lanes of `one`, else 2.
template <class V, class Mask>
[[gnu::always_inline]] inline V near_zero(const Mask& one, const V& d) {
    const auto c = [&](double at_1, double at_2) __attribute__((always_inline)) { return select(one, V(at_1), V(at_2)); };
    V q = c(0x1.9a5528a9244e4p-4, -0x1.80ce290d84dd8p-12);
    q = fma(q, d, c(-0x1.c8e509b414feap-4, -0x1.d3ec0072eba9fp-13));
    q = fma(q, d, c(0x1.010b4ac299d08p-3, 0x1.0bc0dd1dd8243p-11));
    q = fma(q, d, c(-0x1.27038b3473cc5p-3, -0x1.38ac5e2675776p-10));
    q = fma(q, d, c(0x1.5b40cb07d0b7fp-3, 0x1.7add682c34d46p-9));
    q = fma(q, d, c(-0x1.a8b9c17c6d403p-3, -0x1.e404fc217f9ep-8));
    q = fma(q, d, c(0x1.151322ac7dfebp-2, 0x1.51322ac7e6ce2p-6));
    q = fma(q, d, c(-0x1.9a4d55beab283p-2, -0x1.13e001a557607p-4));
    q = fma(q, d, c(0x1.a51a6625307d3p-1, 0x1.4a34cc4a60fa6p-2));
    const auto line = exact_product(d, c(-0x1.2788cfc6fb619p-1, 0x1.b0ee6072093cep-2));
    return line.high + fma(d * d, q, fma(d, c(0x1.6cb90701fbfabp-58, 0x1.6cb90701fbfabp-58), line.low));
}

/// log Gamma(x) for x in [2^-57, 2^900], E - log(ratio) elsewhere.
template <class V>
[[gnu::always_inline]] inline V combine(const V& x, const double_double<V>& exponent, const double_double<V>& ratio) {
    const V general = rounded(add(exponent, negated(logarithm::evaluate_extended(ratio))));
    const V from_1 = x - V(1.0);
    const V from_2 = x - V(2.0);
    const auto one = abs(from_1) < V(zero_distance);
    const auto two = abs(from_2) < V(zero_distance);
    return select(one | two, near_zero(one, V(select(one, from_1, from_2))), general);
}

/// Any x.
template <class V>
[[gnu::noinline, gnu::cold]] V lgamma_far(V x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const V magnitude = abs(x);
    const auto negative = x < V(0.0);
    const V a = select(magnitude < V(smallest), V(1.0), magnitude);
    const auto [exponent, divisor] = evaluate(a);
    const V d = magnitude - nearest_to(magnitude).integer;
    const auto quotient = divide(divisor, reflection(a, V(abs(d))));
    const V value =
        combine(x, exponent, double_double<V>{select(negative, quotient.high, divisor.high), select(negative, quotient.low, divisor.low)});
    V result = value ^ (x & V(-0.0));

    // 2^1018 log 2^1018 overflows.
    const V finite = select(magnitude > V(0x1p1018), V(0x1p1018), magnitude);
    const auto log_x = logarithm::evaluate_extended(double_double<V>{finite, V(0.0)});
    result = select(magnitude > V(huge), fma(finite, V(log_x.high - V(1.0)), finite * log_x.low), result);
    result = select(negative & ((d == V(0.0)) | (magnitude >= V(0x1p52))), V(infinity), result);
    return select(magnitude < V(smallest), V(0.0) - math::log(magnitude), result);
}

} // namespace gamma_function

/// Gamma(x): NaN for negative integers and -inf, inf of x's sign at 0, inf from 171.63 on, 0 or -0 from -184 down. Anything but batches
/// gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto tgamma(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = (x >= V(gamma_function::smallest)) & (x <= V(gamma_function::near_limit));
        const auto [exponent, divisor] = gamma_function::evaluate(x);
        const auto [k, part] = exponential::evaluate_extended(exponent);
        // Between 2^-26 and 2, and the result is normal.
        const V quotient = rounded(divide(gamma_function::one_more(part), divisor));
        V result = add_bits(quotient, shift_bits_left<52>(V(k + V(exponential::magic))));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, gamma_function::tgamma_far(x));
        }
        return result;
    } else {
        using std::tgamma;
        return tgamma(x);
    }
}

/// log |Gamma(x)|: inf for integers from 0 down. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto lgamma(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = (x >= V(gamma_function::smallest)) & (x <= V(gamma_function::huge));
        const auto [exponent, divisor] = gamma_function::evaluate(x);
        V result = gamma_function::combine(x, exponent, divisor);
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, gamma_function::lgamma_far(x));
        }
        return result;
    } else {
        using std::lgamma;
        return lgamma(x);
    }
}

namespace functions {
struct gamma {
    static constexpr std::string_view name = "tgamma";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.78;
    static constexpr std::string_view domain = "all x but integers below 1; inf from 171.63 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::tgamma(x);
    }
};
struct logarithm_of_gamma {
    static constexpr std::string_view name = "lgamma";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.60;
    static constexpr std::string_view domain =
        "all x; log |Gamma(x)|, inf for integers below 1; near zeros below 0 the absolute error is small";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::lgamma(x);
    }
};
} // namespace functions

} // namespace quadot::math
