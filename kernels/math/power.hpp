// pow of SIMD batches: at most 0.9 ulp for all doubles.
//
// x^y = exp(y log x), everything up to the last rounding in double-double (exponential.hpp, logarithm.hpp). Where the result is finite,
// |y log x| < 746, and log x is known to 2^-64.6 of itself: 2^-55 of the result. Bounds in ulp of the result, which may be just below
// a power of 2, so that 2^-53 of it is an ulp: last rounding 0.5; that 0.25; the exponential's 2^-56.7 of at most 0.42: 0.03. Together 0.8.
//
// Exponents 1/2, 1, 3/2, ... 15/2 and their negatives, which formulas are full of, take a few products, a root and a division in double-double instead,
// of negative numbers too: errors of some 5 u^2, so results are correctly rounded but for one in 2^48, and subnormal ones rounded twice. Which way is
// taken depends on x and y of the lane alone.
#pragma once

#include "math/double_double.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"
#include "math/logarithm.hpp"
#include "math/logarithms.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace power {

/// exp of this much neither overflows nor is subnormal.
inline constexpr double near_limit = 700.0;

/// 1 + part, rounded.
template <class V>
[[gnu::always_inline]] inline V one_more(const double_double<V>& part) {
    const auto sum = fast_sum(V(1.0), part.high);
    return sum.high + (sum.low + part.low);
}

/// y log(2^k m), the low part some ulp of the high one.
template <class V>
[[gnu::always_inline]] inline double_double<V> exponent(const logarithm::split<V>& x, const V& y) {
    const auto log_x = logarithm::evaluate_extended(x.k, double_double<V>{x.m - V(1.0), V(0.0)});
    const auto product = exact_product(log_x.high, y);
    return {product.high, fma(log_x.low, y, product.low)};
}

/// Whether y is 1/2, 1, 3/2 ... 15/2, or one of their negatives.
template <class V>
[[gnu::always_inline]] inline auto half_integral(const V& y) {
    const V size = abs(y);
    const V twice = y + y;
    return (size >= V(0.5)) & (size <= V(7.5)) & (V(nearest_integer(twice)) == twice);
}

template <class V>
[[gnu::always_inline]] inline V cube(const V& x) {
    return rounded(multiply(exact_product(x, x), x));
}

/// By the binary digits of y, 0 to 7 in lanes that count. For 3 these are the steps of cube(): products with 1 are exact.
template <class V>
[[gnu::always_inline]] inline double_double<V> whole_power(const V& x, const V& y) {
    const auto square = exact_product(x, x);
    const V from_four = y - V(4.0);
    const auto four = from_four >= V(0.0);
    const V below_four = select(four, from_four, y);
    const auto two = below_four >= V(2.0);
    const V below_two = select(two, V(below_four - V(2.0)), below_four);
    const V one(1.0);
    const V first = select(below_two >= one, x, one);
    const double_double<V> second{select(two, square.high, one), select(two, square.low, V(0.0))};
    const auto low = multiply(second, first);
    const auto fourth = multiply(square, square);
    return multiply(double_double<V>{select(four, fourth.high, one), select(four, fourth.low, V(0.0))}, low);
}

/// For half-integral y, and |x| from 2^-100 to 2^100, so that x^7.5 and its errors, to 2^-106 of it, stay normal.
template <class V>
[[gnu::always_inline]] inline V half_integral_power(const V& x, const V& y) {
    if (all(y == V(0.5))) return sqrt(x);
    if (all(y == V(3.0))) return cube(x);
    const V size = abs(y);
    const V whole = nearest_integer(V(size - V(0.25)));
    double_double<V> result{V(1.0), V(0.0)};
    if (!all(whole < V(1.0))) result = whole_power(x, whole);
    if (!all(size == whole)) {
        const auto half = size > whole;
        const V root = sqrt(x);
        const V rest = remainder(x, root, root) * (V(0.5) / root);
        // For y = 1/2 the root is the result: root + rest, rounded once more, might be its neighbour.
        result =
            multiply(result, double_double<V>{select(half, root, V(1.0)), select(half & ((whole >= V(1.0)) | (y < V(0.0))), rest, V(0.0))});
    }
    if (!all(y > V(0.0))) {
        const auto inverse = divide(double_double<V>{V(1.0), V(0.0)}, result);
        const auto below = y < V(0.0);
        result = {select(below, inverse.high, result.high), select(below, inverse.low, result.low)};
    }
    return rounded(result);
}

/// The same for all normal x = 2^k m with even k: 2^(k y) m^y.
template <class V>
[[gnu::always_inline]] inline V half_integral_power_scaled(const V& x, const V& y) {
    const auto [k, m] = logarithm::split_exponent(V(abs(x)), V(logarithm::bias));
    const V even = V(2.0) * nearest_integer(V(V(0.5) * k));
    const V power = half_integral_power(with_sign(V(m * power_of_2(V(k - even))), x), y);
    const V wanted = even * y;
    constexpr double certain = 2000; // 0 or infinite
    return exponential::scaled(power, V(select(abs(wanted) > V(certain), with_sign(V(certain), wanted), wanted)));
}

/// Any x and y. C99 F.9.4.4.
template <class V>
[[gnu::noinline, gnu::cold]] V pow_far(V x, V y) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const V magnitude = abs(x);
    const V size = abs(y);
    // Beyond 2^64 the result is 0, 1 or infinite: |log x| is at least 2^-53, or 0.
    const V finite_y = select(size > V(0x1p64), with_sign(V(0x1p64), y), y);
    const V positive = select(magnitude == V(0.0), V(1.0), select(magnitude == V(infinity), V(1.0), magnitude));
    const auto product = exponent(logarithm::split_any(positive), finite_y);
    constexpr double outside = 800.0;
    const auto inside = abs(product.high) < V(outside);
    const double_double<V> clamped{select(inside, product.high, with_sign(V(outside), product.high)), select(inside, product.low, V(0.0))};
    const auto [k, part] = exponential::evaluate_extended(clamped);
    V result = exponential::scaled(one_more(part), k);

    const V limit = select(y < V(0.0), V(infinity), V(0.0)); // 0^y
    result = select(magnitude == V(0.0), limit, result);
    result = select(magnitude == V(infinity), select(y < V(0.0), V(0.0), V(infinity)), result);

    // Of whole numbers below 2^52, the sum's lowest bit tells odd from even; above, their own does, up to 2^53.
    const V shifted = size + V(0x1p52);
    const auto small = size < V(0x1p52);
    const auto odd_y = (small & (V(shifted - V(0x1p52)) == size) & odd(shifted)) | ((size >= V(0x1p52)) & (size < V(0x1p53)) & odd(size));
    const V sign = x & V(-0.0);
    const auto fraction = small & ((V(shifted - V(0x1p52)) < size) | (V(shifted - V(0x1p52)) > size));
    const V of_negative = select(fraction & (magnitude > V(0.0)) & (magnitude < V(infinity)), V(std::numeric_limits<double>::quiet_NaN()),
                                 select(odd_y, V(result | sign), result));
    // The sign of -0 matters as that of other negative numbers, but for fractions.
    result = select(V(with_sign(V(1.0), x)) < V(0.0), of_negative, result);
    result = select(x == x, result, x);
    result = select(y == y, result, y);
    result = select(x == V(1.0), V(1.0), result);
    return select(y == V(0.0), V(1.0), result);
}

template <class V>
[[gnu::always_inline]] inline V by_logarithm(const V& x, const V& y) {
    const logarithm::split<V> parts = logarithm::split_exponent(x, V(logarithm::bias));
    const auto product = exponent(parts, y);
    // Where x is not 1, y is small then; for x = 1, two_prod without FMA minds a huge y.
    auto near = logarithm::is_near(x) & (abs(product.high) <= V(near_limit));
    if constexpr (!eft::fused<V>) near = near & (abs(y) < V(0x1p900));
    const auto [k, part] = exponential::evaluate_extended(product);
    V result = add_bits(one_more(part), shift_bits_left<52>(V(k + V(exponential::magic))));
    if (!all_near<V>(near)) [[unlikely]] {
        result = select(near, result, pow_far(x, y));
    }
    return result;
}

/// Where some lane has a half-integral exponent.
template <class V>
[[gnu::noinline]] V with_half_integral_exponents(V x, V y) {
    const V size = abs(x);
    const auto simple =
        half_integral(y) & (size >= V(std::numeric_limits<double>::min())) & (size <= V(std::numeric_limits<double>::max()));
    if (!all(simple)) return select(simple, half_integral_power_scaled(x, y), by_logarithm(x, y));
    if (!all((size >= V(0x1p-100)) & (size <= V(0x1p100)))) return half_integral_power_scaled(x, y);
    return half_integral_power(x, y);
}

} // namespace power

/// x^y: NaN for negative x and fractional y. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto pow(const V& x, const V& y) {
    if constexpr (bit_lanes<V>) {
        const V twice = y + y;
        const V whole = nearest_integer(twice);
        if (!all((whole < twice) | (whole > twice))) [[unlikely]]
            return power::with_half_integral_exponents(x, y);
        return power::by_logarithm(x, y);
    } else {
        using std::pow;
        return pow(x, y);
    }
}

namespace functions {
struct power {
    static constexpr std::string_view name = "pow";
    static constexpr int arity = 2;
    static constexpr double largest_error = 0.76;
    static constexpr std::string_view domain = "x > 0; x = 0; x < 0 with whole y";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x, const V& y) {
        return math::pow(x, y);
    }
};
} // namespace functions

} // namespace quadot::math
