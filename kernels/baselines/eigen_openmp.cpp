// Eigen on one contiguous segment a thread; the partial sums are added.
#include "baselines/baselines.hpp"
#include "baselines/eigen_loops.hpp"
#include "baselines/rule_loops.hpp"

#include <omp.h>

namespace quadot::baselines {
namespace {

struct segment {
    std::int64_t first;
    std::int64_t last;
};

/// This thread's part of [first, last); all are nearly equal.
segment share_of(std::int64_t first, std::int64_t last) {
    const std::int64_t threads = omp_get_num_threads();
    const std::int64_t least = (last - first) / threads;
    const std::int64_t longer = (last - first) % threads;
    const auto start = [&](std::int64_t t) { return first + t * least + (t < longer ? t : longer); };
    const std::int64_t thread = omp_get_thread_num();
    return {start(thread), start(thread + 1)};
}

struct eigen_openmp_loop {
    int workers;

    template <class Part>
    double on_every_worker(const Part& part) const {
        double s = 0;
#pragma omp parallel reduction(+ : s) num_threads(workers)
        s += part();
        return s;
    }

    template <class Term>
    double sum(std::int64_t first, std::int64_t last, const Term& term) const {
        if (last <= first) return 0;
        const segment mine = share_of(first, last);
        return eigen_loop{1}.sum(mine.first, mine.last, term);
    }
};

template <class T>
double dot_in_segments(const T* x, const T* y, std::uint64_t n, int threads) {
    T s = 0;
#pragma omp parallel reduction(+ : s) num_threads(threads)
    {
        const segment mine = share_of(0, static_cast<std::int64_t>(n));
        s += eigen_dot(x + mine.first, y + mine.first, static_cast<std::uint64_t>(mine.last - mine.first));
    }
    return s;
}

} // namespace

extern constinit const dot_baseline dot_eigen_openmp{"eigen-openmp",           "an Eigen .dot a thread, on its segment",
                                                     QUADOT_BASELINE_LABEL,    true,
                                                     &dot_in_segments<double>, &dot_in_segments<float>};

extern constinit const integrate_baseline integrate_eigen_openmp{
    "eigen-openmp", "blocks of Eigen::Array, a segment a thread", QUADOT_BASELINE_LABEL, true, &every_rule, &integrate<eigen_openmp_loop>};

} // namespace quadot::baselines
