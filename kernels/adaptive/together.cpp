#include "adaptive/check_task.hpp"
#include "adaptive/shared_samples.hpp"
#include "adaptive/solve.hpp"
#include "adaptive/start.hpp"
#include "errors.hpp"
#include "integrate_together.hpp"
#include "reduce/floating_point_environment.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace quadot {

namespace {

double length(const std::vector<double>& sizes, vector_norm norm) {
    double sum = 0;
    for (const double size : sizes) sum = norm == vector_norm::largest ? std::fmax(sum, std::fabs(size)) : std::hypot(sum, size);
    return sum;
}

double length(std::span<const integral> results, vector_norm norm, double integral::*member) {
    std::vector<double> sizes;
    for (const integral& each : results) sizes.push_back(each.*member);
    return length(sizes, norm);
}

/// Of the sums over the first samples.
double first_length(adaptive::shared_samples& samples, std::size_t components, double a, double b, const tolerance& wanted,
                    vector_norm norm) {
    const adaptive::start from = adaptive::begin(a, b, wanted.min_width, wanted.breakpoints);
    std::vector<double> sums;
    for (std::size_t c = 0; c < components; ++c) {
        std::vector<adaptive::region> regions = from.regions;
        samples.give(c, regions);
        sums.push_back(0);
        for (const adaptive::region& each : regions) sums.back() += each.value;
    }
    return length(sums, norm);
}

void find_each(adaptive::shared_samples& samples, double a, double b, std::span<integral> results, const tolerance& wanted,
               bool may_vanish) {
    for (std::size_t c = 0; c < results.size(); ++c) {
        results[c] = adaptive::solve_in_regions(adaptive::component_samples(samples, c, may_vanish), a, b, wanted);
    }
}

/// All components to one absolute tolerance. It follows from the vector, which follows from them: tried with the first samples' sums, then with what
/// was found. The samples are there from the first time.
void find_by_norm(adaptive::shared_samples& samples, double a, double b, std::span<integral> results, const tolerance& wanted,
                  vector_norm norm) {
    constexpr int most_tries = 4;
    const double share = norm == vector_norm::euclidean ? 1 / std::sqrt(static_cast<double>(results.size())) : 1;
    double size = first_length(samples, results.size(), a, b, wanted, norm);
    // Beside components that were seen, one that is 0 is no surprise. Where none was, each is searched for.
    const bool seen = !samples.vanishes();
    for (int k = 0; k < most_tries; ++k) {
        tolerance each = wanted;
        const double target = std::max(wanted.absolute, wanted.relative * size);
        if (target > 0 && std::isfinite(target)) {
            each.relative = 0;
            each.absolute = share * target;
        }
        find_each(samples, a, b, results, each, seen);
        for (const integral& found : results) {
            if (found.status != integral_status::ok && found.status != integral_status::tolerance_not_reached) return;
        }
        const auto is_found = [](const integral& found) { return found.status == integral_status::ok; };
        const bool all_found = std::all_of(results.begin(), results.end(), is_found);
        size = length(results, norm, &integral::value);
        const double error = length(results, norm, &integral::error);
        // A vector of 0 has no relative error. Each component was found, to less than itself or as 0 but for rounding: then this is what is left.
        const bool zero = k > 0 && all_found && size <= error && std::isfinite(error);
        if (zero || error <= std::max(wanted.absolute, wanted.relative * size)) {
            // Where samples ran out the search for narrow features may not have been made.
            const auto ran_out = [](const integral& found) { return found.trouble == integral_trouble::evaluations; };
            if (std::any_of(results.begin(), results.end(), ran_out)) return;
            for (integral& found : results) {
                found.status = integral_status::ok;
                found.trouble = integral_trouble::none;
            }
            return;
        }
        if (!all_found) return; // those say why
        if (!std::isfinite(size)) break;
    }
    for (integral& found : results) {
        found.status = integral_status::tolerance_not_reached;
        found.trouble = integral_trouble::rounding;
    }
}

} // namespace

std::uint64_t integrate_together(const components_view& f, double a, double b, std::span<integral> results, const tolerance& wanted,
                                 vector_norm norm, const execution& how) {
    adaptive::check_task(a, b, wanted, how);
    if (f.components() != results.size()) {
        throw usage_error("integrate_together: " + std::to_string(f.components()) + " components for " + std::to_string(results.size()) +
                          " results; give as many results");
    }
    std::fill(results.begin(), results.end(), integral{});
    if (a == b || results.empty()) return 0;
    adaptive::shared_samples samples(f, how);
    const double left = std::fmin(a, b);
    const double right = std::fmax(a, b);
    strictly([&] {
        if (norm == vector_norm::each) {
            find_each(samples, left, right, results, wanted, false);
        } else {
            find_by_norm(samples, left, right, results, wanted, norm);
        }
    });
    if (a > b) {
        for (integral& each : results) each.value = -each.value;
    }
    return samples.evaluations();
}

} // namespace quadot
