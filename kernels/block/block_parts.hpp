// The sum of one block's products as exact integers, and perhaps a tail: plain data that crosses the boundary to the code compiled
// per instruction set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot {

/// sum = sum over k < levels of multiple[k] * 2^(exponent - 38 k), plus tail, to within the tolerance asked for.
struct block_parts {
    /// 8 levels of 38 bits, the first one with 52, reach 318 bits down: products of exponents 2^200 apart are summed exactly.
    static constexpr std::size_t most_levels = 8;
    static constexpr int level_bits = 38;

    std::array<std::int64_t, most_levels> multiple;
    int exponent;
    int levels; ///< 0 with tail 0: the sum is 0; negative: this kernel cannot, add the terms one by one
    double tail;
};

/// Parts of `count` <= terms_per_block terms.
template <class T>
using parts_kernel = block_parts (*)(const T* x, const T* y, std::size_t count, double tolerance);

} // namespace quadot
