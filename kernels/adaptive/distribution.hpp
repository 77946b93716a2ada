// Regions spread over threads and ranks. Workers decide who computes: a region's results do not depend on its neighbours.
#pragma once

#include "adaptive/region.hpp"
#include "execution.hpp"

#include <cstddef>
#include <exception>
#include <functional>
#include <span>
#include <vector>

namespace quadot::adaptive {

class distribution {
  public:
    explicit distribution(const execution& how);

    [[nodiscard]] const communicator& ranks() const { return ranks_; }
    [[nodiscard]] bool distributed() const { return ranks_.size() > 1; }

    /// evaluate(k) for k from 0 to blocks - 1, by this rank's threads. at_once: blocks that a thread takes at a time.
    void over_threads(std::size_t blocks, std::size_t at_once, const std::function<void(std::size_t)>& evaluate) const;

    /// Collective: fills `all`, some results for each region, on every rank. evaluate(first, count) fills those of some of the regions; what it throws
    /// on one rank is thrown on all.
    void over_ranks(std::span<region_results> all, std::size_t results_per_region,
                    const std::function<void(std::size_t, std::size_t)>& evaluate) const;

    /// Collective: every rank's message, of any length, on all. A failure on one rank, unless null, is thrown on all.
    [[nodiscard]] std::vector<std::vector<std::byte>> exchange(std::span<const std::byte> mine, const std::exception_ptr& failure) const;

  private:
    [[nodiscard]] int workers_for(double seconds) const;

    const communicator& ranks_;
    int threads_;
};

} // namespace quadot::adaptive
