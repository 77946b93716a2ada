// A-priori bounds of blocked sums, from the height of their summation tree.
#pragma once

#include "accumulators/eft.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace quadot {

/// Bounds |value - sum| for `terms` terms of type Term in blocks of `block_terms`. A term meets at most one rounding of its
/// product, block_terms / lanes additions in its lane, log2(lanes) in the fold, log2(blocks) in the tree.
template <class Accumulator, class Term>
double sum_error_bound(double value, double magnitude, std::uint64_t terms, std::uint64_t block_terms) {
    constexpr double lanes = std::is_same_v<Term, float> && !Accumulator::widens_float ? 64 : 32;
    const auto in_block = static_cast<double>(std::min(terms, block_terms));
    const double block_height = 1 + std::ceil(in_block / lanes) + std::log2(lanes);
    const std::uint64_t blocks = terms / block_terms + 1;
    const auto tree_height = static_cast<double>(std::bit_width(blocks));
    // A product whose exact value or error lies below the normal range loses at most one unit of the smallest
    // denormal: 2^-1074, or 2^-149 where float lanes multiply.
    constexpr double smallest = std::is_same_v<Term, float> && !Accumulator::widens_float ? 0x1p-149 : 0x1p-1074;
    return Accumulator::template error_bound<Term>(value, magnitude, block_height, tree_height) + static_cast<double>(terms) * smallest;
}

} // namespace quadot
