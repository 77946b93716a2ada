// HEADER_COMMENT
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

namespace quadot::math {

namespace inverse_trigonometric {

/// The first part has 51 bits: its products with 0 ... 4 are exact.
inline constexpr double quarter_pi = 0x1.921fb54442d18p-1;
inline constexpr double quarter_pi_low = 0x1.1a62633145c07p-55;

/// (atan(t) - t) / t^3 in z = t^2, |t| <= 1/2. Two chains, for odd and even powers of z: half the latency.
template <class V>
[[gnu::always_inline]] inline V arctangent_polynomial(const V& z) {
    const V square = z * z;
    const V even = horner(square, -0x1.5555555555516p-2, -0x1.249249215daap-3, -0x1.745cf4c8cb373p-4, -0x1.10f31d95e0955p-4,
                          -0x1.a3981066b07d7p-5, -0x1.c17d213ed86a2p-6);
    const V odd = horner(square, 0x1.999999999113bp-3, 0x1.c71c7090d1cdap-4, 0x1.3b113d9a78c58p-4, 0x1.dfe963c4f7401p-5,
                         0x1.56f4e1e127257p-5, 0x1.4b808bc72d371p-7);
    return fma(z, odd, even);
}

/// numerator / (denominator + denominator_low). One division.
template <class V>
[[gnu::always_inline]] inline double_double<V> quotient(const V& numerator, const V& denominator, const V& denominator_low) {
    const V reciprocal = V(1.0) / denominator;
    const V t = numerator * reciprocal;
    return {t, fnma(t, denominator_low, remainder(numerator, t, denominator)) * reciprocal};
}

/// k pi/4 + atan(t) + t_low, |t| <= 1/2.
template <class V>
[[gnu::always_inline]] inline V arctangent(const V& k, const V& t, const V& t_low) {
    const V z = t * t;
    const V high = fma(k, V(quarter_pi), t);
    const V rounding = fma(k, V(quarter_pi), V(-high)) + t; // exact
    const V rest = fma(k, V(quarter_pi_low), t_low) + rounding;
    return high + fma(V(t * z), arctangent_polynomial(z), rest);
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
    const V from_vertical = select(steep, select(middle, V(1.0), V(0.0)), select(middle, V(1.0), V(2.0)));
    const auto [t, t_low] = quotient(numerator, denominator, denominator_low);
    // Times 1 - t^2, nearly the derivative: with k = 0 t is the result's leading part, and t_low as large as half an ulp.
    return arctangent(V(V(2.0) - (from_vertical ^ sign)), t, V(fnma(V(t * t), t_low, t_low)));
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
    // What the rounding of 2 s lost; added 2^-1000 makes 0/0 a 0 and changes nothing else, as s is 0 or at least 2^-27.
    const V root_low = remainder(half, root, root) / (root + V(0x1p-1000));
    const V start = select(small, a, V(root + root));
    const V start_low = select(small, V(0.0), root_low);
    const V square = z * z;
    const V even = horner(square, 0x1.5555555555577p-3, 0x1.6db6db72127c5p-5, 0x1.6e8bdee171b6bp-6, 0x1.ca1f8f830bf18p-7,
                          0x1.613cdc7fa9debp-7, 0x1.639d608a715bcp-6, 0x1.0b46de7abe486p-5);
    const V odd = horner(square, 0x1.333333332e13p-4, 0x1.f1c71a94e93bcp-6, 0x1.1c49f0467a6c4p-6, 0x1.758579ada9663p-7,
                         0x1.e5f190311db73p-9, -0x1.57fe5d70f545cp-6);
    const V tail = fma(V(start * z), fma(z, odd, even), start_low);
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
        const V base = select(small, V(0.0), V(2.0 * quarter_pi));
        const V base_low = select(small, V(0.0), V(2.0 * quarter_pi_low));
        const V flip = select(small, V(0.0), V(-0.0));
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
        const V k = select(small, V(2.0), select(x < V(0.0), V(4.0), V(0.0)));
        const V flip = (x ^ select(small, V(-0.0), V(0.0))) & V(-0.0);
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
        const V any = abs(x);
        const V a = select(any > V(0x1p64), V(0x1p64), any); // no infinity times 0; NaN stays
        const V below_large = select(a < V(2.0), V(1.0), V(0.0));
        const V below_middle = select(a < V(0.5), V(1.0), V(0.0));
        const V above_small = V(1.0) - below_middle;
        // a / 1, (a - 1) / (a + 1) or -1 / a; products with 0 and 1 are exact.
        const V numerator = fma(a, below_large, -above_small);
        const V denominator = fma(a, above_small, below_large);
        const V denominator_low = fma(a, above_small, below_large - denominator);
        const V k = (above_small - below_large) + V(1.0);
        // t_low is 0 where k is, and elsewhere small enough to go without the derivative.
        const auto [t, t_low] = inverse_trigonometric::quotient(numerator, denominator, denominator_low);
        return with_sign(inverse_trigonometric::arctangent(k, t, t_low), x);
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

} // namespace quadot::math
