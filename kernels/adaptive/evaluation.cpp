#include "adaptive/evaluation.hpp"

#include "ranks/agreement.hpp"

#include <algorithm>
#include <array>
#include <functional>
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

} // namespace quadot::adaptive
