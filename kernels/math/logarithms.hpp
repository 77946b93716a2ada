// log1p, log2 and log10 of SIMD batches: at most 0.6 ulp for every double.
//
// All three round a double-double logarithm once (logarithm.hpp: 2^-58 of itself, so 0.5 ulp and up to 0.1):
//   log1p  1 + x as an exact double-double 2^k (1 + f); for small x that is k = 0 and f = x
//   log2   k + log(m) / log 2, x = 2^k m
//   log10  k log10 2 + log(m) / log 10, where log10 2 has a first part of 42 bits, so that k times it is exact
// log2 of a power of 2 is exact, since log(1) is 0; log10 of a power of 10 is, since the
// sum is within 0.1 ulp of the integer before it is rounded.
//
// Constants: coefficients/elementary.py.
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"
#include "math/logarithm.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace logarithm {

inline constexpr double log2_e = 0x1.71547652b82fep0;
inline constexpr double log2_e_low = 0x1.777d0ffda0d24p-56;
inline constexpr double log10_e = 0x1.bcb7b1526e50ep-2;
inline constexpr double log10_e_low = 0x1.95355baaafad3p-57;
inline constexpr double log10_2 = 0x1.34413509f78p-2;
inline constexpr double log10_2_low = 0x1.fef311f12b358p-46;

/// `result`, but for x (where the logarithm's argument is shifted + x) at its ends: -inf at 0, NaN below, and inf and NaN themselves.
template <class V>
[[gnu::always_inline]] inline V with_special_values(const V& result, const V& x, double zero) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const V finite = select(x < V(infinity), result, x); // inf, NaN
    const V positive = select(x < V(zero), V(std::numeric_limits<double>::quiet_NaN()), finite);
    return select(x == V(zero), V(-infinity), positive);
}

/// x = 2^k (1 + f) for positive, finite x, subnormal ones included.
template <class V>
[[gnu::always_inline]] inline split<V> split_any(const V& x) {
    const auto subnormal = x < V(0x1p-1022);
    return split_exponent(V(select(subnormal, V(x * V(0x1p54)), x)), V(select(subnormal, V(bias + 54), V(bias))));
}

/// log(m) times high + low, for m in [sqrt(1/2), sqrt 2).
template <class V>
[[gnu::always_inline]] inline double_double<V> scaled_log(const V& m, double high, double low) {
    const to_round<V> log_m = evaluate_to_round(V(m - V(1.0)));
    const auto [sum, rest] = fast_sum(log_m.twice, log_m.cubic_term);
    const auto product = exact_product(sum, V(high));
    return {product.high, fma(V(rest + log_m.twice_low), V(high), fma(sum, V(low), product.low))};
}

template <class V>
[[gnu::always_inline]] inline V log2_of(const split<V>& x) {
    const auto fraction = scaled_log(x.m, log2_e, log2_e_low);
    const auto sum = fast_sum(x.k, fraction.high);
    return sum.high + (sum.low + fraction.low);
}

template <class V>
[[gnu::always_inline]] inline V log10_of(const split<V>& x) {
    const auto fraction = scaled_log(x.m, log10_e, log10_e_low);
    const auto sum = fast_sum(V(x.k * V(log10_2)), fraction.high);
    return sum.high + (sum.low + fma(x.k, V(log10_2_low), fraction.low));
}

/// Any x.
template <class V>
[[gnu::noinline, gnu::cold]] V log2_far(V x) {
    return with_special_values(log2_of(split_any(x)), x, 0.0);
}
template <class V>
[[gnu::noinline, gnu::cold]] V log10_far(V x) {
    return with_special_values(log10_of(split_any(x)), x, 0.0);
}

/// log1p's result for any x, from what the way of ordinary ones gave.
template <class V>
[[gnu::noinline, gnu::cold]] V log1p_far(V result, V x) {
    return select(abs(x) < V(0x1p-54), x, with_special_values(result, x, -1.0));
}

} // namespace logarithm

/// log(1 + x): -inf at -1, NaN below. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto log1p(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto sum = exact_sum(V(1.0), x);
        const auto [k, m] = logarithm::split_exponent(sum.high, V(logarithm::bias));
        // What is left of x >= 2^54 is too small to matter, and 2^-k must stay normal.
        const V shift = at_most(k, 100.0);
        const V low = sum.low * power_of_2(V(V(0.0) - shift));
        const auto log_m = logarithm::evaluate_to_round(fast_sum(V(m - V(1.0)), low));
        const auto main = fast_sum(V(k * V(logarithm::log2_high)), log_m.twice);
        const auto with_cubic = fast_sum(main.high, log_m.cubic_term);
        const V result = with_cubic.high + (with_cubic.low + (main.low + fma(k, V(logarithm::log2_low), log_m.twice_low)));
        const auto ordinary = logarithm::is_near(sum.high) & (V(abs(x)) >= V(0x1p-54));
        return all(ordinary) ? result : logarithm::log1p_far(result, x);
    } else {
        using std::log1p;
        return log1p(x);
    }
}

/// The logarithm to base 2: -inf at 0, NaN below. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto log2(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = logarithm::is_near(x);
        V result = logarithm::log2_of(logarithm::split_exponent(x, V(logarithm::bias)));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, logarithm::log2_far(x));
        }
        return result;
    } else {
        using std::log2;
        return log2(x);
    }
}

/// The logarithm to base 10: -inf at 0, NaN below. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto log10(const V& x) {
    if constexpr (bit_lanes<V>) {
        const auto near = logarithm::is_near(x);
        V result = logarithm::log10_of(logarithm::split_exponent(x, V(logarithm::bias)));
        if (!all_near<V>(near)) [[unlikely]] {
            result = select(near, result, logarithm::log10_far(x));
        }
        return result;
    } else {
        using std::log10;
        return log10(x);
    }
}

namespace functions {
struct logarithm_of_one_more {
    static constexpr std::string_view name = "log1p";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.60;
    static constexpr std::string_view domain = "x >= -1";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::log1p(x);
    }
};
struct logarithm_to_base_2 {
    static constexpr std::string_view name = "log2";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.60;
    static constexpr std::string_view domain = "x >= 0";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::log2(x);
    }
};
struct logarithm_to_base_10 {
    static constexpr std::string_view name = "log10";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.60;
    static constexpr std::string_view domain = "x >= 0";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::log10(x);
    }
};
} // namespace functions

} // namespace quadot::math
