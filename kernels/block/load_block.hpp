// Reads memory and does next to nothing with it: the speed that no dot product can pass.
#pragma once

#include "block/lanes.hpp"
#include "block/terms.hpp"

#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// `seen` takes the bits of `count` doubles of each of x and y, in step.
template <reading Reading, std::size_t Registers, class Batch>
[[gnu::always_inline]] inline void load_terms(const double* x, const double* y, std::size_t count, Batch (&seen)[Registers]) {
    const terms<term_kind::products, double> from{x, y};
    const auto* a = reinterpret_cast<const std::uint64_t*>(x);
    const auto* b = reinterpret_cast<const std::uint64_t*>(y);
    for (std::size_t i = 0; i + Registers * Batch::size <= count; i += Registers * Batch::size) {
        for_each_index<Registers>([&](auto k) __attribute__((always_inline)) {
            const std::size_t at = i + k * Batch::size;
            if constexpr (Reading == reading::ahead) from.template read_ahead<Batch, k>(at);
            seen[k] = seen[k] ^ (Batch::load_unaligned(a + at) | Batch::load_unaligned(b + at));
        });
    }
}

/// Loads `count` doubles of each of x and y, in step and as far ahead as a dot product does; one bitwise operation a load keeps the loads alive
/// (integer operations: no denormal or NaN can slow it). The tail below a group of lanes is left out.
inline std::uint64_t load_block(const double* x, const double* y, std::size_t count) {
    using batch = simd::batch<std::uint64_t, native_arch>;
    constexpr std::size_t registers = logical_lanes<std::uint64_t> / batch::size;
    batch seen[registers];
    for_each_index<registers>([&](auto k) __attribute__((always_inline)) { seen[k] = batch(std::uint64_t{0}); });
    if (count * sizeof(double) < bytes_read_ahead) {
        load_terms<reading::near>(x, y, count, seen);
    } else {
        load_terms<reading::ahead>(x, y, count, seen);
    }
    for_each_index<registers>([&](auto k) __attribute__((always_inline)) {
        if constexpr (k > 0) seen[0] = seen[0] ^ seen[k];
    });
    alignas(64) std::uint64_t lanes[batch::size];
    seen[0].store_aligned(static_cast<std::uint64_t*>(lanes));
    std::uint64_t all = 0;
    for (const std::uint64_t lane : lanes) all ^= lane;
    return all;
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
