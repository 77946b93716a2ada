#include "adaptive/evaluation.hpp"

#include "ranks/agreement.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <vector>

namespace quadot::adaptive {

namespace {

/// Each worker should get this much, some twice what an OpenMP fork and join costs (0.8 to 1.7 us).
constexpr double seconds_per_worker = 3e-6;

/// What ranks tell each other of a region.
struct results {
    double value, estimate, noise, magnitude, left_value, right_value, left_slope, right_slope;

    static results of(const region& each) {
        return {each.value,      each.estimate,    each.noise,      each.magnitude,
                each.left_value, each.right_value, each.left_slope, each.right_slope};
    }
    void give(region& to) const {
        to.value = value;
        to.estimate = estimate;
        to.noise = noise;
        to.magnitude = magnitude;
        to.left_value = left_value;
        to.right_value = right_value;
        to.left_slope = left_slope;
        to.right_slope = right_slope;
    }
};

} // namespace

evaluation::evaluation(const integrand_view& f, const execution& how)
    : table_(table_of(how)), evaluator_(evaluator_of(f, table_)), ranks_(how.ranks != nullptr ? *how.ranks : single_process()),
      threads_(how.threads) {}

void evaluation::sample(std::span<const double> x, std::span<double> y) const {
    alignas(64) double at[chunk_samples];
    alignas(64) double values[chunk_samples];
    std::copy(x.begin(), x.end(), static_cast<double*>(at));
    const auto evaluate = [&] {
        if (ranks_.rank() == 0)
            evaluator_.function(evaluator_.context, static_cast<const double*>(at), static_cast<double*>(values), x.size());
    };
    agree(ranks_, evaluate);
    if (distributed()) ranks_.broadcast(std::as_writable_bytes(std::span(static_cast<double*>(values), x.size())), 0);
    std::copy_n(static_cast<const double*>(values), x.size(), y.begin());
}

/// How many threads so much work is worth: all or one. OpenMP ends and starts threads where teams change their size from call to call, which
/// takes longer than a wait of those that have nothing to do.
int evaluation::workers_for(double seconds) const { return seconds >= 2 * seconds_per_worker ? default_or(threads_) : 1; }

void evaluation::sum_over_threads(std::span<region_block* const> blocks, std::span<const std::size_t> counts) const {
    const auto evaluate = [&](std::size_t k) { table_.regions.sum(*blocks[k], counts[k], evaluator_.function, evaluator_.context); };
    if (blocks.empty()) return;
    if (threads_ == 1 || blocks.size() < 3) {
        for (std::size_t k = 0; k < blocks.size(); ++k) evaluate(k);
        return;
    }
    // What an evaluation costs is unknown: the first block is timed.
    const auto start = std::chrono::steady_clock::now();
    evaluate(0);
    const std::chrono::duration<double> block_time = std::chrono::steady_clock::now() - start;
    std::atomic<std::size_t> free{1};
    on_team(workers_for(block_time.count() * static_cast<double>(blocks.size() - 1)), [&](int, int) {
        for (std::size_t k = free++; k < blocks.size(); k = free++) evaluate(k);
    });
}

void evaluation::sum(std::span<region_block> blocks, std::size_t regions) const {
    std::array<region_block*, most_first_blocks> mine{};
    std::array<std::size_t, most_first_blocks> counts{};
    std::size_t count = 0;
    const auto used = (regions + regions_per_block - 1) / regions_per_block;
    const auto owner = [&](std::size_t block) { return static_cast<int>(block % static_cast<std::size_t>(ranks_.size())); };
    for (std::size_t k = 0; k < used; ++k) {
        if (owner(k) != ranks_.rank()) continue;
        mine[count] = &blocks[k];
        counts[count++] = std::min(regions_per_block, regions - k * regions_per_block);
    }
    const auto work = [&] { sum_over_threads(std::span(mine).first(count), std::span(counts).first(count)); };
    if (!distributed()) {
        work();
        return;
    }
    agree(ranks_, work);
    for (std::size_t k = 0; k < used; ++k) ranks_.broadcast(std::as_writable_bytes(blocks.subspan(k, 1)), owner(k));
}

void evaluation::share_over_threads(std::span<region> regions) const {
    const std::size_t blocks = (regions.size() + regions_per_block - 1) / regions_per_block;
    const auto evaluate = [&](std::size_t number) {
        region_block block;
        const std::span<region> mine =
            regions.subspan(number * regions_per_block, std::min(regions_per_block, regions.size() - number * regions_per_block));
        for (std::size_t k = 0; k < mine.size(); ++k) {
            block.left[k] = mine[k].left;
            block.right[k] = mine[k].right;
        }
        table_.regions.evaluate(block, mine.size(), evaluator_.function, evaluator_.context);
        for (std::size_t k = 0; k < mine.size(); ++k) {
            results{block.value[k],      block.error[k],       block.noise[k],      block.magnitude[k],
                    block.left_value[k], block.right_value[k], block.left_slope[k], block.right_slope[k]}
                .give(mine[k]);
        }
    };
    std::size_t next = 0;
    int workers = 1;
    // What an evaluation costs is unknown: the first block is timed, the rest spread over as many threads as it is worth.
    if (blocks > 3 && threads_ != 1) {
        const auto start = std::chrono::steady_clock::now();
        evaluate(next++);
        const std::chrono::duration<double> block_time = std::chrono::steady_clock::now() - start;
        workers = workers_for(block_time.count() * static_cast<double>(blocks - next));
    }
    if (workers <= 1) {
        for (; next < blocks; ++next) evaluate(next);
        return;
    }
    // Two blocks at a time, whoever is free: samples of text or of a caller's function may differ in cost.
    std::atomic<std::size_t> free{next};
    on_team(workers, [&](int, int) {
        constexpr std::size_t at_once = 2;
        for (std::size_t first = free.fetch_add(at_once); first < blocks; first = free.fetch_add(at_once)) {
            for (std::size_t k = first; k < std::min(first + at_once, blocks); ++k) evaluate(k);
        }
    });
}

void evaluation::operator()(std::span<region> regions) const {
    if (regions.empty()) return;
    if (!distributed()) {
        share_over_threads(regions);
        return;
    }
    const auto ranks = static_cast<std::size_t>(ranks_.size());
    const std::size_t share = ((regions.size() + ranks - 1) / ranks + 7) / 8 * 8;
    const auto first_of = [&](std::size_t rank) { return std::min(regions.size(), rank * share); };
    const std::span<region> mine =
        regions.subspan(first_of(static_cast<std::size_t>(ranks_.rank())),
                        first_of(static_cast<std::size_t>(ranks_.rank()) + 1) - first_of(static_cast<std::size_t>(ranks_.rank())));
    // A failure travels with the results: one collective a round.
    struct header {
        std::int64_t failed;
    };
    std::vector<std::byte> message(sizeof(header) + share * sizeof(results));
    std::exception_ptr failure;
    try {
        if (!mine.empty()) share_over_threads(mine);
    } catch (...) {
        failure = std::current_exception();
    }
    const header state{failure ? 1 : 0};
    std::memcpy(message.data(), &state, sizeof state);
    for (std::size_t k = 0; k < mine.size(); ++k) {
        const results of = results::of(mine[k]);
        std::memcpy(message.data() + sizeof(header) + k * sizeof(results), &of, sizeof of);
    }
    const std::vector<std::byte> all = ranks_.allgather(message);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        header from{};
        std::memcpy(&from, all.data() + rank * message.size(), sizeof from);
        if (from.failed != 0) throw_error_of(ranks_, static_cast<int>(rank), failure);
    }
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        for (std::size_t k = first_of(rank); k < first_of(rank + 1); ++k) {
            results of{};
            std::memcpy(&of, all.data() + rank * message.size() + sizeof(header) + (k - first_of(rank)) * sizeof(results), sizeof of);
            of.give(regions[k]);
        }
    }
}

} // namespace quadot::adaptive
