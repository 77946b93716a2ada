// Dot products of vectors that do not lie in a row, as BLAS has them.
#pragma once

#include "execution.hpp"

#include <cstddef>
#include <cstdint>

namespace quadot {

/// `size` elements, `increment` apart: BLAS's (n, x, incx). A negative increment runs from the last element of the storage to the first:
/// element i lies at first[(i - size + 1) * increment]. 0 repeats one element.
template <class T>
struct strided {
    const T* first;
    std::uint64_t size;
    std::ptrdiff_t increment;

    [[nodiscard]] const T& operator[](std::uint64_t i) const {
        const auto at = static_cast<std::ptrdiff_t>(i);
        return first[(increment < 0 ? at - static_cast<std::ptrdiff_t>(size) + 1 : at) * increment];
    }
};

/// The bits of dot() on the same elements in a row, which they are brought into a block at a time. Errors as dot()'s.
double dot(strided<double> x, strided<double> y, const execution& how = {});
double dot(strided<float> x, strided<float> y, const execution& how = {});

} // namespace quadot
