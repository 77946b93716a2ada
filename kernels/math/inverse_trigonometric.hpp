// asin, acos, atan and atan2 of SIMD batches: less than an ulp for every double, each lane by itself, the same bits on every
// instruction set with FMA.
//
// atan (addition theorem: Cody & Waite 1980; Muller, Elementary Functions, 3rd ed.; the ranges are chosen here): with a = |x|,
//   a < 0.6   t + t^3 P(t^2), t = a
//   a <= 2    pi/4 + the same of t = (a - 1) / (a + 1), -1/4 <= t <= 1/3
//   beyond    pi/2 + the same of t = -1 / a
// P of degree 13 serves |t| <= 0.6: relative error 2^-59.4. Everything is chosen before the one division, a / 1 included.
// The middle range starts where a quotient of 1/4 is rounded to 2^-56: that, and a + 1 in one rounding, are then small beside a
// result above 1/2, and no correction of the quotient is needed. Bounds in ulp of the result:
//   a < 0.6   worst near tan(1/2), a result just below 1/2: last rounding 0.5; t^3 P <= 0.047, rounded four times to 2^-53 of
//             itself: 0.37; the polynomial 0.01. Together 0.88
//   a <= 2    at 0.6: last rounding 0.5; the quotient 0.125; a + 1 0.16; the sum of what comes after the leading part 0.02. At 1.55,
//             below a result of 1: 0.5 + 0.125 + 0.17. Together 0.82
//   beyond    at 2: last rounding 0.5; 1 / a 0.125; t^3 P 0.08. Together 0.71
// Measured against MPFR: 0.79.
//
// atan2: of the smaller and the larger of |x| and |y|, m and M, t = m / M or (m - M) / (m + M), |t| <= 1/2; the result's leading part
// is one of 0, pi/4, ... pi. m / M is rounded, even where it is the leading part, so t is corrected by its remainder and by what
// m + M lost, times 1 - t^2. Coordinates beyond 2^-500 or 2^500, zeros, infinities and NaN go a second, slower way, where powers of 2
// come off first, and where m / M < 2^-64 the quotient itself is the result, once rounded, also if subnormal. Measured: 0.75.
//
// asin, acos (Cody & Waite 1980): for |x| <= 1/2, z = x^2,
//   asin(x) = x + x z P(z)                                              P of degree 12: relative error 2^-59.8
// and beyond, with z = (1 - |x|) / 2, exact, and s = sqrt(z),
//   asin(|x|) = pi/2 - 2 asin(s), acos(|x|) = 2 asin(s), acos(-|x|) = pi - 2 asin(s)
// What rounding s loses is (z - s^2) / (2 s). x z P is at most 0.024, rounded four times to 2^-53 of itself: 0.1 ulp, beyond 1/2,
// twice s z P, 0.19; with the last rounding 0.7. Measured: asin 0.63, acos 0.61.
//
// Constants: coefficients/inverse_and_hyperbolic.py.
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace quadot::math {

namespace inverse_trigonometric {

/// pi/4, what its rounding left, and that as a part of it.
inline constexpr double quarter_pi = 0x1.921fb54442d18p-1;
inline constexpr double quarter_pi_low = 0x1.1a62633145c07p-55;
inline constexpr double quarter_pi_rest = 0x1.678afae35cdd1p-55;

/// high + rest + (atan(t) - t), |t| <= 0.6.
template <class V>
[[gnu::always_inline]] inline V arctangent(const V& t, const V& high, const V& rest) {
    const V z = t * t;
    const V polynomial =
        horner(z, -0x1.5555555555542p-2, 0x1.99999999972e9p-3, -0x1.24924923b906ap-3, 0x1.c71c7179dd37fp-4, -0x1.745d0f1b1596bp-4,
               0x1.3b1321911bf63p-4, -0x1.110a4b2738ec2p-4, 0x1.e16dd3371bcb3p-5, -0x1.ac57cbd2a85abp-5, 0x1.7949b174dd59p-5,
               -0x1.39544b234c0d6p-5, 0x1.bcf8d3191833ep-6, -0x1.c8eb5b2882b84p-7, 0x1.e4c206ed8c7edp-9);
    return high + fma(V(t * z), polynomial, rest);
}

/// numerator / (denominator + denominator_low). One division.
template <class V>
[[gnu::always_inline]] inline double_double<V> quotient(const V& numerator, const V& denominator, const V& denominator_low) {
    const V reciprocal = V(1.0) / denominator;
    const V t = numerator * reciprocal;
    return {t, fnma(t, denominator_low, remainder(numerator, t, denominator)) * reciprocal};
}

/// The angle of (+-b, a), 0 to pi, from the smaller and the larger of a and b; the sign is x's, `steep` where a > b.
template <class V, class Mask>
[[gnu::always_inline]] inline V angle(const V& smaller, const V& larger, const Mask& steep, const V& x) {
    // atan(m / M), or pi/4 + atan((m - M) / (m + M)) where m >= M / 2; then pi/2 less that where it is steep; then pi less that
    // where x is negative.
    const auto middle = smaller + smaller >= larger;
    const V sign = x & V(-0.0);
    const V numerator = (smaller - select(middle, larger, V(0.0))) ^ (sign ^ select(steep, V(-0.0), V(0.0)));
    const V added = select(middle, smaller, V(0.0));
    const V denominator = larger + added;
    const V denominator_low = added - (denominator - larger);
    const V from_vertical = select(middle, V(quarter_pi), select(steep, V(0.0), V(2.0 * quarter_pi)));
    const auto [t, t_low] = quotient(numerator, denominator, denominator_low);
    // Times 1 - t^2, nearly the derivative: where t is the result's leading part, t_low may be an ulp.
    const V base = V(2.0 * quarter_pi) - (from_vertical ^ sign);
    const auto sum = fast_sum(base, t);
    return arctangent(t, sum.high, V(fma(base, V(quarter_pi_rest), sum.low) + fnma(V(t * t), t_low, t_low)));
}

/// Within these limits of both coordinates no step of `angle` underflows or overflows.
inline constexpr double smallest_near = 0x1p-500;
inline constexpr double largest_near = 0x1p500;

/// Any y and x; |atan2|. C99 F.9.1.4.
template <class V>
[[gnu::noinline, gnu::cold]] V angle_far(V y, V x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const V a_any = abs(y);
    const V b_any = abs(x);
    // Infinity beside a number is like 1 beside 0.
    const auto a_infinite = a_any == V(infinity);
    const auto b_infinite = b_any == V(infinity);
    const V a = select(a_infinite, V(1.0), select(b_infinite, V(0.0), a_any));
    const V b = select(b_infinite, V(1.0), select(a_infinite, V(0.0), b_any));
    const auto steep = a > b;
    const V m_any = select(steep, b, a);
    const V any_larger = select(steep, a, b);
    const V larger_any = select(any_larger == V(0.0), V(1.0), any_larger);
    const V up = select(larger_any < V(smallest_near), V(0x1p500), V(1.0)); // exact, also from subnormal numbers
    const V m_up = m_any * up;
    const V larger_up = larger_any * up;
    const auto flat = m_up < V(larger_up * V(0x1p-64));
    // Where the quotient is that small it is the arctangent, rounded once, also where it is subnormal; beside pi/2 or pi it is nothing.
    const V down = select(larger_up > V(largest_near), V(0x1p-600), V(1.0)); // exact, unless flat
    const V general = angle(V(select(flat, V(0.0), V(m_up * down))), V(larger_up * down), steep, x);
    const V result = select(flat & (b > a) & (with_sign(V(1.0), x) > V(0.0)), V(m_up / larger_up), general);
    return select(y == y, select(x == x, result, x), y);
}

/// Less the bits of a positive number they are those of its reciprocal, to 0.051 of it.
inline constexpr std::uint64_t bits_of_reciprocal = 0x7fde600000000000;

/// asin(t) = start + tail for t = |x| <= 1/2; pi/2 - asin(|x|) = start + tail for |x| beyond: 2 asin(s), s = sqrt((1 - |x|) / 2).
template <class V, class Mask>
struct arcsine_parts {
    Mask small;
    V start;
    V tail;
};

template <class V>
[[gnu::always_inline]] inline auto evaluate_arcsine(const V& a) {
    const auto small = a <= V(0.5);
    const V half = fnma(V(0.5), a, V(0.5)); // exact
    const V z = select(small, V(a * a), half);
    const V root = sqrt(half);
    // What the rounding of 2 s lost, at most an ulp, needs no division: 1 / s from its bits to 0.051 of itself, by a step of the third order to
    // 2^-12.8. Where s is 0 so is the remainder, and s is 0 or at least 2^-27.
    const V estimate = add_bits(root ^ with_bits<V>(~std::uint64_t{0}), with_bits<V>(bits_of_reciprocal + 1));
    const V first = remainder(half, root, root) * estimate;
    const V error = fnma(root, estimate, V(1.0));
    const V root_low = fma(first, fma(error, error, error), first);
    const V start = select(small, a, V(root + root));
    const V start_low = dropped(small, root_low);
    const V polynomial =
        horner(z, 0x1.5555555555577p-3, 0x1.333333332e13p-4, 0x1.6db6db72127c5p-5, 0x1.f1c71a94e93bcp-6, 0x1.6e8bdee171b6bp-6,
               0x1.1c49f0467a6c4p-6, 0x1.ca1f8f830bf18p-7, 0x1.758579ada9663p-7, 0x1.613cdc7fa9debp-7, 0x1.e5f190311db73p-9,
               0x1.639d608a715bcp-6, -0x1.57fe5d70f545cp-6, 0x1.0b46de7abe486p-5);
    const V tail = fma(V(start * z), polynomial, start_low);
    return arcsine_parts<V, std::remove_const_t<decltype(small)>>{small, start, tail};
}

} // namespace inverse_trigonometric

/// asin(x): odd; NaN where |x| > 1. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto asin(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_trigonometric;
        const auto [small, start, tail] = evaluate_arcsine<V>(abs(x));
        // start + tail or pi/2 - (start + tail)
        const V base = dropped(small, V(2.0 * quarter_pi));
        const V base_low = dropped(small, V(2.0 * quarter_pi_low));
        const V flip = dropped(small, V(-0.0));
        const V signed_start = start ^ flip;
        const V high = base + signed_start;
        const V low = (signed_start - (high - base)) + (base_low + (tail ^ flip));
        return with_sign(V(high + low), x);
    } else {
        using std::asin;
        return asin(x);
    }
}

/// acos(x): NaN where |x| > 1. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto acos(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_trigonometric;
        const auto [small, start, tail] = evaluate_arcsine<V>(abs(x));
        // pi/2 - x ..., start + tail, or pi - (start + tail) where x < -1/2
        const V k = select(small, V(2.0), kept(x < V(0.0), V(4.0)));
        const V flip = (x & V(-0.0)) ^ kept(small, V(-0.0));
        const V signed_start = start ^ flip;
        const V base = k * V(quarter_pi);
        const V high = base + signed_start;
        const V low = (signed_start - (high - base)) + fma(k, V(quarter_pi_low), tail ^ flip);
        return V(high + low);
    } else {
        using std::acos;
        return acos(x);
    }
}

/// atan(x): odd, +-pi/2 at +-inf. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto atan(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_trigonometric;
        const V a = abs(x);
        const auto beyond = a >= V(0.6);
        const auto large = a > V(2.0);
        // a / 1, (a - 1) / (a + 1) or -1 / a
        const V numerator = minus_where(beyond, dropped(large, a), V(1.0));
        const V denominator = select(large, a, plus_where(beyond, V(1.0), a));
        const V t = numerator / denominator;
        // t, pi/4 + t or pi/2 + t, rounded, and the rest
        const V base = either<V>(large, 2.0 * quarter_pi, quarter_pi);
        const V high = plus_where(beyond, t, base);
        const V rest = fma_where(beyond, base, V(quarter_pi_rest), V(t - minus_where(beyond, high, base)));
        return V(arctangent(t, high, rest) | (x & V(-0.0)));
    } else {
        using std::atan;
        return atan(x);
    }
}

/// atan2(y, x): the angle of (x, y) from the positive x axis, in [-pi, pi], signs of zeros heeded. Anything but batches gets the
/// function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto atan2(const V& y, const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_trigonometric;
        const V a = abs(y);
        const V b = abs(x);
        const auto steep = a > b;
        const V smaller = select(steep, b, a);
        const V larger = select(steep, a, b);
        V result = angle(smaller, larger, steep, x);
        const auto near = (smaller >= V(smallest_near)) & (larger <= V(largest_near)); // NaN is not
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, angle_far(y, x));
        }
        return with_sign(result, y);
    } else {
        using std::atan2;
        return atan2(y, x);
    }
}

namespace functions {
struct arcsine {
    static constexpr std::string_view name = "asin";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.65;
    static constexpr std::string_view domain = "-1 <= x <= 1";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::asin(x);
    }
};
struct arccosine {
    static constexpr std::string_view name = "acos";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.62;
    static constexpr std::string_view domain = "-1 <= x <= 1";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::acos(x);
    }
};
struct arctangent {
    static constexpr std::string_view name = "atan";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.80;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::atan(x);
    }
};
struct arctangent_of_quotient {
    static constexpr std::string_view name = "atan2";
    static constexpr int arity = 2;
    static constexpr double largest_error = 0.76;
    static constexpr std::string_view domain = "all y and x; signs of zeros heeded";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& y, const V& x) {
        return math::atan2(y, x);
    }
};
} // namespace functions

} // namespace quadot::math
