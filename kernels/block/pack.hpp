// Several batches as one value, each operation on all of them before the next: independent chains side by
// side.
//
// An elementary function is a chain of some 15 dependent operations of latency 3 or 4, and a core keeps only
// so many instructions in flight (Zen 4: about 150 that write vector registers, four functions). One batch
// after another in program order took 0.81 ns for a cosine with AVX-512; four interleaved take 0.67, and 0.63
// without the test for rare paths, where the multiply-add pipe is nearly always busy (AVX2: 1.25, 1.07,
// 0.96). GCC does not reorder that far by itself.
//
// A pack is a batch to formulas: the same operations on the same lanes, so the same bits.
#pragma once

#include "accumulators/eft.hpp"
#include "block/lanes.hpp"
#include "block/root.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Result with part[k] = f(k), in this order; unrolled by the language (see for_each_index).
template <class Result, std::size_t Count, class F>
[[gnu::always_inline]] inline Result each_part(F f) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) {
        Result result;
        ((result.part[K] = f(K)), ...);
        return result;
    }
    (std::make_index_sequence<Count>{});
}

template <class Batch, std::size_t Count>
struct pack_mask {
    typename Batch::batch_bool_type part[Count];

    pack_mask() = default;
    // As pack's.
    [[gnu::always_inline]] pack_mask(const pack_mask& from) { *this = from; }
    [[gnu::always_inline]] pack_mask& operator=(const pack_mask& from) {
        for_each_index<Count>([&](auto k) __attribute__((always_inline)) { part[k] = from.part[k]; });
        return *this;
    }

    [[gnu::always_inline]] friend pack_mask operator&(const pack_mask& a, const pack_mask& b) {
        return each_part<pack_mask, Count>([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] & b.part[k]; });
    }
    [[gnu::always_inline]] friend pack_mask operator|(const pack_mask& a, const pack_mask& b) {
        return each_part<pack_mask, Count>([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] | b.part[k]; });
    }
    [[gnu::always_inline]] friend bool all(const pack_mask& a) {
        return [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) { return all((a.part[K] & ...)); }
        (std::make_index_sequence<Count>{});
    }
};

/// Arguments: what is known of those of its elementary functions (see interval.hpp).
template <class Batch, std::size_t Count, math::arguments Arguments>
struct pack {
    using value_type = typename Batch::value_type;
    static constexpr std::size_t size = Count * Batch::size;
    /// With one quadrant, a last part stands for all lanes of a loop: set to the first ones, it never changes there, and what follows from
    /// its quadrant (coefficients, the multiple of pi/2) is moved out of the loop by any compiler. It belongs to no lane.
    static constexpr std::size_t parts = Count + (Arguments == math::arguments::one_quadrant ? 1 : 0);
    using mask = pack_mask<Batch, parts>;

    Batch part[parts];

    pack() = default;
    // Batch by batch: GCC 12 copies a whole array through memory, by way of integer registers.
    [[gnu::always_inline]] pack(const pack& from) { *this = from; }
    [[gnu::always_inline]] pack& operator=(const pack& from) {
        for_each_index<parts>([&](auto k) __attribute__((always_inline)) { part[k] = from.part[k]; });
        return *this;
    }
    [[gnu::always_inline]] pack(value_type every_lane) { // NOLINT: implicit, so that users may write 4 / (1 + x * x)
        *this = map([&](std::size_t) __attribute__((always_inline)) { return Batch(every_lane); });
    }

    [[gnu::always_inline]] explicit pack(const Batch& every_part) {
        *this = map([&](std::size_t) __attribute__((always_inline)) { return every_part; });
    }

    [[gnu::always_inline]] static pack load_unaligned(const value_type* from) {
        return map([&](std::size_t k)
                       __attribute__((always_inline)) { return Batch::load_unaligned(from + (k < Count ? k : 0) * Batch::size); });
    }
    [[gnu::always_inline]] void store_unaligned(value_type* to) const {
        for (std::size_t k = 0; k < Count; ++k) part[k].store_unaligned(to + k * Batch::size);
    }

    [[gnu::always_inline]] pack& operator+=(const pack& a) { return *this = *this + a; }
    [[gnu::always_inline]] pack& operator-=(const pack& a) { return *this = *this - a; }
    [[gnu::always_inline]] pack& operator*=(const pack& a) { return *this = *this * a; }
    [[gnu::always_inline]] pack& operator/=(const pack& a) { return *this = *this / a; }
    [[gnu::always_inline]] friend pack operator+(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] + b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator-(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] - b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator*(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] * b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator/(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] / b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator&(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] & b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator|(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] | b.part[k]; });
    }
    [[gnu::always_inline]] friend pack operator^(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] ^ b.part[k]; });
    }
    /// By the sign bit: xsimd 8.1 computes 0 - a for AVX-512, which makes 0 of 0.
    [[gnu::always_inline]] friend pack operator-(const pack& a) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] ^ Batch(value_type(-0.0)); });
    }
    [[gnu::always_inline]] friend mask operator<(const pack& a, const pack& b) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] < b.part[k]; });
    }
    [[gnu::always_inline]] friend mask operator<=(const pack& a, const pack& b) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] <= b.part[k]; });
    }
    [[gnu::always_inline]] friend mask operator>(const pack& a, const pack& b) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] > b.part[k]; });
    }
    [[gnu::always_inline]] friend mask operator>=(const pack& a, const pack& b) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] >= b.part[k]; });
    }
    [[gnu::always_inline]] friend mask operator==(const pack& a, const pack& b) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return a.part[k] == b.part[k]; });
    }
    [[gnu::always_inline]] friend pack fma(const pack& a, const pack& b, const pack& c) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return fma(a.part[k], b.part[k], c.part[k]); });
    }
    [[gnu::always_inline]] friend pack fnma(const pack& a, const pack& b, const pack& c) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return fnma(a.part[k], b.part[k], c.part[k]); });
    }
    [[gnu::always_inline]] friend pack fms(const pack& a, const pack& b, const pack& c) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return fms(a.part[k], b.part[k], c.part[k]); });
    }
    [[gnu::always_inline]] friend pack select(const mask& where, const pack& yes, const pack& no) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return select(where.part[k], yes.part[k], no.part[k]); });
    }
    [[gnu::always_inline]] friend pack abs(const pack& a) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return abs(a.part[k]); });
    }
    [[gnu::always_inline]] friend pack sqrt(const pack& a) {
        if constexpr (Count != 4) {
            return map([&](std::size_t k) __attribute__((always_inline)) { return sqrt(a.part[k]); });
        } else {
            pack roots = a;
            take_four_roots(roots.part, Arguments != math::arguments::any);
            if constexpr (parts > Count) roots.part[Count] = sqrt(a.part[Count]);
            return roots;
        }
    }

    // math/lanes.hpp
    [[gnu::always_inline]] friend pack add_bits(const pack& a, const pack& b) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return add_bits(a.part[k], b.part[k]); });
    }
    [[gnu::always_inline]] friend pack whole_below(const pack& a) requires requires(const Batch& b) { whole_below(b); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return whole_below(a.part[k]); });
    }
    [[gnu::always_inline]] friend pack whole_above(const pack& a) requires requires(const Batch& b) { whole_above(b); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return whole_above(a.part[k]); });
    }
    [[gnu::always_inline]] friend pack whole_nearest(const pack& a) requires requires(const Batch& b) { whole_nearest(b); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return whole_nearest(a.part[k]); });
    }
    [[gnu::always_inline]] friend pack least(const pack& a, const pack& b) requires requires(const Batch& c) { least(c, c); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return least(a.part[k], b.part[k]); });
    }
    [[gnu::always_inline]] friend pack greatest(const pack& a, const pack& b) requires requires(const Batch& c) { greatest(c, c); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return greatest(a.part[k], b.part[k]); });
    }
    template <int Places>
    [[gnu::always_inline]] friend pack shift_bits_left(const pack& a) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return shift_bits_left<Places>(a.part[k]); });
    }
    template <int Places>
    [[gnu::always_inline]] friend pack shift_bits_right(const pack& a) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return shift_bits_right<Places>(a.part[k]); });
    }
    [[gnu::always_inline]] friend pack gather(const value_type* table, const pack& index) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return gather(table, index.part[k]); });
    }
    [[gnu::always_inline]] friend mask odd(const pack& a) {
        return test([&](std::size_t k) __attribute__((always_inline)) { return odd(a.part[k]); });
    }

    [[gnu::always_inline]] static pack choose_number(const mask& where, value_type yes, value_type no) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return math::either<Batch>(where.part[k], yes, no); });
    }

    [[gnu::always_inline]] friend pack keep_where(const mask& where, const pack& a) requires
        requires(const typename Batch::batch_bool_type& m, const Batch& b) {
        keep_where(m, b);
    }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return keep_where(where.part[k], a.part[k]); });
    }
    [[gnu::always_inline]] friend pack drop_where(const mask& where, const pack& a) requires
        requires(const typename Batch::batch_bool_type& m, const Batch& b) {
        drop_where(m, b);
    }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return drop_where(where.part[k], a.part[k]); });
    }
    [[gnu::always_inline]] friend pack smaller_of(const pack& limit, const pack& x) requires requires(const Batch& b) { smaller_of(b, b); }
    {
        return map([&](std::size_t k) __attribute__((always_inline)) { return smaller_of(limit.part[k], x.part[k]); });
    }
    /// Of the parts, lane by lane, and 1, so that no square is subnormal: that would take 100 cycles.
    [[gnu::always_inline]] friend Batch sum_of_squares(const pack& a) {
        Batch sum(1.0);
        for_each_index<Count>([&](auto k) __attribute__((always_inline)) { sum = fma(a.part[k], a.part[k], sum); });
        return sum;
    }

    [[gnu::always_inline]] friend const Batch& quadrant_lanes(const pack& a) requires(Arguments == math::arguments::one_quadrant) {
        return a.part[Count];
    }
    [[gnu::always_inline]] friend pack select(const typename Batch::batch_bool_type& where, const pack& yes, const pack& no) {
        return map([&](std::size_t k) __attribute__((always_inline)) { return select(where, yes.part[k], no.part[k]); });
    }

  private:
    template <class F>
    [[gnu::always_inline]] static pack map(F f) {
        return each_part<pack, parts>(f);
    }
    template <class F>
    [[gnu::always_inline]] static mask test(F f) {
        return each_part<mask, parts>(f);
    }
};

} // namespace quadot::inline QUADOT_ISA_NAMESPACE

namespace quadot::math {
template <class Batch, std::size_t Count, arguments Arguments>
inline constexpr arguments known_arguments<pack<Batch, Count, Arguments>> = Arguments;
} // namespace quadot::math

namespace quadot::eft {
template <class Batch, std::size_t Count, math::arguments Arguments>
inline constexpr bool fused<pack<Batch, Count, Arguments>> = fused<Batch>;
} // namespace quadot::eft
