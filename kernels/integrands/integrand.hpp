// What a named integrand declares: its formula once, as a template, and the facts that checks and tables
// need.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace quadot {

/// How fast sums over a refined grid approach the integral; verification derives its bounds from it.
enum class smoothness : int {
    discontinuous,       ///< bounded variation only: error O(h)
    singular_derivative, ///< continuous, but the first derivative is unbounded: error O(h)
    lipschitz,           ///< a first derivative of bounded variation (kinks): error O(h^2)
    smooth,              ///< several bounded derivatives
};

namespace integrands {

/// A family's formula and facts. `value` evaluates lane by lane for any V of integrands/formula.hpp;
/// `antiderivative` is exact to long double where a closed form exists on the stated domain.
template <class I>
concept integrand_family = requires(double x, long double wide) {
    { I::name } -> std::convertible_to<std::string_view>;
    { I::formula } -> std::convertible_to<std::string_view>;
    { I::lower_text } -> std::convertible_to<std::string_view>; ///< default limits, as a user writes them
    { I::upper_text } -> std::convertible_to<std::string_view>;
    { I::lower } -> std::convertible_to<double>;
    { I::upper } -> std::convertible_to<double>;
    { I::domain } -> std::convertible_to<std::string_view>;     ///< where it may be evaluated
    { I::exact_text } -> std::convertible_to<std::string_view>; ///< closed form over the default limits
    { I::exact } -> std::convertible_to<long double>;           ///< its value, to at least 21 digits
    { I::source } -> std::convertible_to<std::string_view>;
    { I::shape } -> std::convertible_to<smoothness>;
    { I::template value<double>(x) } -> std::same_as<double>;
    { I::antiderivative(wide) } -> std::same_as<long double>;
};

/// Formulas with a sine or a cosine: worth a kernel for blocks that lie within one quadrant of each.
template <class I>
inline constexpr bool has_quadrants = I::formula.find("sin(") != std::string_view::npos
                                      || I::formula.find("cos(") != std::string_view::npos;

} // namespace integrands
} // namespace quadot
