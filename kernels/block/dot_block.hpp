// One block of a sum over vectors: terms into logical lanes, folded to a partial.
#pragma once

#include "block/lanes.hpp"
#include "block/terms.hpp"
#include "block/terms_per_block.hpp"

#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// `count` terms. Zero lanes behind the last term change nothing: lanes start at +0, and
/// fma(0, 0, s) is s. 2 loads a term bound it: 16 bytes a term for double.
template <class Accumulator, reading Reading = reading::near, class Terms>
[[gnu::always_inline]] inline typename Accumulator::partial reduce_terms(const Terms& from, std::size_t count) {
    using group = lane_group<Accumulator, typename Terms::element>;
    using batch = typename group::batch;
    constexpr std::size_t step = group::size;

    group lanes;
    std::size_t i = 0;
    for (; i + step <= count; i += step) {
        for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
            const std::size_t at = i + k * batch::size;
            if constexpr (Reading == reading::ahead) from.template read_ahead<batch, k>(at);
            const auto [weight, value] = from.template at<batch>(at);
            lanes.part[k].accumulate(weight, value);
        });
    }
    if (i < count) [[unlikely]] {
        for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
            const std::size_t at = i + k * batch::size;
            if (at < count) {
                const auto [weight, value] = from.template first_at<batch>(at, count - at);
                lanes.part[k].accumulate(weight, value);
            }
        });
    }
    return lanes.fold();
}

template <class Accumulator, class T>
typename Accumulator::partial dot_block(const T* x, const T* y, std::size_t count) {
    return reduce_terms<Accumulator>(terms<term_kind::products, T>{x, y}, count);
}

/// Consecutive blocks. In one function, so that a block's fold overlaps with the next block's loads: from L2 and L3, 3 % faster than calls.
template <class Accumulator, reading Reading, class Terms>
[[gnu::always_inline]] inline void sum_blocks_of(Terms from, std::size_t count, typename Accumulator::partial* partials) {
    for (; count > terms_per_block; count -= terms_per_block) {
        *partials++ = reduce_terms<Accumulator, Reading>(from, terms_per_block);
        from = from.from(terms_per_block);
    }
    *partials = reduce_terms<Accumulator>(from, count);
}

template <class Accumulator, term_kind Kind, class T>
void sum_blocks(const T* x, const T* y, std::size_t count, typename Accumulator::partial* partials) {
    const terms<Kind, T> from{x, y};
    if (count * sizeof(T) < bytes_read_ahead) {
        sum_blocks_of<Accumulator, reading::near>(from, count, partials);
    } else {
        sum_blocks_of<Accumulator, reading::ahead>(from, count, partials);
    }
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
