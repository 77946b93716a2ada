// Many neighbouring regions that fail together: halved where they lie, until they are resolved, without the control loop.
//
// An integrand that oscillates a million times needs a million regions, and none of them any thought. Each group of them goes down by itself, block after
// block in a core's nearest cache, on any thread or rank: what it finds depends on its regions and their allowance alone. Resolved regions are added up and
// forgotten but for the limits of those that are not exact to rounding; what is left over goes back to the control loop.
#pragma once

#include "adaptive/region.hpp"
#include "block/block_table.hpp"
#include "reduce/evaluator.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quadot::adaptive {

/// Neighbours cut from one root, at most most_regions, finite, none of them at an end where the integrand may be singular.
struct descent {
    static constexpr std::size_t most_regions = regions_per_block / 2;

    std::span<const region> from;
    double allowance;     ///< error that may be left of each; halves share it
    std::uint64_t budget; ///< samples at most
};

/// Sums over resolved regions: plain data, which ranks exchange.
struct region_sums {
    double value = 0;
    double value_low = 0; ///< what rounding lost of it
    double error = 0;     ///< estimates and seams
    double squared_noise = 0;
    double magnitude = 0;
    std::uint64_t count = 0;

    void add(const region_results& each, double seams);
    void add(const region_sums& others);
};

struct interval_limits {
    double left;
    double right;
};

struct descent_result {
    std::uint64_t evaluations = 0;
    region_sums exact;      ///< over those whose errors are rounding
    region_sums improvable; ///< over the others
    std::vector<interval_limits> improvable_limits;
    /// From left to right: the outermost, those that fail in small groups, and the neighbours of these.
    std::vector<region> left_over;
};

/// Throws what f throws.
descent_result descend(const block_table& table, const evaluator& f, const descent& task);

} // namespace quadot::adaptive
