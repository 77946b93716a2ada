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
// Beyond, Payne & Hanek 1983: x 2/pi modulo 4 to 2^-157, all lanes at a time, with a table of 2/pi for each exponent. No double comes
// closer than 2^-60.9 to a multiple of pi/2, so that 96 significant bits are left.
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
#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace quadot::math {

namespace trigonometric {

inline constexpr double near_limit = 0x1p22;
inline constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
/// pi/2.
inline constexpr double half_pi_fused[] = {0x1.921fb54442d18p0, 0x1.1a62633p-54, 0x1.45c06e0e68948p-86};
/// pi/2 in parts whose products with n are exact without FMA.
inline constexpr double half_pi_short[] = {0x1.921fb548p0, -0x1.de973dc8p-31, -0x1.9d9cceb8p-62, -0x1.1fc8f8cbb5bf7p-93};

/// x = n pi/2 + high + low. `quadrant` has n, or n + 1 for a cosine, in its lowest bits. For zeros, high has their sign and low is 0, not -0:
/// with its sign turned it can be subtracted from high, which leaves -0 as it is.
template <class V>
struct reduced {
    quadrant_batch<V> quadrant;
    V high;
    V minus_low;
};

/// 2/pi in units of 2^-64, 2^-128, ... behind a word of zeros.
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
/// pi/2 as a double-double.
inline constexpr double half_pi = 0x1.921fb54442d18p0;
inline constexpr double half_pi_rest = 0x1.1a62633145c07p-54;

/// The exponent, as biased, of the first numbers beyond near_limit; the last is 2046.
inline constexpr int first_far_exponent = 1023 + 22;

/// For each exponent e of a far x = m 2^e, 1 <= m < 2: 2^e 2/pi modulo 4, in four parts of 53 bits, the first of 2^1 to 2^-51, all
/// times 2^52. m 2^52 is an integer, so multiples of 4 of the first part would only add multiples of 4. V: one table a batch type,
/// named after the instruction set, as all that reaches the linker.
template <class V>
inline constexpr auto far_table = [] {
    constexpr int exponents = 2047 - first_far_exponent;
    std::array<double, std::size_t{4} * exponents> table{};
    for (int k = 0; k < exponents; ++k) {
        for (int part = 0; part < 4; ++part) {
            // The highest of its bits is 2^(1 - 53 part) here, and 62 + 53 part + (e - 52) places behind the words' first, which is 2^63.
            const int first = 62 + 53 * part + (first_far_exponent + k - 1023 - 52);
            const std::uint64_t* const word = two_over_pi_words + first / 64;
            const int place = first % 64;
            const std::uint64_t bits = place == 0 ? word[0] : word[0] << place | word[1] >> (64 - place);
            const double unit = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + 1 - 53 * part) << 52);
            table[static_cast<std::size_t>(4 * k + part)] = static_cast<double>(bits >> 11) * unit;
        }
    }
    return table;
}();

/// Reduces again the lanes beyond near_limit; the others stay. Payne & Hanek 1983, by doubles: m times each part of the table, as exact
/// pairs, of which multiples of 4 are dropped as soon as they show. What is left out is below 2^-157.
template <int Shift, class V>
[[gnu::always_inline]] inline void reduce_far_lanes(const V& x, reduced<V>& all_lanes) {
    const V magnitude = abs(x);
    const auto far = (magnitude > V(near_limit)) & (magnitude < V(std::numeric_limits<double>::infinity()));
    const V any = select(far, magnitude, V(2 * near_limit));
    const V m = (any & with_bits<V>(0xfffffffffffff)) | V(1.0);
    const V index = shift_bits_left<2>(
        add_bits(shift_bits_right<52>(any), with_bits<V>(std::uint64_t{0} - static_cast<std::uint64_t>(first_far_exponent))));
    const double* const parts = far_table<V>.data();
    const auto p0 = exact_product(m, V(gather(parts, index)));
    const auto p1 = exact_product(m, V(gather(parts + 1, index)));
    const auto p2 = exact_product(m, V(gather(parts + 2, index)));
    const V p3 = m * gather(parts + 3, index);

    // p0.high < 2^55: what is left of it is at most 4, in units of at most 4.
    const V multiple = nearest_integer(V(p0.high * V(0.25)));
    const auto a = exact_sum(V(p0.high - V(4.0) * multiple), p0.low);
    const auto b = exact_sum(a.high, p1.high);
    const V magic(0x1.8p52);
    const V quadrant = b.high + magic;
    const V fraction = b.high - (quadrant - magic); // exact, at most 1/2
    // Those of 2^-49 and less; what rounding their sum loses, and the last parts, are 2^-101.
    const auto c = exact_sum(a.low, b.low);
    const auto d = exact_sum(c.high, p1.low);
    const auto e = exact_sum(d.high, p2.high);
    const V lowest = (c.low + d.low) + (e.low + (p2.low + p3));
    const auto f = exact_sum(fraction, e.high);
    const auto r = multiply(fast_sum(f.high, V(f.low + lowest)), double_double<V>{V(half_pi), V(half_pi_rest)});

    const V finite = V(1.0) + (x - x); // else NaN
    const V sign = x & V(-0.0);
    all_lanes.quadrant = select(far, V(((quadrant - magic) ^ sign) + V(0x1.8p52 + Shift)), all_lanes.quadrant);
    all_lanes.high = select(far, V(r.high ^ sign), V(all_lanes.high * finite));
    all_lanes.minus_low = select(far, -(r.low ^ sign), all_lanes.minus_low);
}

/// x less its multiple of pi/2, |x| <= near_limit; Shift is added to the quadrant.
template <int Shift, class V>
[[gnu::always_inline]] inline reduced<V> reduce(const V& x) {
    // 1.5 2^52: the sum's unit is 1 (Shift included: the difference below is n).
    using quadrants = quadrant_batch<V>;
    const quadrants magic(0x1.8p52 + Shift);
    const quadrants quadrant = fma(quadrant_lanes(x), quadrants(two_over_pi), magic);
    const quadrants n = quadrant - magic;
    reduced<V> result{quadrant, V(0.0), V(0.0)};
    if constexpr (eft::fused<V> && known_arguments<V> == arguments::one_quadrant) {
        // The same bits: all products but the last are exact, and so are the differences that make r0 (a multiple of 2^-53 below 1).
        const auto multiple = exact_product(n, quadrants(half_pi_fused[0]));
        const V second(quadrants(n * quadrants(half_pi_fused[1])));
        const V r0 = (x - V(multiple.high)) - V(multiple.low);
        result.high = r0 - second;
        result.minus_low = fma(V(n), V(half_pi_fused[2]), (result.high - r0) + second);
    } else if constexpr (eft::fused<V>) {
        const V r0 = fma(V(n), V(-half_pi_fused[0]), x);
        result.high = fma(V(n), V(-half_pi_fused[1]), r0);
        result.minus_low = fma(V(n), V(half_pi_fused[2]), fma(V(n), V(half_pi_fused[1]), result.high - r0));
    } else {
        const V r0 = x - V(n) * V(half_pi_short[0]);
        const auto [r1, e1] = eft::two_sum<V>(r0, V(n) * V(-half_pi_short[1]));
        const auto [r2, e2] = eft::two_sum<V>(r1, V(n) * V(-half_pi_short[2]));
        const auto [high, low] = eft::fast_two_sum<V>(r2, (e1 + e2) - V(n) * V(half_pi_short[3]));
        result.high = high;
        result.minus_low = -low;
    }
    return result;
}

/// The same for any x.
template <int Shift, class V>
[[gnu::always_inline]] inline reduced<V> reduce_any(const V& x) {
    reduced<V> result = reduce<Shift>(x);
    reduce_far_lanes<Shift>(x, result);
    return result;
}

/// sin(r), or cos(r) in odd quadrants.
template <class V>
[[gnu::always_inline]] inline V evaluate(const reduced<V>& from) {
    const V& r = from.high;
    const V s = r * r;
    const auto even_function = odd(from.quadrant);
    const auto c = [&](double if_cosine, double if_sine) __attribute__((always_inline)) {
        return V(either<quadrant_batch<V>>(even_function, if_cosine, if_sine));
    };
    // Minus S or C.
    V p = c(-0x1.8fa6827dc70f2p-37, -0x1.5d8b5083849aep-33);
    p = fma(p, s, c(0x1.1ee9dbcc33151p-29, 0x1.ae5e4b760178bp-26));
    p = fma(p, s, c(-0x1.27e4f7f18ed59p-22, -0x1.71de35551f18ep-19));
    p = fma(p, s, c(0x1.a01a019c8f23ep-16, 0x1.a01a019be91aap-13));
    p = fma(p, s, c(-0x1.6c16c16c15015p-10, -0x1.111111110f73p-7));
    p = fma(p, s, c(0x1.555555555554bp-5, 0x1.5555555555548p-3));
    const V sine = fms(r, c(0.5, 1.0), fma(r * s, p, from.minus_low));
    return select(even_function, fnma(sine, r, V(1.0)), sine);
}

/// sin(x), or cos(x), of x reduced.
template <class V>
[[gnu::always_inline]] inline V with_quadrants_sign(const reduced<V>& from) {
    return evaluate(from) ^ V(shift_bits_left<62>(from.quadrant) & quadrant_batch<V>(-0.0));
}

template <int Shift, class V>
[[gnu::noinline, gnu::cold]] V far(V x) {
    return with_quadrants_sign(reduce_any<Shift>(x));
}

/// sin(x + Shift pi/2). The rare path is a function of x alone: what the other one computes stays in registers.
template <int Shift, class V>
[[gnu::always_inline]] inline V shifted_sine(const V& x) {
    if constexpr (known_arguments<V> == arguments::any) {
        if (!surely_within(x, near_limit)) [[unlikely]]
            return far<Shift>(x);
    }
    return with_quadrants_sign(reduce<Shift>(x));
}

} // namespace trigonometric

/// sin(x): odd; NaN where x is infinite or NaN. Anything but batches gets the function that ordinary code
/// would.
template <class V>
[[gnu::always_inline]] inline auto sin(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V result = trigonometric::shifted_sine<0>(x);
        if constexpr (eft::fused<V>) return result;
        return V(select(x == V(0.0), x, result)); // there, -0 is lost on the way
    } else {
        using std::sin;
        return sin(x);
    }
}

/// cos(x) = sin(x + pi/2): even; NaN where x is infinite or NaN.
template <class V>
[[gnu::always_inline]] inline auto cos(const V& x) {
    if constexpr (bit_lanes<V>) {
        return trigonometric::shifted_sine<1>(x);
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
