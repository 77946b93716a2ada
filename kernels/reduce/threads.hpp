// A run of blocks over OpenMP threads. Workers decide who computes, never how bits combine: each reduces a contiguous share
// to a forest, and the shares are appended in order.
#pragma once

#include "execution.hpp"
#include "reduce/floating_point_environment.hpp"
#include "reduce/forest.hpp"
#include "reduce/slices.hpp"

#include <exception>
#include <memory>
#include <vector>

#include <omp.h>

namespace quadot {

template <class Partial, class ReduceBlock>
void reduce_serially(forest<Partial>& into, std::uint64_t last, const ReduceBlock& reduce_block) {
    while (into.last() < last) into.append_block(reduce_block(into.last()));
}

/// Reduces blocks into.last() … last. `reduce_block(index)` gives the Partial of one block and may throw: the
/// exception of the lowest-numbered worker is rethrown here, after all have finished.
template <class Partial, class ReduceBlock>
void reduce_blocks(forest<Partial>& into, std::uint64_t last, int workers, const ReduceBlock& reduce_block) {
    if (workers <= 1 || last - into.last() <= 1) {
        const strict_floating_point guard;
        reduce_serially(into, last, reduce_block);
        return;
    }
    struct alignas(128) outcome { // two cache lines: neighbours must not share one, nor a prefetched pair
        forest<Partial> run{0};
        std::exception_ptr failure;
    };
    const std::uint64_t first = into.last();
    std::vector<outcome> outcomes(static_cast<std::size_t>(workers));
    int team = 0;
#pragma omp parallel num_threads(workers)
    {
        const int worker = omp_get_thread_num();
        if (worker == 0) team = omp_get_num_threads();
        auto& mine = outcomes[static_cast<std::size_t>(worker)];
        try {
            const strict_floating_point guard;
            const slice blocks = share(last - first, static_cast<std::uint64_t>(worker),
                                       static_cast<std::uint64_t>(omp_get_num_threads()));
            mine.run = forest<Partial>(first + blocks.first);
            reduce_serially(mine.run, first + blocks.last(), reduce_block);
        } catch (...) {
            mine.failure = std::current_exception();
        }
    }
    for (int worker = 0; worker < team; ++worker) {
        const auto& theirs = outcomes[static_cast<std::size_t>(worker)];
        if (theirs.failure) std::rethrow_exception(theirs.failure);
        into.append(theirs.run);
    }
}

} // namespace quadot
