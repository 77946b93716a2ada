// Shared objects from bytes in memory: what was checked is what is loaded, whatever happens to files meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quadot::compiled {

/// y[k] = f(variables[0][k], ...), k < count, for any count; y may be one of the variables.
using formula_function = void (*)(const double* const* variables, double* y, std::size_t count);

/// y[row * count + k] = the rest of a family's formula at variables[0][k], ... and the row's shared values, one row behind the other; count: a
/// multiple of 32.
using rows_function = void (*)(const double* const* variables, const double* shared, std::size_t rows, double* y, std::size_t count);

struct compiled_functions {
    formula_function whole = nullptr;
    rows_function rows = nullptr; ///< of families
};

/// Loads the object, which stays for the life of the process: threads may be inside. Throws refusal where it cannot be loaded or is not the
/// formula of that identity.
compiled_functions load(std::string_view object, std::string_view identity);

} // namespace quadot::compiled
