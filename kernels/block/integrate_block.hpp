// One block of a fixed-rule sum: nodes, samples, then weighted terms into logical lanes.
//
// The general path goes through L1-sized buffers of x and y, so that any integrand meets any accumulator
// without being compiled for it. The fused path is a tuning for named integrands on uniform nodes: nodes and
// samples stay in registers, and what the sum costs hides behind the integrand. 4/(1+x^2) then runs at the
// divider's limit, 0.32 ns a sample on Zen 4, compensated or not; through the buffers it takes 0.45 plain and
// 0.70 compensated. Both paths give the same bits: same nodes, same lanes, same order.
#pragma once

#include "accumulators/exact.hpp"
#include "block/exact_block.hpp"
#include "block/interval.hpp"
#include "block/lanes.hpp"
#include "block/pack.hpp"
#include "block/reciprocal.hpp"
#include "block/sample_plan.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// 0, 1, 2, …: added to a block's first index, which stays exact up to 2^53.
alignas(64) inline constexpr auto lane_numbers = [] {
    std::array<double, logical_lanes<double>> numbers{};
    for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = static_cast<double>(k);
    return numbers;
}();

/// Fills x[0 … count), rounded up to whole registers, with the nodes from `first` on.
[[gnu::always_inline]] inline void fill_nodes(const sample_plan& plan, std::uint64_t first, double* x, std::size_t count) {
    using simd::fma;
    using simd::min;
    using batch = native<double>;
    const batch step(plan.step);
    const batch origin(plan.origin);
    const batch numbers = batch::load_aligned(lane_numbers.data());
    if (plan.layout == node_layout::uniform) {
        for (std::size_t k = 0; k < count; k += batch::size) {
            const batch index = batch(static_cast<double>(first + k)) + (numbers + batch(plan.offset));
            fma(index, step, origin).store_unaligned(x + k);
        }
    } else if (plan.layout == node_layout::periodic) {
        const std::size_t phase = static_cast<std::size_t>(first % plan.period);
        const batch first_panel(static_cast<double>(first / plan.period));
        for (std::size_t k = 0; k < count; k += batch::size) {
            const batch panel = first_panel + load<batch>(plan.panel_numbers + phase + k);
            const batch left = fma(panel, step, origin);
            fma(load<batch>(plan.panel_nodes + phase + k), step, left).store_unaligned(x + k);
        }
    } else {
        std::copy_n(plan.table + first, count, x);
        std::fill(x + count, x + (count + batch::size - 1) / batch::size * batch::size, plan.table[first + count - 1]);
    }
    const bool last = first + count == plan.samples;
    if (last || plan.clamp_every_block) {
        for (std::size_t k = 0; k < count; k += batch::size) {
            min(batch::load_unaligned(x + k), batch(plan.end)).store_unaligned(x + k);
        }
        if (last && plan.halve_ends) x[count - 1] = plan.end;
    }
}

/// y[0 … count) at the nodes from `first` on, ends halved where the rule says so. x and y hold chunk_samples.
[[gnu::always_inline]] inline void fill_samples(const sample_plan& plan, std::uint64_t first, std::size_t count, evaluate_function evaluate,
                                                const void* context, double* x, double* y) {
    fill_nodes(plan, first, x, count);
    evaluate(context, x, y, count);
    if (plan.halve_ends) {
        if (first == 0) y[0] *= 0.5;
        if (first + count == plan.samples) y[count - 1] *= 0.5;
    }
}

/// See weighted_samples_kernel.
inline void fill_weighted_samples(const sample_plan& plan, std::uint64_t first, std::size_t count, evaluate_function evaluate,
                                  const void* context, double* weights, double* samples) {
    alignas(64) double x[chunk_samples];
    fill_samples(plan, first, count, evaluate, context, x, samples);
    if (plan.weights == nullptr) {
        std::fill_n(weights, count, 1.0);
    } else {
        std::copy_n(plan.weights + (plan.period == 0 ? first : first % plan.period), count, weights);
    }
}

/// `count` samples from index `first`, chunk after chunk: a ball around the sum of the weighted samples, each as computed.
inline exact::partial exact_integrate_block(const sample_plan& plan, std::uint64_t first, std::size_t count, evaluate_function evaluate,
                                            const void* context) {
    alignas(64) double weights[chunk_samples];
    alignas(64) double samples[chunk_samples];
    exact::partial sum{0, 0, 0};
    for (std::size_t done = 0; done < count; done += chunk_samples) {
        const std::size_t size = std::min(chunk_samples, count - done);
        fill_weighted_samples(plan, first + done, size, evaluate, context, static_cast<double*>(weights), static_cast<double*>(samples));
        sum = exact::partial::merge(
            sum, exact_dot_block<double>(static_cast<const double*>(weights), static_cast<const double*>(samples), size));
    }
    return sum;
}

/// `count` <= terms_per_block samples from index `first`, a multiple of terms_per_block.
template <class Accumulator>
typename Accumulator::partial integrate_block(const sample_plan& plan, std::uint64_t first, std::size_t count, evaluate_function evaluate,
                                              const void* context) {
    using group = lane_group<Accumulator, double>;
    using batch = typename group::batch;
    static_assert(chunk_samples % group::size == 0);
    alignas(64) double x[chunk_samples];
    alignas(64) double y[chunk_samples];

    group lanes;
    for (std::size_t done = 0; done < count; done += chunk_samples) {
        const std::size_t size = std::min(chunk_samples, count - done);
        const std::uint64_t at = first + done;
        fill_samples(plan, at, size, evaluate, context, static_cast<double*>(x), static_cast<double*>(y));
        const std::size_t padded = (size + group::size - 1) / group::size * group::size;
        std::fill(y + size, y + padded, 0.0);
        if (plan.weights == nullptr) {
            for (std::size_t i = 0; i < padded; i += group::size) {
                for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
                    lanes.part[k].accumulate(batch::load_aligned(y + i + k * batch::size));
                });
            }
        } else {
            const double* weights = plan.weights + (plan.period == 0 ? at : at % plan.period);
            for (std::size_t i = 0; i < padded; i += group::size) {
                for_each_index<group::registers>([&](auto k) __attribute__((always_inline)) {
                    const std::size_t j = i + k * batch::size;
                    lanes.part[k].accumulate(load<batch>(weights + j), batch::load_aligned(y + j));
                });
            }
        }
    }
    return lanes.fold();
}

/// Samples of a named integrand; `count` is rounded up to whole registers, which the buffers above allow.
template <class Integrand>
void evaluate_samples(const void*, const double* x, double* y, std::size_t count) {
    using batch = native<double>;
    using batches = pack<batch, 4, math::arguments::any>;
    std::size_t k = 0;
    for (; k + batches::size <= count; k += batches::size) {
        Integrand::value(batches::load_unaligned(x + k)).store_unaligned(y + k);
    }
    for (; k < count; k += batch::size) Integrand::value(batch::load_aligned(x + k)).store_aligned(y + k);
}

/// A full block of uniform nodes that holds neither end, all in registers.
template <class Accumulator, class Integrand>
typename Accumulator::partial integrate_block_fused(const sample_plan& plan, std::uint64_t first, std::size_t count) {
    using group = lane_group<Accumulator, double>;
    using batch = typename group::batch;
    using simd::fma;

    // Blocks that may need a function's rare path, such as the cosine of 1e9, take the buffers.
    const auto node = [&](std::uint64_t index) __attribute__((always_inline)) {
        const interval x(static_cast<double>(index) + plan.offset);
        return fma(x, interval(plan.step), interval(plan.origin));
    };
    const math::arguments known = Integrand::value(hull(node(first), node(first + count - 1))).known;
    if (known == math::arguments::any) {
        return integrate_block<Accumulator>(plan, first, count, evaluate_samples<Integrand>, nullptr);
    }

    group lanes;
    const auto run = [&]<class batches>(auto weighted) __attribute__((always_inline)) {
        const auto node_at = [&](batch index, std::size_t place) __attribute__((always_inline)) {
            const batch number = batch::load_aligned(lane_numbers.data() + place * batch::size) + batch(plan.offset);
            return fma(index + number, batch(plan.step), batch(plan.origin));
        };
        // Counted in a register: converting i would be 10 more cycles of a chain that the core can hardly see beyond.
        batch at(static_cast<double>(first));
        for (std::size_t i = 0; i < count; i += group::size, at += batch(static_cast<double>(group::size))) {
            const auto add_part = [&](auto part) __attribute__((always_inline)) {
                batches x(node_at(batch(static_cast<double>(first)), 0));
                for_each_index<4>([&](auto k) __attribute__((always_inline)) { x.part[k] = node_at(at, part * 4 + k); });
                const batches y = Integrand::value(x);
                for_each_index<4>([&](auto k) __attribute__((always_inline)) {
                    const std::size_t place = part * 4 + k;
                    if constexpr (weighted) {
                        lanes.part[place].accumulate(load<batch>(plan.weights + place * batch::size), y.part[k]);
                    } else {
                        lanes.part[place].accumulate(y.part[k]);
                    }
                });
            };
            constexpr std::size_t parts = group::size / batches::size;
            if constexpr (parts <= 2) {
                for_each_index<parts>(add_part);
            } else {
                // 128-bit registers: sixteen copies of the integrand would take minutes to compile and gain nothing.
#pragma GCC unroll 1
                for (std::size_t part = 0; part < parts; ++part) add_part(part);
            }
        }
    };
    // Uniform rules have periods 1, 2 and 4, which divide the group: its weights repeat from group to group.
    const auto run_with = [&]<math::arguments Arguments>() __attribute__((always_inline)) {
        using batches = pack<batch, 4, Arguments>;
        if (plan.weights == nullptr) {
            run.template operator()<batches>(std::false_type{});
        } else {
            run.template operator()<batches>(std::true_type{});
        }
    };
    if constexpr (integrands::has_quadrants<Integrand>) {
        if (known == math::arguments::one_quadrant) {
            run_with.template operator()<math::arguments::one_quadrant>();
            return lanes.fold();
        }
    }
    run_with.template operator()<math::arguments::near>();
    return lanes.fold();
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
