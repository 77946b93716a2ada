// The measured roof of memory-bound kernels.
#pragma once

#include "execution.hpp"

#include <cstdint>
#include <span>

namespace quadot {

/// Reads x and y as a dot product does, with the same threads on the same shares, and returns a digest that nobody needs. x and y: one length;
/// at most 31 doubles of each share's end are left out. Timing it gives the bandwidth that dot() can reach at best.
std::uint64_t load_only(std::span<const double> x, std::span<const double> y, const execution& how = {});

} // namespace quadot
