// The batteries' integrands as functions of doubles and of arrays, by name. Each table is a source of its own, with the flags that its users give it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace quadot::bench {

/// As GSL takes them; the batteries' functions do not use the pointer.
using scalar_function = double (*)(double x, void* context);
/// y[k] = f(x[k]).
using lanes_function = void (*)(std::span<const double> x, std::span<double> y);

/// nullptr: no such integrand.
scalar_function find_scalar(std::string_view name);
lanes_function find_lanes(std::string_view name);

} // namespace quadot::bench
