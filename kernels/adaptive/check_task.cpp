#include "adaptive/check_task.hpp"

#include "errors.hpp"
#include "reduce/workers.hpp"

#include <cmath>
#include <string>

namespace quadot::adaptive {

void check_task(double a, double b, const tolerance& wanted, const execution& how) {
    check_threads(how.threads);
    const auto refuse = [](const std::string& why) { throw usage_error("integrate: " + why); };
    if (std::isnan(a) || std::isnan(b)) refuse("a limit is not a number; give numbers or infinities");
    if (std::isfinite(a) && std::isfinite(b) && !std::isfinite(b - a)) {
        refuse("the limits are further apart than the largest double; scale the variable");
    }
    if (std::isinf(a) != std::isinf(b) && std::fabs(std::isinf(a) ? b : a) > 1e150) {
        refuse("a half-line that begins beyond 1e150 leaves its shells no room; scale the variable");
    }
    if (!(wanted.relative >= 0) || !(wanted.absolute >= 0)) refuse("a tolerance is negative or not a number; give numbers from 0 on");
    if (!(wanted.min_width >= 0) || wanted.min_width > 1)
        refuse("min_width is not from 0 to 1; give the part of the range that a peak takes");
    if (wanted.min_width > 0 && wanted.min_width < 1e-7) refuse("min_width below 1e-7 takes too many samples; give breakpoints instead");
    for (const double point : wanted.breakpoints) {
        if (std::isnan(point)) refuse("a breakpoint is not a number; give numbers");
    }
}

} // namespace quadot::adaptive
