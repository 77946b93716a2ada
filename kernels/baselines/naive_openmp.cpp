// The naive loops under `#pragma omp parallel for reduction(+ : s)`.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {
namespace {

struct openmp_loop {
    int workers;

    /// One parallel region for all loops of a rule: gauss:64 has 64 of them.
    template <class Part>
    double on_every_worker(const Part& part) const {
        double s = 0;
#pragma omp parallel reduction(+ : s) num_threads(workers)
        s += part();
        return s;
    }

    template <class Term>
    double sum(std::int64_t first, std::int64_t last, const Term& term) const {
        double s = 0;
#pragma omp for nowait schedule(static)
        for (std::int64_t i = first; i < last; ++i) s += term(scalar_index{i});
        return s;
    }
};

template <class T>
double openmp_dot(const T* x, const T* y, std::uint64_t n, int threads) {
    T s = 0;
#pragma omp parallel for reduction(+ : s) num_threads(threads)
    for (std::uint64_t i = 0; i < n; ++i) s += x[i] * y[i];
    return s;
}

} // namespace

extern constinit const dot_baseline dot_naive_openmp{"naive-openmp",        "the naive loop under #pragma omp parallel for reduction(+:s)",
                                                     QUADOT_BASELINE_LABEL, true,
                                                     &openmp_dot<double>,   &openmp_dot<float>};

extern constinit const integrate_baseline integrate_naive_openmp{
    "naive-openmp",         "the naive loop under #pragma omp parallel for reduction(+:s)", QUADOT_BASELINE_LABEL, true, &every_rule,
    &integrate<openmp_loop>};

} // namespace quadot::baselines
