// Sizes as users write them: `1000`, `1e9`, `2^30`, `64k` (a power of ten), `64Ki` (a power of two), and
// lists of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quadot::drivers {

/// The largest size: up to here a double holds every integer, so the position of a node is computed from an
/// exact index.
inline constexpr std::uint64_t largest_size = std::uint64_t{1} << 53;

/// The longest list that `parse_sizes` makes.
inline constexpr std::size_t longest_size_list = 10'000;

/// The size that `text` spells:
///   digits; digits`^`digits; digits[`.`digits]`e`digits, if integral; digits with `k M G T` (10^3, 10^6,
///   10^9, 10^12) or `Ki Mi Gi` (2^10, 2^20, 2^30).
/// Anything else, and more than 2^53, throws a usage error that names `option_name` and the nearest right
/// spelling.
[[nodiscard]] std::uint64_t parse_size(std::string_view option_name, std::string_view text);

/// The sizes of a comma-separated list, in the order written. An item is a size, or a range `FIRST..LAST`
/// that doubles, `FIRST..LAST:xK` that multiplies by K >= 2, or `FIRST..LAST:+K` that adds K >= 1. A range
/// holds LAST only if its steps meet it. Throws a usage error for a bad item, a range that runs backwards or
/// stands still, and for more than `longest_size_list` sizes.
[[nodiscard]] std::vector<std::uint64_t> parse_sizes(std::string_view option_name, std::string_view text);

} // namespace quadot::drivers
