// Members of a family: each one's sums over the pieces, and whether they are the integral to the tolerance. Members are lanes.
#pragma once

#include "block/lanes.hpp"
#include "block/members.hpp"
#include "block/region_rule.hpp"
#include "block/regions.hpp"

#include <cstddef>
#include <limits>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// See members.hpp.
inline void judge_members(member_block& block, const member_task& task) {
    using batch = native<double>;
    const batch zero(0.0);
    double limits[most_member_pieces + 1];
    for (std::size_t piece = 0; piece <= task.pieces; ++piece) {
        limits[piece] = task.left + (task.right - task.left) * (static_cast<double>(piece) / static_cast<double>(task.pieces));
    }
    // Sums first, then what is made of them: a chain of some 100 cycles, so short in operations that several batches are under way at a time.
    alignas(64) double sums[6][members_per_block];
    for (std::size_t piece = 0; piece < task.pieces; ++piece) {
        const double* const y = block.y + piece * member_nodes * task.lanes;
        const std::size_t from = piece * task.lanes;
        for (std::size_t k = 0; k < task.lanes; k += batch::size) {
            const auto at = [&](std::size_t j) __attribute__((always_inline)) { return batch::load_aligned(y + j * task.lanes + k); };
            const auto found = sum_samples<member_nodes, batch>(at);
            const auto lower = sum_lower_degrees<member_nodes, batch>(at);
            found.value.store_aligned(sums[0] + from + k);
            found.magnitude.store_aligned(sums[1] + from + k);
            found.top.store_aligned(sums[2] + from + k);
            lower.below.store_aligned(sums[3] + from + k);
            lower.lowest.store_aligned(sums[4] + from + k);
            found.variation.store_aligned(sums[5] + from + k);
        }
    }
    for (std::size_t k = 0; k < task.lanes; k += batch::size) {
        batch value = zero;
        batch estimate = zero;
        batch noise = zero;
        batch magnitude = zero;
        auto holds = zero == zero;
        for (std::size_t piece = 0; piece < task.pieces; ++piece) {
            const auto of = [&](std::size_t which) __attribute__((always_inline)) {
                return batch::load_aligned(sums[which] + piece * task.lanes + k);
            };
            const batch top = of(2);
            const rule_sums<batch> gathered{of(0), of(1), top, of(5)};
            const auto found = judge_sums(top, {of(3), of(4)}, scale_sums(gathered, batch(limits[piece]), batch(limits[piece + 1])));
            value = value + found.value;
            estimate = estimate + found.error;
            noise = noise + found.noise;
            magnitude = magnitude + found.magnitude;
            holds = holds & (found.error <= batch(rough_part) * found.magnitude);
        }
        // As adaptive::error_of(), but for the noise of few pieces, whose plain sum is no smaller and takes no root.
        const batch error = (estimate * batch(1 + 1e-12) + batch(2.0) * noise) + batch(sample_noise) * magnitude;
        const batch relative = batch(task.relative) * abs(value);
        const batch absolute(task.absolute);
        // An infinite sample makes all of them infinite, and so equal.
        holds = holds & (magnitude > zero) & (magnitude < batch(std::numeric_limits<double>::infinity())) &
                (error <= select(relative > absolute, relative, absolute));
        value.store_aligned(block.value + k);
        select(holds, error, batch(std::numeric_limits<double>::quiet_NaN())).store_aligned(block.error + k);
    }
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
