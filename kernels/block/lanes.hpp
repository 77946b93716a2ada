// The logical lanes of a block, and how they fold. This order defines the result's bits: term i of a block goes to lane
// i mod L; lanes then fold by halves, lane j with lane j + L/2, then L/4, … On wide registers a fold is one vertical
// operation, on narrow ones several, and the tree is the same.
#pragma once

#include "block/simd.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// 256 bytes of state a component: 4 AVX-512, 8 AVX2 or 16 NEON registers. Four independent chains cover FMA latency 4 at
/// the one multiply-add a cycle that two loads allow.
template <class Lane>
inline constexpr std::size_t logical_lanes = 256 / sizeof(Lane);

template <class Accumulator, class Term>
using lane_type = std::conditional_t<std::is_same_v<Term, float> && !Accumulator::widens_float, float, double>;

/// Calls f(integral_constant k) for k = 0 … Count - 1, unrolled by the language rather than by a hint: only then does GCC 12 keep
/// an array of registers in registers.
template <std::size_t Count, class F>
[[gnu::always_inline]] inline void for_each_index(F f) {
    [&]<std::size_t... K>(std::index_sequence<K...>) __attribute__((always_inline)) { (f(std::integral_constant<std::size_t, K>{}), ...); }
    (std::make_index_sequence<Count>{});
}

/// Folds one register of lanes down to lane 0, then to the ISA-free partial.
template <class Accumulator, class Lanes>
[[gnu::always_inline]] inline typename Accumulator::partial fold_register(Lanes lanes) {
    using batch = decltype(lanes.sum);
    if constexpr (batch::size * sizeof(typename batch::value_type) > 16) {
        const auto low = lanes.part([](auto v) __attribute__((always_inline)) { return lower_half(v); });
        const auto high = lanes.part([](auto v) __attribute__((always_inline)) { return upper_half(v); });
        return fold_register<Accumulator>(std::remove_const_t<decltype(low)>::fold(low, high));
    } else {
        auto pair = Lanes::fold(lanes, lanes.part([](auto v) __attribute__((always_inline)) { return upper_lanes_down(v); }));
        if constexpr (batch::size == 4) {
            pair = Lanes::fold(pair, pair.part([](auto v) __attribute__((always_inline)) { return second_lane_down(v); }));
        }
        return Accumulator::partial_of(pair.part([](auto v) __attribute__((always_inline)) { return first_lane(v); }));
    }
}

/// Floats widened to double take 256-bit registers where there are wider ones: Zen 4 converts them twice as fast.
template <class Lane, class Term>
struct term_batch_of {
    using type = native<Lane>;
};
#if defined(QUADOT_AVX512)
template <>
struct term_batch_of<double, float> {
    using type = simd::batch<double, half_width_arch>;
};
#endif
template <class Lane, class Term>
using term_batch = typename term_batch_of<Lane, Term>::type;

/// All logical lanes of one block of terms of type Term.
template <class Accumulator, class Term>
struct lane_group {
    using lane = lane_type<Accumulator, Term>;
    using batch = term_batch<lane, Term>;
    using lanes = typename Accumulator::template lanes<batch, Term>;
    static constexpr std::size_t size = logical_lanes<lane>;
    static constexpr std::size_t registers = size / batch::size;

    lanes part[registers];

    [[gnu::always_inline]] lane_group() {
        for_each_index<registers>([&](auto k) __attribute__((always_inline)) { part[k] = lanes::zero(); });
    }

    [[gnu::always_inline]] typename Accumulator::partial fold() { return fold_registers<registers>(); }

  private:
    template <std::size_t Remaining>
    [[gnu::always_inline]] typename Accumulator::partial fold_registers() {
        if constexpr (Remaining > 1) {
            constexpr std::size_t half = Remaining / 2;
            for_each_index<half>([&](auto k) __attribute__((always_inline)) { part[k] = lanes::fold(part[k], part[k + half]); });
            return fold_registers<half>();
        } else {
            return fold_register<Accumulator>(part[0]);
        }
    }
};

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
