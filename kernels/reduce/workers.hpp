// How many threads a problem is worth.
#pragma once

#include "errors.hpp"
#include "reduce/threads.hpp"

#include <string>

namespace quadot {

/// Refuses an execution::threads outside 0 … maximum_threads.
inline void check_threads(int threads) {
    if (threads < 0 || threads > maximum_threads) [[unlikely]] {
        throw usage_error("threads " + std::to_string(threads) + ": out of range; choose 1 ... " + std::to_string(maximum_threads));
    }
}

/// execution::threads with its default filled in.
inline int default_or(int threads) { return threads == 0 ? default_threads() : threads; }

} // namespace quadot
