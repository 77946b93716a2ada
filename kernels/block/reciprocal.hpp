// 1 / d for packs, and powers of two over d, correctly rounded, in less time than the divider takes.
//
// The divider of Zen 4 gives eight quotients every 9 cycles and leaves the multiply-add pipe free meanwhile. With AVX-512 one in four of a
// pack's registers is not divided, but approached by Newton's iteration from the CPU's 14-bit estimate (0.246 ns a sample of 4/(1+x^2),
// 0.307 when all are divided, 0.273 when half are):
//   r -> r + r (1 - d r)   2^-14, 2^-28, 2^-53 and a quarter (six multiply-adds with the last), then once more
// The last step starts from y within 5/8 ulp of 1/d, so delta = 1 - d y is below 1.25 2^-53, is computed without error, and y + y delta =
// (1/d) (1 - delta^2) before it rounds: it rounds as 1/d does unless a midpoint M lies within delta^2 < 1.6 2^-106 below 1/d. With d and M
// as integers B < 2^53 and M < 2^54 that is B M = 2^106 - 1, and of the divisors of 2^106 - 1 = 3 107 6361 69431 20394401 28059810762433
// only 2^53 - 1 is as large as B. So every d but those whose mantissa is all ones (P. Markstein, IBM J. Res. Dev. 34, 1990); for these the
// lowest bit is set: 1/d is 2^k (1 + 2^-53 + ...), which rounds to 2^k (1 + 2^-52), and the steps end at that or at 2^k.
//
// Correct rounding leaves nothing to choose: the bits are those of a division on every instruction set.
#pragma once

#include "block/pack.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Where the estimate and all steps are normal numbers.
inline constexpr double reciprocal_limit = 0x1p1000;

/// power / d for a power of two from 1/8 to 8. Near arguments: 2^-1000 <= |d| <= 2^1000 (see interval.hpp), or any d at all.
template <class Batch, std::size_t Count, math::arguments Arguments>
[[gnu::always_inline]] inline pack<Batch, Count, Arguments> rounded_quotient(double power, const pack<Batch, Count, Arguments>& d) {
#if defined(QUADOT_AVX512)
    if constexpr (Arguments != math::arguments::any && Batch::size == 8) {
        using batches = pack<Batch, Count, Arguments>;
        const __m512i mantissa = _mm512_set1_epi64(0xfffffffffffff);
        const __m512i unit = _mm512_set1_epi64(1);
        // A multiplication would take the pipe that is the limit here.
        const Batch exponent = math::with_bits<Batch>(std::bit_cast<std::uint64_t>(power) - std::bit_cast<std::uint64_t>(1.0));
        const Batch one(1.0);
        return each_part<batches, batches::parts>([&](std::size_t k) __attribute__((always_inline))->Batch {
            if (k % 4 != 1) return Batch(power) / d.part[k];
            const Batch a = d.part[k];
            const __mmask8 all_ones = _mm512_cmpeq_epi64_mask(_mm512_and_si512(_mm512_castpd_si512(a), mantissa), mantissa);
            Batch r = _mm512_rcp14_pd(a);
            r = fma(fnma(a, r, one), r, r);
            r = fma(fnma(a, r, one), r, r);
            const Batch scaled = add_bits(r, exponent);
            const Batch quotient = fma(fnma(a, r, one), scaled, scaled);
            const __m512i bits = _mm512_castpd_si512(quotient);
            return _mm512_castsi512_pd(_mm512_mask_or_epi64(bits, all_ones, bits, unit));
        });
    }
#endif
    return pack<Batch, Count, Arguments>(power) / d;
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
