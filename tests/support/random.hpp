// Data by counter: element i depends on (seed, i) alone, so that any rank or slice makes its own.
#pragma once

#include <cmath>
#include <cstdint>

namespace quadot::tests {

/// SplitMix64's output function at position `counter` of stream `seed` (Steele, Lea & Flood 2014).
inline std::uint64_t random_bits(std::uint64_t seed, std::uint64_t counter) {
    std::uint64_t z = (seed * 0xD1B54A32D192ED03u) + (counter + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Below `bound`, close enough to uniform for choosing test cases.
inline std::uint64_t random_below(std::uint64_t bound, std::uint64_t seed, std::uint64_t counter) {
    return random_bits(seed, counter) % bound;
}

/// In [0, 1), a multiple of 2^-53.
inline double random_unit(std::uint64_t seed, std::uint64_t counter) {
    return static_cast<double>(random_bits(seed, counter) >> 11) * 0x1p-53;
}

/// In (-1, 1), all 53 bits in use.
inline double random_signed(std::uint64_t seed, std::uint64_t counter) {
    const double magnitude = random_unit(seed, counter);
    return (random_bits(seed ^ 0x5DEECE66Du, counter) & 1) != 0 ? -magnitude : magnitude;
}

/// Sign, 53 bits and an exponent in -spread … spread.
inline double random_scaled(int spread, std::uint64_t seed, std::uint64_t counter) {
    const auto exponents = static_cast<std::uint64_t>(2 * spread + 1);
    const int exponent = static_cast<int>(random_below(exponents, seed + 77, counter)) - spread;
    return std::ldexp(random_signed(seed, counter), exponent);
}

} // namespace quadot::tests
