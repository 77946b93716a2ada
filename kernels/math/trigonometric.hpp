// sin and cos of SIMD batches: at most 0.9 ulp for every double, each lane by itself, the same bits on every
// instruction set with FMA.
//
// Reduction (Cody & Waite 1980; Muller, Elementary Functions, 3rd ed., 11.2): n = round(2 x/pi) and
// r + r' = x - n pi/2, pi/2 = p1 + p2 + p3 + 2^-141.8 in 53, 31 and 53 bits. For |x| <= 2^22, so |n| < 2^22:
//   r0 = x - n p1     exact: below 1, and a multiple of 2^-53 (or n = 0)
//   r  = r0 - n p2    n p2 is a multiple of 2^-84 below 2^-31: r is exact where |r| < 2^-31,
//                     and elsewhere r0 - r is (Sterbenz)
//   r' = ((r0 - r) - n p2) - n p3, off by n 2^-141.8 < 2^-119 and its own rounding
// No double up to 2^22 comes closer than 2^-60.5 to a multiple of pi/2: what is off is 2^-58 of the result.
// Beyond, Payne & Hanek 1983: x 2/pi modulo 4 to 137 fraction bits, by integers, one lane at a time. No
// double comes closer than 2^-60.9 to a multiple of pi/2, so that 75 significant bits are left.
//
// On |r| <= pi/4, with s = r^2, one scheme for odd and even quadrants, whose coefficients are selected lane
// by lane:
//   sin(r + r') = r + (r s S(s) + r')             S: relative error 2^-57.9
//   cos(r + r') = 1 - r (r/2 + (r' - r s C(s)))   C: relative error 2^-63.9
// Bounds in ulp of the result, 2^-53 where r is near pi/4 and the result near 0.707:
//   sin: last rounding 0.5; r s S(s) <= 0.0782, rounded four times to 2^-53 of itself: 0.16; r' in place of
//        r' cos r, half an ulp of r at most: 0.15; the polynomial 0.04. Together 0.85.
//   cos: last rounding 0.5; the bracket, below 1/2, to 2^-55, times r: 0.2; r s C(s) <= 0.0202, rounded four
//        times, times r: 0.07; r' (r - sin r): 0.04. Together 0.81.
// Measured against MPFR: 0.82 (tests/conformance/elementary_functions_test.cpp).
//
// Why not one polynomial on [-pi/2, pi/2], reducing by pi: r s S(s) would grow to 0.57, and rounding it alone
// would cost an ulp. Here, with AVX-512 on Zen 4, the selections go beside the multiply-adds, which are the
// limit: 14 of them, and the mask of odd quadrants.
//
// Constants: coefficients/elementary.py.
#pragma once

#include "accumulators/eft.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace quadot::math {

namespace trigonometric {

inline constexpr double near_limit = 0x1p22;
inline constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
/// pi/2.
inline constexpr double half_pi_fused[] = {0x1.921fb54442d18p0, 0x1.1a62633p-54, 0x1.45c06e0e68948p-86};
/// pi/2 in parts whose products with n are exact without FMA.
inline constexpr double half_pi_short[] = {0x1.921fb548p0, -0x1.de973dc8p-31, -0x1.9d9cceb8p-62, -0x1.1fc8f8cbb5bf7p-93};

/// |x| = n pi/2 + high + low. `quadrant` has n, or n + 1 for a cosine, in its lowest bits.
template <class V>
struct reduced {
    V quadrant;
    V high;
    V low;
};

/// For one |x| > near_limit: n modulo 4, high, low.
struct reduced_lane {
    std::uint64_t quadrant;
    double high;
    double low;
};

__extension__ using uint128 = unsigned __int128;

/// 2/pi in units of 2^-64, 2^-128, ... behind a word of zeros. V: an object a batch type, named after the
/// instruction set.
template <class V>
inline constexpr std::uint64_t two_over_pi_words[] = {0,
                                                      0xa2f9836e4e441529,
                                                      0xfc2757d1f534ddc0,
                                                      0xdb6295993c439041,
                                                      0xfe5163abdebbc561,
                                                      0xb7246e3a424dd2e0,
                                                      0x06492eea09d1921c,
                                                      0xfe1deb1cb129a73e,
                                                      0xe88235f52ebb4484,
                                                      0xe99c7026b45f7e41,
                                                      0x3991d639835339f4,
                                                      0x9c845f8bbdf9283b,
                                                      0x1ff897ffde05980f,
                                                      0xef2f118b5a0a6d1f,
                                                      0x6d367ecf27cb09b7,
                                                      0x4f463f669e5fea2d,
                                                      0x7527bac7ebe5f17b,
                                                      0x3d0739f78a5292ea,
                                                      0x6bfb5fb11f8d5d08,
                                                      0x56033046fc7b6bab};
/// pi/2 2^127.
inline constexpr std::uint64_t half_pi_words[] = {0xc90fdaa22168c234, 0xc4c6628b80dc1cd1};

/// Payne & Hanek's reduction. Force-inlined into functions that carry the instruction set's name, as all that
/// reaches the linker.
template <class V>
[[gnu::always_inline]] inline reduced_lane reduce_far(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto biased = static_cast<int>(bits >> 52 & 0x7ff);
    if (biased == 0x7ff) return {0, x - x, 0.0}; // inf, NaN

    // x = m 2^e. Of 2/pi, the bits of 2^(1-e) down to 2^(-190-e): those above only add multiples of 4.
    const std::uint64_t m = (bits & 0xfffffffffffff) | std::uint64_t{1} << 52;
    const int e = biased - 1075;
    const int skipped = e - 2 + 64;
    const std::uint64_t* from = two_over_pi_words<V> + skipped / 64;
    const int shift = skipped % 64;
    std::uint64_t window[3];
    for (int k = 0; k < 3; ++k) {
        window[k] = shift == 0 ? from[k] : from[k] << shift | from[k + 1] >> (64 - shift);
    }
    const uint128 lowest = static_cast<uint128>(m) * window[2];
    const uint128 middle = static_cast<uint128>(m) * window[1] + (lowest >> 64);
    const std::uint64_t highest = m * window[0] + static_cast<std::uint64_t>(middle >> 64);

    // Two bits of quadrant, then 190 of fraction, taken to -1/2 ... 1/2.
    std::uint64_t quadrant = highest >> 62;
    const auto middle_word = static_cast<std::uint64_t>(middle);
    const auto lowest_word = static_cast<std::uint64_t>(lowest);
    uint128 fraction = static_cast<uint128>(highest << 2 | middle_word >> 62) << 64 | (middle_word << 2 | lowest_word >> 62);
    std::uint64_t rest = lowest_word << 2;
    const bool negative = fraction >> 127 != 0;
    if (negative) {
        quadrant += 1;
        rest = 0 - rest;
        fraction = ~fraction + (rest == 0 ? 1 : 0);
    }

    // Its 128 leading bits times pi/2, as the integer part of `product` 2^-(127 + zeros). No double is so
    // near a multiple of pi/2 that 64 zeros lead.
    const int zeros = std::countl_zero(static_cast<std::uint64_t>(fraction >> 64));
    if (zeros > 0) fraction = fraction << zeros | rest >> (64 - zeros);
    const auto a_high = static_cast<std::uint64_t>(fraction >> 64);
    const auto a_low = static_cast<std::uint64_t>(fraction);
    const uint128 product = static_cast<uint128>(a_high) * half_pi_words[0] + (static_cast<uint128>(a_high) * half_pi_words[1] >> 64) +
                            (static_cast<uint128>(a_low) * half_pi_words[0] >> 64);

    // 53 bits, then 63 of the others.
    const auto leading = static_cast<std::int64_t>(product >> 75);
    const auto trailing = static_cast<std::int64_t>(product >> 12 & 0x7fffffffffffffff);
    const double unit = std::bit_cast<double>(static_cast<std::uint64_t>(1023 - 52 - zeros) << 52) * (negative ? -1.0 : 1.0);
    const auto [high, low] = eft::fast_two_sum(static_cast<double>(leading) * unit, static_cast<double>(trailing) * (unit * 0x1p-63));
    return {quadrant, high, low};
}

/// Reduces again the lanes beyond near_limit; the others stay.
template <class V, int Shift>
[[gnu::noinline, gnu::cold]] void reduce_far_lanes(V x, reduced<V>& all_lanes) {
    alignas(64) double values[V::size], quadrant[V::size], high[V::size], low[V::size];
    x.store_unaligned(values);
    all_lanes.quadrant.store_unaligned(quadrant);
    all_lanes.high.store_unaligned(high);
    all_lanes.low.store_unaligned(low);
    for (std::size_t k = 0; k < V::size; ++k) {
        if (values[k] <= near_limit) continue;
        const reduced_lane lane = reduce_far<V>(values[k]);
        quadrant[k] = std::bit_cast<double>(lane.quadrant + Shift);
        high[k] = lane.high;
        low[k] = lane.low;
    }
    all_lanes.quadrant = V::load_unaligned(static_cast<const double*>(quadrant));
    all_lanes.high = V::load_unaligned(static_cast<const double*>(high));
    all_lanes.low = V::load_unaligned(static_cast<const double*>(low));
}

/// x less its multiple of pi/2; Shift is added to the quadrant. `magnitude` is |x|, and so may x be; beyond
/// near_limit it is |x| that is reduced.
template <int Shift, class V>
[[gnu::always_inline]] inline reduced<V> reduce(const V& x, const V& magnitude) {
    // 1.5 2^52: the sum's unit is 1 (Shift included: the difference below is n).
    const V magic(0x1.8p52 + Shift);
    const V quadrant = fma(x, V(two_over_pi), magic);
    const V n = quadrant - magic;
    reduced<V> result{quadrant, V(0.0), V(0.0)};
    if constexpr (eft::fused<V>) {
        const V r0 = fma(n, V(-half_pi_fused[0]), x);
        result.high = fma(n, V(-half_pi_fused[1]), r0);
        result.low = fma(n, V(-half_pi_fused[2]), fma(n, V(-half_pi_fused[1]), r0 - result.high));
    } else {
        const V r0 = x - n * V(half_pi_short[0]);
        const auto [r1, e1] = eft::two_sum<V>(r0, n * V(-half_pi_short[1]));
        const auto [r2, e2] = eft::two_sum<V>(r1, n * V(-half_pi_short[2]));
        const auto [high, low] = eft::fast_two_sum<V>(r2, (e1 + e2) - n * V(half_pi_short[3]));
        result.high = high;
        result.low = low;
    }
    if (!all_near<V>(magnitude <= V(near_limit))) [[unlikely]] {
        reduced<V> with_far = result;
        reduce_far_lanes<V, Shift>(magnitude, with_far);
        result = with_far;
    }
    return result;
}

/// sin(r), or cos(r) in odd quadrants.
template <class V>
[[gnu::always_inline]] inline V evaluate(const reduced<V>& from) {
    const V& r = from.high;
    const V s = r * r;
    const auto even_function = odd(from.quadrant);
    const auto c = [&](double if_cosine, double if_sine) __attribute__((always_inline)) {
        return select(even_function, V(if_cosine), V(if_sine));
    };
    V p = c(0x1.8fa6827dc70f2p-37, 0x1.5d8b5083849aep-33);
    p = fma(p, s, c(-0x1.1ee9dbcc33151p-29, -0x1.ae5e4b760178bp-26));
    p = fma(p, s, c(0x1.27e4f7f18ed59p-22, 0x1.71de35551f18ep-19));
    p = fma(p, s, c(-0x1.a01a019c8f23ep-16, -0x1.a01a019be91aap-13));
    p = fma(p, s, c(0x1.6c16c16c15015p-10, 0x1.111111110f73p-7));
    p = fma(p, s, c(-0x1.555555555554bp-5, -0x1.5555555555548p-3));
    const V sine = fma(r, c(0.5, 1.0), fma(r * s, p, from.low));
    return select(even_function, fnma(sine, r, V(1.0)), sine);
}

} // namespace trigonometric

/// sin(x): odd; NaN where x is infinite or NaN. Anything but batches gets the function that ordinary code
/// would.
template <class V>
[[gnu::always_inline]] inline auto sin(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V magnitude = abs(x); // sin(-0) = -0 would be lost on the way
        const auto reduced = trigonometric::reduce<0>(magnitude, magnitude);
        const V sign = shift_bits_left<62>(reduced.quadrant) ^ x;
        return V(trigonometric::evaluate(reduced) ^ (sign & V(-0.0)));
    } else {
        using std::sin;
        return sin(x);
    }
}

/// cos(x) = sin(x + pi/2): even; NaN where x is infinite or NaN.
template <class V>
[[gnu::always_inline]] inline auto cos(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto reduced = trigonometric::reduce<1>(x, V(abs(x)));
        const V sign = shift_bits_left<62>(reduced.quadrant);
        return V(trigonometric::evaluate(reduced) ^ (sign & V(-0.0)));
    } else {
        using std::cos;
        return cos(x);
    }
}

namespace functions {
struct sine {
    static constexpr std::string_view name = "sin";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.82;
    static constexpr std::string_view domain = "all finite x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::sin(x);
    }
};
struct cosine {
    static constexpr std::string_view name = "cos";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.82;
    static constexpr std::string_view domain = "all finite x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::cos(x);
    }
};
} // namespace functions

} // namespace quadot::math
