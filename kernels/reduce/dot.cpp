#include "dot.hpp"

#include "block/block_table.hpp"
#include "errors.hpp"
#include "reduce/error_bound.hpp"
#include "reduce/term_sum.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

namespace quadot {

namespace {

/// Below this many terms for each, waking a second thread costs more than it brings. With OpenMP's threads awake, as they are between the
/// calls of a loop, two reach 1.03 x one at 16 Ki doubles from L2, 1.4 x at 32 Ki and 1.8 x at 64 Ki (Zen 4).
constexpr std::uint64_t terms_per_worker = std::uint64_t{8} * 1024;

template <class T>
void check(std::span<const T> x, std::span<const T> y, const execution& how) {
    check_threads(how.threads);
    if (x.size() != y.size()) [[unlikely]] {
        throw usage_error("dot: x has " + std::to_string(x.size()) + " elements and y " + std::to_string(y.size()) +
                          "; pass vectors of one length");
    }
}

template <class T>
contiguous_terms<T> products_of(std::span<const T> x, std::span<const T> y, const execution& how) {
    return {table_of(how), term_kind::products, x, y};
}

template <class T>
exact_value local_exact(std::span<const T> x, std::span<const T> y, const execution& how) {
    check(x, y, how);
    return local_exact_sum(products_of(x, y, how), how.threads);
}

/// The general case: any length, any settings, all errors.
template <class T>
[[gnu::noinline]] double any_dot(std::span<const T> x, std::span<const T> y, const execution& how) {
    check(x, y, how);
    // Merges and rounding too, not only blocks.
    return strictly([&] { return local_sum(how.accumulator, products_of(x, y, how), how.threads); });
}

/// One block and nothing to object to: no thread, no forest, no guard to undo, so that the kernels are tail calls. At n = 64, where all is done in
/// 8 ns, the general case would cost 3 ns more.
template <class T>
double dot_of(std::span<const T> x, std::span<const T> y, const execution& how) {
    const bool small = x.size() <= terms_per_block && x.size() == y.size() && static_cast<unsigned>(how.threads) <= maximum_threads &&
                       strict_floating_point::already_strict();
    if (!small) [[unlikely]]
        return any_dot(x, y, how);
    const block_table& table = table_of(how);
    return with_accumulator(how.accumulator, [&]<class Accumulator>() {
        const auto partial = table.of<Accumulator>().template dot<T>()(x.data(), y.data(), x.size());
        if constexpr (std::is_same_v<Accumulator, exact>) {
            const auto value = partial.certified();
            return value ? *value : any_dot(x, y, how);
        } else {
            return partial.round();
        }
    });
}

/// What this rank adds, checked where all ranks learn of a failure.
template <class T>
auto preparation(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y, const execution& how) {
    return [&ranks, n, x, y, &how](std::optional<contiguous_terms<T>>& terms) {
        check(x, y, how);
        check_slice("dot", ranks, n, x.size());
        terms.emplace(table_of(how), term_kind::products, x, y);
    };
}

template <class T>
exact_value distributed_exact(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y,
                              const execution& how) {
    check_terms("dot", n);
    return strictly([&] { return distributed_exact_sum<contiguous_terms<T>>(ranks, n, preparation(ranks, n, x, y, how), how.threads); });
}

template <class Accumulator, class T>
double distributed(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y, const execution& how) {
    check_terms("dot", n);
    return strictly(
        [&] { return distributed_sum_of<Accumulator, contiguous_terms<T>>(ranks, n, preparation(ranks, n, x, y, how), how.threads); });
}

template <class T>
double distributed_of(const communicator& ranks, std::uint64_t n, std::span<const T> x, std::span<const T> y, const execution& how) {
    return with_accumulator(how.accumulator, [&]<class Accumulator>() { return distributed<Accumulator>(ranks, n, x, y, how); });
}

template <class T>
double magnitude_of(std::span<const T> x, std::span<const T> y, const execution& how) {
    return local_sum<magnitude>(products_of(x, y, how), how.threads);
}

} // namespace

template <class T>
double dot_error_bound(accumulator_kind accumulator, double value, double magnitude, std::uint64_t n) {
    // Float lanes overflow where the magnitude, summed in double, does not.
    if (!std::isfinite(value)) return std::numeric_limits<double>::infinity();
    return with_accumulator(accumulator,
                            [&]<class Accumulator>() { return sum_error_bound<Accumulator, T>(value, magnitude, n, terms_per_block); });
}
template double dot_error_bound<double>(accumulator_kind, double, double, std::uint64_t);
template double dot_error_bound<float>(accumulator_kind, double, double, std::uint64_t);

int dot_workers(std::uint64_t n, int threads) {
    const std::uint64_t worth = n / terms_per_worker;
    if (worth <= 1) return 1;
    return static_cast<int>(std::min(worth, static_cast<std::uint64_t>(default_or(threads))));
}

slice dot_slice(std::uint64_t n, int rank, int ranks) {
    return terms_of(share(blocks_of(n, terms_per_block), static_cast<std::uint64_t>(rank), static_cast<std::uint64_t>(ranks)), n,
                    terms_per_block);
}

slice dot_worker_slice(slice of_rank, int worker, int workers) {
    slice mine =
        terms_of(share(blocks_of(of_rank.count, terms_per_block), static_cast<std::uint64_t>(worker), static_cast<std::uint64_t>(workers)),
                 of_rank.count, terms_per_block);
    mine.first += of_rank.first;
    return mine;
}

double dot(std::span<const double> x, std::span<const double> y, const execution& how) { return dot_of(x, y, how); }
double dot(std::span<const float> x, std::span<const float> y, const execution& how) { return dot_of(x, y, how); }

exact_value exact_dot(std::span<const double> x, std::span<const double> y, const execution& how) {
    return strictly([&] { return local_exact(x, y, how); });
}
exact_value exact_dot(std::span<const float> x, std::span<const float> y, const execution& how) {
    return strictly([&] { return local_exact(x, y, how); });
}

bounded dot_bounded(std::span<const double> x, std::span<const double> y, const execution& how) {
    return strictly([&]() -> bounded {
        const double value = dot(x, y, how);
        return {value, dot_error_bound<double>(how.accumulator, value, magnitude_of(x, y, how), x.size())};
    });
}
bounded dot_bounded(std::span<const float> x, std::span<const float> y, const execution& how) {
    return strictly([&]() -> bounded {
        const double value = dot(x, y, how);
        return {value, dot_error_bound<float>(how.accumulator, value, magnitude_of(x, y, how), x.size())};
    });
}

double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                       const execution& how) {
    return distributed_of(ranks, n, x, y, how);
}
double distributed_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                       const execution& how) {
    return distributed_of(ranks, n, x, y, how);
}
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                                  const execution& how) {
    return distributed_exact(ranks, n, x, y, how);
}
exact_value distributed_exact_dot(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                                  const execution& how) {
    return distributed_exact(ranks, n, x, y, how);
}
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const double> x, std::span<const double> y,
                                const execution& how) {
    return strictly([&]() -> bounded {
        const double value = distributed_dot(ranks, n, x, y, how);
        return {value, dot_error_bound<double>(how.accumulator, value, distributed<magnitude>(ranks, n, x, y, how), n)};
    });
}
bounded distributed_dot_bounded(const communicator& ranks, std::uint64_t n, std::span<const float> x, std::span<const float> y,
                                const execution& how) {
    return strictly([&]() -> bounded {
        const double value = distributed_dot(ranks, n, x, y, how);
        return {value, dot_error_bound<float>(how.accumulator, value, distributed<magnitude>(ranks, n, x, y, how), n)};
    });
}

} // namespace quadot
