// compensated (Dot2): sums and the errors of every operation, as if in twice the precision, then rounded.
//
//   p = fl(w v);  t = fl(s + p);  the exact remainder w v + s - t goes into c;  the result is fl(s + c).
//
// Error: |r - sum| <= u |sum| + gamma_m^2 sum |w v|  (Ogita, Rump & Oishi 2005, Prop. 5.5; for trees, m is the tree's
// height), so the result is as good as a rounded exact one up to condition numbers of about 1 / (m^2 u).
//
// The remainder in 8 operations instead of 10. Knuth's two_sum(s, p) splits t into b = fl(t - s), "what arrived
// of p", and a = t - b, "what stayed of s"; then p - b and s - a are both exact, and p - b + s - a is the error.
// Since w v = p + e exactly, w v - b = (p - b) + e, and one fma(w, v, -b) yields it with one rounding, no matter what p
// was. That drops the subtraction p - b, product error and their sum: mul, 2 + 6 flops, half of them multiply-adds. The rounding
// of fma(w, v, -b) is second-order, |p - b| + |e| <= u (|t| + |p|), as is the rounding of e + (error of t) in Dot2.
//
// float terms: their products are exact in double (24 + 24 <= 53 bits), so double lanes alone are twice the working
// precision; the blocks' sums merge with compensation.
#pragma once

#include "accumulators/eft.hpp"
#include "accumulators/plain.hpp"

#include <cmath>
#include <string_view>
#include <type_traits>

namespace quadot {

struct compensated {
    static constexpr std::string_view name = "compensated";
    static constexpr std::string_view summary = "twice the working precision, rounded once (Dot2)";
    /// float terms are multiplied in double, where their products are exact.
    static constexpr bool widens_float = true;

    template <class V>
    struct dot2_lanes {
        V sum;
        V correction;

        [[gnu::always_inline]] static dot2_lanes zero() { return {V(0), V(0)}; }

        [[gnu::always_inline]] void accumulate(V weight, V value) {
            using std::fma;
            if constexpr (eft::fused<V>) {
                const V product = weight * value;
                const V total = sum + product;
                const V missing = sum - total; // -b: a batch's negation would be an operation
                const V stayed = total + missing;
                const V remainder = fma(weight, value, missing);
                correction = eft::add_in_multiply_pipe(sum - stayed, correction);
                correction = eft::add_in_multiply_pipe(remainder, correction);
                sum = total;
            } else {
                const auto [product, product_error] = eft::two_prod(weight, value);
                const auto [total, sum_error] = eft::two_sum(sum, product);
                correction = correction + (product_error + sum_error);
                sum = total;
            }
        }

        [[gnu::always_inline]] void accumulate(V value) {
            const auto [total, error] = eft::two_sum(sum, value);
            correction = correction + error;
            sum = total;
        }

        [[gnu::always_inline]] static dot2_lanes fold(dot2_lanes a, dot2_lanes b) {
            const auto [total, error] = eft::two_sum(a.sum, b.sum);
            return {total, (a.correction + b.correction) + error};
        }

        template <class Part>
        [[gnu::always_inline]] auto part(Part part) const {
            return dot2_lanes<decltype(part(sum))>{part(sum), part(correction)};
        }
    };

    template <class V, class Term = double>
    using lanes = std::conditional_t<std::is_same_v<Term, float>, plain::lanes<V, float>, dot2_lanes<V>>;

    struct partial {
        double sum;
        double correction;

        static partial merge(partial a, partial b) {
            const auto [total, error] = eft::two_sum(a.sum, b.sum);
            return {total, (a.correction + b.correction) + error};
        }
        [[nodiscard]] double high() const { return sum; }
        /// 0 where an infinity made the compensation meaningless (inf - inf): the sum alone is then the IEEE answer.
        [[nodiscard]] double low() const { return std::isfinite(correction) ? correction : 0; }
        [[nodiscard]] double round() const { return high() + low(); }
    };

    template <class Scalar>
    [[gnu::always_inline]] static partial partial_of(dot2_lanes<Scalar> lane) {
        return {lane.sum, lane.correction};
    }
    template <class Scalar>
    [[gnu::always_inline]] static partial partial_of(plain::lanes<Scalar, float> lane) {
        return {lane.sum, 0.0};
    }

    /// As plain::error_bound. 2 gamma_m^2 instead of gamma_m^2 pays for this file's remainder; what products lose by underflow is
    /// the caller's (reduce/error_bound.hpp).
    template <class Term>
    static double error_bound(double value, double magnitude, double block_height, double tree_height) {
        constexpr double u = unit_roundoff<double>;
        if constexpr (std::is_same_v<Term, float>) {
            return u * std::abs(value) + 2 * block_height * u * magnitude;
        } else {
            const double gamma = 2 * (block_height + tree_height) * u;
            return u * std::abs(value) + gamma * gamma * magnitude;
        }
    }
};

} // namespace quadot
