// Sums over vectors, from blocks to ranks: what dot products, sums and norms have in common.
#pragma once

#include "block/block_table.hpp"
#include "dot.hpp"
#include "errors.hpp"
#include "reduce/exact_sum.hpp"
#include "reduce/ranks.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace quadot {

inline const block_table& table_of(const execution& how) { return how.isa ? table_for(*how.isa) : default_table(); }

/// Terms as they lie in memory. y: x itself unless products are summed.
template <class T>
class contiguous_terms {
  public:
    using element = T;

    contiguous_terms(const block_table& table, term_kind kind, std::span<const T> x, std::span<const T> y)
        : table_(table), kind_(kind), x_(x), y_(y) {}

    [[nodiscard]] std::uint64_t size() const { return x_.size(); }

    /// A partial for each block of the `count` terms from `first`, a multiple of terms_per_block.
    template <class Accumulator>
    void reduce(std::uint64_t first, std::uint64_t count, typename Accumulator::partial* partials) const {
        table_.of<Accumulator>().template blocks<T>(kind_)(x_.data() + first, y_.data() + first, count, partials);
    }

    /// One block, for the later steps of `exact`.
    void add_exactly(exact_sum& sum, std::uint64_t first, std::size_t count, double tolerance) const {
        const T* const x = x_.data() + first;
        const T* const y = y_.data() + first;
        add_parts(sum, table_.parts<T>(kind_)(x, y, count, tolerance), kind_, x, y, count);
    }

  private:
    const block_table& table_;
    term_kind kind_;
    std::span<const T> x_;
    std::span<const T> y_;
};

/// Terms that must be brought into a row first: `fill(first, count, x, y)` writes terms first … first + count as products, a block
/// at a time. The bits are those of the same terms in memory.
template <class T, class Fill>
class packed_terms {
  public:
    using element = T;

    packed_terms(const block_table& table, std::uint64_t size, const Fill& fill) : table_(table), size_(size), fill_(fill) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }

    template <class Accumulator>
    void reduce(std::uint64_t first, std::uint64_t count, typename Accumulator::partial* partials) const {
        const auto kernel = table_.of<Accumulator>().template dot<T>();
        row in(*this);
        for (const std::uint64_t last = first + count; first < last; first += terms_per_block) {
            const auto terms = static_cast<std::size_t>(std::min<std::uint64_t>(terms_per_block, last - first));
            in.fill(first, terms);
            *partials++ = kernel(in.x(), in.y(), terms);
        }
    }

    void add_exactly(exact_sum& sum, std::uint64_t first, std::size_t count, double tolerance) const {
        row in(*this);
        in.fill(first, count);
        add_parts(sum, table_.parts<T>(term_kind::products)(in.x(), in.y(), count, tolerance), term_kind::products, in.x(), in.y(), count);
    }

  private:
    class row {
      public:
        explicit row(const packed_terms& terms) : terms_(terms), storage_(2 * std::min<std::uint64_t>(terms_per_block, terms.size_)) {}
        void fill(std::uint64_t first, std::size_t count) {
            terms_.fill_(first, count, storage_.data(), storage_.data() + storage_.size() / 2);
        }
        [[nodiscard]] const T* x() const { return storage_.data(); }
        [[nodiscard]] const T* y() const { return storage_.data() + storage_.size() / 2; }

      private:
        const packed_terms& terms_;
        std::vector<T> storage_;
    };

    const block_table& table_;
    std::uint64_t size_;
    const Fill& fill_;
};

/// Threads for these terms: floats are read twice as fast as doubles, so each thread needs twice as many to be worth its start.
template <class Terms>
int workers_for(const Terms& terms, int threads) {
    return dot_workers(terms.size() * sizeof(typename Terms::element) / sizeof(double), threads);
}

/// The forest of local terms, the first of which is term `first_block * terms_per_block` of the whole.
template <class Accumulator, class Terms>
forest<typename Accumulator::partial> forest_of(std::uint64_t first_block, const Terms& terms, int workers) {
    forest<typename Accumulator::partial> run(first_block);
    reduce_blocks(run, first_block + blocks_of(terms.size(), terms_per_block), workers,
                  [&](std::uint64_t block, std::uint64_t count, typename Accumulator::partial* partials) {
                      const std::uint64_t at = (block - first_block) * terms_per_block;
                      terms.template reduce<Accumulator>(at, std::min<std::uint64_t>(count * terms_per_block, terms.size() - at), partials);
                  });
    return run;
}

/// The partial of this process's terms alone.
template <class Accumulator, class Terms>
typename Accumulator::partial root_of(const Terms& terms, int workers) {
    if (terms.size() == 0) return {};
    if (terms.size() > terms_per_block) return forest_of<Accumulator>(0, terms, workers).root();
    // A forest of one block would take longer than a short sum.
    typename Accumulator::partial only;
    terms.template reduce<Accumulator>(0, terms.size(), &only);
    return only;
}

/// The correctly rounded value, given the ball of all ranks' terms. `blocks`: this rank's, of `all_blocks`.
template <class Terms>
exact_value decide_sum(const communicator& ranks, const exact::partial& ball, std::uint64_t all_blocks, slice blocks, const Terms& terms,
                       int workers) {
    return decide(ranks, ball, all_blocks, blocks, workers, [&](exact_sum& sum, std::uint64_t block, double tolerance) {
        const std::uint64_t at = (block - blocks.first) * terms_per_block;
        terms.add_exactly(sum, at, static_cast<std::size_t>(std::min<std::uint64_t>(terms_per_block, terms.size() - at)), tolerance);
    });
}

template <class Terms>
exact_value local_exact_sum(const Terms& terms, int threads) {
    const int workers = workers_for(terms, threads);
    const std::uint64_t blocks = blocks_of(terms.size(), terms_per_block);
    return decide_sum(single_process(), root_of<exact>(terms, workers), blocks, {0, blocks}, terms, workers);
}

/// The sum of this process's terms.
template <class Accumulator, class Terms>
double local_sum(const Terms& terms, int threads) {
    if constexpr (std::is_same_v<Accumulator, exact>) {
        return local_exact_sum(terms, threads).value;
    } else {
        return root_of<Accumulator>(terms, workers_for(terms, threads)).round();
    }
}

template <class Terms>
double local_sum(accumulator_kind kind, const Terms& terms, int threads) {
    return with_accumulator(kind, [&]<class Accumulator>() { return local_sum<Accumulator>(terms, threads); });
}

/// The root over all ranks' terms, n in all. `prepare` makes this rank's, a std::optional, and may throw: then all ranks throw.
template <class Accumulator, class Prepare, class Terms>
typename Accumulator::partial distributed_root(const communicator& ranks, std::uint64_t n, const Prepare& prepare,
                                               std::optional<Terms>& terms, int threads) {
    using partial = typename Accumulator::partial;
    const std::uint64_t blocks = blocks_of(n, terms_per_block);
    const slice mine = share(blocks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
    forest<partial> run(mine.first);
    std::exception_ptr failure;
    try {
        prepare(terms);
        run = forest_of<Accumulator>(mine.first, *terms, workers_for(*terms, threads));
    } catch (...) {
        failure = std::current_exception();
    }
    return combine<partial>(ranks, run, blocks, failure).root();
}

/// The terms that a rank passes must be its slice of the whole.
inline void check_slice(const char* what, const communicator& ranks, std::uint64_t n, std::uint64_t given) {
    const slice mine = dot_slice(n, ranks.rank(), ranks.size());
    if (given == mine.count) return;
    throw usage_error(std::string(what) + ": rank " + std::to_string(ranks.rank()) + " holds " + std::to_string(given) +
                      " terms where its slice has " + std::to_string(mine.count) + "; see dot_slice()");
}

inline void check_terms(const char* what, std::uint64_t n) {
    if (n > maximum_terms) throw usage_error(std::string(what) + ": " + std::to_string(n) + " terms; at most 2^53 can be numbered exactly");
}

template <class Terms, class Prepare>
exact_value distributed_exact_sum(const communicator& ranks, std::uint64_t n, const Prepare& prepare, int threads) {
    std::optional<Terms> terms;
    const exact::partial ball = distributed_root<exact>(ranks, n, prepare, terms, threads);
    const std::uint64_t blocks = blocks_of(n, terms_per_block);
    const slice mine = share(blocks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
    return decide_sum(ranks, ball, blocks, mine, *terms, workers_for(*terms, threads));
}

template <class Accumulator, class Terms, class Prepare>
double distributed_sum_of(const communicator& ranks, std::uint64_t n, const Prepare& prepare, int threads) {
    if constexpr (std::is_same_v<Accumulator, exact>) {
        return distributed_exact_sum<Terms>(ranks, n, prepare, threads).value;
    } else {
        std::optional<Terms> terms;
        return distributed_root<Accumulator>(ranks, n, prepare, terms, threads).round();
    }
}

} // namespace quadot
