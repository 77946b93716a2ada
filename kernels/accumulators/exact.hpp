// exact: the sum of products, correctly rounded, whatever their order, condition or exponents.
//
// Three steps, each with its own certificate; the next is taken only where the one before could not decide.
//   1. Every block is summed into a ball: sum + correction, and a radius that the true sum is proved to keep. Balls
//      merge along the forest. Where all of the root's ball rounds to one double, that double is the answer.
//   2. Blocks are summed again into exact integers and a tail, to a tolerance that step 1 says will do.
//   3. Blocks are summed into exact integers alone (superaccumulator.hpp): no condition is too bad.
// Steps 2 and 3 are in block/anchored_parts.hpp and reduce/exact_sum.hpp.
//
// ANCHORED SUMMATION, the first step's kernel: 4 flops and 1 bitwise operation a term, where Dot2 takes 8 flops and a
// bound for it 2 or 3 more. A lane starts at s = 1.5 2^k, its anchor, instead of 0, and adds w v by
//     t = fma(w, v, s);   q = s - t;   r = fma(w, v, q);   c = c + r;   s = t.
//
// Theorem. Let all t of m steps lie in [2^k, 2^(k+1)), the anchor's binade. Then
//   (a) t - s is exact, and s_m - 1.5 2^k is the sum of the m differences, an integer multiple of 2^(k-52);
//   (b) sum w v = (s_m - 1.5 2^k) + c_m + d, with |d| <= (m + m (m+1)/2) 2^(k-106) + m 2^-1075.
// Proof. (a) s and t are multiples of 2^(k-52) and both lie in one binade, so their difference is one below 2^52
// such multiples. (b) R = w v - (t - s) is what rounding t lost, |R| <= 2^(k-53), half a unit. The second fma
// rounds R once: |r - R| <= 2^(k-106), or 2^-1075 where that is larger; and |r| <= 2^(k-53), since rounding is
// monotone. By the same monotony |c_i| <= i 2^(k-53), a double, so c's i-th addition errs by at most i 2^(k-106).
// Sum over i = 1 … m. QED.
//
// The premise is tested, not hoped for: every t differs from the anchor in no sign or exponent bit, one bitwise
// operation a step. Infinities and NaNs differ there too. Where it fails, the block is summed again with an anchor from its
// largest product. k is chosen from a few of the block's products: the largest of them below 2^(e+1), k = e + 3 +
// ceil(log2 m), so that m terms twice that large fit.
//
// A block of L lanes: the integers of (a) add up exactly in 64 bits, N = sum (bits(s) - bits(anchor)); with
// N = high + low in two doubles, the ball is sum = high 2^(k-52), correction = low 2^(k-52) + C, C the folded c. The fold
// makes L - 1 additions of results below L m 2^(k-53), and |low| <= 2: all errors together stay below
//     radius = (L (m + m (m+1)/2) + L^2 m + L m + 4) 2^(k-105) + terms 2^-1070,
// twice the sum of the bounds; that pays for SSE2, where there is no fma: w v = p + e by Dekker's product (e within
// 8 2^-1074 where it underflows), r = fl((p + q) + e), |r| <= 2^(k-53) (1 + 2^-9).
//
// Merging balls adds with two_sum; only corrections are rounded, and their roundings widen the radius (merge below).
//
// Sources. That sums of errors certify a rounding: Ogita, Rump & Oishi, SIAM J. Sci. Comput. 26 (2005); Rump, Ogita
// & Oishi, SIAM J. Sci. Comput. 31 (2008), whose extraction (fl(sigma + p) - sigma) is what an anchor does; here
// the anchor is also the running sum. Fixed bins for reproducible sums: Demmel & Nguyen, ARITH 21 (2013). Superaccumulators:
// Kulisch (1981); Neal, arXiv:1505.05571 (2015); Collange, Defour, Graillat & Iakymchuk, Parallel Comput. 49 (2015).
#pragma once

#include "accumulators/eft.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace quadot {

struct exact {
    static constexpr std::string_view name = "exact";
    static constexpr std::string_view summary = "correctly rounded: the double nearest to the true sum";
    static constexpr bool widens_float = true;

    /// A ball: the true sum lies within `radius` of sum + correction. Not finite: nothing is known.
    struct partial {
        double sum;
        double correction;
        double radius;

        [[gnu::always_inline]] static partial merge(partial a, partial b) {
            const auto [total, error] = eft::two_sum(a.sum, b.sum);
            const double corrections = a.correction + b.correction;
            const double correction = corrections + error;
            // Each addition errs by at most 2^-53 of its result; 2^-52 pays for the roundings of this line.
            const double rounding = 0x1p-52 * (std::abs(corrections) + std::abs(correction));
            return {total, correction, (a.radius + b.radius) * (1 + 0x1p-50) + rounding};
        }

        /// The nearest double to sum + correction: the answer if certified() says so.
        [[nodiscard]] double round() const { return sum + correction; }

        /// The one double that every number in the ball rounds to, if there is just one.
        [[nodiscard]] std::optional<double> certified() const {
            const auto [nearest, rest] = eft::two_sum(sum, correction);
            if (!(radius <= std::numeric_limits<double>::max()) || !std::isfinite(nearest)) return std::nullopt;
            if (radius == 0) return nearest;
            // Both gaps are exact: differences of neighbouring doubles, which are neighbours as integers too. (std::nextafter
            // is a call, and would take longer than a dot product of 64 terms.) Twice the distance must stay below the
            // gap, so that no tie is touched; next to 0 and to infinity the integers decide.
            const double size = std::abs(nearest);
            if (size == 0 || size == std::numeric_limits<double>::max()) return std::nullopt;
            const double outwards = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) + 1) - size;
            const double inwards = size - std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) - 1);
            const double outward_rest = nearest < 0 ? -rest : rest;
            const double reach = radius * (1 + 0x1p-50);
            if (!(2 * ((outward_rest + reach) * (1 + 0x1p-50)) < outwards)) return std::nullopt;
            if (!(2 * ((reach - outward_rest) * (1 + 0x1p-50)) < inwards)) return std::nullopt;
            return nearest;
        }
        [[nodiscard]] double high() const { return sum; }
        [[nodiscard]] double low() const { return correction; }
    };

    /// Half a unit of the correctly rounded value; half of the smallest denormal, where that is larger, is the caller's (reduce/error_bound.hpp).
    template <class Term>
    static double error_bound(double value, double magnitude, double block_height, double tree_height) {
        (void)magnitude;
        (void)block_height;
        (void)tree_height;
        return unit_roundoff<double> * std::abs(value);
    }
};

} // namespace quadot
