// Integrals by a fixed rule.
#pragma once

#include "block/sample_plan.hpp"
#include "execution.hpp"
#include "integrands/catalogue.hpp"
#include "integrands/expression/expression.hpp"
#include "rules/all.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>

namespace quadot {

/// y[k] = f(x[k]) for all k: x and y have one length, at most 512.
template <class F>
concept block_callable = std::invocable<const F&, std::span<const double>, std::span<double>>;

/// double(double).
template <class F>
concept scalar_callable = requires(const F& f, double x) {
    { f(x) } -> std::convertible_to<double>;
};

/// A block callable, a scalar callable or a text integrand by reference, or a named integrand: what rules evaluate. Refers to the callable,
/// which must outlive it and must allow concurrent calls.
class integrand_view {
  public:
    integrand_view(named_integrand named) : named_(true), index_(named.index) {} // NOLINT: implicit on purpose

    /// Throws error: usage unless f has one variable.
    integrand_view(const expression& f); // NOLINT: implicit on purpose

    integrand_view(evaluate_function function, const void* context) : context_(context), evaluate_(function) {}

    template <class F>
    requires(block_callable<F> || scalar_callable<F>) integrand_view(const F& f) // NOLINT: implicit on purpose
        : context_(std::addressof(f)), evaluate_(&evaluate<F>) {}

    [[nodiscard]] bool named() const { return named_; }
    [[nodiscard]] std::size_t index() const { return index_; }
    /// A text integrand: context() is its program_view, and the instruction set's interpreter the evaluator.
    [[nodiscard]] bool interpreted() const { return !named_ && evaluate_ == nullptr; }
    [[nodiscard]] const void* context() const { return context_; }
    /// Of a text integrand, else null.
    [[nodiscard]] const expression* text() const { return text_; }
    /// Null for named and text integrands.
    [[nodiscard]] evaluate_function evaluator() const { return evaluate_; }

  private:
    template <class F>
    static void evaluate(const void* context, const double* x, double* y, std::size_t count) {
        const F& f = *static_cast<const F*>(context);
        if constexpr (block_callable<F>) {
            f(std::span(x, count), std::span(y, count));
        } else {
            for (std::size_t k = 0; k < count; ++k) y[k] = static_cast<double>(f(x[k]));
        }
    }

    bool named_ = false;
    std::size_t index_ = 0;
    const expression* text_ = nullptr;
    const void* context_ = nullptr;
    evaluate_function evaluate_ = nullptr;
};

/// The integral of f over [a, b] by `which` on n panels: exactly the rule's weighted sum, in the chosen accumulator.
///
/// f: find_integrand("cos"), expression("exp(-x^2)"), a scalar callable, a block callable, or vectorized(batch functor) from batch_functor.hpp. a > b negates,
/// a == b gives 0. The result's bits depend on f, the limits, the rule, n and the accumulator alone. Nodes: a + i h, rounded once.
/// Throws error: usage unless 1 <= n, evaluations <= 2^53 and the limits and their difference are finite. What f throws is rethrown (on one
/// process) or thrown as a quadot::error on every rank.
double integrate(integrand_view f, double a, double b, std::uint64_t n, const rule& which, const execution& how = {});

/// integrate() with a bound on the summation's rounding error, for samples taken as exact (a second pass for sum |w f|).
bounded integrate_bounded(integrand_view f, double a, double b, std::uint64_t n, const rule& which, const execution& how = {});

} // namespace quadot
