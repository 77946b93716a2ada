// Several integrands over one range that share their samples: the components of a vector, moments of one function.
#pragma once

#include "execution.hpp"
#include "integrate_to_tolerance.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tuple>

namespace quadot {

/// std::array<double, N>(double).
template <class F>
concept components_scalar_callable = requires(const F& f, double x) {
    std::tuple_size<decltype(f(x))>::value;
};

/// A function of x with several components, by reference; it must outlive this and allow concurrent calls.
class components_view {
  public:
    using function = void (*)(const void* context, const double* x, double* y, std::size_t count, std::size_t components);

    template <components_scalar_callable F>
    components_view(const F& f) // NOLINT: implicit on purpose
        : context_(std::addressof(f)), evaluate_(&evaluate_points<F>), components_(std::tuple_size<decltype(f(0.0))>::value) {}

    /// f(x, y): y[c * x.size() + k] = component c of f(x[k]), at most 512 abscissae.
    template <block_callable F>
    components_view(const F& f, std::size_t components)
        : context_(std::addressof(f)), evaluate_(&evaluate_block<F>), components_(components) {}

    [[nodiscard]] std::size_t components() const { return components_; }
    void evaluate(const double* x, double* y, std::size_t count) const { evaluate_(context_, x, y, count, components_); }

  private:
    template <class F>
    static void evaluate_points(const void* context, const double* x, double* y, std::size_t count, std::size_t components) {
        const F& f = *static_cast<const F*>(context);
        for (std::size_t k = 0; k < count; ++k) {
            const auto values = f(x[k]);
            for (std::size_t c = 0; c < components; ++c) y[c * count + k] = values[c];
        }
    }
    template <class F>
    static void evaluate_block(const void* context, const double* x, double* y, std::size_t count, std::size_t components) {
        (*static_cast<const F*>(context))(std::span(x, count), std::span(y, components * count));
    }

    const void* context_;
    function evaluate_;
    std::size_t components_;
};

/// What the relative tolerance is a part of, and how the components' errors add up.
enum class vector_norm : std::uint8_t {
    each,      ///< every component by itself
    largest,   ///< the largest component; so is the largest error
    euclidean, ///< the vector's length; so is the error's
};

/// results[c] = the integral of component c over [a, b], as many as f has. Each is refined where it needs it, and samples that one of them took are
/// there for all: f is evaluated once at each abscissa. Returns how often; results[c].evaluations are those that component c looked at, and
/// max_evaluations counts these.
///
/// vector_norm::each: what integrate() promises holds for each component. Otherwise all components have one absolute tolerance, which follows from the vector: for
/// real and imaginary parts, or where one component vanishes. Bits do not depend on threads and ranks.
/// Throws error: usage for another number of results than components, and as integrate(); what f throws.
std::uint64_t integrate_together(const components_view& f, double a, double b, std::span<integral> results, const tolerance& wanted,
                                 vector_norm norm = vector_norm::each, const execution& how = {});

} // namespace quadot
