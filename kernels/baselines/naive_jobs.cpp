// The lecture notes' threaded version: J jobs on J equal slices, n steps each; results are added from left to
// right.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

#include <algorithm>
#include <vector>

namespace quadot::baselines {
namespace {

/// More jobs than this share threads.
constexpr int most_threads = 256;

double integrate_in_jobs(std::size_t integrand, const rule& which, double a, double b, std::uint64_t n, int jobs) {
    const rule_table table(which, n);
    const double width = (b - a) / jobs;
    std::vector<double> results(static_cast<std::size_t>(jobs));
    const auto run = [&]<class Integrand>() {
#pragma omp parallel for schedule(static, 1) num_threads(std::min(jobs, most_threads))
        for (int j = 0; j < jobs; ++j) {
            results[static_cast<std::size_t>(j)] =
                sum_rule<Integrand>(table, a + j * width, a + (j + 1) * width, static_cast<std::int64_t>(n), plain_loop{1});
        }
        double total = 0;
        for (const double result : results) total += result;
        return total;
    };
    return with_integrand(integrand, run, integrands::list{});
}

} // namespace

extern constinit const integrate_baseline integrate_naive_jobs{
    "naive-jobs",      "the lecture notes' jobs: one slice of n steps each, a thread a job", QUADOT_BASELINE_LABEL, true, &left_rule,
    &integrate_in_jobs};

} // namespace quadot::baselines
