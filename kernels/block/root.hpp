// Square roots of four registers side by side, correctly rounded, in less time than the divider takes.
//
// A root of 512 bits keeps the divider busy for 23 cycles on an Intel Xeon of 2024 and 16 on Zen 4, and leaves the multiply-add pipes free. Some of
// the four are left to it, the others approached by Goldschmidt's iteration from the CPU's 14-bit estimate of 1/sqrt(a):
//   g = a y, h = y / 2, then twice r = 1/2 - g h, g += g r, h += h r     g near s = sqrt(a), h near 1 / (2 s)
//   q = g + h (a - g^2)                                                  (P. Markstein, IBM J. Res. Dev. 34, 1990)
// With u = 2^-53 and 1 <= s < 2, the iteration leaves 0.43 u in g and h. What was rounded before its second round, a y by u/s and then g and h
// by u/s and u s/2, it halves, and leaves in g and h with opposite signs. Rounding them in the second adds u/s and u s/2. Before it
// rounds, q is then within 15 u^2 of s, and it rounds as s does unless a midpoint M lies between. With a and M as integers A and M that is
// |A - M^2| <= 121, and A a multiple of 2^54: 46 solutions. For each of them rounding.py tries every g and h within the bounds: all are right but
// of the neighbours of powers of 4, 1 + 2^-52 and 4 - 2^-51, whose roots may become 1 + 2^-52 and 2. So packs with a result of a mantissa of 0 or
// 2^-52 are done again by the divider.
//
// Correct rounding leaves nothing to choose: the bits are those of the machine's root on every instruction set.
#pragma once

#include "block/divider.hpp"
#include "block/simd.hpp"
#include "math/lanes.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Where the estimate and all steps are normal numbers: from the first to the second.
inline constexpr double lowest_near_root = 0x1p-900;
inline constexpr double highest_near_root = 0x1p1000;

#if defined(QUADOT_AVX512)
namespace roots {

/// Whether all are from lowest_near_root to highest_near_root.
[[gnu::always_inline]] inline bool all_near(const __m512d* a) {
    constexpr auto lowest = std::bit_cast<long long>(lowest_near_root);
    constexpr auto range = std::bit_cast<unsigned long long>(highest_near_root) - std::bit_cast<unsigned long long>(lowest_near_root);
    const auto above = [&](std::size_t k) __attribute__((always_inline)) {
        return _mm512_sub_epi64(_mm512_castpd_si512(a[k]), _mm512_set1_epi64(lowest));
    };
    const __m512i furthest = _mm512_max_epu64(_mm512_max_epu64(above(0), above(1)), _mm512_max_epu64(above(2), above(3)));
    return _mm512_cmpgt_epu64_mask(furthest, _mm512_set1_epi64(static_cast<long long>(range))) == 0;
}

[[gnu::always_inline]] inline __m512d approached(__m512d a) {
    const __m512d half = _mm512_set1_pd(0.5);
    const __m512d y = _mm512_rsqrt14_pd(a);
    __m512d g = _mm512_mul_pd(a, y);
    __m512d h = _mm512_mul_pd(half, y);
    __m512d r = _mm512_fnmadd_pd(g, h, half);
    g = _mm512_fmadd_pd(g, r, g);
    h = _mm512_fmadd_pd(h, r, h);
    r = _mm512_fnmadd_pd(g, h, half);
    g = _mm512_fmadd_pd(g, r, g);
    h = _mm512_fmadd_pd(h, r, h);
    return _mm512_fmadd_pd(h, _mm512_fnmadd_pd(g, g, a), g);
}

/// Lanes whose mantissa is 0 or 2^-52.
[[gnu::always_inline]] inline __mmask8 beside_power_of_2(__m512d q) {
    return _mm512_testn_epi64_mask(_mm512_castpd_si512(q), _mm512_set1_epi64(0xffffffffffffe));
}

} // namespace roots
#endif

/// The roots of a[0] ... a[3], of which `near` tells whether they are known to be from lowest_near_root to highest_near_root.
template <class Batch>
[[gnu::always_inline]] inline void take_four_roots(Batch* a, bool near) {
#if defined(QUADOT_AVX512)
    if constexpr (Batch::size == 8) {
        const __m512d from[4] = {a[0], a[1], a[2], a[3]};
        if (near || roots::all_near(from)) [[likely]] {
            const __m512d second = divider_is_slow() ? roots::approached(from[1]) : _mm512_sqrt_pd(from[1]);
            const __m512d q[4] = {_mm512_sqrt_pd(from[0]), second, roots::approached(from[2]), roots::approached(from[3])};
            const unsigned doubtful = roots::beside_power_of_2(q[1]) | roots::beside_power_of_2(q[2]) | roots::beside_power_of_2(q[3]);
            if (doubtful == 0) [[likely]] {
                for (std::size_t k = 0; k < 4; ++k) a[k] = q[k];
                return;
            }
        }
    }
#endif
    (void)near;
    for (std::size_t k = 0; k < 4; ++k) a[k] = sqrt(a[k]);
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
