// Elementary functions of others over arrays. Each is a source of its own, with the flags that its users would give it.
#pragma once

#include <cstddef>
#include <string_view>

namespace quadot::bench {

/// y[k] = f(a[k]) or f(a[k], b[k]), k < count, a multiple of 64.
using array_function = void (*)(const double* a, const double* b, double* y, std::size_t count);

/// nullptr where the rival has no such function, or is not built.
array_function find_libm(std::string_view name);     ///< the C library, a call a value
array_function find_libmvec(std::string_view name);  ///< the same loop, vectorised by -Ofast: the C library's vector functions
array_function find_xsimd(std::string_view name);    ///< the widest registers of this machine
array_function find_sleef_10(std::string_view name); ///< SLEEF, 1.0 ulp
array_function find_sleef_35(std::string_view name); ///< SLEEF, 3.5 ulp

} // namespace quadot::bench
