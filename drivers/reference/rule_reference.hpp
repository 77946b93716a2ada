// An independent judgement of a fixed rule's value, with a derived bound.
//
// Up to 2^20 samples, the rule itself is evaluated again: the plain definition, in long double, by the C library's functions. What may
// differ is then rounding alone:
//   * each sample: the function's error, at most function_ulps u |f|, and that of its abscissa, which moves by at most
//     d = 2 u max(|a|, |b|): all samples together change by at most d V / h' of a sample each, V the variation of f over the nodes;
//   * samples below 2^-1010 may be 0 in double, by underflow or behind a divisor that overflows;
//   * the summation, bounded a priori.
// Beyond, the judge is the exact integral, and the rule's own error is bounded as well: a rule that is exact for constants errs by at most
// h V(f), one exact for straight lines by h^2 V(f'), with h the widest gap between nodes (Peano kernels; Davis & Rabinowitz 1984, section 4.3);
// V from the 2^20-sample grid with both ends, doubled; of the two bounds the smaller, and the antiderivatives' rounding. left and right are first corrected by -+ h/2 (f(b) - f(a)), which makes them the
// trapezoid rule.
#pragma once

#include "integrands/catalogue.hpp"
#include "rules/all.hpp"

#include <cstdint>
#include <string>

namespace quadot::drivers {

struct rule_judgement {
    long double reference;      ///< what the value should be near
    double bound;               ///< allowed |value - reference|, without the summation's own rounding
    double magnitude;           ///< the rule's sum of |w f|, for the summation's bound
    std::string reference_name; ///< "the rule in long double" or "the exact integral"
};

/// a < b, both finite.
rule_judgement judge_rule(const integrand_description& f, double a, double b, std::uint64_t n, const rule& which);

/// The exact integral over [a, b] by the antiderivative.
long double exact_integral(const integrand_description& f, double a, double b);

} // namespace quadot::drivers
