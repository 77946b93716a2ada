#include "drivers/reference/rule_reference.hpp"

#include "drivers/reference/rule_nodes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quadot::drivers {

namespace {

constexpr double unit = 0x1p-53;
/// What the integrands' elementary functions may err, in units of u (half ulps): exp, log, sin and cos stay below 1 ulp, xsimd's tanh and atan
/// below 2, and compositions of three of them below 12 u together with their operations.
constexpr double function_units = 16;
/// Below, a sample may be lost: 2^-1022 is where functions may give 0, and what a quotient is below whose divisor overflows; no formula of the
/// catalogue has a dividend above 4 or multiplies by more than 745 what has underflowed (x exp(x)).
constexpr double smallest_trusted = 0x1p-1010;
/// Samples evaluated again one by one; about 0.1 s.
constexpr std::uint64_t most_samples = std::uint64_t{1} << 20;

/// Variation of f and of f' over a grid of `most_samples` nodes.
struct variation {
    double of_value;
    double of_slope;
};

struct sampled {
    long double sum = 0;
    long double magnitude = 0;
    long double lost = 0; ///< weighted: what double may take for 0
    variation rough{0, 0};
};

/// How far a sample in double may be from y for want of exponents.
long double lost_of(long double y) {
    const long double size = std::abs(y);
    return size < smallest_trusted ? size + std::min(size, 0x1p-1074L) : 0;
}

/// `with_ends`: the variation reaches to a and b, which nodes need not.
sampled sample(const integrand_description& f, double a, double b, std::uint64_t n, const rule& which, bool with_ends) {
    sampled result;
    long double correction = 0;
    long double previous_x = 0;
    long double previous_y = 0;
    long double previous_slope = 0;
    int seen = 0;
    const auto vary = [&](long double x, long double y) {
        if (seen > 0) {
            result.rough.of_value += static_cast<double>(std::abs(y - previous_y));
            if (x > previous_x) {
                const long double slope = (y - previous_y) / (x - previous_x);
                if (seen > 1) result.rough.of_slope += static_cast<double>(std::abs(slope - previous_slope));
                previous_slope = slope;
                ++seen;
            }
        } else {
            ++seen;
        }
        previous_x = x;
        previous_y = y;
    };
    const auto vary_at_end = [&](double x) {
        const long double y = with_ends ? f.wide_value(x) : std::numeric_limits<long double>::infinity();
        if (std::isfinite(y)) vary(x, y);
    };
    vary_at_end(a);
    for_each_node(a, b, n, which, [&](long double x, long double weight) {
        const long double y = f.wide_value(x);
        const long double term = weight * y;
        // Kahan's compensation in long double: 2^20 terms keep all of its 64 bits.
        const long double corrected = term - correction;
        const long double total = result.sum + corrected;
        correction = (total - result.sum) - corrected;
        result.sum = total;
        result.magnitude += std::abs(term);
        result.lost += std::abs(weight) * lost_of(y);
        vary(x, y);
    });
    vary_at_end(b);
    return result;
}

double node_shift(double a, double b) { return 4 * unit * std::max(std::abs(a), std::abs(b)); }

} // namespace

long double exact_integral(const integrand_description& f, double a, double b) {
    if (a == f.lower && b == f.upper) return f.exact;
    return f.antiderivative(b) - f.antiderivative(a);
}

rule_judgement judge_rule(const integrand_description& f, double a, double b, std::uint64_t n, const rule& which) {
    const std::uint64_t evaluations = which.evaluations(n);
    const double width = b - a;
    const double h = width / static_cast<double>(evaluations);
    if (evaluations <= most_samples || which.kind == rule_kind::clenshaw) {
        const sampled truth = sample(f, a, b, n, which, false);
        const auto magnitude = static_cast<double>(truth.magnitude);
        // A jump within reach of a moving node changes one sample by up to the jump, which the variation contains.
        const double moved = f.shape == smoothness::discontinuous ? h * truth.rough.of_value : node_shift(a, b) * truth.rough.of_value;
        return {truth.sum, function_units * unit * magnitude + moved + static_cast<double>(truth.lost), magnitude,
                "the rule in long double"};
    }
    const std::uint64_t panels = std::max<std::uint64_t>(1, most_samples * n / evaluations / 2);
    const sampled coarse = sample(f, a, b, panels, which, true);
    const auto magnitude = static_cast<double>(coarse.magnitude) + (h * 4096) * coarse.rough.of_value;
    long double exact = exact_integral(f, a, b);
    // What is left of two large antiderivatives: erf(40) - erf(20) is 0.
    const auto cancelled = static_cast<double>(0x1p-62L * (std::abs(f.antiderivative(a)) + std::abs(f.antiderivative(b))));
    const bool first_order = f.shape == smoothness::discontinuous || f.shape == smoothness::singular_derivative;
    const double gap = width / static_cast<double>(n);
    double rule_error = gap * 2 * coarse.rough.of_value;
    if (!first_order) {
        // A gap whose square overflows leaves the first bound; of a straight line that would be 0 times infinity.
        rule_error = std::fmin(rule_error, gap * gap * 2 * coarse.rough.of_slope);
        const long double end_difference = f.wide_value(b) - f.wide_value(a);
        if (which.kind == rule_kind::left) exact -= static_cast<long double>(gap) / 2 * end_difference;
        if (which.kind == rule_kind::right) exact += static_cast<long double>(gap) / 2 * end_difference;
    }
    const double moved = node_shift(a, b) * 2 * coarse.rough.of_value;
    return {exact,
            rule_error + (std::isfinite(cancelled) ? cancelled : 0) + function_units * unit * magnitude + moved +
                2 * static_cast<double>(coarse.lost),
            magnitude, "the exact integral"};
}

} // namespace quadot::drivers
