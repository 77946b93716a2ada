// Elementary functions of SIMD batches, to an ulp and bit by bit the same on every instruction set with FMA;
// for everything else the functions that `using std::...` and argument-dependent lookup find.
#pragma once

#include "math/exponential.hpp"
#include "math/logarithm.hpp"
#include "math/trigonometric.hpp"
