// Integrands written for SIMD: the one public header that needs xsimd. Compiled in the caller's translation unit with the caller's
// instruction set, so build with what the machine has (-mavx2 -mfma, -march=...) to gain from it, and with -ffp-contract=off: contracted
// multiply-adds break the error-free steps inside the elementary functions (CMake: link quadot::batch_functor, which adds it).
#pragma once

#include "block/lane_functions.hpp"
#include "errors.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace quadot {

inline namespace QUADOT_ISA_NAMESPACE {

/// What a batch functor sees: several registers of doubles at once. It has + - * /, comparisons (masks, with & and |), select(mask, yes,
/// no), fma, abs, sqrt, and every function of `quadot list functions`, as sin(x) or quadot::math::sin(x), each lane by itself and to less
/// than an ulp. Numbers convert: 4 / (1 + x * x).
using lanes = pack<native<double>, 4, math::arguments::any>;

/// f(lanes) -> lanes, or f(xsimd::batch<double>) -> the same, each lane by itself.
template <class F>
concept batch_functor = std::is_invocable_r_v<lanes, const F&, lanes> || std::is_invocable_r_v < simd::batch<double>,
const F&, simd::batch < double >> ;

/// Whether this translation unit contracts a * b + c: static, because another one may. The volatile numbers keep the compiler from answering.
[[maybe_unused, gnu::noinline]] static bool contracts_multiply_adds() {
    volatile double a = 1 + 0x1p-30;
    volatile double c = -1;
    const native<double> product = native<double>(a) * native<double>(a);
    alignas(64) double sum[native<double>::size];
    (product + native<double>(c)).store_aligned(static_cast<double*>(sum));
    return sum[0] != 0x1p-29; // exact: 2^-29 + 2^-60, of which the rounded product has lost the second
}

/// y[k] = f(x[k]): what vectorized() does.
template <class V, class F>
void evaluate_in_lanes(const F& f, std::span<const double> x, std::span<double> y) {
    constexpr std::size_t width = V::size;
    const std::size_t whole = x.size() / width * width;
    for (std::size_t k = 0; k < whole; k += width) {
        const V value = f(V::load_unaligned(x.data() + k));
        value.store_unaligned(y.data() + k);
    }
    if (whole == x.size()) return;
    alignas(64) double last[width];
    std::copy(x.begin() + static_cast<std::ptrdiff_t>(whole), x.end(), static_cast<double*>(last));
    std::fill(last + (x.size() - whole), last + width, x.back());
    const V value = f(V::load_unaligned(static_cast<double*>(last)));
    value.store_unaligned(static_cast<double*>(last));
    std::copy_n(static_cast<double*>(last), x.size() - whole, y.begin() + static_cast<std::ptrdiff_t>(whole));
}

/// A block callable that evaluates `f` in lanes:
///
///     auto f = quadot::vectorized([](auto x) { return exp(-x * x) * sin(10 * x); });
///     double v = quadot::integrate(f, 0, 1, 1000000, {quadot::rule_kind::midpoint});
///
/// Where the count is no multiple of the lanes, the last of them are filled up with copies of the last abscissa, so that `f` only sees abscissae
/// of the rule. With quadot's functions the bits are the same on every instruction set with FMA. Throws error: usage where the caller's
/// compiler contracts multiply-adds and `f` takes lanes.
template <batch_functor F>
auto vectorized(F f) {
    constexpr bool takes_lanes = std::is_invocable_r_v<lanes, const F&, lanes>;
    if constexpr (takes_lanes) {
        static const bool contracts = contracts_multiply_adds();
        if (contracts) throw usage_error("vectorized: this file was compiled with contraction; add -ffp-contract=off to its flags");
    }
    return [f = std::move(f)](std::span<const double> x, std::span<double> y) {
        evaluate_in_lanes<std::conditional_t<takes_lanes, lanes, simd::batch<double>>>(f, x, y);
    };
}

} // namespace QUADOT_ISA_NAMESPACE

} // namespace quadot
