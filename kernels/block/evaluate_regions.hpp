// A block of regions: nodes, samples, then the rule and its error, a region a lane.
#pragma once

#include "block/lanes.hpp"
#include "block/region_rule.hpp"
#include "block/regions.hpp"
#include "rules/gauss_kronrod.hpp"

#include <cstddef>
#include <type_traits>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// lanes: a multiple of 8. As a constant it saves a register and an addition for each node's samples.
template <int Nodes, class Lanes>
void evaluate_lanes(region_block& block, const Lanes lanes, evaluate_function evaluate, const void* context) {
    using batch = native<double>;
    using table = rules::gauss_kronrod<Nodes>;
    using simd::fma;
    using simd::fnma;
    constexpr std::size_t pairs = Nodes / 2;
    alignas(64) double x[chunk_samples];
    alignas(64) double y[chunk_samples];
    const auto load_at = [](const double* from) __attribute__((always_inline)) { return batch::load_aligned(from); };

    for (std::size_t k = 0; k < lanes; k += batch::size) {
        const batch left = load_at(block.left + k);
        const batch half = (load_at(block.right + k) - left) * batch(0.5);
        const batch middle = left + half;
        middle.store_aligned(x + pairs * lanes + k);
        for (std::size_t j = 0; j < pairs; ++j) {
            fma(half, batch(table::nodes[j]), middle).store_aligned(x + (pairs + 1 + j) * lanes + k);
            fnma(half, batch(table::nodes[j]), middle).store_aligned(x + (pairs - 1 - j) * lanes + k);
        }
    }
    evaluate(context, static_cast<const double*>(x), static_cast<double*>(y), static_cast<std::size_t>(Nodes) * lanes);

    for (std::size_t k = 0; k < lanes; k += batch::size) {
        const auto at = [&](std::size_t j) __attribute__((always_inline)) { return load_at(y + j * lanes + k); };
        const batch left = load_at(block.left + k);
        const batch right = load_at(block.right + k);
        const batch middle = at(pairs);
        batch even_value = middle * batch(table::middle_even_value);
        batch even_slope = middle * batch(table::middle_even_slope);
        batch odd_value(0.0);
        batch odd_slope(0.0);
        const auto extend_to_limits = [&](auto j, const batch& even, const batch& odd) __attribute__((always_inline)) {
            even_value = fma(batch(table::even_value[j]), even, even_value);
            odd_value = fma(batch(table::odd_value[j]), odd, odd_value);
            even_slope = fma(batch(table::even_slope[j]), even, even_slope);
            odd_slope = fma(batch(table::odd_slope[j]), odd, odd_slope);
        };
        const auto [value, error, noise, magnitude] = apply_rule<Nodes, resolved::most>(at, left, right, extend_to_limits);
        value.store_aligned(block.value + k);
        error.store_aligned(block.error + k);
        noise.store_aligned(block.noise + k);
        magnitude.store_aligned(block.magnitude + k);
        (even_value - odd_value).store_aligned(block.left_value + k);
        (even_value + odd_value).store_aligned(block.right_value + k);
        const batch scale = batch(1.0) / ((right - left) * batch(0.5));
        (scale * (odd_slope - even_slope)).store_aligned(block.left_slope + k);
        (scale * (odd_slope + even_slope)).store_aligned(block.right_slope + k);
    }
}

template <int Nodes>
void evaluate_regions(region_block& block, std::size_t count, evaluate_function evaluate, const void* context) {
    constexpr std::size_t step = 8; // lanes at a time whatever the registers, so that f sees the same abscissae
    static_assert(step % native<double>::size == 0 && regions_per_block % step == 0 && regions_per_block * Nodes <= chunk_samples);
    const std::size_t lanes = (count + step - 1) / step * step;
    for (std::size_t k = count; k < lanes; ++k) {
        block.left[k] = block.left[count - 1];
        block.right[k] = block.right[count - 1];
    }
    if (lanes == regions_per_block) {
        evaluate_lanes<Nodes>(block, std::integral_constant<std::size_t, regions_per_block>{}, evaluate, context);
    } else {
        evaluate_lanes<Nodes>(block, lanes, evaluate, context);
    }
}

/// See regions_kernel::sum. Eight sums side by side, whatever the registers, then halves: one order on every instruction set.
template <int Nodes>
void sum_regions(region_block& block, std::size_t count, evaluate_function evaluate, const void* context) {
    using batch = native<double>;
    using simd::fma;
    constexpr std::size_t lanes = 8;
    constexpr std::size_t registers = lanes / batch::size;
    evaluate_regions<Nodes>(block, count, evaluate, context);
    // The last region meets itself.
    block.left[count] = block.right[count - 1];
    block.right[count] = block.right[count - 1];
    block.left_value[count] = block.right_value[count - 1];
    block.left_slope[count] = block.right_slope[count - 1];
    block.noise[count] = 0;
    block.magnitude[count] = 0;

    const batch zero(0.0);
    batch value[registers], error[registers], noise[registers], magnitude[registers];
    for_each_index<registers>([&](auto r) __attribute__((always_inline)) { value[r] = error[r] = noise[r] = magnitude[r] = zero; });
    batch worst = zero; // estimate less rough_part of the magnitude, at most
    auto numbers = zero == zero;
    const auto here = [](const double* from) __attribute__((always_inline)) { return batch::load_aligned(from); };
    const auto next = [](const double* from) __attribute__((always_inline)) { return batch::load_unaligned(from + 1); };
    for (std::size_t first = 0; first < count; first += lanes) {
        for_each_index<registers>([&](auto r) __attribute__((always_inline)) {
            const std::size_t k = first + r * batch::size;
            const batch own_noise = here(block.noise + k);
            const batch own_magnitude = here(block.magnitude + k);
            const batch own_error = here(block.error + k);
            // Two widths are the distance from this left limit to the next one's right.
            const batch gap = batch(end_gap) * (next(block.right + k) - here(block.left + k));
            const batch step = abs(next(block.left_value + k) - here(block.right_value + k));
            const batch bend = abs(next(block.left_slope + k) - here(block.right_slope + k));
            const batch seam = gap * fma(gap, bend, step);
            const batch floor = (own_noise + next(block.noise + k)) + batch(sample_noise) * (own_magnitude + next(block.magnitude + k));
            const batch counted = select(seam <= floor, zero, seam);
            counted.store_aligned(block.seam + k);
            value[r] = value[r] + here(block.value + k);
            error[r] = error[r] + (own_error + counted);
            noise[r] = fma(own_noise, own_noise, noise[r]);
            magnitude[r] = magnitude[r] + own_magnitude;
            const batch excess = own_error - batch(rough_part) * own_magnitude;
            worst = select(excess > worst, excess, worst);
            numbers = numbers & (excess == excess);
        });
    }
    const auto total = [](const batch(&of)[registers]) __attribute__((always_inline)) {
        alignas(64) double each[lanes];
        for_each_index<registers>([&](auto r) __attribute__((always_inline)) { of[r].store_aligned(each + r * batch::size); });
        return ((each[0] + each[4]) + (each[2] + each[6])) + ((each[1] + each[5]) + (each[3] + each[7]));
    };
    block.totals = {total(value), total(error), total(noise), total(magnitude)};
    block.rough = !all(numbers & (worst <= zero));
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
