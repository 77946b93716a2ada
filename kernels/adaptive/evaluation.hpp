// Regions of one integrand, evaluated.
#pragma once

#include "adaptive/distribution.hpp"
#include "adaptive/region.hpp"
#include "adaptive/region_source.hpp"
#include "block/block_table.hpp"
#include "block/regions.hpp"
#include "execution.hpp"
#include "reduce/evaluator.hpp"

#include <cstddef>
#include <span>

namespace quadot::adaptive {

/// Blocks of the first samples of a range without breakpoints.
inline constexpr std::size_t most_first_blocks = 6;

class evaluation final : public region_source {
  public:
    /// Throws error: environment for an instruction set that is not here.
    evaluation(const integrand_view& f, const execution& how);

    /// Collective: `regions` neighbours, a multiple of 8, in blocks that are full but for the last, with their seams and totals.
    void sum(std::span<region_block> blocks, std::size_t regions) const;

    void operator()(std::span<region> regions) const override;
    void sample(std::span<const double> x, std::span<double> y) const override;
    [[nodiscard]] bool descend(std::span<const descent> tasks, std::span<descent_result> results) const override;

  private:
    void evaluate(std::span<region> regions) const;

    const block_table& table_;
    evaluator evaluator_;
    distribution workers_;
};

/// Results of at most regions_per_block regions are left in `block`.
inline void load_limits(region_block& block, std::span<const region> regions) {
    for (std::size_t k = 0; k < regions.size(); ++k) {
        block.left[k] = regions[k].left;
        block.right[k] = regions[k].right;
    }
}

/// Collective: what `function` gives at some abscissae, at most chunk_samples, on rank 0.
void sample_on_first_rank(const communicator& ranks, evaluator f, std::span<const double> x, std::span<double> y);

} // namespace quadot::adaptive
