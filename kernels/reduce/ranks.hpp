// Forests across ranks: one collective, in which every rank's forest meets its neighbour's.
#pragma once

#include "errors.hpp"
#include "ranks/communicator.hpp"
#include "reduce/forest.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <string>

namespace quadot {

/// What a rank contributes: its forest, or word that it failed, which the others must learn in the same collective.
template <class Partial>
struct rank_message {
    int failed_rank = -1;
    int failed_kind = 0;
    forest<Partial> run{0};

    static std::size_t bytes(std::uint64_t blocks) {
        return offsetof(rank_message, run) + forest<Partial>::message_bytes(blocks);
    }

    static void append(const std::byte* left, std::byte* right, std::size_t bytes) {
        rank_message into;
        rank_message from;
        std::memcpy(static_cast<void*>(&into), left, bytes);
        std::memcpy(static_cast<void*>(&from), right, bytes);
        if (into.failed_rank < 0) {
            if (from.failed_rank >= 0) {
                into.failed_rank = from.failed_rank;
                into.failed_kind = from.failed_kind;
            } else {
                into.run.append(from.run);
            }
        }
        std::memcpy(right, static_cast<const void*>(&into), bytes);
    }
};

/// Turns any exception into the error that callers see.
inline error as_error(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const error& e) {
        return e;
    } catch (const std::exception& e) {
        return internal_error(std::string("callable: it threw: ") + e.what());
    } catch (...) {
        return internal_error("callable: it threw something that is not a std::exception");
    }
}

/// The forest of all ranks, on every rank. Where a rank failed, every rank throws the same error: the message of the
/// lowest such rank.
template <class Partial>
forest<Partial> combine(const communicator& ranks, const forest<Partial>& run, std::uint64_t blocks,
                        const std::exception_ptr& failure) {
    if (ranks.size() == 1) {
        if (failure) std::rethrow_exception(failure);
        return run;
    }
    rank_message<Partial> message;
    if (failure) {
        message.failed_rank = ranks.rank();
        message.failed_kind = static_cast<int>(as_error(failure).kind());
    } else {
        message.run = run;
    }
    ranks.allreduce_in_order({reinterpret_cast<std::byte*>(&message), rank_message<Partial>::bytes(blocks)},
                             &rank_message<Partial>::append);
    if (message.failed_rank < 0) return message.run;

    std::array<char, 512> text{};
    if (message.failed_rank == ranks.rank()) {
        const std::string what = as_error(failure).what();
        what.copy(text.data(), text.size() - 1);
    }
    ranks.broadcast(std::as_writable_bytes(std::span(text)), message.failed_rank);
    throw error(static_cast<error_kind>(message.failed_kind),
                "rank " + std::to_string(message.failed_rank) + ": " + text.data());
}

} // namespace quadot
