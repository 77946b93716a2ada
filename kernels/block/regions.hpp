// Regions of an adaptive integral, evaluated many at a time: plain data that crosses the boundary to the code compiled per instruction set.
#pragma once

#include "block/sample_plan.hpp"
#include "rules/gauss_kronrod.hpp"

#include <cstddef>

namespace quadot {

/// Nodes a region: 15, of Gauss and Kronrod. The 49 classic integrals of the batteries took 0.34, 0.39 and 0.52 of QUADPACK's time, to 1e-6, 1e-10 and
/// 1e-13; with 21 nodes 0.38, 0.42 and 0.45, with 31 nodes 0.46, 0.48 and 0.61 (bench/adaptive_ratios, AVX-512).
inline constexpr int region_nodes = 15;

/// Regions a block: as many as fill chunk_samples, in whole registers of 8.
inline constexpr std::size_t regions_per_block = chunk_samples / region_nodes / 8 * 8;

/// Sums over regions.
struct region_totals {
    double value = 0;
    double error = 0; ///< estimates and seams, without noise
    double squared_noise = 0;
    double magnitude = 0;
};

/// Limits in, results out. Arrays are a register longer than they need be, for loads of the next region.
struct region_block {
    static constexpr std::size_t size = regions_per_block + 8;
    alignas(64) double left[size];
    alignas(64) double right[size];
    alignas(64) double value[size];      ///< of the Kronrod rule
    alignas(64) double error[size];      ///< estimate of the rule's error; 0 where it is rounding
    alignas(64) double noise[size];      ///< what the rounding of abscissae may do at most
    alignas(64) double magnitude[size];  ///< integral of |f|; not finite where a sample is not
    alignas(64) double left_value[size]; ///< of the polynomial through the samples, at the limits
    alignas(64) double right_value[size];
    alignas(64) double left_slope[size];
    alignas(64) double right_slope[size];
    alignas(64) double seam[size]; ///< see region_seam: with the next one of the block, 0 for the last; regions_kernel::sum only
    region_totals totals;          ///< likewise
    bool rough;                    ///< likewise: an estimate is more than rough_part of its magnitude, or not a number
};

/// A region whose estimate is a larger part of its own integral may hide something, however small both are: the flank of a peak between two nodes.
inline constexpr double rough_part = 1e-3;

/// The part of a region between its last node and its end.
inline constexpr double end_gap = (1 - rules::gauss_kronrod<region_nodes>::nodes[region_nodes / 2 - 1]) / 2;

/// What the rounding of samples, each the outcome of a few operations, may do to an integral, as a part of the integral of |f|.
inline constexpr double sample_noise = 12 * 0x1p-53;

} // namespace quadot
