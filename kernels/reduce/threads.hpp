// A run of blocks over OpenMP threads. Workers decide who computes, never how bits combine: each reduces a contiguous share
// to a forest, and the shares are appended in order.
#pragma once

#include "execution.hpp"
#include "reduce/floating_point_environment.hpp"
#include "reduce/forest.hpp"
#include "reduce/slices.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include <omp.h>

namespace quadot {

/// Calls body(worker, team) on each of at most `workers` threads, with strict floating point. Bodies may throw: the exception of the
/// lowest-numbered worker is rethrown here, after all have finished. Returns the team's size.
template <class Body>
int on_team(int workers, const Body& body) {
    if (workers <= 1) {
        strictly([&] { body(0, 1); });
        return 1;
    }
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(workers));
    int team = 0;
#pragma omp parallel num_threads(workers)
    {
        const int worker = omp_get_thread_num();
        if (worker == 0) team = omp_get_num_threads();
        try {
            strictly([&] { body(worker, omp_get_num_threads()); });
        } catch (...) {
            failures[static_cast<std::size_t>(worker)] = std::current_exception();
        }
    }
    for (const auto& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
    return team;
}

/// Blocks that are reduced into a small buffer before a forest takes them.
inline constexpr std::size_t blocks_at_once = 32;

template <class Partial, class ReduceBlocks>
void reduce_serially(forest<Partial>& into, std::uint64_t last, const ReduceBlocks& reduce) {
    Partial partials[blocks_at_once];
    while (into.last() < last) {
        const std::uint64_t count = std::min<std::uint64_t>(last - into.last(), blocks_at_once);
        reduce(into.last(), count, static_cast<Partial*>(partials));
        for (std::uint64_t k = 0; k < count; ++k) into.append_block(partials[k]);
    }
}

/// Reduces blocks into.last() … last. `reduce(first, count, partials)` gives the Partials of `count` <= blocks_at_once blocks and
/// may throw, as in on_team().
template <class Partial, class ReduceBlocks>
void reduce_blocks(forest<Partial>& into, std::uint64_t last, int workers, const ReduceBlocks& reduce) {
    if (workers <= 1 || last - into.last() <= 1) {
        strictly([&] { reduce_serially(into, last, reduce); });
        return;
    }
    struct alignas(128) outcome { // two cache lines: neighbours must not share one, nor a prefetched pair
        forest<Partial> run{0};
    };
    const std::uint64_t first = into.last();
    std::vector<outcome> outcomes(static_cast<std::size_t>(workers));
    const int team = on_team(workers, [&](int worker, int of) {
        const slice blocks = share(last - first, static_cast<std::uint64_t>(worker), static_cast<std::uint64_t>(of));
        auto& mine = outcomes[static_cast<std::size_t>(worker)].run;
        mine = forest<Partial>(first + blocks.first);
        reduce_serially(mine, first + blocks.last(), reduce);
    });
    for (int worker = 0; worker < team; ++worker) into.append(outcomes[static_cast<std::size_t>(worker)].run);
}

} // namespace quadot
