// Integrals of complex-valued functions of a real variable.
#pragma once

#include "integrate_together.hpp"

#include <complex>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace quadot {

struct complex_integral {
    std::complex<double> value;
    double error = 0;              ///< estimate of |value - integral|
    std::uint64_t evaluations = 0; ///< of f
    integral_status status = integral_status::ok;
    integral real; ///< explain() says what is wrong with either part
    integral imaginary;
};

/// std::complex<double>(double).
template <class F>
concept complex_scalar_callable = requires(const F& f, double x) {
    { f(x) } -> std::same_as<std::complex<double>>;
};

/// y[k] = f(x[k]) for all k.
template <class F>
concept complex_block_callable = std::invocable<const F&, std::span<const double>, std::span<std::complex<double>>>;

/// The integral of f over [a, b]: found when the error of its value is at most max(absolute, relative * |value|). Like integrate_together() with the
/// euclidean norm of real and imaginary part.
template <class F>
requires(complex_scalar_callable<F> || complex_block_callable<F>) complex_integral
    integrate_complex(const F& f, double a, double b, const tolerance& wanted, const execution& how = {}) {
    const auto parts = [&f](std::span<const double> x, std::span<double> y) {
        const std::size_t count = x.size();
        std::array<std::complex<double>, 512> values;
        if constexpr (complex_block_callable<F>) {
            f(x, std::span(values).first(count));
        } else {
            for (std::size_t k = 0; k < count; ++k) values[k] = f(x[k]);
        }
        for (std::size_t k = 0; k < count; ++k) {
            y[k] = values[k].real();
            y[count + k] = values[k].imag();
        }
    };
    std::array<integral, 2> found;
    complex_integral result;
    result.evaluations = integrate_together(components_view(parts, 2), a, b, found, wanted, vector_norm::euclidean, how);
    result.real = found[0];
    result.imaginary = found[1];
    result.value = {found[0].value, found[1].value};
    result.error = std::hypot(found[0].error, found[1].error);
    result.status = found[0].status != integral_status::ok ? found[0].status : found[1].status;
    return result;
}

} // namespace quadot
