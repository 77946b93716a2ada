#include "adaptive/shared_samples.hpp"

#include "adaptive/evaluation.hpp"
#include "block/regions.hpp"
#include "reduce/evaluator.hpp"

#include <algorithm>

namespace quadot::adaptive {

namespace {

/// Gives one component after the other to the regions' kernel, which asks at the same abscissae each time.
struct components_in_turn {
    const components_view& f;
    std::vector<double> samples; ///< one component after the other
    std::size_t component = 0;

    static void evaluate(const void* context, const double* x, double* y, std::size_t count) {
        auto& all = *static_cast<components_in_turn*>(const_cast<void*>(context)); // NOLINT: made as no const below
        if (all.component == 0) all.f.evaluate(x, all.samples.data(), count);
        std::copy_n(all.samples.begin() + static_cast<std::ptrdiff_t>(all.component * count), count, y);
    }
};

struct one_component {
    const components_view& f;
    std::size_t component;

    static void evaluate(const void* context, const double* x, double* y, std::size_t count) {
        const auto& [f, component] = *static_cast<const one_component*>(context);
        std::vector<double> all(f.components() * count);
        f.evaluate(x, all.data(), count);
        std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(component * count), count, y);
    }
};

} // namespace

shared_samples::shared_samples(const components_view& f, const execution& how) : f_(f), table_(table_of(how)), workers_(how) {}

void shared_samples::evaluate_block(std::span<const region> regions, std::span<region_results> results) const {
    region_block block;
    load_limits(block, regions);
    components_in_turn context{f_, std::vector<double>(f_.components() * chunk_samples)};
    for (std::size_t c = 0; c < f_.components(); ++c) {
        context.component = c;
        table_.regions.evaluate(block, regions.size(), components_in_turn::evaluate, &context);
        for (std::size_t k = 0; k < regions.size(); ++k) results[k * f_.components() + c] = region_results::of_lane(block, k);
    }
}

void shared_samples::evaluate_missing(std::span<region> regions) {
    std::vector<region> missing;
    const std::size_t first = results_.size();
    for (const region& each : regions) {
        const bool fresh = places_.try_emplace(limits::of(each), first + missing.size() * f_.components()).second;
        if (fresh) missing.push_back(each);
    }
    if (missing.empty()) return;
    results_.resize(first + missing.size() * f_.components());
    const std::span<region_results> results = std::span(results_).subspan(first);
    const auto evaluate = [&](std::size_t from, std::size_t count) {
        const std::size_t blocks = (count + regions_per_block - 1) / regions_per_block;
        workers_.over_threads(blocks, 1, [&](std::size_t number) {
            const std::size_t at = from + number * regions_per_block;
            const std::size_t size = std::min(regions_per_block, from + count - at);
            evaluate_block(std::span<const region>(missing).subspan(at, size),
                           results.subspan(at * f_.components(), size * f_.components()));
        });
    };
    if (workers_.distributed()) {
        workers_.over_ranks(results, f_.components(), evaluate);
    } else {
        evaluate(0, missing.size());
    }
    evaluations_ += missing.size() * static_cast<std::uint64_t>(region_nodes);
}

bool shared_samples::vanishes() const {
    return std::all_of(results_.begin(), results_.end(), [](const region_results& each) { return each.magnitude == 0; });
}

void shared_samples::give(std::size_t component, std::span<region> regions) {
    evaluate_missing(regions);
    for (region& each : regions) each.take(results_[places_.at(limits::of(each)) + component]);
}

void shared_samples::sample(std::size_t component, std::span<const double> x, std::span<double> y) const {
    const one_component context{f_, component};
    sample_on_first_rank(workers_.ranks(), {one_component::evaluate, &context}, x, y);
}

} // namespace quadot::adaptive
