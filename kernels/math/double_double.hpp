// Unevaluated sums high + low of two doubles, some 106 bits: what functions carry across a step whose rounding would
// otherwise be magnified, or come on top of the last one.
//
// Dekker 1971; error bounds after Joldes, Muller & Popescu, ACM TOMS 44 (2017), u = 2^-53:
//   add        3 u^2 of |a| + |b|
//   multiply   5 u^2, a double-double by a double 3 u^2
//   divide     10 u^2
// Of operands within 2^-900 and 2^900 or 0: nothing here minds overflow or underflow.
#pragma once

#include "accumulators/eft.hpp"
#include "math/lanes.hpp"

namespace quadot::math {

/// |low| is at most about an ulp of high.
template <class V>
struct double_double {
    V high;
    V low;
};

/// a - q b in one rounding where it is a double (q near a / b), without FMA too.
template <class V>
[[gnu::always_inline]] inline V remainder(const V& a, const V& q, const V& b) {
    if constexpr (eft::fused<V>) {
        return fnma(q, b, a);
    } else {
        const auto [product, error] = eft::two_prod<V>(q, b);
        return (a - product) - error;
    }
}

/// high + low with |high| >= |low| or high = 0, made double-double.
template <class V>
[[gnu::always_inline]] inline double_double<V> fast_sum(const V& high, const V& low) {
    const auto [sum, error] = eft::fast_two_sum<V>(high, low);
    return {sum, error};
}

template <class V>
[[gnu::always_inline]] inline double_double<V> exact_sum(const V& a, const V& b) {
    const auto [sum, error] = eft::two_sum<V>(a, b);
    return {sum, error};
}

template <class V>
[[gnu::always_inline]] inline double_double<V> exact_product(const V& a, const V& b) {
    const auto [product, error] = eft::two_prod<V>(a, b);
    return {product, error};
}

template <class V>
[[gnu::always_inline]] inline double_double<V> add(const double_double<V>& a, const double_double<V>& b) {
    const auto high = exact_sum(a.high, b.high);
    const auto low = exact_sum(a.low, b.low);
    const auto sum = fast_sum(high.high, V(high.low + low.high));
    return fast_sum(sum.high, V(sum.low + low.low));
}

template <class V>
[[gnu::always_inline]] inline double_double<V> add(const double_double<V>& a, const V& b) {
    const auto high = exact_sum(a.high, b);
    return fast_sum(high.high, V(high.low + a.low));
}

template <class V>
[[gnu::always_inline]] inline double_double<V> multiply(const double_double<V>& a, const double_double<V>& b) {
    const auto product = exact_product(a.high, b.high);
    return fast_sum(product.high, V(product.low + fma(a.high, b.low, a.low * b.high)));
}

template <class V>
[[gnu::always_inline]] inline double_double<V> multiply(const double_double<V>& a, const V& b) {
    const auto product = exact_product(a.high, b);
    return fast_sum(product.high, V(fma(a.low, b, product.low)));
}

template <class V>
[[gnu::always_inline]] inline double_double<V> divide(const double_double<V>& a, const double_double<V>& b) {
    const V reciprocal = V(1.0) / b.high;
    const V quotient = a.high * reciprocal;
    const V rest = remainder(a.high, quotient, b.high) + (a.low - quotient * b.low);
    return fast_sum(quotient, V(rest * reciprocal));
}

template <class V>
[[gnu::always_inline]] inline double_double<V> negated(const double_double<V>& a) {
    return {-a.high, -a.low};
}

template <class V>
[[gnu::always_inline]] inline V rounded(const double_double<V>& a) {
    return a.high + a.low;
}

} // namespace quadot::math
