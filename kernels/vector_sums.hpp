// Sums over one vector: sum, asum, nrm2.
#pragma once

#include "execution.hpp"

#include <cstdint>
#include <span>

namespace quadot {

/// sum x[i], sum |x[i]|, and sqrt(sum x[i]^2), over spans of any alignment and any size from 0 (which gives 0).
///
/// As dot() in accumulators, bits, threads and errors: a sum is the dot product with ones. `exact` gives the double nearest to
/// sum and asum; for nrm2 the sum of squares is correctly rounded before the square root, which makes at most 0.86 units in the last
/// place. nrm2 neither overflows nor underflows unless the norm itself does: vectors with elements beyond 2^500 or norms
/// below 2^-480 are summed a second time, scaled by a power of 2. Infinities and NaNs follow IEEE rules. 8 (f64) or 4 (f32) bytes a term.
double sum(std::span<const double> x, const execution& how = {});
double sum(std::span<const float> x, const execution& how = {});
double asum(std::span<const double> x, const execution& how = {});
double asum(std::span<const float> x, const execution& how = {});
double nrm2(std::span<const double> x, const execution& how = {});
double nrm2(std::span<const float> x, const execution& how = {});

/// The same over n terms spread over `ranks`, each passing its dot_slice, with the same bits, on every rank. Collective.
double distributed_sum(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how = {});
double distributed_sum(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how = {});
double distributed_asum(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how = {});
double distributed_asum(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how = {});
double distributed_nrm2(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how = {});
double distributed_nrm2(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how = {});

} // namespace quadot
