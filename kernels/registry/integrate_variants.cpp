#include "registry/integrate_variants.hpp"

#include "baselines/baselines.hpp"
#include "integrate.hpp"
#include "reduce/slices.hpp"

namespace quadot::registry {

namespace {

/// `run(a, b, n)` on this rank's share of the panels; MPI adds.
template <class Run>
double share_panels(const integrate_problem& problem, const Run& run) {
    if (problem.ranks.size() == 1 || problem.which.kind == rule_kind::clenshaw) return run(problem.a, problem.b, problem.n);
    const slice mine = share(problem.n, static_cast<std::uint64_t>(problem.ranks.rank()), static_cast<std::uint64_t>(problem.ranks.size()));
    const double h = (problem.b - problem.a) / static_cast<double>(problem.n);
    const double a = problem.a + static_cast<double>(mine.first) * h;
    const double b = mine.last() == problem.n ? problem.b : problem.a + static_cast<double>(mine.last()) * h;
    return problem.ranks.unordered_sum(mine.count == 0 ? 0 : run(a, b, mine.count));
}

/// As users write it: each rank integrates its share of the panels, and MPI adds. Clenshaw-Curtis has no panels to share.
double run_baseline(const baselines::integrate_baseline& baseline, const integrate_problem& problem) {
    const auto run = [&](double a, double b, std::uint64_t n) {
        return baseline.run(problem.integrand.index, problem.which, a, b, n,
                            baseline.name == "naive-jobs" ? problem.jobs : problem.threads);
    };
    return baseline.name == "naive-jobs" ? run(problem.a, problem.b, problem.n) : share_panels(problem, run);
}

/// Quadot's accumulators.
std::vector<integrate_variant> own_variants(isa_kind isa, const rule& which) {
    std::vector<integrate_variant> variants;
    accumulators::for_each([&]<class Accumulator>() {
        const auto kind = static_cast<accumulator_kind>(variants.size());
        integrate_variant own;
        own.name = "integrate/" + which.name() + "/" + std::string(Accumulator::name) + "/" + std::string(name_of(isa));
        own.short_name = Accumulator::name;
        own.summary = Accumulator::summary;
        own.accumulator = kind;
        own.threaded = true;
        own.run = [isa, kind](const integrate_problem& problem) {
            const execution how{.accumulator = kind, .threads = problem.threads, .isa = isa, .ranks = &problem.ranks, .jit = problem.jit};
            const integrand_view f = problem.text != nullptr ? integrand_view(problem.text->formula) : integrand_view(problem.integrand);
            return integrate(f, problem.a, problem.b, problem.n, problem.which, how);
        };
        variants.push_back(std::move(own));
    });
    return variants;
}

template <class Baseline>
integrate_variant rival_of(const Baseline& baseline) {
    integrate_variant rival;
    rival.name = "integrate/baseline/" + std::string(baseline.name);
    rival.short_name = baseline.name;
    rival.summary = baseline.summary;
    rival.flags = baseline.flags;
    return rival;
}

} // namespace

std::vector<integrate_variant> integrate_variants(isa_kind isa, const rule& which, int jobs) {
    std::vector<integrate_variant> variants = own_variants(isa, which);
    for (const auto& baseline : baselines::integrate_baselines()) {
        if (!baseline.supports(which)) continue;
        const bool per_job = baseline.name == "naive-jobs";
        if (per_job && jobs == 0) continue;
        integrate_variant rival = rival_of(baseline);
        rival.threaded = baseline.threaded;
        rival.per_job = per_job;
        rival.run = [&baseline](const integrate_problem& problem) { return run_baseline(baseline, problem); };
        variants.push_back(std::move(rival));
    }
    return variants;
}

std::vector<integrate_variant> text_variants(isa_kind isa, const rule& which, const text_integrand& text) {
    std::vector<integrate_variant> variants = own_variants(isa, which);
    for (const auto& baseline : baselines::text_baselines()) {
        if (!baseline.supports(text.formula, text.parameters)) continue;
        integrate_variant rival = rival_of(baseline);
        rival.threaded = false;
        rival.run = [&baseline](const integrate_problem& problem) {
            return share_panels(problem, [&](double a, double b, std::uint64_t n) {
                return baseline.run(problem.text->formula, problem.text->parameters, problem.which, a, b, n);
            });
        };
        variants.push_back(std::move(rival));
    }
    return variants;
}

} // namespace quadot::registry
