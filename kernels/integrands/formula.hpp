// The vocabulary of integrand formulas: one template serves double, long double (references), SIMD batches
// and array expressions (baselines). sin, cos, exp and log come from math/; other functions from `using
// std::…` plus argument-dependent lookup.
#pragma once

#include <cmath>
#include <type_traits>

namespace quadot::formula {

/// condition ? yes : no, lane by lane where V is a batch (whose own `select` argument-dependent lookup
/// finds).
template <class V>
requires std::is_floating_point_v<V>
[[gnu::always_inline]] constexpr V select(bool condition, V yes, V no) { return condition ? yes : no; }

/// a * b + c: fused on batches, where it costs one instruction; two roundings on scalars, as users write it.
template <class V>
[[gnu::always_inline]] constexpr V multiply_add(const V& a, const V& b, const V& c) {
    if constexpr (std::is_floating_point_v<V>) {
        return a * b + c;
    } else if constexpr (requires { fma(a, b, c); }) {
        return fma(a, b, c);
    } else {
        return a * b + c;
    }
}

/// c - a * b, fused on batches: one operation where multiply_add(-a, b, c) takes two.
template <class V>
[[gnu::always_inline]] constexpr V subtract_product(const V& c, const V& a, const V& b) {
    if constexpr (!std::is_floating_point_v<V> && requires { fnma(a, b, c); }) {
        return fnma(a, b, c);
    } else {
        return multiply_add(V(-a), b, c);
    }
}

/// -(a * b), in one operation on batches.
template <class V>
[[gnu::always_inline]] constexpr V negative_product(const V& a, const V& b) {
    if constexpr (!std::is_floating_point_v<V> && requires { fnma(a, b, a); }) {
        return fnma(a, b, V(-0.0));
    } else {
        return -(a * b);
    }
}

/// power / d for a power of two from 1/8 to 8, which leaves packs of batches the choice of how to divide (block/reciprocal.hpp).
template <class V>
[[gnu::always_inline]] constexpr V power_of_two_over(double power, const V& d) {
    if constexpr (requires { rounded_quotient(power, d); }) {
        return rounded_quotient(power, d);
    } else {
        return V(power) / d;
    }
}

} // namespace quadot::formula
