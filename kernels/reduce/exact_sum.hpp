// What `exact` does where the ball of accumulators/exact.hpp rounds to more than one double: the blocks are summed again into integers,
// first to a tolerance that should decide, then exactly.
#pragma once

#include "accumulators/exact.hpp"
#include "accumulators/superaccumulator.hpp"
#include "block/block_parts.hpp"
#include "block/term_kind.hpp"
#include "exact_value.hpp"
#include "ranks/agreement.hpp"
#include "ranks/communicator.hpp"
#include "reduce/slices.hpp"
#include "reduce/threads.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <exception>
#include <vector>

namespace quadot {

/// A sum in the making.
struct exact_sum {
    superaccumulator sum;
    std::int64_t in_integers = 0; ///< blocks of which not a bit was left out
};

template <class T>
void add_term(superaccumulator& sum, term_kind kind, T x, T y) {
    switch (kind) {
    case term_kind::products:
        sum.add_product(static_cast<double>(x), static_cast<double>(y));
        break;
    case term_kind::values:
        sum.add(static_cast<double>(x));
        break;
    case term_kind::magnitudes:
        sum.add(std::abs(static_cast<double>(x)));
        break;
    }
}

/// Adds a block's parts; its terms one by one where the kernel could not.
template <class T>
void add_parts(exact_sum& into, const block_parts& parts, term_kind kind, const T* x, const T* y, std::size_t count) {
    superaccumulator& sum = into.sum;
    if (parts.levels < 0 || parts.levels == static_cast<int>(block_parts::most_levels)) ++into.in_integers;
    for (int level = 0; level < parts.levels; ++level) {
        sum.add_multiple(parts.multiple[static_cast<std::size_t>(level)], parts.exponent - level * block_parts::level_bits);
    }
    if (parts.levels >= 0) {
        sum.add(parts.tail);
    } else {
        for (std::size_t k = 0; k < count; ++k) add_term(sum, kind, x[k], y[k]);
    }
}

namespace exact_steps {

/// The sum over all ranks; `failure`s are agreed on in the same collective.
inline exact_sum combine(const communicator& ranks, const exact_sum& mine, const std::exception_ptr& failure) {
    if (ranks.size() == 1) {
        if (failure) std::rethrow_exception(failure);
        return mine;
    }
    struct message {
        std::int64_t failed_ranks; ///< the lowest, plus one; 0: none
        std::int64_t in_integers;
        std::array<std::int64_t, superaccumulator::words> words;
    };
    message all{failure ? ranks.rank() + 1 : 0, mine.in_integers, mine.sum.normalised()};
    ranks.allreduce_in_order({reinterpret_cast<std::byte*>(&all), sizeof all},
                             [](const std::byte* left, std::byte* right, std::size_t bytes) {
                                 message a;
                                 message b;
                                 std::memcpy(&a, left, bytes);
                                 std::memcpy(&b, right, bytes);
                                 if (a.failed_ranks != 0) b.failed_ranks = a.failed_ranks;
                                 b.in_integers += a.in_integers;
                                 for (std::size_t k = 0; k < b.words.size(); ++k) b.words[k] += a.words[k];
                                 std::memcpy(right, &b, bytes);
                             });
    if (all.failed_ranks != 0) throw_error_of(ranks, static_cast<int>(all.failed_ranks - 1), failure);
    return {superaccumulator::from_words(all.words), all.in_integers};
}

/// Each of this rank's blocks, `add(sum, block, tolerance)`, on at most `workers` threads, then all ranks.
template <class AddBlock>
exact_sum sum_blocks(const communicator& ranks, slice blocks, int workers, double tolerance, const AddBlock& add) {
    exact_sum sum;
    std::exception_ptr failure;
    try {
        std::vector<exact_sum> sums(static_cast<std::size_t>(workers));
        on_team(workers, [&](int worker, int of) {
            const slice mine = share(blocks.count, static_cast<std::uint64_t>(worker), static_cast<std::uint64_t>(of));
            exact_sum own; // on this thread's stack: neighbours must not share a cache line
            for (std::uint64_t k = mine.first; k < mine.last(); ++k) add(own, blocks.first + k, tolerance);
            sums[static_cast<std::size_t>(worker)] = own;
        });
        for (const auto& one : sums) {
            sum.sum.merge(one.sum);
            sum.in_integers += one.in_integers;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    return combine(ranks, sum, failure);
}

/// What each block may err by so that the whole is likely to be decided; 0 where only the exact sum will do.
inline double tolerance_of(const exact::partial& ball, std::uint64_t blocks) {
    const double value = std::abs(ball.round());
    const auto shares = static_cast<double>(blocks);
    // Known to a factor of 2: 2^-64 of it leaves one case in 2^10 undecided. Otherwise what three levels reach.
    const double wanted = value > 2 * ball.radius ? value * 0x1p-64 : ball.radius * 0x1p-66;
    return std::isfinite(wanted) ? wanted / shares : 0;
}

} // namespace exact_steps

/// The correctly rounded sum of `blocks` blocks, of which this rank has those of `mine`, given the ball of the whole.
template <class AddBlock>
exact_value decide(const communicator& ranks, const exact::partial& ball, std::uint64_t blocks, slice mine, int workers,
                   const AddBlock& add) {
    if (const auto value = ball.certified()) return {*value, exact_step::ball, ball.radius, 1};
    // All ranks hold the same ball, so all take the same steps.
    const double tolerance = exact_steps::tolerance_of(ball, blocks);
    if (tolerance > 0) {
        const auto [sum, in_integers] = exact_steps::sum_blocks(ranks, mine, workers, tolerance, add);
        const double radius = tolerance * static_cast<double>(blocks) * (1 + 0x1p-40);
        superaccumulator low = sum;
        superaccumulator high = sum;
        low.add(-radius);
        high.add(radius);
        const double value = low.round();
        if (std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(high.round())) {
            return {value, exact_step::tolerance, radius, 1 - static_cast<double>(in_integers) / static_cast<double>(blocks)};
        }
    }
    return {exact_steps::sum_blocks(ranks, mine, workers, 0, add).sum.round(), exact_step::integers, 0, 0};
}

} // namespace quadot
