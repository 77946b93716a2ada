// What lies behind a point on a half-line where the integrand oscillates and falls too slowly for any finite limit: sin(x)/x, cos(x)/sqrt(x), sin(x^2).
//
// Between neighbouring zeros the integrals alternate in sign and fall; the rule finds each. Their sum is that of an alternating series, and repeated
// means of its partial sums converge to it (Euler's transformation; I. M. Longman, Proc. Cambridge Phil. Soc. 52 (1956) 764): after M means of terms
// that are smooth in their number k, like 1/k, the error is about M! / (2 k)^M of a term.
#pragma once

#include "adaptive/region_source.hpp"

#include <cstdint>
#include <optional>

namespace quadot::adaptive {

struct alternating_tail {
    double from = 0; ///< a zero of f
    double value = 0;
    double error = 0;
};

struct error_limits {
    double absolute;
    double relative; ///< to the tail
};

/// From some zero at least at `origin` + `direction` (1 or -1) to infinity in that direction. Nothing where the integrals do not alternate and fall one
/// by one, do not go on falling as far as doubles tell f's zeros apart (sin(x)), or their means do not agree: then there is no such limit, or it is not
/// seen. A tail with an error within `enough` is not improved. Collective. `evaluations` grows by the samples taken;
/// once it is `most`, no more are begun.
std::optional<alternating_tail> find_alternating_tail(const region_source& f, double origin, double direction, error_limits enough,
                                                      std::uint64_t most, std::uint64_t& evaluations);

} // namespace quadot::adaptive
