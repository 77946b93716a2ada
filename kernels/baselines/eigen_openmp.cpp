// Eigen on one contiguous segment a thread; the partial sums are added.
#include "baselines/baselines.hpp"
#include "baselines/eigen_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {
namespace {

struct segment {
    std::int64_t first;
    std::int64_t last;
};

/// The t-th of `count` nearly equal parts of [first, last).
segment part(std::int64_t first, std::int64_t last, std::int64_t t, std::int64_t count) {
    const std::int64_t share = (last - first) / count;
    const std::int64_t longer = (last - first) % count;
    const auto start = [&](std::int64_t k) { return first + k * share + (k < longer ? k : longer); };
    return {start(t), start(t + 1)};
}

struct eigen_openmp_loop {
    int workers;

    template <class Term>
    double operator()(std::int64_t first, std::int64_t last, const Term& term) const {
        if (last <= first) return 0;
        double s = 0;
#pragma omp parallel for reduction(+ : s) num_threads(workers) schedule(static, 1)
        for (int t = 0; t < workers; ++t) {
            const segment mine = part(first, last, t, workers);
            s += eigen_loop{1}(mine.first, mine.last, term);
        }
        return s;
    }
};

template <class T>
double dot_in_segments(const T* x, const T* y, std::uint64_t n, int threads) {
    T s = 0;
#pragma omp parallel for reduction(+ : s) num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; ++t) {
        const segment mine = part(0, static_cast<std::int64_t>(n), t, threads);
        s += eigen_dot(x + mine.first, y + mine.first, static_cast<std::uint64_t>(mine.last - mine.first));
    }
    return s;
}

} // namespace

extern constinit const dot_baseline dot_eigen_openmp{
    "eigen-openmp",           "an Eigen .dot a thread, on its segment",
    QUADOT_BASELINE_LABEL,    true,
    &dot_in_segments<double>, &dot_in_segments<float>};

extern constinit const integrate_baseline integrate_eigen_openmp{
    "eigen-openmp",        "blocks of Eigen::Array, a segment a thread",
    QUADOT_BASELINE_LABEL, true,
    &every_rule,           &integrate<eigen_openmp_loop>};

} // namespace quadot::baselines
