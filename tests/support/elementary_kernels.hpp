// kernels/math as functions of arrays, compiled for one instruction set each: elementary_kernels.cpp.
#pragma once

#include <cstddef>

namespace quadot::tests {

/// y[k] = f(x[k]), k < count, a multiple of elementary_step.
using array_function = void (*)(const double* x, double* y, std::size_t count);
inline constexpr std::size_t elementary_step = 64;

struct elementary_kernels {
    struct variants {
        array_function batches; ///< one batch at a time
        array_function packs;   ///< four, as the library's loops take them
    };
    variants sin, cos, exp, log;
};

} // namespace quadot::tests
