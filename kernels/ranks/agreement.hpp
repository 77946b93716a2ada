// Errors across ranks: one rank's failure becomes the same error on all, so that nobody waits for it in a collective.
#pragma once

#include "errors.hpp"
#include "ranks/communicator.hpp"

#include <array>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace quadot {

/// Turns any exception into the error that callers see.
inline error as_error(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const error& e) {
        return e;
    } catch (const std::bad_alloc&) {
        return environment_error("memory: an allocation failed; take a smaller problem or more ranks");
    } catch (const std::exception& e) {
        return internal_error(std::string("callable: it threw: ") + e.what());
    } catch (...) {
        return internal_error("callable: it threw something that is not a std::exception");
    }
}

/// Collective, once all ranks know that `failed_rank` failed: throws its error on every rank.
[[noreturn]] inline void throw_error_of(const communicator& ranks, int failed_rank, const std::exception_ptr& failure) {
    struct {
        int kind;
        std::array<char, 1020> text;
    } message{};
    if (failed_rank == ranks.rank()) {
        const error mine = as_error(failure);
        message.kind = static_cast<int>(mine.kind());
        std::string(mine.what()).copy(message.text.data(), message.text.size() - 1);
    }
    ranks.broadcast(std::as_writable_bytes(std::span(&message, 1)), failed_rank);
    throw error(static_cast<error_kind>(message.kind), message.text.data());
}

/// Collective: runs `work` on every rank, and if it throws on some, throws the lowest such rank's error on all.
template <class Work>
void agree(const communicator& ranks, Work&& work) {
    std::exception_ptr failure;
    try {
        std::forward<Work>(work)();
    } catch (...) {
        failure = std::current_exception();
    }
    if (ranks.size() == 1) {
        if (failure) std::rethrow_exception(failure);
        return;
    }
    const int none = ranks.size();
    // maximum() of the negated rank is the minimum.
    const int failed = -static_cast<int>(ranks.maximum(-static_cast<double>(failure ? ranks.rank() : none)));
    if (failed < none) throw_error_of(ranks, failed, failure);
}

} // namespace quadot
