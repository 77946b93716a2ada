// The measured roof of compute-bound kernels; load_only.hpp has that of memory-bound ones.
#pragma once

#include "block/arithmetic_table.hpp"
#include "execution.hpp"

#include <cstdint>

namespace quadot {

/// Runs `rounds` rounds of independent operations in registers on each of how.threads threads; returns how many operations that were in all
/// (a multiply-add counts two). Timing it gives the rate that no kernel can pass.
double arithmetic_only(arithmetic_kind kind, bool single_precision, std::uint64_t rounds, const execution& how = {});

} // namespace quadot
