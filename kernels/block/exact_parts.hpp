// One block for the later steps of `exact`: its sum as exact integers on several anchors, one below the other.
//
// A term w v = p + e (two_prod) is deposited on the first level: t = s + p, and p - (t - s), exact as in
// accumulators/exact.hpp, goes down a level together with e. Level j's anchor is 2^(k_j), its unit 2^(k_j - 52), and what
// it passes down is at most half a unit, twice a term. With at most 2^12 terms a lane, the level below must hold
//     2 * 2^12 * 2^(k_j - 53) = 2^(k_j - 40) <= 2^(k_(j+1) - 2),  so k_(j+1) = k_j - 38,
// half of the room that the binade has to either side of the anchor, which leaves plenty for roundings. Only the first level's premise needs
// a test. Each level is an exact integer in units; what leaves the last level is summed in a rounded tail of
// 2 m additions a lane of numbers below 2^(k - 53), k the last level's:
//     radius = (L (2m + m (2m + 1)) + 2 L^2 m) 2^(k - 105) + terms 2^-1070,
// twice the bound, as for balls. Where all that leaves the last level is zero, and no product's error underflowed
// (|p| >= 2^-969 or a factor is zero), the integers are the exact sum.
#pragma once

#include "block/block_parts.hpp"
#include "block/exact_block.hpp"

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace anchored {

/// |p| below which its error may underflow: 2^-1074 / 2^-105.
inline constexpr double smallest_exact = 0x1p-969;

template <int Levels, class T>
struct level_lanes {
    using wide = native<double>;
    static constexpr bool has_errors = sizeof(T) == 8; // products of floats are exact in double

    static_assert(Levels > 1);

    wide level[Levels];
    wide rest[Levels];  ///< of products, on its way to level j > 0
    wide error[Levels]; ///< of products
    wide tail;
    wide seen; ///< differences from the first anchor
    wide left; ///< bits of what left the last level
    typename wide::batch_bool_type underflow;

    /// Adds `value` to a level; what the level cannot hold. One or two of the three additions are multiply-adds, so that with as many
    /// deposits of either kind both pipes are busy: see eft::add_in_multiply_pipe.
    template <bool TwoMultiplyAdds>
    [[gnu::always_inline]] static wide deposit(wide& sum, const wide& value) {
        using simd::fma;
        const wide total = sum + value;
        wide moved; // sum - total
        if constexpr (eft::fused<wide>) {
            moved = fma(total, wide(-1.0), sum);
        } else {
            moved = sum - total;
        }
        sum = total;
        return TwoMultiplyAdds ? eft::add_in_multiply_pipe(moved, value) : value + moved;
    }

    /// One batch of terms goes onto the first level, while each level below takes what came down a step before: what a batch leaves behind
    /// is a chain of 10 cycles a level, longer in all than a core looks ahead; as a pipeline the levels are independent.
    template <bool Complete>
    [[gnu::always_inline]] void accumulate(const batch_pair<wide>& term, const wide& anchor) {
        using simd::abs;
        const wide zero(0.0);
        const auto [product, product_error] = eft::two_prod(term.weight, term.value);
        if constexpr (Complete && has_errors) {
            underflow = underflow | ((abs(product) < wide(smallest_exact)) & !((term.weight == zero) | (term.value == zero)));
        }
        push<Complete>(product, product_error);
        seen = note_difference(seen, level[0], anchor);
    }

    /// What is still on its way comes down.
    template <bool Complete>
    [[gnu::always_inline]] void drain() {
        for_each_index<Levels - 1>([&](auto) __attribute__((always_inline)) { push<Complete>(wide(0.0), wide(0.0)); });
    }

  private:
    template <bool Complete>
    [[gnu::always_inline]] void push(const wide& product, const wide& product_error) {
        for_each_index<Levels - 1>([&](auto k) __attribute__((always_inline)) {
            constexpr std::size_t j = Levels - 1 - k; // the deepest first, before it is overwritten
            const wide left_over = deposit<false>(level[j], rest[j]);
            const wide error_left_over = has_errors ? deposit<true>(level[j], error[j]) : wide(0.0);
            if constexpr (j + 1 < Levels) {
                rest[j + 1] = left_over;
                error[j + 1] = error_left_over;
            } else if constexpr (Complete) {
                left = left | left_over | error_left_over;
            } else {
                tail = eft::add_in_multiply_pipe(left_over, tail);
                if constexpr (has_errors) tail = tail + error_left_over;
            }
        });
        rest[1] = deposit<false>(level[0], product);
        error[1] = product_error;
    }
};

inline constexpr std::size_t wide_lanes = native<double>::size;
inline constexpr int parts_log2_steps = 12;
/// The exponents of this block's terms are too far apart, or too extreme.
inline constexpr block_parts not_here = {{}, 0, -1, 0};
/// A lane left its first anchor's binade: another anchor may do.
inline constexpr block_parts left_the_binade = {{}, 0, -2, 0};

/// Bits of all lanes: their sum as integers, or their bitwise or.
[[gnu::always_inline]] inline std::uint64_t sum_of_bits(const native<double>& value) {
    alignas(64) double lane[wide_lanes];
    value.store_aligned(static_cast<double*>(lane));
    std::uint64_t sum = 0;
    for (const double one : lane) sum += bits_of(one);
    return sum;
}
[[gnu::always_inline]] inline std::uint64_t all_bits(const native<double>& value) {
    alignas(64) double lane[wide_lanes];
    value.store_aligned(static_cast<double*>(lane));
    std::uint64_t bits = 0;
    for (const double one : lane) bits |= bits_of(one);
    return bits;
}

/// On `Levels` anchors, the first 2^k; with a tail, or Complete: without one.
template <int Levels, bool Complete, class Terms>
[[gnu::noinline]] block_parts parts_on_levels(const Terms& from, std::size_t count, int k) {
    using wide = native<double>;
    level_lanes<Levels, typename Terms::element> state;
    for_each_index<Levels>([&](auto j) __attribute__((always_inline)) {
        state.level[j] = wide(1.5 * power_of_two(k - static_cast<int>(j) * block_parts::level_bits));
        state.rest[j] = wide(0.0);
        state.error[j] = wide(0.0);
    });
    const wide anchor = state.level[0];
    const wide zero(0.0);
    state.tail = zero;
    state.seen = zero;
    state.left = zero;
    state.underflow = zero < zero;
    std::size_t i = 0;
    for (; i + wide::size <= count; i += wide::size) state.template accumulate<Complete>(from.template at<wide>(i), anchor);
    if (i < count) state.template accumulate<Complete>(from.template first_at<wide>(i, count - i), anchor);
    state.template drain<Complete>();
    if (all_bits(state.seen) >> 52 != 0) return left_the_binade;
    block_parts parts{{}, k - 52, Levels, 0};
    if constexpr (Complete) {
        // A zero of either sign left the last level.
        if (all_bits(state.left) << 1 != 0 || simd::any(state.underflow)) return not_here;
    } else {
        alignas(64) double tail[wide_lanes];
        state.tail.store_aligned(static_cast<double*>(tail));
        for (const double one : tail) parts.tail += one;
    }
    for_each_index<Levels>([&](auto j) __attribute__((always_inline)) {
        const double start = 1.5 * power_of_two(k - static_cast<int>(j) * block_parts::level_bits);
        parts.multiple[j] = static_cast<std::int64_t>(sum_of_bits(state.level[j]) - wide_lanes * bits_of(start));
    });
    return parts;
}

template <int Levels>
[[gnu::always_inline]] inline double parts_radius(std::size_t count, int k) {
    constexpr auto lane_count = static_cast<double>(wide_lanes);
    const auto steps = static_cast<double>((count + wide_lanes - 1) / wide_lanes);
    return (lane_count * (2 * steps + steps * (2 * steps + 1)) + 2 * lane_count * lane_count * steps) *
               power_of_two(k - (Levels - 1) * block_parts::level_bits - 105) +
           static_cast<double>(count) * 0x1p-1070;
}

/// The cheapest kernel that keeps the tolerance, for products of at most `largest`.
template <class Terms>
block_parts parts_within(const Terms& from, std::size_t count, double largest, double tolerance) {
    const int log2_steps = log2_ceiling((count + lanes - 1) / lanes);
    const int k = anchor_exponent(largest, log2_steps);
    if (k <= highest && radius_of(count, k) <= tolerance) {
        const outcome block = sum_lanes<reading::near>(from, count, k);
        if (!block.valid) return left_the_binade;
        return {{block.multiple}, k - 52, 1, block.correction};
    }
    const int deep = anchor_exponent(largest, parts_log2_steps);
    if (deep > highest) return not_here;
    if (parts_radius<3>(count, deep) <= tolerance) return parts_on_levels<3, false>(from, count, deep);
    return parts_on_levels<block_parts::most_levels, true>(from, count, deep);
}

} // namespace anchored

/// Parts of one block to within `tolerance` >= 0; see block_parts.hpp.
template <term_kind Kind, class T>
block_parts exact_parts(const T* x, const T* y, std::size_t count, double tolerance) {
    using namespace anchored;
    const terms<Kind, T> from{x, y};
    if (count == 0) return {{}, 0, 0, 0};
    const double some = largest_of_some(from, count);
    if (some > 0) {
        const block_parts parts = parts_within(from, count, some, tolerance);
        if (parts.levels != left_the_binade.levels && std::isfinite(parts.tail)) return parts;
    }
    const survey found = survey_block(from, count);
    if (found.all_zero) return {{}, 0, 0, 0};
    const block_parts parts = parts_within(from, count, found.largest, tolerance);
    return std::isfinite(parts.tail) ? parts : not_here;
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
