// What the elementary functions ask of a SIMD batch V of doubles, besides + - * / & | ^, comparisons (masks, with
// & and |), fma, fnma, abs, sqrt and select: the bits of its lanes. block/simd.hpp provides these for each
// instruction set, block/pack.hpp for packs of batches, math/one_lane.hpp for one lane; argument-dependent lookup
// finds them.
//
//   add_bits(a, b)               the sum of the bits as integers, modulo 2^64
//   shift_bits_left<count>(a)    and shift_bits_right, which fills with zeros
//   odd(a)                       a mask: lanes whose lowest bit is set
//   whole_below(a)               the largest integer not above a, and whole_above, the smallest not below it: where the CPU has them
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

/// Whether surely no lane's magnitude is above `limit`, and none is NaN; may be false all the same. limit: 2 to 2^500. Packs have a quicker way.
template <class V>
[[gnu::always_inline]] inline bool surely_within(const V& x, double limit) {
    return all(V(abs(x)) <= V(limit));
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
