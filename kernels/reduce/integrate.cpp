#include "integrate.hpp"

#include "block/block_table.hpp"
#include "dot.hpp"
#include "errors.hpp"
#include "reduce/error_bound.hpp"
#include "reduce/evaluator.hpp"
#include "reduce/exact_sum.hpp"
#include "reduce/planned_rule.hpp"
#include "reduce/ranks.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

namespace quadot {

namespace {

/// Samples a block: 1 Ki, so that a few thousand evaluations of a slow integrand already spread over threads; a fold is still under
/// 3 % of the fastest integrand's block.
constexpr std::size_t samples_per_block = 1024;

/// Each worker should get this much, some twice what an OpenMP fork and join costs (0.8 to 1.7 us).
constexpr double seconds_per_worker = 3e-6;

void check(double a, double b, std::uint64_t n, const rule& which, const execution& how) {
    check_threads(how.threads);
    if (!std::isfinite(a) || !std::isfinite(b)) {
        throw usage_error(which.name() + ": limits must be finite for a fixed rule; integrate to a tolerance instead");
    }
    if (!std::isfinite(b - a)) {
        throw usage_error(which.name() + ": the limits are further apart than the largest double; scale the variable");
    }
    if (n < 1) throw usage_error(which.name() + ": n = 0 panels; take n >= 1");
    if (which.kind == rule_kind::gauss && (which.order < minimum_gauss_order || which.order > maximum_gauss_order)) {
        throw usage_error(which.name() + ": order out of range; choose gauss:2 ... gauss:64");
    }
    if (n > maximum_terms || which.evaluations(n) > maximum_terms) {
        throw usage_error(which.name() + ": n = " + std::to_string(n) + " needs more than 2^53 evaluations; take a smaller n");
    }
}

/// One rule on one range, ready to reduce any run of its blocks.
template <class Accumulator>
class block_reducer {
  public:
    using partial = typename Accumulator::partial;

    block_reducer(const sample_plan& plan, const integrand_view& f, const block_table& table)
        : plan_(plan), integrate_(table.of<Accumulator>().integrate), evaluate_(evaluator_of(f, table).function), context_(f.context()) {
        if (!f.named()) return;
        if constexpr (has_fused) {
            // Not on nodes that need clamping, nor on the blocks with an end (below).
            if (plan.layout == node_layout::uniform && !plan.clamp_every_block) {
                fused_ = (*table.integrand)[f.index()].template fused<Accumulator>();
            }
        }
    }

    void operator()(std::uint64_t block, std::uint64_t count, partial* partials) const {
        for (std::uint64_t k = 0; k < count; ++k) partials[k] = reduce(block + k);
    }

  private:
    [[nodiscard]] partial reduce(std::uint64_t block) const {
        const std::uint64_t first = block * samples_per_block;
        const std::uint64_t left = plan_.samples - first;
        if constexpr (has_fused) {
            if (fused_ != nullptr && block > 0 && left > samples_per_block) return fused_(plan_, first, samples_per_block);
        }
        return integrate_(plan_, first, static_cast<std::size_t>(std::min<std::uint64_t>(samples_per_block, left)), evaluate_, context_);
    }

    static constexpr bool has_fused = std::derived_from<integrand_kernels, fused_kernel<Accumulator>>;

    const sample_plan& plan_;
    decltype(accumulator_kernels<Accumulator>::integrate) integrate_;
    typename fused_kernel<Accumulator>::function fused_ = nullptr;
    evaluate_function evaluate_;
    const void* context_;
};

/// Reduces blocks until `last`. What an evaluation costs is unknown beforehand, so the first block is timed and the
/// rest spread over as many threads as it is worth. Timing decides who computes, not what.
template <class Accumulator>
void reduce_run(forest<typename Accumulator::partial>& run, std::uint64_t last, const block_reducer<Accumulator>& reduce, int threads) {
    if (run.last() == last) return;
    if (threads == 1 || last - run.last() < 3) {
        reduce_blocks(run, last, 1, reduce);
        return;
    }
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    reduce_blocks(run, run.last() + 1, 1, reduce);
    const std::chrono::duration<double> block_time = clock::now() - start;
    const double worth = block_time.count() * static_cast<double>(last - run.last()) / seconds_per_worker;
    const int workers = worth < threads ? std::max(1, static_cast<int>(worth)) : threads;
    reduce_blocks(run, last, workers, reduce);
}

template <class Accumulator>
typename Accumulator::partial sum(const planned_rule& planned, const integrand_view& f, const execution& how) {
    using partial = typename Accumulator::partial;
    const communicator& ranks = how.ranks != nullptr ? *how.ranks : single_process();
    const std::uint64_t blocks = blocks_of(planned.plan().samples, samples_per_block);
    const slice mine = share(blocks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
    forest<partial> run(mine.first);
    std::exception_ptr failure;
    try {
        const block_table& table = table_of(how);
        const block_reducer<Accumulator> reduce(planned.plan(), f, table);
        const int threads = mine.count < 2 ? 1 : default_or(how.threads);
        reduce_run<Accumulator>(run, mine.last(), reduce, threads);
    } catch (...) {
        failure = std::current_exception();
    }
    return combine<partial>(ranks, run, blocks, failure).root();
}

/// The sum, correctly rounded, of the weighted samples as computed. Where it is not decided at once, they are computed again.
double exact_total(const planned_rule& planned, const integrand_view& f, const execution& how) {
    const exact::partial ball = sum<exact>(planned, f, how);
    const communicator& ranks = how.ranks != nullptr ? *how.ranks : single_process();
    const sample_plan& plan = planned.plan();
    const std::uint64_t blocks = blocks_of(plan.samples, samples_per_block);
    const slice mine = share(blocks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
    const block_table& table = table_of(how);
    const evaluate_function evaluate = evaluator_of(f, table).function;
    const int workers = static_cast<int>(std::clamp<std::uint64_t>(mine.count, 1, static_cast<std::uint64_t>(default_or(how.threads))));
    const auto add = [&](exact_sum& sum, std::uint64_t block, double tolerance) {
        alignas(64) double weights[chunk_samples];
        alignas(64) double samples[chunk_samples];
        const std::uint64_t first = block * samples_per_block;
        const std::uint64_t last = std::min<std::uint64_t>(first + samples_per_block, plan.samples);
        constexpr std::uint64_t chunks = samples_per_block / chunk_samples;
        for (std::uint64_t at = first; at < last; at += chunk_samples) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_samples, last - at));
            const double* const w = weights;
            const double* const v = samples;
            table.weighted_samples(plan, at, count, evaluate, f.context(), weights, samples);
            add_parts(sum, table.parts<double>(term_kind::products)(w, v, count, tolerance / static_cast<double>(chunks)),
                      term_kind::products, w, v, count);
        }
    };
    return decide(ranks, ball, blocks, mine, workers, add).value;
}

} // namespace

integrand_view::integrand_view(const expression& f) : text_(&f), context_(&f.compiled_view()) {
    if (f.variables().size() == 1) return;
    throw usage_error("integrand '" + f.text().substr(0, 80) + "': " + std::to_string(f.variables().size()) +
                      " variables; an integral over an interval takes an expression in one");
}

double integrate(integrand_view f, double a, double b, std::uint64_t n, const rule& which, const execution& how) {
    check(a, b, n, which, how);
    if (a == b) return 0;
    f = with_compiled_text(f, how);
    // Plan, merges and scaling too, not only blocks.
    return strictly([&] {
        const planned_rule planned(which, std::min(a, b), std::max(a, b), n);
        const double value = with_accumulator(how.accumulator, [&]<class Accumulator>() {
            if constexpr (std::is_same_v<Accumulator, exact>) {
                return planned.scale(exact_total(planned, f, how), 0);
            } else {
                const auto partial = sum<Accumulator>(planned, f, how);
                return planned.scale(partial.high(), partial.low());
            }
        });
        return a < b ? value : -value;
    });
}

bounded integrate_bounded(integrand_view f, double a, double b, std::uint64_t n, const rule& which, const execution& how) {
    const double value = integrate(f, a, b, n, which, how);
    if (a == b) return {value, 0};
    return strictly([&]() -> bounded {
        const planned_rule planned(which, std::min(a, b), std::max(a, b), n);
        const double total = sum<magnitude>(planned, f, how).round();
        const double unscaled = with_accumulator(how.accumulator, [&]<class Accumulator>() {
            return sum_error_bound<Accumulator, double>(0, total, planned.plan().samples, samples_per_block);
        });
        // scale() is exact to second order and rounds once, and `exact` rounded its sum before: 2 u |value|, and as much again for the
        // second-order terms. Subnormal values round by half of 2^-1074; so do the halved end samples, before a weight of at most 14.
        constexpr double u = unit_roundoff<double>;
        constexpr double smallest = std::numeric_limits<double>::denorm_min();
        return {value, planned.scale(unscaled + 14 * smallest, 0) * (1 + 8 * u) + 3 * u * std::abs(value) + smallest};
    });
}

} // namespace quadot
