// quadot dot of a matrix and a vector: one dot product a row, NumPy's X.dot(y).
#pragma once

#include "drivers/commands.hpp"
#include "drivers/input/npy.hpp"
#include "drivers/options/common_options.hpp"

namespace quadot::drivers {

/// Collective: the products of every row of `matrix`, (rows, columns), and `vector`, (columns,), of one element type, by every variant, each
/// row judged against its exact product. Ranks share the rows, and each maps its own alone. Returns the exit code, or throws error:
/// environment where the products do not fit into memory.
int run_dot_rows(const surroundings& around, const common_options& options, const common_settings& settings, npy_file matrix,
                 npy_file vector);

} // namespace quadot::drivers
