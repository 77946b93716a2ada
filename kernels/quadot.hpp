// Quadot's public face: dot products and integrals, from one SIMD lane to a cluster.
#pragma once

#include "arithmetic_only.hpp"
#include "complex_dot.hpp"
#include "dot.hpp"
#include "errors.hpp"
#include "evaluate_only.hpp"
#include "execution.hpp"
#include "integrate.hpp"
#include "integrate_family.hpp"
#include "integrate_to_tolerance.hpp"
#include "jit.hpp"
#include "load_only.hpp"
#include "matrix_vector.hpp"
#include "strided_dot.hpp"
#include "vector_sums.hpp"
