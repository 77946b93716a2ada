// Regions evaluated over threads and ranks. Workers decide who computes: a region's results do not depend on its neighbours.
#pragma once

#include "adaptive/region.hpp"
#include "block/block_table.hpp"
#include "block/regions.hpp"
#include "execution.hpp"
#include "reduce/evaluator.hpp"

#include <cstddef>
#include <span>

namespace quadot::adaptive {

/// Blocks of a finite range's first samples.
inline constexpr std::size_t most_first_blocks = 4;

class evaluation {
  public:
    /// Throws error: environment for an instruction set that is not here.
    evaluation(const integrand_view& f, const execution& how);

    /// Collective: `regions` neighbours, a multiple of 8, in blocks that are full but for the last, with their seams and totals.
    void sum(std::span<region_block> blocks, std::size_t regions) const;

    /// Collective: fills the results of all regions, on every rank. Throws what f throws, on ranks as agreed.
    void operator()(std::span<region> regions) const;

    /// Collective: f at some abscissae, at most chunk_samples, as rank 0 finds it.
    void sample(std::span<const double> x, std::span<double> y) const;

  private:
    [[nodiscard]] bool distributed() const { return ranks_.size() > 1; }
    [[nodiscard]] int workers_for(double seconds) const;
    void sum_over_threads(std::span<region_block* const> blocks, std::span<const std::size_t> counts) const;
    void share_over_threads(std::span<region> regions) const;

    const block_table& table_;
    evaluator evaluator_;
    const communicator& ranks_;
    int threads_;
};

} // namespace quadot::adaptive
