// The list of named integrands. A new one is a struct in its family's file and a line in `list`: kernels,
// drivers, benches and tests iterate over it.
#pragma once

#include "integrands/cosine.hpp"
#include "integrands/exponentials.hpp"
#include "integrands/logarithms.hpp"
#include "integrands/oscillations.hpp"
#include "integrands/piecewise.hpp"
#include "integrands/polynomials.hpp"
#include "integrands/rational.hpp"
#include "integrands/rational_pi.hpp"
#include "integrands/roots.hpp"
#include "integrands/sigmoids.hpp"
#include "integrands/sine.hpp"
#include "type_list.hpp"

namespace quadot::integrands {

// clang-format off
using list = type_list<
    cosine,
    sine,
    rational_pi,
    semicircle,
    gaussian,
    natural_log,
    square,
    cube,
    poly7,
    reciprocal,
    runge,
    peak,
    square_root,
    three_halves,
    exponential,
    x_exponential,
    decay,
    x_log,
    arctangent,
    hyperbolic_tangent,
    logistic,
    oscillation,
    x_sine,
    damped,
    x_sine_of_reciprocal,
    periodic,
    kink,
    cusp,
    step>;
// clang-format on

} // namespace quadot::integrands
