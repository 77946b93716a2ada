// The sums over vectors that have kernels of their own.
#pragma once

#include <cstddef>

namespace quadot {

enum class term_kind : std::size_t {
    products,   ///< x[i] y[i]
    values,     ///< x[i]; y is not read
    magnitudes, ///< |x[i]|; y is not read
};
inline constexpr std::size_t term_kinds = 3;

} // namespace quadot
