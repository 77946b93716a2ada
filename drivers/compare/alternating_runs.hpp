// Two programs run in turn, so that what changes on the machine meanwhile meets both alike.
#pragma once

#include "drivers/documents/document.hpp"

#include <functional>
#include <string>
#include <vector>

namespace quadot::drivers {

struct alternation {
    std::string old_program;
    std::string new_program;
    std::vector<std::string> launcher; ///< e.g. mpirun -n 2; empty: none
    std::vector<std::string> words;    ///< the quadot command and its options, without --json
};

/// One document a program. A row's samples are the medians of its runs, one a process: what one process keeps to its end (where its pages
/// and threads came to lie) is the same in all its samples, and only another process shows how much it differs.
struct alternated { // NOLINT(bugprone-exception-escape): moving JSON throws no exception
    document before;
    document after;
};

/// Adds runs of each program to `found` until there are `rounds`: old new new old old new new old … (ABBA: a steady drift cancels), without a shell, each
/// with --json to a temporary file. `done`: rounds that are there already. `announce` is told before each run how many are done. A program that exits 1 found a wrong result, which its report says;
/// with 2 and 3 it passes on as that error; what else ends it, a signal above all, throws error: internal. A program that cannot be started
/// or writes no report throws error: usage.
void run_alternately(const alternation& wanted, int done, int rounds, alternated& found, const std::function<void(int)>& announce);

} // namespace quadot::drivers
