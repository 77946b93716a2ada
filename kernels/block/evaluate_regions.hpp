// A block of regions: nodes, samples, then the rule and its error, a region a lane.
//
// Error estimate. The null rules of the six highest degrees say how large the components of these degrees in f are, within this region: `top` of the
// two highest, `below` and `lowest` of the next two and the next. Where they fall from pair to pair, each at most convergence_ratio of the one
// before, f is resolved, and the rule, which is exact to a degree more than half as high again as the nodes' polynomial, is better than top by
// further powers of that ratio, five for a sequence that falls geometrically: four are granted, of the ratio above the limit. Where one step does
// not fall, nothing is granted: a kink has components that are small by chance, but not two in a row (J. Berntsen and T. O. Espelid, ACM TOMS 17
// (1991) 233, in the spirit of).
//
// Where an estimate is not above what rounding makes of it, it is no estimate: 0. Null rules see rounded abscissae as up to 30 times what they may do to
// the integral, and rounded samples as up to 20 u |f|, both with their safety.
//
// Noise. A rounded abscissa moves the sample by |f'| |x| u, over the region at most |x| u times its variation.
#pragma once

#include "block/lanes.hpp"
#include "block/regions.hpp"
#include "rules/gauss_kronrod.hpp"

#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace regions {

/// See above; chosen so that on the batteries no estimate is below the error.
inline constexpr double convergence_ratio = 0.25;
inline constexpr double safety = 25;
inline constexpr double noise_in_null_rules = 30;
inline constexpr double rounding_in_null_rules = 20;

} // namespace regions

template <int Nodes>
void evaluate_regions(region_block& block, std::size_t count, evaluate_function evaluate, const void* context) {
    using batch = native<double>;
    using table = rules::gauss_kronrod<Nodes>;
    using simd::fma;
    using simd::fnma;
    constexpr std::size_t pairs = Nodes / 2;
    constexpr std::size_t step = 8; // lanes at a time whatever the registers, so that f sees the same abscissae
    static_assert(step % batch::size == 0 && regions_per_block * Nodes <= chunk_samples);
    const std::size_t lanes = (count + step - 1) / step * step;
    for (std::size_t k = count; k < lanes; ++k) {
        block.left[k] = block.left[count - 1];
        block.right[k] = block.right[count - 1];
    }
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

    const batch zero(0.0);
    const batch unit(0x1p-53);
    for (std::size_t k = 0; k < lanes; k += batch::size) {
        const auto above = [&](std::size_t j) __attribute__((always_inline)) { return load_at(y + (pairs + 1 + j) * lanes + k); };
        const auto under = [&](std::size_t j) __attribute__((always_inline)) { return load_at(y + (pairs - 1 - j) * lanes + k); };
        const batch middle = load_at(y + pairs * lanes + k);
        batch sum = middle * batch(table::middle_weight);
        batch magnitude = abs(middle) * batch(table::middle_weight);
        batch even_0 = middle * batch(table::middle_even_0);
        batch even_1 = middle * batch(table::middle_even_1);
        batch odd_0 = zero;
        batch odd_1 = zero;
        batch even_2 = middle * batch(table::middle_even_2);
        batch odd_2 = zero;
        batch even_value = middle * batch(table::middle_even_value);
        batch even_slope = middle * batch(table::middle_even_slope);
        batch odd_value = zero;
        batch odd_slope = zero;
        for_each_index<pairs>([&](auto j) __attribute__((always_inline)) {
            const batch up = above(j);
            const batch down = under(j);
            const batch even = up + down;
            const batch odd = up - down;
            sum = fma(batch(table::weights[j]), even, sum);
            magnitude = fma(batch(table::weights[j]), abs(up) + abs(down), magnitude);
            even_0 = fma(batch(table::even_0[j]), even, even_0);
            even_1 = fma(batch(table::even_1[j]), even, even_1);
            odd_0 = fma(batch(table::odd_0[j]), odd, odd_0);
            odd_1 = fma(batch(table::odd_1[j]), odd, odd_1);
            even_2 = fma(batch(table::even_2[j]), even, even_2);
            odd_2 = fma(batch(table::odd_2[j]), odd, odd_2);
            even_value = fma(batch(table::even_value[j]), even, even_value);
            odd_value = fma(batch(table::odd_value[j]), odd, odd_value);
            even_slope = fma(batch(table::even_slope[j]), even, even_slope);
            odd_slope = fma(batch(table::odd_slope[j]), odd, odd_slope);
        });
        // From every other node: half of the work, and a resolved function has no more variation between.
        batch variation = pairs % 2 == 1 ? abs(above(0) - under(0)) : abs(above(1) - middle) + abs(under(1) - middle);
        for_each_index<(pairs - 1) / 2>([&](auto i) __attribute__((always_inline)) {
            constexpr std::size_t j = pairs - 1 - 2 * i;
            variation = variation + (abs(above(j) - above(j - 2)) + abs(under(j) - under(j - 2)));
        });

        const batch left = load_at(block.left + k);
        const batch right = load_at(block.right + k);
        const batch width = right - left;
        const batch half = width * batch(0.5);
        const batch top = abs(even_0) + abs(odd_0);
        const batch below = abs(even_1) + abs(odd_1);
        const batch lowest = abs(even_2) + abs(odd_2);
        // The larger of top / below and below / lowest, each as a part of the limit: 1 where one of them is above it.
        const batch limit(regions::convergence_ratio);
        const batch first_ratio = select(top < limit * below, top / (limit * below), batch(1.0));
        const batch second_ratio = select(below < limit * lowest, below / (limit * lowest), batch(1.0));
        const batch ratio = select(first_ratio > second_ratio, first_ratio, second_ratio);
        const batch area = magnitude * half;
        const batch farthest = select(abs(left) > abs(right), abs(left), abs(right));
        const batch noise = unit * (farthest * variation);
        const batch square = ratio * ratio;
        const batch estimate = (batch(regions::safety) * width) * (top * (square * square));
        const batch rounding = fma(batch(regions::noise_in_null_rules), noise, batch(regions::rounding_in_null_rules * 0x1p-53) * area);
        (sum * half).store_aligned(block.value + k);
        select(estimate <= rounding, zero, estimate).store_aligned(block.error + k); // NaN stays
        noise.store_aligned(block.noise + k);
        area.store_aligned(block.magnitude + k);
        (even_value - odd_value).store_aligned(block.left_value + k);
        (even_value + odd_value).store_aligned(block.right_value + k);
        const batch scale = batch(1.0) / half;
        (scale * (odd_slope - even_slope)).store_aligned(block.left_slope + k);
        (scale * (odd_slope + even_slope)).store_aligned(block.right_slope + k);
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
