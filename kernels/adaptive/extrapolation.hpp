// The limit of a sequence of partial sums, from its last terms.
#pragma once

#include <span>

namespace quadot::adaptive {

struct limit {
    double value = 0;
    double error = 0; ///< estimate; infinite where the terms do not look like a convergent sequence
};

/// Whether the ratios of the last terms creep towards 1, as those of sums like 1/k^2 do: each few of them look geometric, and are not.
bool creeps(std::span<const double> terms);

/// The sum of a series whose first terms are given, with their errors: Wynn's epsilon algorithm (P. Wynn, MTAC 10 (1956) 91), which is exact where the
/// remainder is a sum of geometric sequences, as the integrals of x^a (log x)^m g(x) over [2^-k-1, 2^-k] are. 3 <= terms.size().
limit extrapolate(std::span<const double> terms, std::span<const double> errors);

} // namespace quadot::adaptive
