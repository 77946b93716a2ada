// An independent judgement of a fixed rule's value for an integrand given as text.
//
// Up to 2^20 samples, the rule itself is evaluated again: the formula node by node in long double, by the C library's functions. Beside each
// value goes a running bound on what rounding may do to it in double (Higham 2002, section 3.3): abscissae move by d = 4 u max(|a|, |b|),
// operations round, functions err by their measured ulps, and what comes in with an error goes through the operation, through a function by
// its value at the moved argument. A comparison within that error may come out either way, and so may what depends on it.
//
// Beyond, the judge is a composite Gauss rule in long double at two resolutions, and the rule's own error is bounded as in rule_reference.hpp:
// by h V(f), or by h^2 V(f') where V(f') stays the same on a finer grid, as it does unless f jumps.
#pragma once

#include "drivers/reference/rule_reference.hpp"
#include "integrands/expression/expression.hpp"

#include <optional>

namespace quadot::drivers {

struct text_judgement {
    rule_judgement rule;
    long double integral;              ///< by composite Gauss rules
    double uncertainty;                ///< how far two of them are apart
    std::optional<double> singular_at; ///< the first node where the formula is not finite
};

/// formula: of one variable; a < b, both finite.
text_judgement judge_text(const expression& formula, double a, double b, std::uint64_t n, const rule& which);

} // namespace quadot::drivers
