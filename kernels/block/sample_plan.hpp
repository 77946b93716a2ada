// Where a fixed rule samples its integrand, and with which weights: plain data that crosses the boundary to the code
// compiled per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quadot {

/// Samples evaluated at a time: x and y take 4 KiB each, an eighth of the smallest L1 data cache in use.
inline constexpr std::size_t chunk_samples = 512;

enum class node_layout : int {
    uniform,   ///< x_i = fma(i + offset, step, origin)
    periodic,  ///< x_i = fma(panel_node[i mod period], step, fma(i div period, step, origin))
    tabulated, ///< x_i = table[i]
};

struct sample_plan {
    node_layout layout = node_layout::uniform;
    std::uint64_t samples = 0;

    double origin = 0; ///< lower limit
    double end = 0;    ///< upper limit; no node lies beyond it
    double step = 0;   ///< node distance (uniform) or panel width (periodic)
    double offset = 0; ///< of node 0 from the origin, in steps: 0, 1/2 or 1

    /// Closed rules: node 0 and the last one count half of their weight; the last one is `end` itself.
    bool halve_ends = false;
    /// Steps so narrow that rounding may carry an inner node past `end`: compare every node, not only the last block's.
    bool clamp_every_block = false;

    /// nullptr: all weights are 1. Otherwise the weight of sample i is weights[i mod period], repeated often enough to load
    /// chunk_samples from any phase (tabulated: weights[i], period 0).
    const double* weights = nullptr;
    std::size_t period = 1;
    /// periodic: reference node and panel number of sample k of a period, repeated like the weights.
    const double* panel_nodes = nullptr;
    const double* panel_numbers = nullptr;
    /// tabulated: abscissae.
    const double* table = nullptr;
};

/// Evaluates a block callable: y[k] = f(x[k]) for k < count. May throw.
using evaluate_function = void (*)(const void* context, const double* x, double* y, std::size_t count);

} // namespace quadot
