// One operation on one value, with the bits that a lane gives on instruction sets with FMA: for folding constants and single points.
#pragma once

#include "integrands/expression/expression.hpp"

#include <cstddef>

namespace quadot::expressions {

constexpr bool is_true(double value) { return !(value == 0); }

/// Function `index` of math::functions::list; b only where it takes two arguments.
double apply_function(std::size_t index, double a, double b);

double apply(arithmetic what, double a, double b);
double apply(comparison what, double a, double b);

/// The program's value at one point; variables by their position in the expression's list.
double run_at(const program& compiled, const double* variables);

} // namespace quadot::expressions
