#include "dot.hpp"

#include "block/block_table.hpp"
#include "errors.hpp"
#include "reduce/error_bound.hpp"
#include "reduce/exact_sum.hpp"
#include "reduce/ranks.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace quadot {

namespace {

/// Below this many terms for each, waking a second thread costs more than it brings: an OpenMP fork and join takes 0.8 to
/// 1.7 us, in which one Zen 4 core reduces about 10 Ki terms from L2.
constexpr std::uint64_t terms_per_worker = 24 * 1024;

const block_table& table_of(const execution& how) { return how.isa ? table_for(*how.isa) : default_table(); }

template <class Accumulator, class T>
auto kernel_of(const block_table& table) {
    if constexpr (std::is_same_v<T, double>) {
        return table.of<Accumulator>().dot_f64;
    } else {
        return table.of<Accumulator>().dot_f32;
    }
}

template <class Accumulator, class T>
auto blocks_kernel_of(const block_table& table) {
    if constexpr (std::is_same_v<T, double>) {
        return table.of<Accumulator>().dot_blocks_f64;
    } else {
        return table.of<Accumulator>().dot_blocks_f32;
    }
}

template <class T>
parts_kernel<T> parts_kernel_of(const block_table& table) {
    if constexpr (std::is_same_v<T, double>) {
        return table.parts_f64;
    } else {
        return table.parts_f32;
    }
}

template <class T>
void check(std::span<const T> x, std::span<const T> y, const execution& how) {
    check_threads(how.threads);
    if (x.size() != y.size()) [[unlikely]] {
        throw usage_error("dot: x has " + std::to_string(x.size()) + " elements and y " + std::to_string(y.size()) +
                          "; pass vectors of one length");
    }
}

/// The forest of local terms, the first of which is term `first_block * terms_per_block` of the whole.
template <class Accumulator, class T>
forest<typename Accumulator::partial> local_forest(std::uint64_t first_block, std::span<const T> x, std::span<const T> y,
                                                   const execution& how) {
    const auto kernel = blocks_kernel_of<Accumulator, T>(table_of(how));
    const std::uint64_t n = x.size();
    const int workers = dot_workers(n, how.threads);
    forest<typename Accumulator::partial> run(first_block);
    reduce_blocks(run, first_block + blocks_of(n, terms_per_block), workers,
                  [&](std::uint64_t block, std::uint64_t count, typename Accumulator::partial* partials) {
                      const std::uint64_t at = (block - first_block) * terms_per_block;
                      kernel(x.data() + at, y.data() + at, std::min<std::uint64_t>(count * terms_per_block, n - at), partials);
                  });
    return run;
}

template <class Accumulator, class T>
typename Accumulator::partial local_root(std::span<const T> x, std::span<const T> y, const execution& how) {
    if (x.size() <= terms_per_block) return kernel_of<Accumulator, T>(table_of(how))(x.data(), y.data(), x.size());
    return local_forest<Accumulator, T>(0, x, y, how).root();
}

/// The correctly rounded value, given the ball of all ranks' terms. `blocks`: this rank's, of `all_blocks`.
template <class T>
exact_value decide_dot(const communicator& ranks, const exact::partial& ball, std::uint64_t all_blocks, slice blocks,
                       std::span<const T> x, std::span<const T> y, const execution& how) {
    const auto kernel = parts_kernel_of<T>(table_of(how));
    const int workers = dot_workers(x.size(), how.threads);
    return decide(ranks, ball, all_blocks, blocks, workers, [&](exact_sum& sum, std::uint64_t block, double tolerance) {
        const std::uint64_t at = (block - blocks.first) * terms_per_block;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(terms_per_block, x.size() - at));
        add_parts(sum, kernel(x.data() + at, y.data() + at, count, tolerance), x.data() + at, y.data() + at, count);
    });
}

template <class T>
exact_value local_exact(std::span<const T> x, std::span<const T> y, const execution& how) {
    const std::uint64_t blocks = blocks_of(x.size(), terms_per_block);
    return decide_dot<T>(single_process(), local_root<exact, T>(x, y, how), blocks, {0, blocks}, x, y, how);
}

template <class Accumulator, class T>
double local_dot(std::span<const T> x, std::span<const T> y, const execution& how) {
    if constexpr (std::is_same_v<Accumulator, exact>) {
        return local_exact<T>(x, y, how).value;
    } else {
        return local_root<Accumulator, T>(x, y, how).round();
    }
}

/// The general case: any length, any settings, all errors.
template <class T>
[[gnu::noinline]] double any_dot(std::span<const T> x, std::span<const T> y, const execution& how) {
    check(x, y, how);
    const strict_floating_point guard; // for merges and rounding too, not only for blocks
    return with_accumulator(how.accumulator,
                            [&]<class Accumulator>() { return local_dot<Accumulator, T>(x, y, how); });
}

/// One block and nothing to object to: no thread, no forest, no guard to undo, so that the kernels are tail calls. At n = 64, where all is done in
/// 8 ns, the general case would cost 3 ns more.
template <class T>
double dot_of(std::span<const T> x, std::span<const T> y, const execution& how) {
    const bool small = x.size() <= terms_per_block && x.size() == y.size() &&
                       static_cast<unsigned>(how.threads) <= maximum_threads && !how.isa &&
                       strict_floating_point::already_strict();
    if (!small) [[unlikely]] return any_dot(x, y, how);
    const block_table& table = default_table();
    return with_accumulator(how.accumulator, [&]<class Accumulator>() {
        const auto partial = kernel_of<Accumulator, T>(table)(x.data(), y.data(), x.size());
        if constexpr (std::is_same_v<Accumulator, exact>) {
            const auto value = partial.certified();
            return value ? *value : any_dot(x, y, how);
        } else {
            return partial.round();
        }
    });
}

template <class Accumulator, class T>
typename Accumulator::partial distributed_root(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y,
                   const execution& how) {
    using partial = typename Accumulator::partial;
    const slice blocks = share(blocks_of(n, terms_per_block), static_cast<std::uint64_t>(ranks.rank()),
                               static_cast<std::uint64_t>(ranks.size()));
    forest<partial> run(blocks.first);
    std::exception_ptr failure;
    try {
        check(x, y, how);
        const slice mine = terms_of(blocks, n, terms_per_block);
        if (x.size() != mine.count) {
            throw usage_error("dot: rank " + std::to_string(ranks.rank()) + " holds " + std::to_string(x.size()) +
                              " terms where its slice has " + std::to_string(mine.count) + "; see dot_slice()");
        }
        run = local_forest<Accumulator, T>(blocks.first, x, y, how);
    } catch (...) {
        failure = std::current_exception();
    }
    return combine<partial>(ranks, run, blocks_of(n, terms_per_block), failure).root();
}

template <class T>
exact_value distributed_exact(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y,
                              const execution& how) {
    const std::uint64_t blocks = blocks_of(n, terms_per_block);
    const slice mine = share(blocks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
    return decide_dot<T>(ranks, distributed_root<exact, T>(ranks, n, x, y, how), blocks, mine, x, y, how);
}

template <class Accumulator, class T>
double distributed(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y, const execution& how) {
    if constexpr (std::is_same_v<Accumulator, exact>) {
        return distributed_exact<T>(ranks, n, x, y, how).value;
    } else {
        return distributed_root<Accumulator, T>(ranks, n, x, y, how).round();
    }
}

void check_terms(std::uint64_t n) {
    if (n > maximum_terms) throw usage_error("dot: " + std::to_string(n) + " terms; at most 2^53 can be numbered exactly");
}

template <class T>
double distributed_of(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y,
                      const execution& how) {
    const strict_floating_point guard;
    check_terms(n);
    return with_accumulator(how.accumulator, [&]<class Accumulator>() {
        return distributed<Accumulator, T>(ranks, n, x, y, how);
    });
}

} // namespace

template <class T>
double dot_error_bound(accumulator_kind accumulator, double value, double magnitude, std::uint64_t n) {
    // Float lanes overflow where the magnitude, summed in double, does not.
    if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
    return with_accumulator(accumulator, [&]<class Accumulator>() {
        return sum_error_bound<Accumulator, T>(value, magnitude, n, terms_per_block);
    });
}
template double dot_error_bound<double>(accumulator_kind, double, double, std::uint64_t);
template double dot_error_bound<float>(accumulator_kind, double, double, std::uint64_t);

int dot_workers(std::uint64_t n, int threads) {
    const std::uint64_t worth = n / terms_per_worker;
    if (worth <= 1) return 1;
    return static_cast<int>(std::min(worth, static_cast<std::uint64_t>(default_or(threads))));
}

slice dot_slice(std::uint64_t n, int rank, int ranks) {
    return terms_of(share(blocks_of(n, terms_per_block), static_cast<std::uint64_t>(rank), static_cast<std::uint64_t>(ranks)),
                    n, terms_per_block);
}

slice dot_worker_slice(slice of_rank, int worker, int workers) {
    slice mine = terms_of(share(blocks_of(of_rank.count, terms_per_block), static_cast<std::uint64_t>(worker),
                                static_cast<std::uint64_t>(workers)),
                          of_rank.count, terms_per_block);
    mine.first += of_rank.first;
    return mine;
}

double dot(std::span<const double> x, std::span<const double> y, const execution& how) { return dot_of(x, y, how); }
double dot(std::span<const float> x, std::span<const float> y, const execution& how) { return dot_of(x, y, how); }

exact_value exact_dot(std::span<const double> x, std::span<const double> y, const execution& how) {
    check(x, y, how);
    const strict_floating_point guard;
    return local_exact<double>(x, y, how);
}
exact_value exact_dot(std::span<const float> x, std::span<const float> y, const execution& how) {
    check(x, y, how);
    const strict_floating_point guard;
    return local_exact<float>(x, y, how);
}
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                                  const execution& how) {
    const strict_floating_point guard;
    check_terms(n);
    return distributed_exact<double>(ranks, n, x, y, how);
}
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                                  const execution& how) {
    const strict_floating_point guard;
    check_terms(n);
    return distributed_exact<float>(ranks, n, x, y, how);
}

bounded dot_bounded(std::span<const double> x, std::span<const double> y, const execution& how) {
    const strict_floating_point guard;
    const double value = dot(x, y, how);
    return {value, dot_error_bound<double>(how.accumulator, value, local_dot<magnitude, double>(x, y, how), x.size())};
}
bounded dot_bounded(std::span<const float> x, std::span<const float> y, const execution& how) {
    const strict_floating_point guard;
    const double value = dot(x, y, how);
    return {value, dot_error_bound<float>(how.accumulator, value, local_dot<magnitude, float>(x, y, how), x.size())};
}

double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                       const execution& how) {
    return distributed_of(ranks, n, x, y, how);
}
double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                       const execution& how) {
    return distributed_of(ranks, n, x, y, how);
}
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const double> x,
                                std::span<const double> y, const execution& how) {
    const strict_floating_point guard;
    const double value = distributed_dot(ranks, n, x, y, how);
    return {value, dot_error_bound<double>(how.accumulator, value, distributed<magnitude, double>(ranks, n, x, y, how), n)};
}
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const float> x,
                                std::span<const float> y, const execution& how) {
    const strict_floating_point guard;
    const double value = distributed_dot(ranks, n, x, y, how);
    return {value, dot_error_bound<float>(how.accumulator, value, distributed<magnitude, float>(ranks, n, x, y, how), n)};
}

} // namespace quadot
