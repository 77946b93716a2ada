// cos(πk/n) and sin(πk/n) for integers k and n ≥ 1, in double-double.
//
// Integer arithmetic reduces πk/n to the first octant exactly: k mod n, then r → n − r, then r → n/2 − r with
// sine and cosine exchanged. There, with x = πr/n ≤ π/4 and z = x², the Taylor series (DLMF 4.19.1, 4.19.2)
//     sin x = x·Σ (−z)ʲ/(2j+1)!        cos x = Σ (−z)ʲ/(2j)!        j = 0…14
// leave out less than 2⁻¹¹⁶; terms from j = 9 on are below 2⁻⁵⁸, so plain doubles carry them to 2⁻¹¹¹.
// Relative error < 2⁻¹⁰⁰ (2⁻¹⁰⁴ seen), near the zeros too; 0, ±1 are exact. Cost: about 500 flops.
#pragma once

#include "rules/double_double.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot::rules {

/// π to 2⁻¹⁰⁸: its nearest double and the double nearest to the rest.
inline constexpr double_double pi{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

namespace octant {

inline constexpr std::size_t double_terms_from = 9;
inline constexpr std::size_t last_term = 14;

inline constexpr auto inverse_factorials = [] {
    std::array<double_double, 2 * last_term + 2> inverse{};
    double_double factorial{1.0};
    for (std::size_t i = 0; i < inverse.size(); ++i) {
        if (i > 0) factorial = factorial * static_cast<double>(i);
        inverse[i] = double_double{1.0} / factorial;
    }
    return inverse;
}();

/// Σ (−z)ʲ/(2j + parity)! for 0 ≤ z ≤ π²/16.
constexpr double_double alternating_series(double_double z, std::size_t parity) {
    double small_terms = 0.0;
    for (std::size_t j = last_term; j >= double_terms_from; --j) small_terms = inverse_factorials[2 * j + parity].hi - z.hi * small_terms;
    double_double sum{small_terms};
    for (std::size_t j = double_terms_from; j-- > 0;) sum = inverse_factorials[2 * j + parity] - z * sum;
    return sum;
}

constexpr double_double sine(double_double x) { return x * alternating_series(x * x, 1); }
constexpr double_double cosine(double_double x) { return alternating_series(x * x, 0); }

/// π·r/n.
constexpr double_double angle(std::uint64_t r, std::uint64_t n) { return pi * (exact_integer(r) / exact_integer(n)); }

/// π·(1/2 − r/n) for 2r ≤ n.
constexpr double_double complement(std::uint64_t r, std::uint64_t n) {
    const double_double twice = angle(n - 2 * r, n);
    return {0.5 * twice.hi, 0.5 * twice.lo};
}

} // namespace octant

/// cos(πk/n), n ≥ 1.
constexpr double_double cos_pi(std::uint64_t k, std::uint64_t n) {
    bool negative = (k / n) % 2 != 0;
    std::uint64_t r = k % n;
    if (r > n - r) {
        r = n - r;
        negative = !negative;
    }
    const double_double value = r > n / 4 ? octant::sine(octant::complement(r, n)) : octant::cosine(octant::angle(r, n));
    return negative ? -value : value;
}

/// sin(πk/n), n ≥ 1.
constexpr double_double sin_pi(std::uint64_t k, std::uint64_t n) {
    const bool negative = (k / n) % 2 != 0;
    std::uint64_t r = k % n;
    if (r > n - r) r = n - r;
    const double_double value = r > n / 4 ? octant::cosine(octant::complement(r, n)) : octant::sine(octant::angle(r, n));
    return negative ? -value : value;
}

} // namespace quadot::rules
