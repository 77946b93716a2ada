// Many integrals of one function with a parameter, in one call.
#pragma once

#include "execution.hpp"
#include "integrands/expression/expression.hpp"
#include "integrate_to_tolerance.hpp"

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>

namespace quadot {

/// y[k] = f(x[k], p[k]) for all k: three spans of one length, at most 512.
template <class F>
concept family_block_callable = std::invocable<const F&, std::span<const double>, std::span<const double>, std::span<double>>;

/// double(double x, double p).
template <class F>
concept family_scalar_callable = requires(const F& f, double x) {
    { f(x, x) } -> std::convertible_to<double>;
};

/// A function of x and one parameter, by reference: a block callable, a scalar callable, or an expression in two variables, the second of which is the
/// parameter. Concurrent calls must be allowed.
class family_view {
  public:
    using function = void (*)(const void* context, const double* x, const double* p, double* y, std::size_t count);

    /// Throws error: usage unless f has two variables.
    family_view(const expression& f); // NOLINT: implicit on purpose

    template <class F>
    requires(family_block_callable<F> || family_scalar_callable<F>) family_view(const F& f) // NOLINT: implicit on purpose
        : context_(std::addressof(f)), evaluate_(&evaluate<F>) {}

    [[nodiscard]] const void* context() const { return context_; }
    /// nullptr: context() is an expression.
    [[nodiscard]] function evaluator() const { return evaluate_; }

  private:
    template <class F>
    static void evaluate(const void* context, const double* x, const double* p, double* y, std::size_t count) {
        const F& f = *static_cast<const F*>(context);
        if constexpr (family_block_callable<F>) {
            f(std::span(x, count), std::span(p, count), std::span(y, count));
        } else {
            for (std::size_t k = 0; k < count; ++k) y[k] = static_cast<double>(f(x[k], p[k]));
        }
    }

    const void* context_ = nullptr;
    function evaluate_ = nullptr;
};

/// results[j] = the integral of f(x; parameters[j]) over [a, b], each to the tolerance by itself, as integrate() would find it. Spans of one length.
///
/// With tolerance::min_width = 0 an easy integral over a finite range takes one region of 21 samples, whose lanes are parameters; of an expression, what
/// depends on x alone is then computed once for all. What that does not settle is cut in two and four, and then refined like any other. With a search
/// each takes its 1600 samples. Ranks, and threads within them, take the next parameters whenever they are free; where parameters are few, all share
/// the regions. The results' bits do not depend on either. how.jit compiles an expression, as prepare() of jit.hpp does beforehand.
/// Throws error: usage for spans of different lengths and as integrate(); what f throws, as there.
void integrate_each(family_view f, double a, double b, std::span<const double> parameters, std::span<integral> results,
                    const tolerance& wanted, const execution& how = {});

} // namespace quadot
