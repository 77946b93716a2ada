#include "adaptive/distribution.hpp"

#include "ranks/agreement.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <vector>

namespace quadot::adaptive {

namespace {

/// Each worker should get this much, some twice what an OpenMP fork and join costs (0.8 to 1.7 us).
constexpr double seconds_per_worker = 3e-6;

/// Bytes of all ranks together.
constexpr std::size_t most_exchanged_at_once = std::size_t{1} << 26;

} // namespace

distribution::distribution(const execution& how) : ranks_(how.ranks != nullptr ? *how.ranks : single_process()), threads_(how.threads) {}

/// How many threads so much work is worth: all or one. OpenMP ends and starts threads where teams change their size from call to call, which
/// takes longer than a wait of those that have nothing to do.
int distribution::workers_for(double seconds) const { return seconds >= 2 * seconds_per_worker ? default_or(threads_) : 1; }

void distribution::over_threads(std::size_t blocks, std::size_t at_once, const std::function<void(std::size_t)>& evaluate) const {
    std::size_t next = 0;
    int workers = 1;
    // What an evaluation costs is unknown: the first block is timed, the rest spread over as many threads as it is worth.
    if (blocks >= 3 && threads_ != 1) {
        const auto start = std::chrono::steady_clock::now();
        evaluate(next++);
        const std::chrono::duration<double> block_time = std::chrono::steady_clock::now() - start;
        workers = workers_for(block_time.count() * static_cast<double>(blocks - next));
    }
    if (workers <= 1) {
        for (; next < blocks; ++next) evaluate(next);
        return;
    }
    // Whoever is free: samples of text or of a caller's function may differ in cost.
    std::atomic<std::size_t> free{next};
    on_team(workers, [&](int, int) {
        for (std::size_t first = free.fetch_add(at_once); first < blocks; first = free.fetch_add(at_once)) {
            for (std::size_t k = first; k < std::min(first + at_once, blocks); ++k) evaluate(k);
        }
    });
}

void distribution::over_ranks(std::span<region_results> all, std::size_t results_per_region,
                              const std::function<void(std::size_t, std::size_t)>& evaluate) const {
    const std::size_t regions = all.size() / results_per_region;
    const auto ranks = static_cast<std::size_t>(ranks_.size());
    const std::size_t share = ((regions + ranks - 1) / ranks + 7) / 8 * 8;
    const auto first_of = [&](std::size_t rank) { return std::min(regions, rank * share); };
    const auto results_of = [&](std::size_t rank) {
        return std::as_writable_bytes(
            all.subspan(first_of(rank) * results_per_region, (first_of(rank + 1) - first_of(rank)) * results_per_region));
    };
    // A failure travels with the results: one collective a round.
    struct header {
        std::int64_t failed;
    };
    std::vector<std::byte> message(sizeof(header) + share * results_per_region * sizeof(region_results));
    const auto own = static_cast<std::size_t>(ranks_.rank());
    std::exception_ptr failure;
    try {
        if (first_of(own) < first_of(own + 1)) evaluate(first_of(own), first_of(own + 1) - first_of(own));
    } catch (...) {
        failure = std::current_exception();
    }
    const header state{failure ? 1 : 0};
    std::memcpy(message.data(), &state, sizeof state);
    const auto mine = results_of(own);
    std::copy(mine.begin(), mine.end(), message.begin() + sizeof(header));
    const std::vector<std::byte> received = ranks_.allgather(message);
    const auto from = [&](std::size_t rank) { return std::span(received).subspan(rank * message.size(), message.size()); };
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        header theirs{};
        std::memcpy(&theirs, from(rank).data(), sizeof theirs);
        if (theirs.failed != 0) throw_error_of(ranks_, static_cast<int>(rank), failure);
    }
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const auto to = results_of(rank);
        std::copy_n(from(rank).begin() + sizeof(header), to.size(), to.begin());
    }
}

std::vector<std::vector<std::byte>> distribution::exchange(std::span<const std::byte> mine, const std::exception_ptr& failure) const {
    // Lengths first; -1 for a failure.
    const std::int64_t length = failure ? -1 : static_cast<std::int64_t>(mine.size());
    const std::vector<std::byte> lengths = ranks_.allgather(std::as_bytes(std::span(&length, 1)));
    const auto length_of = [&](std::size_t rank) {
        std::int64_t theirs = 0;
        std::memcpy(&theirs, lengths.data() + rank * sizeof theirs, sizeof theirs);
        return theirs;
    };
    std::size_t longest = 0;
    const auto ranks = static_cast<std::size_t>(ranks_.size());
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        if (length_of(rank) < 0) throw_error_of(ranks_, static_cast<int>(rank), failure);
        longest = std::max(longest, static_cast<std::size_t>(length_of(rank)));
    }
    // Padded to the longest, a piece at a time: where one rank has most, ranks times that is more than there is, and than MPI counts.
    const std::size_t piece = std::max<std::size_t>(most_exchanged_at_once / ranks, 1);
    std::vector<std::vector<std::byte>> all(ranks);
    for (std::size_t from = 0; from < longest; from += piece) {
        std::vector<std::byte> padded(std::min(piece, longest - from));
        if (from < mine.size()) std::ranges::copy(mine.subspan(from, std::min(padded.size(), mine.size() - from)), padded.begin());
        const std::vector<std::byte> received = ranks_.allgather(padded);
        for (std::size_t rank = 0; rank < ranks; ++rank) {
            const std::size_t left = static_cast<std::size_t>(length_of(rank)) - all[rank].size();
            const auto theirs = std::span(received).subspan(rank * padded.size(), std::min(padded.size(), left));
            all[rank].insert(all[rank].end(), theirs.begin(), theirs.end());
        }
    }
    return all;
}

} // namespace quadot::adaptive
