// One block for `exact`: by anchored summation to a ball (the theorem is in accumulators/exact.hpp), or to exact parts
// within a tolerance.
#pragma once

#include "accumulators/exact.hpp"
#include "block/lanes.hpp"
#include "block/terms.hpp"
#include "block/terms_per_block.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace anchored {

/// Floats are converted in 256-bit registers: see term_batch_of.
template <class Terms>
using batch_of = term_batch<double, typename Terms::element>;
/// SSE2's 16 registers hold no more than 8.
inline constexpr std::size_t lanes = eft::fused<native<double>> ? 16 : 8;
template <class Batch>
inline constexpr std::size_t registers = lanes / Batch::size;

[[gnu::always_inline]] inline std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }
[[gnu::always_inline]] inline double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}
[[gnu::always_inline]] inline int log2_ceiling(std::uint64_t steps) { return steps <= 1 ? 0 : static_cast<int>(std::bit_width(steps - 1)); }

/// No anchor lies below 2^lowest, so that no unit or bound in use is subnormal, nor above 2^highest, where a step would overflow.
inline constexpr int lowest = -700;
inline constexpr int highest = 1022;

/// k of the theorem for products whose largest is `largest`: lowest … highest, beyond if there is none.
[[gnu::always_inline]] inline int anchor_exponent(double largest, int log2_steps) {
    const int exponent = static_cast<int>(bits_of(largest) >> 52) - 1023;
    return std::max(exponent + log2_steps + 3, lowest);
}

/// The largest |product| of `count` terms from 8 places spread over the block, 8 terms each; of all where there are no more.
template <class Terms>
[[gnu::always_inline]] inline double largest_of_some(const Terms& from, std::size_t count) {
    using simd::abs;
    using simd::max;
    using batch = batch_of<Terms>;
    // Four chains: one would take as long as the sum of a short vector.
    batch largest[4] = {batch(0.0), batch(0.0), batch(0.0), batch(0.0)};
    if (count >= 128) {
        const std::size_t stride = count / 8;
        for_each_index<8>([&](auto place) __attribute__((always_inline)) {
            for_each_index<8 / batch::size>([&](auto k) __attribute__((always_inline)) {
                const std::size_t at = place * stride + k * batch::size;
                const auto [weight, value] = from.template at<batch>(at);
                largest[place % 4] = max(largest[place % 4], abs(weight * value));
            });
        });
    } else {
        std::size_t i = 0;
        for (; i + 4 * batch::size <= count; i += 4 * batch::size) {
            for_each_index<4>([&](auto k) __attribute__((always_inline)) {
                const auto [weight, value] = from.template at<batch>(i + k * batch::size);
                largest[k] = max(largest[k], abs(weight * value));
            });
        }
        for (; i < count; i += batch::size) {
            const auto [weight, value] = from.template first_at<batch>(i, count - i);
            largest[0] = max(largest[0], abs(weight * value));
        }
    }
    alignas(64) double lane[batch::size];
    max(max(largest[0], largest[1]), max(largest[2], largest[3])).store_aligned(static_cast<double*>(lane));
    // Of numbers that are not negative the largest has the largest bits: NaNs, too, come out on top.
    std::uint64_t found = bits_of(lane[0]);
    for_each_index<batch::size - 1>([&](auto j) __attribute__((always_inline)) { found = std::max(found, bits_of(lane[j + 1])); });
    return std::bit_cast<double>(found);
}

/// What must be known of a whole block where the quick choice failed.
struct survey {
    double largest; ///< |product|; infinite or NaN where one is
    bool all_zero;  ///< every product has a zero and a finite factor: the sum is exactly 0
};

template <class Terms>
[[gnu::noinline]] survey survey_block(const Terms& from, std::size_t count) {
    using simd::abs;
    using simd::max;
    using batch = batch_of<Terms>;
    const batch zero(0.0);
    batch largest(0.0);
    batch total(0.0);
    auto nonzero = zero < zero;
    for (std::size_t i = 0; i < count; i += batch::size) {
        const auto [weight, value] = from.template first_at<batch>(i, count - i);
        const batch product = abs(weight * value);
        largest = max(largest, product);
        total = total + product; // keeps NaNs, which max may lose
        nonzero = nonzero | !((weight == zero) | (value == zero));
    }
    alignas(64) double lane[batch::size];
    largest.store_aligned(static_cast<double*>(lane));
    alignas(64) double sums[batch::size];
    total.store_aligned(static_cast<double*>(sums));
    survey found{0, !simd::any(nonzero)};
    for (const double one : lane) found.largest = one > found.largest ? one : found.largest;
    for (const double one : sums) {
        if (std::isnan(one)) found = {one, false};
    }
    return found;
}

/// One step's state for a register of lanes.
template <class batch>
struct lane_state {
    batch sum;
    batch correction;

    [[gnu::always_inline]] void accumulate(const batch& weight, const batch& value) {
        using simd::fma;
        if constexpr (eft::fused<batch>) {
            const batch total = fma(weight, value, sum);
            const batch moved = sum - total;
            correction = correction + fma(weight, value, moved);
            sum = total;
        } else {
            const auto [product, error] = eft::two_prod(weight, value);
            const batch total = sum + product;
            const batch moved = sum - total;
            correction = correction + ((product + moved) + error);
            sum = total;
        }
    }
};

/// A block's exact multiple of 2^(k - 52) and its corrections; `valid` if no lane left the anchor's binade.
struct outcome {
    std::int64_t multiple;
    double correction;
    bool valid;
};

/// Lane j with lane j + L/2, then L/4 ..., down to one register.
template <std::size_t Remaining, class Batch>
[[gnu::always_inline]] inline Batch fold_corrections(lane_state<Batch>* lane) {
    if constexpr (Remaining == 1) {
        return lane[0].correction;
    } else {
        for_each_index<Remaining / 2>([&](auto j) __attribute__((always_inline)) {
            lane[j].correction = lane[j].correction + lane[j + Remaining / 2].correction;
        });
        return fold_corrections<Remaining / 2>(lane);
    }
}

template <reading Reading, class Terms>
[[gnu::always_inline]] inline outcome sum_lanes(const Terms& from, std::size_t count, int k) {
    using batch = batch_of<Terms>;
    constexpr std::size_t registers = anchored::registers<batch>;
    const double anchor = 1.5 * power_of_two(k);
    const batch start(anchor);
    lane_state<batch> lane[registers];
    batch seen(0.0);
    for_each_index<registers>([&](auto j) __attribute__((always_inline)) { lane[j] = {start, batch(0.0)}; });
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for_each_index<registers>([&](auto j) __attribute__((always_inline)) {
            const std::size_t at = i + j * batch::size;
            if constexpr (Reading == reading::ahead) from.template read_ahead<batch, j>(at);
            const auto [weight, value] = from.template at<batch>(at);
            lane[j].accumulate(weight, value);
            seen = note_difference(seen, lane[j].sum, start);
        });
    }
    if (i < count) [[unlikely]] {
        for_each_index<registers>([&](auto j) __attribute__((always_inline)) {
            const std::size_t at = i + j * batch::size;
            if (at < count) {
                const auto [weight, value] = from.template first_at<batch>(at, count - at);
                lane[j].accumulate(weight, value);
                seen = note_difference(seen, lane[j].sum, start);
            }
        });
    }
    // Bits add as integers, modulo 2^64; the anchors' own bits come off at the end.
    batch multiples = lane[0].sum;
    for_each_index<registers - 1>([&](auto j) __attribute__((always_inline)) { multiples = add_bits(multiples, lane[j + 1].sum); });
    const batch correction = fold_corrections<registers>(static_cast<lane_state<batch>*>(lane));
    alignas(64) double parts[3][batch::size];
    multiples.store_aligned(static_cast<double*>(parts[0]));
    correction.store_aligned(static_cast<double*>(parts[1]));
    seen.store_aligned(static_cast<double*>(parts[2]));
    std::uint64_t multiple = bits_of(parts[0][0]);
    double* const total = static_cast<double*>(parts[1]);
    for (std::size_t half = batch::size / 2; half > 0; half /= 2) {
        for (std::size_t j = 0; j < half; ++j) total[j] += total[j + half];
    }
    std::uint64_t differences = bits_of(parts[2][0]);
    for_each_index<batch::size - 1>([&](auto j) __attribute__((always_inline)) {
        multiple += bits_of(parts[0][j + 1]);
        differences |= bits_of(parts[2][j + 1]);
    });
    multiple -= lanes * bits_of(anchor);
    return {static_cast<std::int64_t>(multiple), total[0], differences >> 52 == 0};
}

/// The theorem's bound for a block of `count` terms, without the last rounding of the ball: that is in ball_of.
[[gnu::always_inline]] inline double radius_of(std::size_t count, int k) {
    constexpr auto lane_count = static_cast<double>(lanes);
    const auto steps = static_cast<double>((count + lanes - 1) / lanes);
    return (lane_count * (steps + 0.5 * steps * (steps + 1)) + lane_count * lane_count * steps + lane_count * steps + 4) *
               power_of_two(k - 105) +
           static_cast<double>(count) * 0x1p-1070;
}

[[gnu::always_inline]] inline exact::partial ball_of(const outcome& block, std::size_t count, int k) {
    const double unit = power_of_two(k - 52);
    const auto high = static_cast<double>(block.multiple);
    const auto low = static_cast<double>(block.multiple - static_cast<std::int64_t>(high));
    return {high * unit, low * unit + block.correction, radius_of(count, k)};
}

inline constexpr exact::partial nothing_known = {std::numeric_limits<double>::quiet_NaN(), 0, std::numeric_limits<double>::infinity()};

/// A block that left the binade chosen for it: another, from all of its products.
template <class Terms>
[[gnu::noinline]] exact::partial second_attempt(const Terms& from, std::size_t count) {
    const survey found = survey_block(from, count);
    if (found.all_zero) return {0, 0, 0};
    const int k = anchor_exponent(found.largest, log2_ceiling((count + lanes - 1) / lanes));
    if (k > highest) return nothing_known;
    const outcome block = sum_lanes<reading::near>(from, count, k);
    return block.valid ? ball_of(block, count, k) : nothing_known;
}

template <reading Reading = reading::near, class Terms>
[[gnu::always_inline]] inline exact::partial block_ball(const Terms& from, std::size_t count, double largest) {
    const int k = anchor_exponent(largest, log2_ceiling((count + lanes - 1) / lanes));
    if (k <= highest && largest > 0) [[likely]] {
        const outcome block = sum_lanes<Reading>(from, count, k);
        if (block.valid) [[likely]]
            return ball_of(block, count, k);
    }
    return second_attempt(from, count);
}

} // namespace anchored

/// One block of a dot product as a ball around its exact sum. 16 bytes and 4 flops a term for double.
template <class T>
exact::partial exact_dot_block(const T* x, const T* y, std::size_t count) {
    if (count == 0) return {0, 0, 0};
    const terms<term_kind::products, T> from{x, y};
    return anchored::block_ball(from, count, anchored::largest_of_some(from, count));
}

/// Each block's anchor is found while the one before is summed.
template <reading Reading, class Terms>
[[gnu::always_inline]] inline void exact_sum_blocks_of(Terms from, std::size_t count, exact::partial* balls) {
    double largest = anchored::largest_of_some(from, std::min(count, terms_per_block));
    for (; count > terms_per_block; count -= terms_per_block) {
        const auto next = from.from(terms_per_block);
        const double next_largest = anchored::largest_of_some(next, std::min(count - terms_per_block, terms_per_block));
        *balls++ = anchored::block_ball<Reading>(from, terms_per_block, largest);
        from = next;
        largest = next_largest;
    }
    *balls = anchored::block_ball(from, count, largest);
}

/// Consecutive blocks.
template <term_kind Kind, class T>
void exact_sum_blocks(const T* x, const T* y, std::size_t count, exact::partial* balls) {
    const terms<Kind, T> from{x, y};
    if (count * sizeof(T) < bytes_read_ahead) {
        exact_sum_blocks_of<reading::near>(from, count, balls);
    } else {
        exact_sum_blocks_of<reading::ahead>(from, count, balls);
    }
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
