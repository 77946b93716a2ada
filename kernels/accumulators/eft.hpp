// Error-free transformations: pairs (result, error) with result + error exact.
//
// two_sum       a + b = s + e        6 additions, any order of magnitude     Knuth 1969, 4.2.2 Theorem B
// fast_two_sum  a + b = s + e        3 additions, needs |a| >= |b|           Dekker 1971
// two_prod      a * b = p + e        2 operations with FMA, else 17          Ogita, Rump & Oishi 2005, Alg. 3.3, 3.5
//
// Exact barring overflow; two_prod loses at most one unit of 2^-1074 where the product's error underflows.
// V is double, float or a SIMD batch with + - * and, where fused<V>, an `fma(a, b, c)` found by argument-dependent
// lookup that rounds once. Everything is force-inlined: these templates are also compiled for wide instruction
// sets, and no such copy may reach the linker under a common name.
#pragma once

#include <cmath>
#include <limits>

namespace quadot {

/// u: 2^-53 for double, 2^-24 for float.
template <class T>
inline constexpr double unit_roundoff = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;

} // namespace quadot

namespace quadot::eft {

/// Whether `fma` on V rounds once. False only for SSE2 batches (specialised in block/simd.hpp).
template <class V>
inline constexpr bool fused = true;

template <class V>
struct exact_pair {
    V value;
    V error;
};

/// a + b in the multiply-add pipe: fma(a, 1, b) rounds exactly as a + b. On CPUs with separate FMA and ADD pipes
/// (Zen: 2 + 2) a mix of both kinds runs up to twice as fast as additions alone.
template <class V>
[[gnu::always_inline]] inline V add_in_multiply_pipe(V a, V b) {
    using std::fma;
    if constexpr (fused<V>) {
        return fma(a, V(1), b);
    } else {
        return a + b;
    }
}

template <class V>
[[gnu::always_inline]] inline exact_pair<V> two_sum(V a, V b) {
    const V sum = a + b;
    const V b_part = sum - a;
    const V a_part = sum - b_part;
    return {sum, (a - a_part) + (b - b_part)};
}

template <class V>
[[gnu::always_inline]] inline exact_pair<V> fast_two_sum(V a, V b) {
    const V sum = a + b;
    return {sum, b - (sum - a)};
}

/// Veltkamp's split of a double (53 bits) into 26 + 27 bits; 134217729 = 2^27 + 1. What that factor would make overflow is
/// split 2^28 times smaller.
template <class V>
[[gnu::always_inline]] inline exact_pair<V> split(V a) {
    const auto huge = abs(a) > V(0x1p995);
    const V shrink = select(huge, V(0x1p-28), V(1.0));
    const V small = a * shrink;
    const V scaled = small * V(134217729.0);
    const V high = scaled - (scaled - small);
    const V grow = select(huge, V(0x1p28), V(1.0));
    return {high * grow, (small - high) * grow};
}

/// The exact error of `product = fl(a * b)`.
template <class V>
[[gnu::always_inline]] inline V product_error(V a, V b, V product) {
    using std::fma;
    if constexpr (fused<V>) {
        return fma(a, b, -product);
    } else {
        const auto [a_high, a_low] = split(a);
        const auto [b_high, b_low] = split(b);
        return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
    }
}

template <class V>
[[gnu::always_inline]] inline exact_pair<V> two_prod(V a, V b) {
    const V product = a * b;
    return {product, product_error(a, b, product)};
}

} // namespace quadot::eft
