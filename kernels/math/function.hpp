// What an elementary function declares beside its implementation: the facts that lists, kernels, parsers and tests read.
#pragma once

#include <concepts>
#include <string_view>

namespace quadot::math {

/// `value` evaluates lane by lane for batches (math/lanes.hpp), and for whatever ordinary code would call the function of that name
/// with. `arity` is 1 or 2.
template <class F>
concept elementary_function = requires(double x) {
    { F::name } -> std::convertible_to<std::string_view>;
    { F::arity } -> std::convertible_to<int>;
    { F::largest_error } -> std::convertible_to<double>;    ///< in ulp, over the whole domain, with FMA: measured against MPFR, rounded up
    { F::domain } -> std::convertible_to<std::string_view>; ///< where it is a number, and what else is worth knowing
};

} // namespace quadot::math
