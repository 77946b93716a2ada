#include "adaptive/check_task.hpp"
#include "adaptive/evaluation.hpp"
#include "adaptive/solve.hpp"
#include "integrate_to_tolerance.hpp"
#include "reduce/floating_point_environment.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace quadot {

std::string_view name_of(integral_status status) {
    constexpr std::array<std::string_view, 4> names{"ok", "tolerance_not_reached", "divergent_or_singular", "not_a_number"};
    return names[static_cast<std::size_t>(status)];
}

std::string explain(const integral& result) {
    const auto number = [](double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.10g", x);
        return std::string(text);
    };
    const std::string place = result.worst_left == result.worst_right
                                  ? "at x = " + number(result.worst_left)
                                  : "between x = " + number(result.worst_left) + " and " + number(result.worst_right);
    switch (result.trouble) {
    case integral_trouble::none:
        return {};
    case integral_trouble::evaluations:
        return "max_evaluations is reached; the largest error is " + place + ": give more evaluations, a larger tolerance or breakpoints";
    case integral_trouble::rounding:
        return "rounding is all that is left of the error, most of it " + place + ": ask for a larger tolerance";
    case integral_trouble::singularity:
        return "not resolved " + place + ": give a larger tolerance, or a breakpoint where the integrand is singular";
    case integral_trouble::oscillation:
        return "the integrand oscillates " + place + " and does not fall fast enough: give finite limits, or change the variable";
    case integral_trouble::divergence:
        return "the integral of |f| does not converge " + place + ": check the integrand and the limits";
    case integral_trouble::not_a_number:
        return "the integrand is not a number " + place + ": check its domain";
    case integral_trouble::infinite:
        return "the integrand is infinite " + place + ", and not in one point only: check the integrand and the limits";
    }
    return {};
}

integral integrate(integrand_view f, double a, double b, const tolerance& wanted, const execution& how) {
    adaptive::check_task(a, b, wanted, how);
    if (a == b) return {};
    f = with_compiled_text(f, how);
    integral result = strictly([&] { return adaptive::solve(adaptive::evaluation(f, how), std::fmin(a, b), std::fmax(a, b), wanted); });
    if (a > b) result.value = -result.value;
    return result;
}

} // namespace quadot
