// Forests across ranks: one collective, in which every rank's forest meets its neighbour's.
#pragma once

#include "ranks/agreement.hpp"
#include "ranks/communicator.hpp"
#include "reduce/forest.hpp"

#include <cstddef>
#include <cstring>
#include <exception>

namespace quadot {

/// What a rank contributes: its forest, or word that it failed, which the others must learn in the same collective.
template <class Partial>
struct rank_message {
    std::int64_t failed_rank = -1;
    forest<Partial> run{0};

    static std::size_t bytes(std::uint64_t blocks) { return offsetof(rank_message, run) + forest<Partial>::message_bytes(blocks); }

    static void append(const std::byte* left, std::byte* right, std::size_t bytes) {
        rank_message into;
        rank_message from;
        std::memcpy(static_cast<void*>(&into), left, bytes);
        std::memcpy(static_cast<void*>(&from), right, bytes);
        if (into.failed_rank < 0) {
            if (from.failed_rank >= 0) {
                into.failed_rank = from.failed_rank;
            } else {
                into.run.append(from.run);
            }
        }
        std::memcpy(right, static_cast<const void*>(&into), bytes);
    }
};

/// The forest of all ranks, on every rank. Where a rank failed, every rank throws the same error: the message of the
/// lowest such rank.
template <class Partial>
forest<Partial> combine(const communicator& ranks, const forest<Partial>& run, std::uint64_t blocks, const std::exception_ptr& failure) {
    if (ranks.size() == 1) {
        if (failure) std::rethrow_exception(failure);
        return run;
    }
    rank_message<Partial> message;
    if (failure) {
        message.failed_rank = ranks.rank();
    } else {
        message.run = run;
    }
    ranks.allreduce_in_order({reinterpret_cast<std::byte*>(&message), rank_message<Partial>::bytes(blocks)},
                             &rank_message<Partial>::append);
    if (message.failed_rank >= 0) throw_error_of(ranks, static_cast<int>(message.failed_rank), failure);
    return message.run;
}

} // namespace quadot
