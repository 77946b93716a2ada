#include "adaptive/evaluation.hpp"

#include "ranks/agreement.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <type_traits>
#include <vector>

namespace quadot::adaptive {

evaluation::evaluation(const integrand_view& f, const execution& how)
    : table_(table_of(how)), evaluator_(evaluator_of(f, table_)), workers_(how) {}

void sample_on_first_rank(const communicator& ranks, evaluator f, std::span<const double> x, std::span<double> y) {
    alignas(64) double at[chunk_samples];
    alignas(64) double values[chunk_samples];
    std::copy(x.begin(), x.end(), static_cast<double*>(at));
    agree(ranks, [&] {
        if (ranks.rank() == 0) f.function(f.context, static_cast<const double*>(at), static_cast<double*>(values), x.size());
    });
    if (ranks.size() > 1) ranks.broadcast(std::as_writable_bytes(std::span(static_cast<double*>(values), x.size())), 0);
    std::copy_n(static_cast<const double*>(values), x.size(), y.begin());
}

void evaluation::sample(std::span<const double> x, std::span<double> y) const { sample_on_first_rank(workers_.ranks(), evaluator_, x, y); }

void evaluation::sum(std::span<region_block> blocks, std::size_t regions) const {
    const auto used = (regions + regions_per_block - 1) / regions_per_block;
    const auto evaluate = [&](std::size_t k) {
        table_.regions.sum(blocks[k], std::min(regions_per_block, regions - k * regions_per_block), evaluator_.function,
                           evaluator_.context);
    };
    if (!workers_.distributed()) {
        workers_.over_threads(used, 1, std::cref(evaluate)); // no allocation
        return;
    }
    const communicator& ranks = workers_.ranks();
    const auto owner = [&](std::size_t block) { return static_cast<int>(block % static_cast<std::size_t>(ranks.size())); };
    std::array<std::size_t, most_first_blocks> mine{};
    std::size_t count = 0;
    for (std::size_t k = 0; k < used; ++k) {
        if (owner(k) == ranks.rank()) mine[count++] = k;
    }
    agree(ranks, [&] { workers_.over_threads(count, 1, [&](std::size_t k) { evaluate(mine[k]); }); });
    for (std::size_t k = 0; k < used; ++k) ranks.broadcast(std::as_writable_bytes(blocks.subspan(k, 1)), owner(k));
}

void evaluation::evaluate(std::span<region> regions) const {
    const std::size_t blocks = (regions.size() + regions_per_block - 1) / regions_per_block;
    constexpr std::size_t at_once = 2;
    workers_.over_threads(blocks, at_once, [&](std::size_t number) {
        region_block block;
        const std::size_t first = number * regions_per_block;
        const std::span<region> mine = regions.subspan(first, std::min(regions_per_block, regions.size() - first));
        load_limits(block, mine);
        table_.regions.evaluate(block, mine.size(), evaluator_.function, evaluator_.context);
        for (std::size_t k = 0; k < mine.size(); ++k) mine[k].take(region_results::of_lane(block, k));
    });
}

void evaluation::operator()(std::span<region> regions) const {
    if (regions.empty()) return;
    if (!workers_.distributed()) {
        evaluate(regions);
        return;
    }
    std::vector<region_results> all(regions.size());
    workers_.over_ranks(all, 1, [&](std::size_t first, std::size_t count) {
        evaluate(regions.subspan(first, count));
        for (std::size_t k = first; k < first + count; ++k) all[k] = regions[k].results();
    });
    for (std::size_t k = 0; k < regions.size(); ++k) regions[k].take(all[k]);
}

namespace {

/// What one rank found in its tasks, as bytes.
class packer {
  public:
    template <class T>
    void put(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto raw = std::as_bytes(std::span(&value, 1));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
    template <class T>
    void put(const std::vector<T>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        put(values.size());
        const auto raw = std::as_bytes(std::span(values));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  private:
    std::vector<std::byte> bytes_;
};

class unpacker {
  public:
    explicit unpacker(std::span<const std::byte> bytes) : bytes_(bytes) {}

    template <class T>
    void get(T& value) {
        copy(std::as_writable_bytes(std::span(&value, 1)));
    }
    template <class T>
    void get(std::vector<T>& values) {
        std::size_t size = 0;
        get(size);
        values.resize(size);
        copy(std::as_writable_bytes(std::span(values)));
    }

  private:
    void copy(std::span<std::byte> to) {
        std::copy_n(bytes_.begin(), to.size(), to.begin());
        bytes_ = bytes_.subspan(to.size());
    }

    std::span<const std::byte> bytes_;
};

void pack(packer& into, const descent_result& of) {
    into.put(of.evaluations);
    into.put(of.exact);
    into.put(of.improvable);
    into.put(of.improvable_limits);
    into.put(of.left_over);
}

void unpack(unpacker& from, descent_result& into) {
    from.get(into.evaluations);
    from.get(into.exact);
    from.get(into.improvable);
    from.get(into.improvable_limits);
    from.get(into.left_over);
}

} // namespace

bool evaluation::descend(std::span<const descent> tasks, std::span<descent_result> results) const {
    const auto run = [&](std::size_t k) { results[k] = adaptive::descend(table_, evaluator_, tasks[k]); };
    if (!workers_.distributed()) {
        workers_.over_threads(tasks.size(), 1, run);
        return true;
    }
    // Dealt in turn: neighbours cost alike.
    const auto ranks = static_cast<std::size_t>(workers_.ranks().size());
    const auto own = static_cast<std::size_t>(workers_.ranks().rank());
    packer mine;
    std::exception_ptr failure;
    try {
        const std::size_t count = own < tasks.size() ? (tasks.size() - own + ranks - 1) / ranks : 0;
        workers_.over_threads(count, 1, [&](std::size_t k) { run(own + k * ranks); });
        for (std::size_t k = own; k < tasks.size(); k += ranks) pack(mine, results[k]);
    } catch (...) {
        failure = std::current_exception();
    }
    const auto all = workers_.exchange(mine.bytes(), failure);
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        unpacker theirs(all[rank]);
        for (std::size_t k = rank; k < tasks.size(); k += ranks) unpack(theirs, results[k]);
    }
    return true;
}

} // namespace quadot::adaptive
