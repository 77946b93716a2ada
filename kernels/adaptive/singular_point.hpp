// Where in a region f is singular.
#pragma once

#include "adaptive/region.hpp"
#include "adaptive/region_source.hpp"

#include <optional>

namespace quadot::adaptive {

struct singular_point {
    double at;
    double blur = 0; ///< what the integral changes by if the point is the next double
};

/// Collective. The abscissa that an unresolved region is about, which may lie beside it, in its root: the higher side of the largest step from double to
/// double.
singular_point locate(const region_source& f, const region& each);

struct not_finite {
    std::optional<double> only; ///< the one sample that is not finite, unless there are several
    std::optional<double> nan;  ///< the first that is not a number
};

/// Collective: looks at the samples of a region again.
not_finite inspect(const region_source& f, const region& each);

/// Collective: whether f is as good as linear next to `point`, which is not 0, on the side of `inside`: no singular point, though one may be just
/// beyond, as for 1/sqrt(1 - x) at 1 - 1e-12. False where rounding hides the answer.
bool is_linear_at(const region_source& f, double point, double inside);

} // namespace quadot::adaptive
