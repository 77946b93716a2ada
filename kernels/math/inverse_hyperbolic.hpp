// asinh, acosh and atanh of SIMD batches: at most 0.7 ulp for every double, each lane by itself, the same bits on every instruction
// set with FMA.
//
// All but the small arguments of asinh are one rounding of a double-double logarithm (logarithm.hpp: 2^-64 of itself, also of 1 + w
// for small w) of a double-double:
//   asinh(x) = log(x + sqrt(x^2 + 1)) for x >= 1/2; below, x + x^3 P(x^2) with P of degree 11, relative error 2^-60.4
//   acosh(x) = log(1 + w), w = t + sqrt(t (x + 1)), t = x - 1, which is exact below 2^53
//   atanh(x) = log(1 + w) / 2, w = 2 x / (1 - x), where x >= 2^-28; below, x
// What rounding the root s of z loses is (z - s^2) / (2 s). From 2^28 on asinh and acosh are log(2 x), to 1 / (4 x^2).
// Bounds in ulp of the result: last rounding 0.5; the logarithm's argument and itself 0.01; asinh below 1/2: x^3 P <= 0.019, rounded
// four times to 2^-53 of itself, 0.15 of the unit 2^-54. Measured against MPFR: asinh 0.58, acosh 0.51, atanh 0.51.
//
// Constants: coefficients/inverse_and_hyperbolic.py.
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"
#include "math/logarithm.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

namespace inverse_hyperbolic {

/// From here on asinh(x) and acosh(x) are log(2 x) to 2^-58; the sum of x and its root would overflow soon.
inline constexpr double huge = 0x1p28;

/// x = 2^k (1 + f), f in [sqrt(1/2) - 1, sqrt 2 - 1] or nearly.
template <class V>
struct split_pair {
    V k;
    double_double<V> f;
};

/// Of normal, positive x; 1 is added to k where `twice`, and there x.low is 0. Elsewhere x.high is below 2^100.
template <class V, class Mask>
[[gnu::always_inline]] inline split_pair<V> split_sum(const double_double<V>& x, const Mask& twice) {
    const auto [k, m] = logarithm::split_exponent(x.high, V(select(twice, V(logarithm::bias - 1), V(logarithm::bias))));
    const V low = x.low * power_of_2(V(-select(twice, V(0.0), k)));
    return {k, fast_sum(V(m - V(1.0)), low)};
}

/// x from `split`, but for w < 0.41 just 1 + w, whose smallest bits the split would lose.
template <class V>
[[gnu::always_inline]] inline split_pair<V> unless_small(const split_pair<V>& split, const double_double<V>& w) {
    const auto small = w.high < V(0.41);
    return {select(small, V(0.0), split.k), {select(small, w.high, split.f.high), select(small, w.low, split.f.low)}};
}

template <class V>
[[gnu::always_inline]] inline double_double<V> log_of(const split_pair<V>& x) {
    return logarithm::evaluate_extended(x.k, x.f);
}

/// sqrt(high + low), but for a relative error of 2^-100; 0 for 0.
template <class V>
[[gnu::always_inline]] inline double_double<V> square_root(const V& high, const V& low) {
    const V root = sqrt(high);
    return {root, (remainder(high, root, root) + low) / (root + (root + V(0x1p-1000)))}; // not 0/0
}

} // namespace inverse_hyperbolic

/// asinh(x): odd, infinite at infinity. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto asinh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_hyperbolic;
        const V a = abs(x);
        const auto square = exact_product(a, a);
        const V& z = square.high;
        const V polynomial = horner(z, -0x1.5555555555541p-3, 0x1.3333333330756p-4, -0x1.6db6db6ba6285p-5, 0x1.f1c71ba9a3feep-6,
                                    -0x1.6e8b8ca582fa9p-6, 0x1.1c4d2f9bbb41fp-6, -0x1.c972ea5e4ce81p-7, 0x1.7941e8e7265bep-7,
                                    -0x1.386a30f013e7fp-7, 0x1.e9440dd88a5e3p-8, -0x1.37223307acfd2p-8, 0x1.c2632f1264b54p-10);
        const V near_zero = fma(V(a * z), polynomial, a);

        // a^2 + 1 where a > 1/2, its root, and their sum
        const auto twice = a >= V(huge);
        const auto radicand = exact_sum(z, V(1.0));
        const auto root = square_root(radicand.high, V(radicand.low + square.low));
        const auto sum = fast_sum(root.high, a);
        const double_double<V> whole{select(twice, a, sum.high), select(twice, V(0.0), V(sum.low + root.low))};
        const V far = rounded(log_of(split_sum(whole, twice)));
        const V finite = select(a < V(0.5), near_zero, far);
        return with_sign(select(a < V(std::numeric_limits<double>::infinity()), finite, a), x); // inf, NaN
    } else {
        using std::asinh;
        return asinh(x);
    }
}

/// acosh(x): NaN where x < 1, infinite at infinity. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto acosh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_hyperbolic;
        const auto twice = x >= V(huge);
        const V t = x - V(1.0); // exact where it is used
        const auto above = fast_sum(x, V(1.0));
        const auto square = exact_product(t, above.high);
        const auto root = square_root(square.high, V(fma(t, above.low, square.low)));
        const auto w = fast_sum(root.high, t); // x + sqrt(x^2 - 1) - 1
        const double_double<V> less_one{w.high, w.low + root.low};
        const auto sum = exact_sum(V(1.0), w.high);
        const double_double<V> whole{select(twice, x, sum.high), select(twice, V(0.0), V(sum.low + less_one.low))};
        const V result = rounded(log_of(unless_small(split_sum(whole, twice), less_one)));
        const V defined = select(x < V(1.0), V(std::numeric_limits<double>::quiet_NaN()), result);
        return V(select(x < V(std::numeric_limits<double>::infinity()), defined, x)); // inf, NaN
    } else {
        using std::acosh;
        return acosh(x);
    }
}

/// atanh(x): odd; +-inf at +-1, NaN beyond. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto atanh(const V& x) {
    if constexpr (bit_lanes<V>) {
        using namespace inverse_hyperbolic;
        const V a = abs(x);
        // 2 a / (1 - a)
        const auto rest = fast_sum(V(1.0), V(-a));
        const auto w = divide(double_double<V>{a + a, V(0.0)}, rest);
        const auto sum = exact_sum(V(1.0), w.high);
        const auto split = split_sum(double_double<V>{sum.high, sum.low + w.low}, V(1.0) < V(0.0));
        const auto twice = log_of(unless_small(split, w));
        const V inside = select(a < V(0x1p-28), a, V(V(0.5) * rounded(twice))); // x^3 / 3 is less than 2^-57 of x
        const V at_one = select(a == V(1.0), V(std::numeric_limits<double>::infinity()), V(std::numeric_limits<double>::quiet_NaN()));
        return with_sign(select(a < V(1.0), inside, at_one), x);
    } else {
        using std::atanh;
        return atanh(x);
    }
}

namespace functions {
struct inverse_hyperbolic_sine {
    static constexpr std::string_view name = "asinh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.59;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::asinh(x);
    }
};
struct inverse_hyperbolic_cosine {
    static constexpr std::string_view name = "acosh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.51;
    static constexpr std::string_view domain = "x >= 1";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::acosh(x);
    }
};
struct inverse_hyperbolic_tangent {
    static constexpr std::string_view name = "atanh";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.51;
    static constexpr std::string_view domain = "-1 <= x <= 1; infinite at both ends";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::atanh(x);
    }
};
} // namespace functions

} // namespace quadot::math
