// Equality of bits: tells +0 from -0 and one NaN from another.
#pragma once

#include <bit>
#include <cstdint>

namespace quadot::tests {

inline std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

} // namespace quadot::tests
