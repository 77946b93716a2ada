// std::transform_reduce(std::execution::unseq, ...): the standard's own licence to reorder and vectorise,
// which libstdc++ spends on `omp simd`: without -fopenmp-simd it is as slow as the naive loop. An iota view's
// iterators count as input iterators to it, so that integrals stay scalar all the same. One thread: its
// parallel policies would need TBB.
#define _GLIBCXX_USE_TBB_PAR_BACKEND 0

#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

#include <algorithm>
#include <execution>
#include <functional>
#include <numeric>
#include <ranges>

namespace quadot::baselines {
namespace {

struct stl_loop {
    int workers; // unused: one thread

    template <class Term>
    double operator()(std::int64_t first, std::int64_t last, const Term& term) const {
        const std::ranges::iota_view indices(first, std::max(first, last));
        return std::transform_reduce(std::execution::unseq, indices.begin(), indices.end(), 0.0, std::plus{},
                                     [&](std::int64_t i) { return term(scalar_index{i}); });
    }
};

template <class T>
double stl_dot(const T* x, const T* y, std::uint64_t n, int /*threads*/) {
    return std::transform_reduce(std::execution::unseq, x, x + n, y, T(0));
}

} // namespace

extern constinit const dot_baseline dot_stl{"stl",
                                            "std::transform_reduce(std::execution::unseq, x, x + n, y, 0.0)",
                                            QUADOT_BASELINE_LABEL,
                                            false,
                                            &stl_dot<double>,
                                            &stl_dot<float>};

extern constinit const integrate_baseline integrate_stl{
    "stl",
    "std::transform_reduce(std::execution::unseq, ...) over an iota view",
    QUADOT_BASELINE_LABEL,
    false,
    &every_rule,
    &integrate<stl_loop>};

} // namespace quadot::baselines
