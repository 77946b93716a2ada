#include "registry/integrate_variants.hpp"

#include "baselines/baselines.hpp"
#include "integrate.hpp"
#include "reduce/slices.hpp"

namespace quadot::registry {

namespace {

/// As users write it: each rank integrates its share of the panels, and MPI adds. Clenshaw-Curtis has no panels to share.
double run_baseline(const baselines::integrate_baseline& baseline, const integrate_problem& problem) {
    const auto whole = [&] {
        return baseline.run(problem.integrand.index, problem.which, problem.a, problem.b, problem.n,
                            baseline.name == "naive-jobs" ? problem.jobs : problem.threads);
    };
    if (problem.ranks.size() == 1 || problem.which.kind == rule_kind::clenshaw || baseline.name == "naive-jobs") return whole();
    const slice mine = share(problem.n, static_cast<std::uint64_t>(problem.ranks.rank()), static_cast<std::uint64_t>(problem.ranks.size()));
    const double h = (problem.b - problem.a) / static_cast<double>(problem.n);
    const double a = problem.a + static_cast<double>(mine.first) * h;
    const double b = mine.last() == problem.n ? problem.b : problem.a + static_cast<double>(mine.last()) * h;
    const double local = mine.count == 0 ? 0 : baseline.run(problem.integrand.index, problem.which, a, b, mine.count, problem.threads);
    return problem.ranks.unordered_sum(local);
}

} // namespace

std::vector<integrate_variant> integrate_variants(isa_kind isa, const rule& which, int jobs) {
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
            const execution how{.accumulator = kind, .threads = problem.threads, .isa = isa, .ranks = &problem.ranks};
            return integrate(problem.integrand, problem.a, problem.b, problem.n, problem.which, how);
        };
        variants.push_back(std::move(own));
    });
    for (const auto& baseline : baselines::integrate_baselines()) {
        if (!baseline.supports(which)) continue;
        const bool per_job = baseline.name == "naive-jobs";
        if (per_job && jobs == 0) continue;
        integrate_variant rival;
        rival.name = "integrate/baseline/" + std::string(baseline.name);
        rival.short_name = baseline.name;
        rival.summary = baseline.summary;
        rival.flags = baseline.flags;
        rival.threaded = baseline.threaded;
        rival.per_job = per_job;
        rival.run = [&baseline](const integrate_problem& problem) { return run_baseline(baseline, problem); };
        variants.push_back(std::move(rival));
    }
    return variants;
}

} // namespace quadot::registry
