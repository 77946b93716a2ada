// std::transform_reduce(std::execution::unseq, ...): the standard's own licence to reorder and vectorise,
// which libstdc++ spends on `omp simd`: without -fopenmp-simd it is as slow as the naive loop. One thread:
// its parallel policies would need TBB.
#define _GLIBCXX_USE_TBB_PAR_BACKEND 0 // NOLINT(bugprone-reserved-identifier): how libstdc++ is told

#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

#include <compare>
#include <cstddef>
#include <execution>
#include <functional>
#include <iterator>
#include <numeric>

namespace quadot::baselines {
namespace {

/// boost::counting_iterator in short: an iota view's iterators pass for input iterators, on which libstdc++
/// ignores the policy, and clang 14 rejects libstdc++'s view. GCC 12 keeps these loops scalar all the same:
/// SSE2 converts no 64-bit integers.
struct counting_iterator {
    using iterator_category = std::random_access_iterator_tag;
    using value_type = std::int64_t;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::int64_t*;
    using reference = std::int64_t;

    std::int64_t i;

    std::int64_t operator*() const { return i; }
    std::int64_t operator[](difference_type k) const { return i + k; }
    counting_iterator& operator++() {
        ++i;
        return *this;
    }
    counting_iterator operator+(difference_type k) const { return {i + k}; }
    difference_type operator-(counting_iterator other) const { return i - other.i; }
    auto operator<=>(const counting_iterator&) const = default;
};

struct stl_loop {
    int workers; // unused: one thread

    template <class Part>
    double on_every_worker(const Part& part) const {
        return part();
    }

    template <class Term>
    double sum(std::int64_t first, std::int64_t last, const Term& term) const {
        return std::transform_reduce(std::execution::unseq, counting_iterator{first}, counting_iterator{last}, 0.0, std::plus<double>{},
                                     [&](std::int64_t i) { return term(scalar_index{i}); });
    }
};

template <class T>
double stl_dot(const T* x, const T* y, std::uint64_t n, int /*threads*/) {
    return std::transform_reduce(std::execution::unseq, x, x + n, y, T(0));
}

} // namespace

extern constinit const dot_baseline dot_stl{
    "stl",          "std::transform_reduce(std::execution::unseq, x, x + n, y, 0.0)", QUADOT_BASELINE_LABEL, false, &stl_dot<double>,
    &stl_dot<float>};

extern constinit const integrate_baseline integrate_stl{"stl",
                                                        "std::transform_reduce(std::execution::unseq, ...) over a counting iterator",
                                                        QUADOT_BASELINE_LABEL,
                                                        false,
                                                        &every_rule,
                                                        &integrate<stl_loop>};

} // namespace quadot::baselines
