// The quotients and roots of packs (block/reciprocal.hpp, block/root.hpp), as one instruction set has them.
#pragma once

#include <cstddef>

namespace quadot::tests {

struct rounded_operations {
    using quotients = void (*)(double power, const double* x, double* y, std::size_t count);
    using roots = void (*)(const double* x, double* y, std::size_t count);
    static constexpr std::size_t step = 32; ///< count is a multiple of it

    quotients near_quotients; ///< power / x[k] for 2^-250 <= |x| <= 2^250
    quotients any_quotients;
    /// The part of a pack that stands for all lanes of one quadrant.
    double (*stand_in_for_quotient)(double power, double d);
    roots near_roots; ///< for 2^-900 <= x <= 2^1000
    roots any_roots;
};

} // namespace quadot::tests
