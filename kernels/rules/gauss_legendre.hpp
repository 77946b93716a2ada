// Gauss–Legendre rules on the reference panel [0, 1].
#pragma once

#include <vector>

namespace quadot::rules {

inline constexpr int min_gauss_legendre_order = 2;
inline constexpr int max_gauss_legendre_order = 64;

struct gauss_legendre_table {
    std::vector<double> nodes;   // ascending, in (0, 1)
    std::vector<double> weights; // positive, sum 1; weights[i] and weights[order − 1 − i] have the same bits
};

/// ∫₀¹ f ≈ Σ weights[i]·f(nodes[i]), exact for polynomials of degree ≤ 2·order − 1.
/// Each value is the true one rounded to double: error ≤ 0.51 ulp, the same bits everywhere.
/// Throws std::invalid_argument unless 2 ≤ order ≤ 64. Cost: about 400·order² flops.
gauss_legendre_table gauss_legendre(int order);

} // namespace quadot::rules
