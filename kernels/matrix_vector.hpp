// Many dot products at once: a matrix times a vector, NumPy's X.dot(y) for two-dimensional X.
#pragma once

#include "execution.hpp"

#include <cstdint>
#include <span>

namespace quadot {

/// products[r] = dot(row r of the matrix, y), r < rows: also a Gram batch, many vectors against one.
///
/// matrix: rows * y.size() elements, row after row (C order). Each product has the bits that dot() gives it. Threads share rows, and where
/// there are fewer rows than threads, the rows' terms. Over ranks, each rank passes its rows and gets their products. Throws error:
/// usage unless the sizes fit, and as dot().
void matrix_vector(std::span<const double> matrix, std::span<const double> y, std::span<double> products, const execution& how = {});
void matrix_vector(std::span<const float> matrix, std::span<const float> y, std::span<double> products, const execution& how = {});

} // namespace quadot
