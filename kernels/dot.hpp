// Dot products.
#pragma once

#include "exact_value.hpp"
#include "execution.hpp"
#include "reduce/slices.hpp"

#include <cstdint>
#include <span>

namespace quadot {

/// sum x[i] y[i], over spans of one length, of any alignment and any size from 0 (which gives 0).
///
/// The result's bits depend on the data and the accumulator alone: not on threads, alignment or the FMA-capable instruction set
/// (sse2 has no FMA: there they may differ in the last places). 2 flops and 16 (f64) or 8 (f32) bytes a term for `plain`.
/// f32: `plain` multiplies and adds in float inside blocks of 8192 terms and merges them in double; `compensated` sums the exact
/// products in double; `exact` gives the double nearest to the true sum. IEEE rules apply to infinities and NaN. Throws error: usage on a length mismatch or a thread count outside
/// 0 … 1024, and as table_for() for the ISA. `execution.ranks` is not used here.
double dot(std::span<const double> x, std::span<const double> y, const execution& how = {});
double dot(std::span<const float> x, std::span<const float> y, const execution& how = {});

/// dot() by the accumulator `exact`, whatever `how` says, with the story of its rounding: up to three passes over the data. The value is the
/// double nearest to the true sum, ties to even, of the stored elements in any order, for any condition number and any exponents; an
/// exact zero is +0; infinities and NaNs follow IEEE 754's rules for exact arithmetic.
exact_value exact_dot(std::span<const double> x, std::span<const double> y, const execution& how = {});
exact_value exact_dot(std::span<const float> x, std::span<const float> y, const execution& how = {});

/// dot() with its a-priori error bound (a second pass for sum |x[i] y[i]|).
bounded dot_bounded(std::span<const double> x, std::span<const double> y, const execution& how = {});
bounded dot_bounded(std::span<const float> x, std::span<const float> y, const execution& how = {});

/// The terms of an n-term dot product that rank `rank` of `ranks` must hold: whole blocks, contiguous, possibly none.
slice dot_slice(std::uint64_t n, int rank, int ranks);

/// The terms that a worker of `workers` inside such a slice reduces: for first touch by the thread that will read them.
slice dot_worker_slice(slice of_rank, int worker, int workers);

/// The dot product of n terms spread over `ranks`, each passing its dot_slice of x and y; the same bits as dot() on the whole
/// vectors, on every rank. Collective: one allreduce of at most 1.4 KiB. An error on one rank is thrown on all.
double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                       const execution& how = {});
double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                       const execution& how = {});
/// exact_dot() over ranks. One collective; a second of 1.1 KiB where the first pass could not decide, and a third where the second could not.
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                                  const execution& how = {});
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                                  const execution& how = {});
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                                const execution& how = {});
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                                const execution& how = {});

/// The bound alone, for a value computed by that accumulator from n terms of type T (double or float) with sum |x[i] y[i]| =
/// magnitude: what dot_bounded() returns.
template <class T>
double dot_error_bound(accumulator_kind accumulator, double value, double magnitude, std::uint64_t n);

/// Threads that a dot product of n local terms uses when `threads` are allowed.
int dot_workers(std::uint64_t n, int threads);

/// The largest n: beyond it, indices are no longer exact in double.
inline constexpr std::uint64_t maximum_terms = std::uint64_t{1} << 53;

} // namespace quadot
