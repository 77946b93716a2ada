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

/// How far terms are read ahead of the sum, where they come from memory: 1.5 KiB. A core that sums keeps fewer loads under way than one that only
/// loads. On an Intel Xeon with AVX-512, from DRAM, `exact` reads 15.1 GB/s with and 12.4 without, `compensated` 17.0 and 13.8, `plain` 19.1 and
/// 16.8; twice or half the distance is no better. From the second-level cache `plain` is 9 % slower with it, so that only long runs of terms have it.
enum class reading : bool { near, ahead };
inline constexpr std::size_t bytes_ahead = 1536;
/// Per array: both are more than the second-level caches of today.
inline constexpr std::size_t bytes_read_ahead = std::size_t{1} << 20;

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

    /// Begins to read what lies bytes_ahead behind the batch at i: each cache line once, of batches Place = 0, 1 ... in turn. Harmless behind the end.
    template <class Batch, std::size_t Place>
    [[gnu::always_inline]] void read_ahead(std::size_t i) const {
        if constexpr (Place * Batch::size * sizeof(T) % 64 == 0) {
            __builtin_prefetch(x + i + bytes_ahead / sizeof(T));
            if constexpr (Kind == term_kind::products) __builtin_prefetch(y + i + bytes_ahead / sizeof(T));
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
