// Complex dot products.
#pragma once

#include "execution.hpp"

#include <complex>
#include <span>

namespace quadot {

/// dotu: sum x[i] y[i]; dotc: sum conj(x[i]) y[i]. c128 and c64.
///
/// Real and imaginary part are each a dot product of 2 n real terms, with dot()'s accumulators, bits and errors: with `exact` each part is
/// the double nearest to its true value. Naive complex arithmetic cannot promise that for a single product.
std::complex<double> dotu(std::span<const std::complex<double>> x, std::span<const std::complex<double>> y, const execution& how = {});
std::complex<double> dotu(std::span<const std::complex<float>> x, std::span<const std::complex<float>> y, const execution& how = {});
std::complex<double> dotc(std::span<const std::complex<double>> x, std::span<const std::complex<double>> y, const execution& how = {});
std::complex<double> dotc(std::span<const std::complex<float>> x, std::span<const std::complex<float>> y, const execution& how = {});

} // namespace quadot
