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

} // namespace quadot::formula
