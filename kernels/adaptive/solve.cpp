#include "adaptive/solve.hpp"

#include "adaptive/first_samples.hpp"
#include "adaptive/start.hpp"
#include "block/regions.hpp"

#include <algorithm>
#include <cmath>

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

} // namespace

integral solve(const evaluation& f, double a, double b, const tolerance& wanted) {
    return with_search(a, b, wanted, [&](double min_width) { return refine_from(min_width, f, a, b, wanted); });
}

integral solve_in_regions(const region_source& f, double a, double b, const tolerance& wanted, std::span<const double> points,
                          std::vector<part>* parts) {
    return with_search(a, b, wanted, [&](double min_width) { return refine_from_regions(min_width, f, a, b, wanted, points, parts); });
}

} // namespace quadot::adaptive
