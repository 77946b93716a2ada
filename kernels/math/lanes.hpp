// What the elementary functions ask of a SIMD batch V of doubles, besides + - * / & | ^, comparisons (masks, with
// & and |), fma, fms, fnma, abs, sqrt and select: the bits of its lanes. block/simd.hpp provides these for each
// instruction set, block/pack.hpp for packs of batches, math/one_lane.hpp for one lane; argument-dependent lookup
// finds them.
//
//   add_bits(a, b)               the sum of the bits as integers, modulo 2^64
//   shift_bits_left<count>(a)    and shift_bits_right, which fills with zeros
//   odd(a)                       a mask: lanes whose lowest bit is set
//   whole_below(a)               the largest integer not above a, and whole_above, the smallest not below it: where the CPU has them
//   whole_nearest(a)             the nearest integer, halves away from zero; least(a, b) and greatest(a, b), NaN beside NaN, -0 below 0: the same
//   gather(table, index)         table[index] lane by lane, index as integers in the lanes' bits
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace quadot::math {

/// Batches whose bits the functions here may handle. Scalars, arrays and other batches get the functions that
/// they come with.
template <class V>
concept bit_lanes = requires(const V& x) {
    add_bits(x, x);
};

/// Every lane with these bits.
template <class V>
[[gnu::always_inline]] inline V with_bits(std::uint64_t bits) {
    return V(std::bit_cast<double>(bits));
}

/// One of two numbers, lane by lane: select(where, V(yes), V(no)), which some batches have a quicker way to, as a function choose_number
/// that argument-dependent lookup finds, or of packs as a member.
template <class V, class Mask>
[[gnu::always_inline]] inline V either(const Mask& where, double yes, double no) {
    if constexpr (requires { V::choose_number(where, yes, no); }) {
        return V::choose_number(where, yes, no);
    } else if constexpr (requires { choose_number(where, yes, no); }) {
        return choose_number(where, yes, no);
    } else {
        return select(where, V(yes), V(no));
    }
}

/// `x` in the lanes of `where`, else 0, and the other way round: one operation where a choice between two batches takes three. As `either`,
/// some batches have functions keep_where and drop_where.
template <class V, class Mask>
[[gnu::always_inline]] inline V kept(const Mask& where, const V& x) {
    if constexpr (requires { keep_where(where, x); }) {
        return keep_where(where, x);
    } else {
        return select(where, x, V(0.0));
    }
}
template <class V, class Mask>
[[gnu::always_inline]] inline V dropped(const Mask& where, const V& x) {
    if constexpr (requires { drop_where(where, x); }) {
        return drop_where(where, x);
    } else {
        return select(where, V(0.0), x);
    }
}

/// For scalar stand-ins of a batch, whose comparisons are plain bool.
[[gnu::always_inline]] constexpr bool all(bool mask) { return mask; }

/// What is known beforehand of the arguments of the functions in a formula.
enum class arguments {
    any,
    near,         ///< all take the fast paths
    one_quadrant, ///< near, and those of each sine or cosine lie within one quadrant, over all lanes
};
template <class V>
inline constexpr arguments known_arguments = arguments::any;

/// Whether the fast path suits every lane.
template <class V, class Mask>
[[gnu::always_inline]] inline bool all_near(const Mask& near) {
    if constexpr (known_arguments<V> != arguments::any) {
        return true;
    } else {
        return all(near);
    }
}

/// a + b, or a - b, in the lanes of `where`, else a, which is not -0.
template <class V, class Mask>
[[gnu::always_inline]] inline V plus_where(const Mask& where, const V& a, const V& b) {
    if constexpr (requires { keep_where(where, b); }) {
        return a + keep_where(where, b);
    } else {
        return select(where, V(a + b), a);
    }
}
template <class V, class Mask>
[[gnu::always_inline]] inline V minus_where(const Mask& where, const V& a, const V& b) {
    if constexpr (requires { keep_where(where, b); }) {
        return a - keep_where(where, b);
    } else {
        return select(where, V(a - b), a);
    }
}
/// The same for a * b + c.
template <class V, class Mask>
[[gnu::always_inline]] inline V fma_where(const Mask& where, const V& a, const V& b, const V& c) {
    if constexpr (requires { keep_where(where, a); }) {
        return fma(keep_where(where, a), b, c);
    } else {
        return select(where, V(fma(a, b, c)), c);
    }
}

/// The smaller one; NaN stays. As `either`, some batches have a function smaller_of: limit where it is below x, else x.
template <class V>
[[gnu::always_inline]] inline V at_most(const V& x, double limit) {
    if constexpr (requires { smaller_of(V(limit), x); }) {
        return smaller_of(V(limit), x);
    } else {
        return select(x > V(limit), V(limit), x);
    }
}

/// Whether |x| <= limit in all lanes, for sure. A `no` may be wrong where some are larger than half of the limit; who gets it looks at each lane.
/// Packs have a quicker way, as a function sum_of_squares, than to compare each batch.
template <class V>
[[gnu::always_inline]] inline bool surely_within(const V& x, double limit) {
    if constexpr (known_arguments<V> != arguments::any) {
        return true;
    } else if constexpr (requires { sum_of_squares(x); }) {
        using batch = decltype(sum_of_squares(x));
        return all(sum_of_squares(x) <= batch(limit * limit * (1 - 0x1p-40))); // room for the rounding of all squares
    } else {
        return all(V(abs(x)) <= V(limit));
    }
}

/// What stands for a V where lanes of one quadrant are all alike: of a pack one batch (block/pack.hpp), so that what follows from the
/// quadrant is computed once.
template <class V>
[[gnu::always_inline]] inline const V& quadrant_lanes(const V& x) {
    return x;
}
template <class V>
using quadrant_batch = std::remove_cvref_t<decltype(quadrant_lanes(std::declval<const V&>()))>;

/// |magnitude| with the sign of `sign`.
template <class V>
[[gnu::always_inline]] inline V with_sign(const V& magnitude, const V& sign) {
    return abs(magnitude) | (sign & V(-0.0));
}

/// The integer nearest to x, ties to even; |x| < 2^51.
template <class V>
[[gnu::always_inline]] inline V nearest_integer(const V& x) {
    return (x + V(0x1.8p52)) - V(0x1.8p52);
}

/// 2^k for integers -1022 <= k <= 1023.
template <class V>
[[gnu::always_inline]] inline V power_of_2(const V& k) {
    return add_bits(shift_bits_left<52>(k + V(0x1.8p52)), V(1.0));
}

/// One step of Horner's scheme after the other: c + u (c' + u (c'' + ...)), lowest first.
template <class V, class... Rest>
[[gnu::always_inline]] inline V horner(const V& u, double c, Rest... rest) {
    if constexpr (sizeof...(rest) == 0) {
        return V(c);
    } else {
        return fma(u, horner(u, rest...), V(c));
    }
}

} // namespace quadot::math
