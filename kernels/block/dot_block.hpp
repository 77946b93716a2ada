// One block of a dot product: terms (x[i], y[i]) into logical lanes, folded to a partial.
#pragma once

#include "block/lanes.hpp"
#include "block/terms_per_block.hpp"

#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// x, y: `count` elements each, any alignment. Zero lanes behind the last term change nothing: lanes start at +0, and
/// fma(0, 0, s) is s. 2 loads a term bound it: 16 bytes a term for double.
template <class Accumulator, class T>
[[gnu::always_inline]] inline typename Accumulator::partial reduce_terms(const T* x, const T* y, std::size_t count) {
    using group = lane_group<Accumulator, T>;
    using batch = typename group::batch;
    constexpr std::size_t step = group::size;

    group lanes;
    std::size_t i = 0;
    for (; i + step <= count; i += step) {
        for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
            const std::size_t at = i + k * batch::size;
            lanes.part[k].accumulate(load<batch>(x + at), load<batch>(y + at));
        });
    }
    if (i < count) [[unlikely]] {
        for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
            const std::size_t at = i + k * batch::size;
            if (at < count) {
                lanes.part[k].accumulate(load_first<batch>(x + at, count - at), load_first<batch>(y + at, count - at));
            }
        });
    }
    return lanes.fold();
}

template <class Accumulator, class T>
typename Accumulator::partial dot_block(const T* x, const T* y, std::size_t count) {
    return reduce_terms<Accumulator>(x, y, count);
}

/// Consecutive blocks. In one function, so that a block's fold overlaps with the next block's loads: from L2 and L3, 3 % faster than calls.
template <class Accumulator, class T>
void dot_blocks(const T* x, const T* y, std::size_t count, typename Accumulator::partial* partials) {
    for (; count > terms_per_block; count -= terms_per_block) {
        *partials++ = reduce_terms<Accumulator>(x, y, terms_per_block);
        x += terms_per_block;
        y += terms_per_block;
    }
    *partials = dot_block<Accumulator>(x, y, count);
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
