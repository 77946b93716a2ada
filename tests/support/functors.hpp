// Functors of a user, compiled for one instruction set each: functors.cpp.
#pragma once

#include <cstddef>

namespace quadot::tests {

/// y[k] = f(x[k]), k < count.
using functor_on_arrays = void (*)(const double* x, double* y, std::size_t count);

struct functors {
    functor_on_arrays formula;            ///< exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)
    functor_on_arrays chosen;             ///< x > 0.5 ? 1 : -x
    functor_on_arrays negated_reciprocal; ///< 1 / -x
    functor_on_arrays square;             ///< on xsimd's batch
    functor_on_arrays three_times;        ///< by a captured parameter
    functor_on_arrays failing;            ///< throws std::runtime_error where the first lane is above 1
};

} // namespace quadot::tests
