// The measured roof of integrals by a rule: the integrand without the sum.
#pragma once

#include "execution.hpp"
#include "integrate.hpp"

#include <cstdint>

namespace quadot {

/// Evaluates f `evaluations` times over all ranks and threads, at the same 512 points of [a, b] again and again, in L1, and forgets the values but
/// one. Timing it gives the rate that integrate() can reach where evaluating is all there is to do; a sum that is fused with its integrand keeps
/// samples in registers and may pass it. Rounded up to whole chunks of 512 on each thread. Throws what f throws.
double evaluate_only(integrand_view f, double a, double b, std::uint64_t evaluations, const execution& how = {});

} // namespace quadot
