// HEADER_COMMENT
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
[[gnu::always_inline]] inline double_double<V> log(const split_pair<V>& of) {
    return logarithm::evaluate_extended(of.k, of.f);
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
        const V z_squared = z * z;
        const V even = horner(z_squared, -0x1.5555555555541p-3, -0x1.6db6db6ba6285p-5, -0x1.6e8b8ca582fa9p-6, -0x1.c972ea5e4ce81p-7,
                              -0x1.386a30f013e7fp-7, -0x1.37223307acfd2p-8);
        const V odd = horner(z_squared, 0x1.3333333330756p-4, 0x1.f1c71ba9a3feep-6, 0x1.1c4d2f9bbb41fp-6, 0x1.7941e8e7265bep-7,
                             0x1.e9440dd88a5e3p-8, 0x1.c2632f1264b54p-10);
        const V near_zero = fma(V(a * z), fma(z, odd, even), a);

        // a^2 + 1 where a > 1/2, its root, and their sum
        const auto twice = a >= V(huge);
        const auto radicand = exact_sum(z, V(1.0));
        const auto root = square_root(radicand.high, V(radicand.low + square.low));
        const auto sum = fast_sum(root.high, a);
        const double_double<V> whole{select(twice, a, sum.high), select(twice, V(0.0), V(sum.low + root.low))};
        const V far = rounded(inverse_hyperbolic::log(split_sum(whole, twice)));
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
        const V result = rounded(inverse_hyperbolic::log(unless_small(split_sum(whole, twice), less_one)));
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
        const auto twice = inverse_hyperbolic::log(unless_small(split, w));
        const V inside = select(a < V(0x1p-28), a, V(V(0.5) * rounded(twice))); // x^3 / 3 is less than 2^-57 of x
        const V at_one = select(a == V(1.0), V(std::numeric_limits<double>::infinity()), V(std::numeric_limits<double>::quiet_NaN()));
        return with_sign(select(a < V(1.0), inside, at_one), x);
    } else {
        using std::atanh;
        return atanh(x);
    }
}

} // namespace quadot::math
