// Clenshaw–Curtis rules on the reference panel [0, 1].
#pragma once

#include <vector>

namespace quadot::rules {

inline constexpr int max_clenshaw_curtis_intervals = 1 << 22;

struct clenshaw_curtis_table {
    std::vector<double> nodes;   // n + 1, ascending from 0 to 1
    std::vector<double> weights; // positive, sum 1; weights[k] and weights[n − k] have the same bits
};

/// ∫₀¹ f ≈ Σ weights[k]·f(nodes[k]) over the n + 1 nodes sin²(πk/2n), k = 0 … n. Exact for polynomials of
/// degree ≤ n (≤ n + 1 for even n); n = 1 is the trapezoid rule, n = 2 is Simpson's.
/// Error of each node and each weight ≤ 0.51 ulp, the same bits everywhere. Throws std::invalid_argument
/// unless 1 ≤ n ≤ 2²². Cost: about 10³ flops per node.
clenshaw_curtis_table clenshaw_curtis(int intervals);

} // namespace quadot::rules
