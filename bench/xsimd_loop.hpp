// A rival that a careful user would write by hand: xsimd, four accumulators, the widest registers of this machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace quadot::bench {

/// The left rule of the named integrand; nullptr for a name that this file does not know.
using xsimd_sum = double (*)(double a, double b, std::uint64_t n);
xsimd_sum find_xsimd_loop(std::string_view integrand);

} // namespace quadot::bench
