// What one instruction set offers to the rest of the library: function pointers, filled in block/kernels.cpp, which
// is compiled once per ISA.
#pragma once

#include "accumulators/all.hpp"
#include "block/arithmetic_table.hpp"
#include "block/block_parts.hpp"
#include "block/isa.hpp"
#include "block/sample_plan.hpp"
#include "block/term_kind.hpp"
#include "block/terms_per_block.hpp"
#include "integrands/all.hpp"
#include "integrands/expression/program.hpp"
#include "math/all.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace quadot {

/// One kernel a kind of terms.
template <class Function>
using by_term_kind = std::array<Function, term_kinds>;

/// Consecutive blocks of terms_per_block, the last one shorter: a partial each. count > 0. y: see term_kind.
template <class T, class Partial>
using blocks_kernel = void (*)(const T* x, const T* y, std::size_t count, Partial* partials);

template <class Accumulator>
struct accumulator_kernels {
    using partial = typename Accumulator::partial;
    /// One block of products, for calls that must be quick.
    partial (*dot_f64)(const double* x, const double* y, std::size_t count);
    partial (*dot_f32)(const float* x, const float* y, std::size_t count);
    by_term_kind<blocks_kernel<double, partial>> blocks_f64;
    by_term_kind<blocks_kernel<float, partial>> blocks_f32;
    partial (*integrate)(const sample_plan&, std::uint64_t first, std::size_t count, evaluate_function, const void*);

    template <class T>
    [[nodiscard]] constexpr auto dot() const {
        if constexpr (std::is_same_v<T, double>) {
            return dot_f64;
        } else {
            return dot_f32;
        }
    }
    template <class T>
    [[nodiscard]] constexpr blocks_kernel<T, partial> blocks(term_kind kind) const {
        if constexpr (std::is_same_v<T, double>) {
            return blocks_f64[static_cast<std::size_t>(kind)];
        } else {
            return blocks_f32[static_cast<std::size_t>(kind)];
        }
    }
};

/// Fills weights[0 … count) and samples[0 … count) of a plan from sample `first`; count <= chunk_samples, and both hold chunk_samples.
using weighted_samples_kernel = void (*)(const sample_plan&, std::uint64_t first, std::size_t count, evaluate_function, const void* context,
                                         double* weights, double* samples);

/// The fused tuning of one accumulator; see integrate_block.hpp for where it may be used. nullptr: there is none.
template <class Accumulator>
struct fused_kernel {
    using function = typename Accumulator::partial (*)(const sample_plan&, std::uint64_t first, std::size_t count);
    function integrate;
};

template <class List>
struct fused_kernels_of;
template <class... Accumulator>
struct fused_kernels_of<type_list<Accumulator...>> : fused_kernel<Accumulator>... {};

struct integrand_kernels : fused_kernels_of<accumulators> {
    evaluate_function evaluate;

    template <class Accumulator>
    [[nodiscard]] constexpr typename fused_kernel<Accumulator>::function fused() const {
        return static_cast<const fused_kernel<Accumulator>&>(*this).integrate;
    }
};

template <class List>
struct kernels_of;
template <class... Accumulator>
struct kernels_of<type_list<Accumulator...>> : accumulator_kernels<Accumulator>... {};

/// y[k] = f(a[k]) or f(a[k], b[k]), k < count, a multiple of function_step; y may be a or b. b: functions of two arguments only.
using function_kernel = void (*)(const double* a, const double* b, double* y, std::size_t count);
inline constexpr std::size_t function_step = 32;
using function_table = std::array<function_kernel, math::functions::list::size>;

/// The interpreter of text integrands.
struct program_kernels {
    /// y[k] = the program's value at variables[0][k], variables[1][k], ...; any count, nothing behind it is read; y may be a variable.
    void (*evaluate)(const program_view&, const double* const* variables, double* y, std::size_t count);
    /// Rows with the same variables, each with shared values of its own, `shared_values` of them: y[row * count + k].
    void (*evaluate_rows)(const program_view&, const double* const* variables, const double* shared, std::size_t shared_values,
                          std::size_t rows, double* y, std::size_t count);
    /// As evaluate, for at most one variable, as rules call it; context: a program_view.
    evaluate_function evaluate_samples;
};

using integrand_table = std::array<integrand_kernels, integrands::list::size>;

/// Evaluates regions 0 … count - 1 of a block, 1 <= count <= regions_per_block; left < right, both finite. May throw what f throws. See regions.hpp.
struct region_block;
struct regions_kernel {
    using function = void (*)(region_block&, std::size_t count, evaluate_function, const void* context);
    function evaluate;
    /// The same, with seams and totals: neighbours in the block are neighbours on the axis, and count is a multiple of 8.
    function sum;
};

/// See members.hpp.
struct member_block;
struct member_task;
using judge_members_kernel = void (*)(member_block&, const member_task&);

struct block_table : kernels_of<accumulators>, accumulator_kernels<magnitude> {
    isa_kind isa;
    const integrand_table* integrand;
    const function_table* functions; ///< in the order of math::functions::list
    const program_kernels* programs;
    by_term_kind<parts_kernel<double>> parts_f64;
    by_term_kind<parts_kernel<float>> parts_f32;
    weighted_samples_kernel weighted_samples;
    regions_kernel regions;
    judge_members_kernel judge_members;
    std::uint64_t (*load_only)(const double* x, const double* y, std::size_t count);
    const arithmetic_table* arithmetic;

    template <class Accumulator>
    [[nodiscard]] constexpr const accumulator_kernels<Accumulator>& of() const {
        return *this;
    }

    template <class T>
    [[nodiscard]] constexpr parts_kernel<T> parts(term_kind kind) const {
        if constexpr (std::is_same_v<T, double>) {
            return parts_f64[static_cast<std::size_t>(kind)];
        } else {
            return parts_f32[static_cast<std::size_t>(kind)];
        }
    }
};

/// The tables that this build contains, in the order of isa_descriptions.
std::span<const block_table* const> built_tables();

/// The table for `isa`. Throws error: environment where this build or this CPU lacks it.
const block_table& table_for(isa_kind isa);

/// The table that calls without an explicit ISA use: QUADOT_ISA if set, otherwise the widest that runs here. Resolved once.
/// Throws like table_for, and a usage error when QUADOT_ISA names nothing known.
const block_table& resolve_default_table();

inline const block_table& default_table() {
    static constinit std::atomic<const block_table*> resolved{nullptr};
    if (const block_table* table = resolved.load(std::memory_order_acquire)) [[likely]]
        return *table;
    const block_table& table = resolve_default_table();
    resolved.store(&table, std::memory_order_release);
    return table;
}

} // namespace quadot
