// Constant expressions on the command line: the limits of an integral, parameters and tolerances.
#pragma once

#include <cstddef>
#include <string_view>

namespace quadot::drivers {

/// The longest expression, in bytes, and the deepest nesting of parentheses, signs and powers.
inline constexpr std::size_t longest_limit = 1000;
inline constexpr int deepest_limit = 100;

/// The value of a constant expression, each operation rounded to double; infinite only where `inf` was
/// written.
///   numbers `2`, `1e-3`, `.5`; constants `pi e inf`; `+ - * / ^` and parentheses;
///   functions `sqrt exp log sin cos tan atan abs` of one argument.
/// `^` is right-associative and binds more tightly than a sign before it: `-x^2` is `-(x^2)`; `2^-1` is 0.5.
/// Throws a usage error that names `option_name` and the column (from 1) for anything else, for a number
/// outside the range of a double, and for an operation that gives no number (`inf - inf`) or overflows
/// (`1/0`).
[[nodiscard]] double parse_limit(std::string_view option_name, std::string_view text);

/// As `parse_limit`, for what must be finite: an infinite value is refused too.
[[nodiscard]] double parse_constant(std::string_view option_name, std::string_view text);

} // namespace quadot::drivers
