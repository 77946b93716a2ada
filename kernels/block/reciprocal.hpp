// power / d for packs of four registers, correctly rounded, in less time than the divider takes.
//
// Two registers a and b share a division: R = 1 / (a b), 1/a = R b, 1/b = R a, each rounded three times, so within delta <= 3.01 u of the
// reciprocal (u = 2^-53). Where the divider is much slower than the multiply-adds, four share one: both R come from 1 / ((a b) (c d)), and
// a step R += R (1 - a b R) takes back what that costs. Then, with r for the reciprocal so far,
//   e = 1 - d r          at most 3.01 u, to 2^-105 (it has 55 bits at most)
//   y = e + e e'         to 2^-104, with e' = e but for its lowest bit, which is 1
//   q = r + r y          (1/d) (1 - e^3 ...) before it rounds: within 2^-103.4 of 1/d
// q rounds as 1/d does unless a midpoint M lies so near to it. With d and M as integers B < 2^53 and M < 2^54 (odd) that is
// B M = 2^106 - k with |k| <= 6: rounding.py finds them by factoring, 90 with |k| <= 12, and tries each with every r within 3.01 u. All are
// right; but with e^2 for e e' the mantissa of all ones were not: where r is a power of 2, e is u, and u + u^2 half way between two doubles.
// (P. Markstein, IBM J. Res. Dev. 34, 1990, has the idea.)
//
// Correct rounding leaves nothing to choose: the bits are those of a division on every instruction set.
//
// ns a sample of 4/(1+x^2) on an Intel Xeon with 480 MiB of L3 (512-bit divisions take 16 cycles, 256-bit ones 8): with AVX-512 0.55 each divided, 0.40 with
// one in four by Newton's iteration, 0.28 as here; with AVX2 0.48 and 0.33. Where other work leaves the divider time enough, as exp does
// in 1/(1+exp(-x)), a division is quicker.
#pragma once

#include "block/divider.hpp"
#include "block/pack.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Where products of four of them, and all steps, are normal numbers.
inline constexpr double reciprocal_limit = 0x1p250;

namespace shared_division {

/// 1/d from r within 3.01 u of it.
template <class Batch>
[[gnu::always_inline]] inline Batch rounded(const Batch& d, const Batch& r) {
    const Batch e = fnma(d, r, Batch(1.0));
    return fma(r, fma(e, e | math::with_bits<Batch>(1), e), r);
}

/// 1/d of four into q, by one division or two.
template <class Batch>
[[gnu::always_inline]] inline void reciprocals(const Batch* d, Batch* q) {
    const Batch one(1.0);
    const Batch first = d[0] * d[1];
    const Batch second = d[2] * d[3];
    Batch of_first;
    Batch of_second;
    if (Batch::size == 8 && divider_is_slow()) {
        const Batch of_all = one / (first * second);
        of_first = of_all * second;
        of_second = of_all * first;
        of_first = fma(of_first, fnma(first, of_first, one), of_first);
        of_second = fma(of_second, fnma(second, of_second, one), of_second);
    } else {
        of_first = one / first;
        of_second = one / second;
    }
    q[0] = rounded(d[0], Batch(of_first * d[1]));
    q[1] = rounded(d[1], Batch(of_first * d[0]));
    q[2] = rounded(d[2], Batch(of_second * d[3]));
    q[3] = rounded(d[3], Batch(of_second * d[2]));
}

} // namespace shared_division

/// power / d for a power of two from 1/8 to 8. Near arguments: 2^-250 <= |d| <= 2^250 (see interval.hpp), or any d at all.
template <class Batch, std::size_t Count, math::arguments Arguments>
[[gnu::always_inline]] inline pack<Batch, Count, Arguments> rounded_quotient(double power, const pack<Batch, Count, Arguments>& d) {
    if constexpr (Arguments == math::arguments::any || Count != 4 || !eft::fused<Batch>) {
        return pack<Batch, Count, Arguments>(power) / d;
    } else {
        pack<Batch, Count, Arguments> q = d;
        shared_division::reciprocals(d.part, q.part);
        // The part that stands for all lanes.
        if constexpr (pack<Batch, Count, Arguments>::parts > Count) q.part[Count] = Batch(1.0) / d.part[Count];
        if (power == 1.0) return q;
        // An addition to the exponent: a multiplication would take the pipe that is the limit here.
        const Batch exponent = math::with_bits<Batch>(std::bit_cast<std::uint64_t>(power) - std::bit_cast<std::uint64_t>(1.0));
        return add_bits(q, pack<Batch, Count, Arguments>(exponent));
    }
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
