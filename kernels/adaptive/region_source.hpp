// Where the control loop has its regions' results from.
#pragma once

#include "adaptive/descent.hpp"
#include "adaptive/region.hpp"

#include <span>

namespace quadot::adaptive {

class region_source {
  public:
    region_source() = default;
    region_source(const region_source&) = delete;
    region_source& operator=(const region_source&) = delete;
    virtual ~region_source() = default;

    /// Collective: fills the results of all regions, on every rank. Throws what f throws, on ranks as agreed.
    virtual void operator()(std::span<region> regions) const = 0;

    /// Collective: f at some abscissae, at most chunk_samples, as rank 0 finds it.
    virtual void sample(std::span<const double> x, std::span<double> y) const = 0;

    /// Collective: what halving finds in groups of regions that fail together, the same on every rank. False: not for this source.
    [[nodiscard]] virtual bool descend(std::span<const descent> tasks, std::span<descent_result> results) const = 0;

    /// Where all samples are 0: whether that is no surprise, because this is a part of something that is not 0.
    [[nodiscard]] virtual bool may_vanish() const { return false; }
};

} // namespace quadot::adaptive
