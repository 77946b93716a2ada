// Integrals to a tolerance, over finite and infinite ranges: adaptive, with an error estimate and a verdict.
#pragma once

#include "execution.hpp"
#include "integrate.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace quadot {

/// What an integral shall reach, and how hard to try. The integral is found when its error estimate is at most max(absolute, relative * |value|).
struct tolerance {
    double relative = 1e-10;
    double absolute = 0;
    /// No more samples than this, in whole rounds; but the first are always taken, 120 of them, or 675 towards each infinity. Where it leaves no room for
    /// the search that min_width asks for, nothing is reported as found.
    std::uint64_t max_evaluations = 2'000'000;
    /// The narrowest feature that the first samples must not miss, as a part of the range (of an infinite range: of the distance from its finite
    /// limit, or from 0). Some 1.6/min_width samples. 0: the first samples see only what the rule needs, and a narrower peak or dip, on a range where
    /// the integrand is otherwise smooth, may be missed without any sign of it.
    double min_width = 1e-3;
    /// Where the integrand or a derivative jumps or is infinite, if known: they save the search. In any order; those outside the range do not count.
    std::span<const double> breakpoints{};
};

enum class integral_status : std::uint8_t {
    ok,
    tolerance_not_reached,
    divergent_or_singular,
    not_a_number,
};

/// "ok", "tolerance_not_reached", "divergent_or_singular", "not_a_number": as in the program's JSON.
std::string_view name_of(integral_status status);

/// Why an integral was given up.
enum class integral_trouble : std::uint8_t {
    none,
    evaluations, ///< max_evaluations are used up
    rounding,    ///< rounding of samples and abscissae is all that is left of the error
    singularity, ///< the integrand cannot be resolved beside a point
    oscillation, ///< towards infinity, faster than samples can follow, not falling fast enough to be left out, and not in waves that alternate and fall one by one
    divergence,  ///< the integral of |f| grows without bound towards a point or infinity
    not_a_number, ///< a sample is NaN
    infinite,     ///< samples are infinite, and not in one point
};

struct integral {
    double value = 0; ///< NaN where the integral diverges or the integrand is not a number
    double error = 0; ///< estimate of |value - integral|, meant to be above it
    std::uint64_t evaluations = 0;
    std::uint64_t regions = 0; ///< in the end
    integral_status status = integral_status::ok;
    integral_trouble trouble = integral_trouble::none;
    double worst_left = 0; ///< the region with the largest error, or where the trouble is
    double worst_right = 0;
};

/// One line for users, empty where all is well: "not resolved near x = 0.333; ...".
std::string explain(const integral& result);

/// The integral of f over [a, b]; each limit may be infinite. a > b negates, a == b gives 0. All members of the result have the same bits for any
/// threads, ranks and instruction set with FMA. No memory is allocated where the first samples suffice.
/// f: as in the integral by a fixed rule. It is never evaluated at a limit or a breakpoint, unless rounding carries a node there.
/// Throws error: usage for tolerances that are negative or not numbers, for limits that are NaN or further apart than the largest double; what f
/// throws, as there.
integral integrate(integrand_view f, double a, double b, const tolerance& wanted, const execution& how = {});

} // namespace quadot
