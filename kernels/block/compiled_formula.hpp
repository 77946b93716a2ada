// What the source of a text integrand, compiled at run time, is written in (compiled/source.cpp). The library itself never includes this.
//
// The operations are the interpreter's (program_kernels.cpp), on packs of the same lanes: the same bits.
#pragma once

#include "block/pack.hpp"
#include "math/all.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace compiled_formula {

using value = pack<native<double>, 4, math::arguments::any>;

/// Infinities and NaN, which hexadecimal notation lacks.
[[gnu::always_inline]] inline value from_bits(std::uint64_t bits) { return {std::bit_cast<double>(bits)}; }

// Not unary minus, which is 0 - a in xsimd 8.1 for AVX-512: 0 would keep its sign.
[[gnu::always_inline]] inline value negate(const value& a) { return a * value(-1.0); }

[[gnu::always_inline]] inline value one_where(const value::mask& holds) { return select(holds, value(1.0), value(0.0)); }
[[gnu::always_inline]] inline value::mask is_false(const value& a) { return a == value(0.0); }

[[gnu::always_inline]] inline value less(const value& a, const value& b) { return one_where(a < b); }
[[gnu::always_inline]] inline value less_equal(const value& a, const value& b) { return one_where(a <= b); }
[[gnu::always_inline]] inline value greater(const value& a, const value& b) { return one_where(a > b); }
[[gnu::always_inline]] inline value greater_equal(const value& a, const value& b) { return one_where(a >= b); }
[[gnu::always_inline]] inline value equal(const value& a, const value& b) { return one_where(a == b); }
// Not `!=`, which xsimd 8.1 has wrong for SSE2.
[[gnu::always_inline]] inline value not_equal(const value& a, const value& b) { return select(a == b, value(0.0), value(1.0)); }
[[gnu::always_inline]] inline value logical_not(const value& a) { return one_where(is_false(a)); }
[[gnu::always_inline]] inline value logical_and(const value& a, const value& b) {
    return select(is_false(a) | is_false(b), value(0.0), value(1.0));
}
[[gnu::always_inline]] inline value logical_or(const value& a, const value& b) {
    return select(is_false(a) & is_false(b), value(0.0), value(1.0));
}
[[gnu::always_inline]] inline value choose(const value& condition, const value& yes, const value& no) {
    return select(is_false(condition), no, yes);
}

template <std::size_t Length>
struct function_name {
    char letters[Length]{};
    consteval function_name(const char (&text)[Length]) {
        std::copy_n(text, Length, letters);
    } // NOLINT: implicit, to be a template argument
};

template <std::size_t Index, class... Function>
auto function_at(type_list<Function...>) {
    return std::get<Index>(std::tuple<Function...>{});
}

/// The function of math::functions::list with that name: found by name, since positions change from version to version.
template <function_name Name, class... Value>
[[gnu::always_inline]] inline value call(const Value&... arguments) {
    constexpr auto index = math::functions::find(Name.letters);
    static_assert(index.has_value());
    return decltype(function_at<*index>(math::functions::list{}))::value(arguments...);
}

/// y[k] = Formula::at(variables[0][k], variables[1][k], ...): nothing beyond k = count - 1 is read or written. y may be a variable.
template <class Formula>
[[gnu::always_inline]] inline void evaluate(const double* const* variables, double* y, std::size_t count) {
    // Never an array of none.
    constexpr std::size_t arrays = Formula::variables + 1;
    alignas(64) double last[arrays][value::size];
    alignas(64) double last_values[value::size];
    std::array<const double*, arrays> from{};
    for (std::size_t v = 0; v < Formula::variables; ++v) from[v] = variables[v];
    const std::size_t rest = count % value::size;
    double* to = y;
    // Twice at most: whole packs, and the rest filled up with copies of its last abscissa. One loop, so that the formula is compiled once.
    for (std::size_t whole = count - rest;; whole = value::size) {
        for (std::size_t k = 0; k < whole; k += value::size) {
            const auto variable = [&](std::size_t v) __attribute__((always_inline)) { return value::load_unaligned(from[v] + k); };
            Formula::at(variable).store_unaligned(to + k);
        }
        if (rest == 0) return;
        if (to != y) break;
        for (std::size_t v = 0; v < Formula::variables; ++v) {
            const double* const x = from[v] + whole;
            for (std::size_t k = 0; k < value::size; ++k) last[v][k] = x[k < rest ? k : rest - 1];
            from[v] = last[v];
        }
        to = last_values;
    }
    std::copy_n(last_values, rest, y + (count - rest));
}

/// y[row * count + k] = Formula::at(variables[0][k], ..., and the row's shared values, shared[row * Formula::shared_values] and on), count a
/// multiple of 32.
template <class Formula>
[[gnu::always_inline]] inline void evaluate_rows(const double* const* variables, const double* shared, std::size_t rows, double* y,
                                                 std::size_t count) {
    for (std::size_t k = 0; k < count; k += value::size) {
        for (std::size_t row = 0; row < rows; ++row) {
            const double* const own = shared + row * Formula::shared_values;
            const auto variable = [&](std::size_t v) __attribute__((always_inline)) { return value::load_unaligned(variables[v] + k); };
            const auto same_for_all = [&](std::size_t s) __attribute__((always_inline)) { return value(own[s]); };
            Formula::at(variable, same_for_all).store_unaligned(y + row * count + k);
        }
    }
}

} // namespace compiled_formula

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
