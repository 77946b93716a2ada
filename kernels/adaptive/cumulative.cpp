#include "adaptive/check_task.hpp"
#include "adaptive/descent.hpp"
#include "adaptive/evaluation.hpp"
#include "adaptive/solve.hpp"
#include "errors.hpp"
#include "integrate_cumulative.hpp"
#include "reduce/floating_point_environment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace quadot {

namespace {

struct entry {
    const double* point;
    integral* result;
};

/// Fills results from the one nearest to the origin outwards: all of them on one side of it. `parts` go outwards, too; upwards: to the right.
/// seam: error of what lies beside the origin.
template <class Iterator>
void fill(Iterator next, Iterator end, double seam, std::span<const entry> entries, bool upwards, const integral& whole) {
    adaptive::region_sums sum;
    sum.error = seam;
    for (const auto& [point, result] : entries) {
        for (; next != end && (upwards ? next->right <= *point : next->left >= *point); ++next) {
            sum.add({.value = next->value, .estimate = next->error, .noise = next->noise, .magnitude = next->magnitude}, 0);
        }
        *result = whole;
        const double value = sum.value + sum.value_low;
        result->value = upwards ? value : -value;
        double error = sum.error;
        if (next != end) {
            const bool within = next->left < *point && *point < next->right; // only far out: beyond the last link
            const bool beside = upwards ? next->left == *point : next->right == *point;
            if (within) error += std::fabs(next->value) + next->error;
            if (beside) error += upwards ? next->seam_left : next->seam_right;
        }
        result->error = adaptive::error_of(error, sum.squared_noise, sum.magnitude);
    }
}

void judge(std::span<integral> results, const integral& whole, const tolerance& wanted) {
    double low = 0;
    double high = 0;
    for (const integral& each : results) {
        if (!std::isfinite(each.value) || !std::isfinite(each.error)) continue;
        low = std::fmin(low, each.value);
        high = std::fmax(high, each.value);
    }
    const double target = std::max(wanted.absolute, wanted.relative * (high - low));
    for (integral& each : results) {
        const bool number = std::isfinite(each.value) && std::isfinite(each.error);
        // All of them were found; or this one does not reach what was not. Where samples ran out the search may not have been made.
        const bool reached = each.error <= target && whole.trouble != integral_trouble::evaluations;
        const bool as_the_whole = whole.status == integral_status::ok && each.error <= 2 * whole.error;
        if (number && (reached || as_the_whole)) {
            each.status = integral_status::ok;
            each.trouble = integral_trouble::none;
            continue;
        }
        if (whole.status == integral_status::ok || (number && whole.status != integral_status::tolerance_not_reached)) {
            each.status = integral_status::tolerance_not_reached;
            each.trouble = integral_trouble::singularity;
        } else if (whole.status != integral_status::tolerance_not_reached) {
            each.value = std::numeric_limits<double>::quiet_NaN();
            each.error = std::numeric_limits<double>::infinity();
        }
    }
}

} // namespace

void integrate_cumulative(integrand_view f, double a, std::span<const double> points, std::span<integral> results, const tolerance& wanted,
                          const execution& how) {
    const auto refuse = [](const std::string& why) { throw usage_error("integrate_cumulative: " + why); };
    if (points.size() != results.size()) {
        refuse(std::to_string(points.size()) + " points for " + std::to_string(results.size()) + " results; give spans of one length");
    }
    for (std::size_t k = 0; k < points.size(); ++k) {
        if (std::isnan(points[k])) refuse("point " + std::to_string(k) + " is not a number; give numbers or infinities");
        if (k > 0 && points[k] < points[k - 1]) refuse("point " + std::to_string(k) + " is below the one before it; sort them");
    }
    if (points.empty()) return;
    const double from = std::min(a, points.front());
    const double to = std::max(a, points.back());
    adaptive::check_task(from, to, wanted, how);
    std::fill(results.begin(), results.end(), integral{});
    if (from == to) return;
    f = with_compiled_text(f, how);
    std::vector<double> limits(points.begin(), points.end());
    limits.push_back(a);
    std::vector<adaptive::part> parts;
    const integral whole =
        strictly([&] { return adaptive::solve_in_regions(adaptive::evaluation(f, how), from, to, wanted, limits, &parts); });

    std::vector<entry> above;
    std::vector<entry> below;
    for (std::size_t k = 0; k < points.size(); ++k) (points[k] >= a ? above : below).push_back({&points[k], &results[k]});
    std::reverse(below.begin(), below.end());
    const auto origin = std::find_if(parts.begin(), parts.end(), [&](const adaptive::part& each) { return each.left >= a; });
    const auto back = std::make_reverse_iterator(origin);
    fill(origin, parts.end(), back != parts.rend() && back->right == a ? back->seam_right : 0, above, true, whole);
    fill(back, parts.rend(), origin != parts.end() && origin->left == a ? origin->seam_left : 0, below, false, whole);
    judge(results, whole, wanted);
}

} // namespace quadot
