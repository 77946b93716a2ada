// What the elementary functions ask of a SIMD batch V of doubles, besides + - * / & | ^, comparisons, fma,
// fnma, abs and select: the bits of its lanes. block/simd.hpp provides these for each instruction set,
// block/pack.hpp for packs of batches; argument-dependent lookup finds them.
//
//   add_bits(a, b)               the sum of the bits as integers, modulo 2^64
//   shift_bits_left<count>(a)    and shift_bits_right, which fills with zeros
//   odd(a)                       a mask: lanes whose lowest bit is set
#pragma once

#include <bit>
#include <cstdint>

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

/// For scalar stand-ins of a batch, whose comparisons are plain bool.
[[gnu::always_inline]] constexpr bool all(bool mask) { return mask; }

/// Batches for which every function's argument is known to be one of the fast path's.
template <class V>
inline constexpr bool always_near = false;

/// Whether the fast path suits every lane.
template <class V, class Mask>
[[gnu::always_inline]] inline bool all_near(const Mask& near) {
    if constexpr (always_near<V>) {
        return true;
    } else {
        return all(near);
    }
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
