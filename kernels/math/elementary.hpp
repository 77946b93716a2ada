// Elementary functions of SIMD batches, to an ulp and bit by bit the same on every instruction set with FMA;
// for everything else the functions that `using std::...` and argument-dependent lookup find.
#pragma once

#include "math/error_function.hpp"
#include "math/exp2.hpp"
#include "math/expm1.hpp"
#include "math/exponential.hpp"
#include "math/gamma.hpp"
#include "math/hyperbolic.hpp"
#include "math/inverse_hyperbolic.hpp"
#include "math/inverse_trigonometric.hpp"
#include "math/logarithm.hpp"
#include "math/logarithms.hpp"
#include "math/power.hpp"
#include "math/roots.hpp"
#include "math/rounding.hpp"
#include "math/tangent.hpp"
#include "math/trigonometric.hpp"
