// plain: s += w * v, one rounding a term.
//
// Error: |s - sum| <= gamma_m * sum |w v|, with m = terms of a lane in a block + fold depth + tree depth
// (Higham 2002, eq. 4.4: the constant is the height of the summation tree, not n); gamma_m = m u / (1 - m u).
// 2 flops a term. Where float terms are summed, lanes run in float and partials merge in double.
#pragma once

#include "accumulators/eft.hpp"

#include <cmath>
#include <string_view>

namespace quadot {

struct plain {
    static constexpr std::string_view name = "plain";
    static constexpr std::string_view summary = "one rounding a term; the fastest";
    /// float terms accumulate in float lanes.
    static constexpr bool widens_float = false;

    template <class V, class Term = double>
    struct lanes {
        V sum;

        [[gnu::always_inline]] static lanes zero() { return {V(0)}; }
        [[gnu::always_inline]] void accumulate(V weight, V value) {
            using std::fma;
            sum = fma(weight, value, sum);
        }
        [[gnu::always_inline]] void accumulate(V value) { sum = sum + value; }
        [[gnu::always_inline]] static lanes fold(lanes a, lanes b) { return {a.sum + b.sum}; }
        template <class Part>
        [[gnu::always_inline]] auto part(Part part) const {
            return lanes<decltype(part(sum)), Term>{part(sum)};
        }
    };

    struct partial {
        double sum;

        static partial merge(partial a, partial b) { return {a.sum + b.sum}; }
        [[nodiscard]] double high() const { return sum; }
        [[nodiscard]] double low() const { return 0; }
        [[nodiscard]] double round() const { return sum; }
    };

    template <class Scalar, class Term>
    [[gnu::always_inline]] static partial partial_of(lanes<Scalar, Term> lane) {
        return {static_cast<double>(lane.sum)};
    }

    /// Of blocks whose terms lie under `block_height` additions and that lie under `tree_height` merges, given the
    /// computed magnitude, which is sum |w v| up to a factor that the leading 2 covers while the heights stay below 2^20.
    template <class Term>
    static double error_bound(double value, double magnitude, double block_height, double tree_height) {
        (void)value;
        return 2 * (block_height * unit_roundoff<Term> + tree_height * unit_roundoff<double>)*magnitude;
    }
};

} // namespace quadot
