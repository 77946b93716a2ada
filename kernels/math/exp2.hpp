// exp2 of SIMD batches: at most 0.9 ulp for every double, gradual underflow included.
//
// k = round(x) and r = x - k are exact, |r| <= 1/2. With c = log 2 = c1 + c2,
//   2^r = h + (r^2 Q(r) + (r c1 - (h - 1)) + r c2), h = fl(1 + r c1), Q of degree 9: relative error 2^-58.
// Bounds in ulp of the result, 2^-53 at worst: the last rounding 0.5; r c1 in h is made good in the bracket; r^2 Q <= 0.06,
// rounded four times: 0.06; the bracket's sum 0.03. Together 0.65, and measured against MPFR 0.61; a subnormal result is rounded
// twice: 0.77.
//
// Constants: coefficients/elementary.py.
#pragma once

#include "accumulators/eft.hpp"
#include "math/exponential.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>

namespace quadot::math {

namespace exponential {

inline constexpr double exp2_near_limit = 1021.0;
/// log 2.
inline constexpr double log2_nearest = 0x1.62e42fefa39efp-1;
inline constexpr double log2_rest = 0x1.abc9e3b39803fp-56;

/// 2^(x - k), |x - k| <= 1/2.
template <class V>
[[gnu::always_inline]] inline V evaluate_exp2(const V& x, const V& k) {
    const V r = x - k;
    const V s = r * r;
    const V even =
        horner(s, 0x1.ebfbdff82c5a1p-3, 0x1.3b2ab6fba07a5p-7, 0x1.4309130dc2066p-13, 0x1.62bfc9fd364c1p-20, 0x1.e617a85b6160fp-28);
    const V odd =
        horner(s, 0x1.c6b08d704a046p-5, 0x1.5d87fe78c366cp-10, 0x1.ffcbfbc7fc0d2p-17, 0x1.b52652880a2bfp-24, 0x1.e7c738977d7bap-32);
    const V product = r * V(log2_nearest);
    const V h = V(1.0) + product;
    const V rest = (product - (h - V(1.0))) + fma(r, V(log2_rest), eft::product_error<V>(r, V(log2_nearest), product));
    return h + fma(s, fma(r, odd, even), rest);
}

/// Any x: see exp_far.
template <class V>
[[gnu::noinline, gnu::cold]] V exp2_far(V x) {
    const V below = select(x < V(-1080.0), V(-1080.0), x); // NaN stays
    const V clamped = select(below > V(1030.0), V(1030.0), below);
    const V k = nearest_integer(clamped);
    return scaled(evaluate_exp2(clamped, k), k);
}

} // namespace exponential

/// 2^x: inf from 1024 on, 0 from -1075 on. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto exp2(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = V(abs(x)) <= V(exponential::exp2_near_limit);
        const V power = x + V(exponential::magic);
        V result = add_bits(exponential::evaluate_exp2(x, V(power - V(exponential::magic))), shift_bits_left<52>(power));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, exponential::exp2_far(x));
        }
        return result;
    } else {
        using std::exp2;
        return exp2(x);
    }
}

namespace functions {
struct exponential_of_two {
    static constexpr std::string_view name = "exp2";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.77;
    static constexpr std::string_view domain = "all x; inf from 1024 on, 0 from -1075 on";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::exp2(x);
    }
};
} // namespace functions

} // namespace quadot::math
