// What a block sums: pairs (weight, value) out of memory.
#pragma once

#include "block/simd.hpp"
#include "block/term_kind.hpp"

#include <cmath>
#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

template <class Batch>
struct batch_pair {
    Batch weight;
    Batch value;
};

/// The terms of one kind from x and, for products, y, of any alignment. T: double or float; batches of double widen floats.
template <term_kind Kind, class T>
struct terms {
    using element = T;
    const T* x;
    const T* y;

    template <class Batch>
    [[gnu::always_inline]] batch_pair<Batch> at(std::size_t i) const {
        if constexpr (Kind == term_kind::products) {
            return {load<Batch>(x + i), load<Batch>(y + i)};
        } else {
            return of(load<Batch>(x + i));
        }
    }

    /// The first `count` lanes only, zeros behind.
    template <class Batch>
    [[gnu::always_inline]] batch_pair<Batch> first_at(std::size_t i, std::size_t count) const {
        if constexpr (Kind == term_kind::products) {
            return {load_first<Batch>(x + i, count), load_first<Batch>(y + i, count)};
        } else {
            return of(load_first<Batch>(x + i, count));
        }
    }

    [[gnu::always_inline]] terms from(std::size_t i) const { return {x + i, y + i}; }

  private:
    template <class Batch>
    [[gnu::always_inline]] static batch_pair<Batch> of(const Batch& value) {
        using simd::abs;
        const Batch one(typename Batch::value_type(1));
        if constexpr (Kind == term_kind::magnitudes) {
            return {one, abs(value)};
        } else {
            return {one, value};
        }
    }
};

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
