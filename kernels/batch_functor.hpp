// Integrands written for SIMD batches: the one public header that needs xsimd. Compiled in the caller's translation unit with the caller's
// instruction set, so build with what the machine has (-mavx2 -mfma, -march=...) to gain from it.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

#include <xsimd/xsimd.hpp>

namespace quadot {

/// f(batch) -> batch, each lane by itself.
template <class F>
concept batch_functor = requires(const F& f, xsimd::batch<double> x) {
    { f(x) } -> std::convertible_to<xsimd::batch<double>>;
};

/// A block callable that evaluates `f` a batch at a time:
///
///     auto f = quadot::vectorized([](auto x) { return 4.0 / (1.0 + x * x); });
///     double pi = quadot::integrate(f, 0, 1, 1000000, {quadot::rule_kind::midpoint});
///
/// Where the count is no multiple of the batch, the last batch is filled up with copies of the last abscissa, so that `f` only sees abscissae of
/// the rule. Whether bits agree across instruction sets is up to `f`.
template <batch_functor F>
auto vectorized(F f) {
    return [f = std::move(f)](std::span<const double> x, std::span<double> y) {
        using batch = xsimd::batch<double>;
        constexpr std::size_t width = batch::size;
        const std::size_t whole = x.size() / width * width;
        for (std::size_t k = 0; k < whole; k += width) {
            const batch value = f(batch::load_unaligned(x.data() + k));
            value.store_unaligned(y.data() + k);
        }
        if (whole == x.size()) return;
        alignas(64) double last[width];
        std::copy(x.begin() + static_cast<std::ptrdiff_t>(whole), x.end(), static_cast<double*>(last));
        std::fill(last + (x.size() - whole), last + width, x.back());
        const batch value = f(batch::load_aligned(static_cast<double*>(last)));
        value.store_aligned(static_cast<double*>(last));
        std::copy_n(static_cast<double*>(last), x.size() - whole, y.begin() + static_cast<std::ptrdiff_t>(whole));
    };
}

} // namespace quadot
