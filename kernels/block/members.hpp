// Members of a family of integrals over one range, many at a time: plain data that crosses the boundary to the code compiled per instruction set.
#pragma once

#include <cstddef>

namespace quadot {

/// Nodes a piece of the range: 21, of Gauss and Kronrod. Of 22 900 integrals of peaks, kinks, steps and oscillations, to 1e-10, one piece of 21 nodes
/// found 2760, and none wrong or with an error above its estimate; 15 nodes found 1380, 3 of them wrong, 13 with a larger error; Gauss's rules of 16
/// and 20 nodes, with as many null rules, 2048 and 3080, 3 wrong, 45 and 29 with a larger error.
inline constexpr int member_nodes = 21;

/// Members and pieces of the range, at most, and pieces that a range is cut into.
inline constexpr std::size_t members_per_block = 128;
inline constexpr std::size_t most_member_pieces = 4;

/// Samples in, integrals out.
struct member_block {
    /// y[(piece * member_nodes + node) * lanes + member], nodes from left to right.
    alignas(64) double y[member_nodes * members_per_block];
    alignas(64) double value[members_per_block];
    alignas(64) double error[members_per_block]; ///< NaN where it is more than was asked for
};

struct member_task {
    double left; ///< of the range
    double right;
    std::size_t pieces; ///< equal ones
    std::size_t lanes;  ///< members, a multiple of 8; pieces * lanes <= members_per_block
    double relative;    ///< tolerance
    double absolute;
};

} // namespace quadot
