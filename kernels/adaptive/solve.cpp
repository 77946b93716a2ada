#include "adaptive/solve.hpp"

#include "adaptive/alternating_tail.hpp"
#include "adaptive/first_samples.hpp"
#include "adaptive/start.hpp"
#include "block/regions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quadot::adaptive {

namespace {

/// From as many regions as min_width asks for.
integral refine_from_regions(double min_width, const region_source& f, double a, double b, const tolerance& wanted,
                             std::span<const double> points, std::vector<part>* parts) {
    start from = begin(a, b, min_width, wanted.breakpoints, points);
    f(std::span(from.regions));
    const std::uint64_t evaluations = from.regions.size() * static_cast<std::uint64_t>(region_nodes);
    std::vector<chain> chains = chains_of(from);
    return refine(f, wanted, {std::move(from.regions), std::move(chains)}, {}, evaluations, parts);
}

integral refine_from(double min_width, const evaluation& f, double a, double b, const tolerance& wanted) {
    const std::size_t regions = first_regions(a, b, min_width);
    if (!wanted.breakpoints.empty() || !first_samples::possible(a, b, regions)) {
        return refine_from_regions(min_width, f, a, b, wanted, {}, nullptr);
    }
    first_samples first(a, b, min_width, regions);
    first.evaluate(f);
    integral result;
    if (first.suffice(wanted, result)) return result;
    at_rest rest;
    return refine(f, wanted, first.unfinished(rest), rest, result.evaluations);
}

/// Without the search that was asked for, whatever is found is no success.
template <class From>
integral with_search(double a, double b, const tolerance& wanted, const From& from) {
    if (first_regions(a, b, wanted.min_width) * static_cast<std::uint64_t>(region_nodes) <= wanted.max_evaluations) {
        return from(wanted.min_width);
    }
    integral result = from(0.0);
    if (result.status == integral_status::ok) {
        result.status = integral_status::tolerance_not_reached;
        result.trouble = integral_trouble::evaluations;
    }
    return result;
}

/// The integral up to where it oscillates regularly, and what lies behind as alternating series; `refined` finds the former. Without such a tail, or
/// without room for more samples, an integral that is not found.
template <class Refined>
integral without_tails(const region_source& f, double a, double b, const tolerance& wanted, std::uint64_t before, const Refined& refined) {
    integral result{.error = std::numeric_limits<double>::infinity(), .status = integral_status::tolerance_not_reached};
    constexpr std::uint64_t fewest = 20'000; // what most tails and what is in front of them take together
    if (before + fewest > wanted.max_evaluations) return result;
    const std::uint64_t most = (wanted.max_evaluations - before) / 2;
    bool cut = false;
    double tails = 0;
    double error = 0;
    // A tenth of what the tolerance leaves, but no more than rounding allows.
    const error_limits enough{0.1 * wanted.absolute, std::max(0.1 * wanted.relative, 2e-14)};
    const double from = std::isinf(a) ? (std::isinf(b) ? 0 : b) : a;
    for (const double direction : {-1.0, 1.0}) {
        double& limit = direction < 0 ? a : b;
        if (!std::isinf(limit)) continue;
        const auto tail = find_alternating_tail(f, from, direction, enough, most, result.evaluations);
        const auto beyond = [&](double point) { return (point - tail->from) * direction > 0; };
        if (!tail || std::any_of(wanted.breakpoints.begin(), wanted.breakpoints.end(), beyond)) continue;
        cut = true;
        limit = tail->from;
        tails += tail->value;
        error += tail->error;
    }
    if (!cut) return result;
    const auto within = [&](double absolute, double relative) {
        tolerance narrower = wanted;
        narrower.absolute = absolute;
        narrower.relative = relative;
        narrower.max_evaluations = wanted.max_evaluations - std::min(wanted.max_evaluations, before + result.evaluations);
        integral body = refined(a, b, narrower);
        body.evaluations += result.evaluations;
        body.value += tails;
        body.error += error;
        return body;
    };
    const auto target = [&](const integral& all) { return std::max(wanted.absolute, wanted.relative * std::fabs(all.value)); };
    result = within(wanted.absolute, wanted.relative);
    // Body and tails may cancel, and share what the tolerance allows.
    if (result.status == integral_status::ok && result.error > target(result) && error < 0.5 * target(result)) {
        result = within(target(result) - error, 0);
    }
    if (result.status == integral_status::ok && result.error > target(result)) {
        result.status = integral_status::tolerance_not_reached;
        result.trouble = integral_trouble::rounding;
    }
    return result;
}

} // namespace

integral solve(const evaluation& f, double a, double b, const tolerance& wanted) {
    const auto refined = [&](double from, double to, const tolerance& to_what) {
        return with_search(from, to, to_what, [&](double min_width) { return refine_from(min_width, f, from, to, to_what); });
    };
    integral found = refined(a, b, wanted);
    if (found.trouble != integral_trouble::oscillation) return found;
    integral finite = without_tails(f, a, b, wanted, found.evaluations, refined);
    found.evaluations += finite.evaluations;
    if (finite.status != integral_status::ok && !(finite.error < found.error)) return found;
    finite.evaluations = found.evaluations;
    return finite;
}

integral solve_in_regions(const region_source& f, double a, double b, const tolerance& wanted, std::span<const double> points,
                          std::vector<part>* parts) {
    return with_search(a, b, wanted, [&](double min_width) { return refine_from_regions(min_width, f, a, b, wanted, points, parts); });
}

} // namespace quadot::adaptive
