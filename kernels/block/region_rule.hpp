// The rule of a region and its error, a region a lane.
//
// Error estimate. The null rules of the six highest degrees say how large the components of these degrees in f are, within this region: `top` of the
// two highest, `below` and `lowest` of the next two and the next. Where they fall from pair to pair, each at most convergence_ratio of the one
// before, f is resolved, and the rule, which is exact to a degree more than half as high again as the nodes' polynomial, is better than top by
// further powers of that ratio, five for a sequence that falls geometrically: four are granted, of the ratio above the limit. Where one step does
// not fall, nothing is granted: a kink has components that are small by chance, but not two in a row (J. Berntsen and T. O. Espelid, ACM TOMS 17
// (1991) 233, in the spirit of).
//
// Where an estimate is not above what rounding makes of it, it is no estimate: 0. Null rules see rounded abscissae as up to 30 times what they may do to
// the integral, and rounded samples as up to 20 u |f|, both with their safety. Where the former are more than 1/128 of the integral, within some 10 000
// units in the last place of a singular point, the estimate may be of the point: it stays.
//
// Noise. A rounded abscissa moves the sample by |f'| |x| u, over the region at most |x| u times its variation.
#pragma once

#include "block/lanes.hpp"
#include "rules/gauss_kronrod.hpp"

#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace regions {

/// See above; chosen so that on the batteries no estimate is below the error.
inline constexpr double convergence_ratio = 0.25;
inline constexpr double safety = 25;
inline constexpr double noise_in_null_rules = 30;
inline constexpr double rounding_in_null_rules = 20;
inline constexpr double most_blur = 0x1p-7;

} // namespace regions

/// What a rule finds out about f in a region.
template <class Batch>
struct rule_results {
    Batch value;
    Batch error;     ///< estimate; 0 where it is rounding
    Batch noise;     ///< what the rounding of abscissae may do at most
    Batch magnitude; ///< integral of |f|
};

/// Of a register's regions, how many are expected to be such that top alone is no more than rounding. Where all are, the ratios change no bit: they
/// make estimates smaller. A test for that saves a quarter of the rule, or costs its branch.
enum class resolved { some, most };

struct ignore_pairs {
    template <class Index, class Batch>
    void operator()(Index, const Batch&, const Batch&) const {}
};

/// Sums over a region's samples, whatever its limits.
template <class Batch>
struct rule_sums {
    Batch value;     ///< weighted
    Batch magnitude; ///< of |samples|, weighted
    Batch top;       ///< see above
    Batch variation;
};
template <class Batch>
struct lower_sums {
    Batch below;
    Batch lowest;
};

/// at(j): the samples at node j of Nodes, from left to right. each_pair(j, even, odd): the sum and the difference of the samples j + 1 from the middle,
/// for what else is made of them; j is a constant.
template <int Nodes, class Batch, class At, class EachPair = ignore_pairs>
[[gnu::always_inline]] inline rule_sums<Batch> sum_samples(const At& at, const EachPair& each_pair = {}) {
    using table = rules::gauss_kronrod<Nodes>;
    using simd::fma;
    constexpr std::size_t pairs = Nodes / 2;
    const auto above = [&](std::size_t j) __attribute__((always_inline)) { return at(pairs + 1 + j); };
    const auto under = [&](std::size_t j) __attribute__((always_inline)) { return at(pairs - 1 - j); };
    const Batch middle = at(pairs);
    Batch sum = middle * Batch(table::middle_weight);
    Batch magnitude = abs(middle) * Batch(table::middle_weight);
    Batch even_0 = middle * Batch(table::middle_even_0);
    Batch odd_0(0.0);
    for_each_index<pairs>([&](auto j) __attribute__((always_inline)) {
        const Batch up = above(j);
        const Batch down = under(j);
        const Batch even = up + down;
        const Batch odd = up - down;
        sum = fma(Batch(table::weights[j]), even, sum);
        magnitude = fma(Batch(table::weights[j]), sum_of_magnitudes(up, down, even, odd), magnitude);
        even_0 = fma(Batch(table::even_0[j]), even, even_0);
        odd_0 = fma(Batch(table::odd_0[j]), odd, odd_0);
        each_pair(j, even, odd);
    });
    // From every other node: half of the work, and a resolved function has no more variation between.
    Batch variation = pairs % 2 == 1 ? abs(above(0) - under(0)) : abs(above(1) - middle) + abs(under(1) - middle);
    for_each_index<(pairs - 1) / 2>([&](auto i) __attribute__((always_inline)) {
        constexpr std::size_t j = pairs - 1 - 2 * i;
        variation = variation + (abs(above(j) - above(j - 2)) + abs(under(j) - under(j - 2)));
    });
    return {sum, magnitude, abs(even_0) + abs(odd_0), variation};
}

template <int Nodes, class Batch, class At>
[[gnu::always_inline]] inline lower_sums<Batch> sum_lower_degrees(const At& at) {
    using table = rules::gauss_kronrod<Nodes>;
    using simd::fma;
    constexpr std::size_t pairs = Nodes / 2;
    const Batch middle = at(pairs);
    Batch even_1 = middle * Batch(table::middle_even_1);
    Batch odd_1(0.0);
    Batch even_2 = middle * Batch(table::middle_even_2);
    Batch odd_2(0.0);
    for_each_index<pairs>([&](auto j) __attribute__((always_inline)) {
        const Batch up = at(pairs + 1 + j);
        const Batch down = at(pairs - 1 - j);
        const Batch even = up + down;
        const Batch odd = up - down;
        even_1 = fma(Batch(table::even_1[j]), even, even_1);
        odd_1 = fma(Batch(table::odd_1[j]), odd, odd_1);
        even_2 = fma(Batch(table::even_2[j]), even, even_2);
        odd_2 = fma(Batch(table::odd_2[j]), odd, odd_2);
    });
    return {abs(even_1) + abs(odd_1), abs(even_2) + abs(odd_2)};
}

/// What does not depend on lower degrees. rounding: what an estimate must exceed.
template <class Batch>
struct scaled_sums {
    Batch value;
    Batch noise;
    Batch area;
    Batch rounding;
    Batch scale; ///< of estimates
};

template <class Batch>
[[gnu::always_inline]] inline scaled_sums<Batch> scale_sums(const rule_sums<Batch>& sums, const Batch& left, const Batch& right) {
    const Batch width = right - left;
    const Batch half = width * Batch(0.5);
    const Batch area = sums.magnitude * half;
    const Batch farthest = select(abs(left) > abs(right), abs(left), abs(right));
    const Batch noise = Batch(0x1p-53) * (farthest * sums.variation);
    const Batch blur = Batch(regions::noise_in_null_rules) * noise;
    const Batch most_blur = Batch(regions::most_blur) * area;
    const Batch rounding = select(blur < most_blur, blur, most_blur) + Batch(regions::rounding_in_null_rules * 0x1p-53) * area;
    return {sums.value * half, noise, area, rounding, Batch(regions::safety) * width};
}

template <class Batch>
[[gnu::always_inline]] inline rule_results<Batch> judge_sums(const Batch& top, const lower_sums<Batch>& lower,
                                                             const scaled_sums<Batch>& scaled) {
    // The larger of top / below and below / lowest, each as a part of the limit: 1 where one of them is above it.
    const Batch limit(regions::convergence_ratio);
    const Batch first_ratio = select(top < limit * lower.below, top / (limit * lower.below), Batch(1.0));
    const Batch second_ratio = select(lower.below < limit * lower.lowest, lower.below / (limit * lower.lowest), Batch(1.0));
    const Batch ratio = select(first_ratio > second_ratio, first_ratio, second_ratio);
    const Batch square = ratio * ratio;
    const Batch estimate = scaled.scale * (top * (square * square));
    return {scaled.value, select(estimate <= scaled.rounding, Batch(0.0), estimate), scaled.noise, scaled.area}; // NaN stays
}

/// at, each_pair: as in sum_samples.
template <int Nodes, resolved Resolved = resolved::some, class Batch, class At, class EachPair = ignore_pairs>
[[gnu::always_inline]] inline rule_results<Batch> apply_rule(const At& at, const Batch& left, const Batch& right,
                                                             const EachPair& each_pair = {}) {
    const auto sums = sum_samples<Nodes, Batch>(at, each_pair);
    const auto scaled = scale_sums(sums, left, right);
    if constexpr (Resolved == resolved::most) {
        if (all(scaled.scale * sums.top <= scaled.rounding)) return {scaled.value, Batch(0.0), scaled.noise, scaled.area};
    }
    return judge_sums(sums.top, sum_lower_degrees<Nodes, Batch>(at), scaled);
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
