// Regions of several components of one function: whatever one of them asks for is there for all.
#pragma once

#include "adaptive/distribution.hpp"
#include "adaptive/region.hpp"
#include "adaptive/region_source.hpp"
#include "block/block_table.hpp"
#include "integrate_together.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace quadot::adaptive {

class shared_samples {
  public:
    /// Throws error: environment for an instruction set that is not here.
    shared_samples(const components_view& f, const execution& how);

    /// Collective: fills the results of component `component` in all regions. Throws what f throws.
    void give(std::size_t component, std::span<region> regions);
    /// Collective: that component at some abscissae.
    void sample(std::size_t component, std::span<const double> x, std::span<double> y) const;

    /// Abscissae at which f was evaluated for regions.
    [[nodiscard]] std::uint64_t evaluations() const { return evaluations_; }
    /// Every component is 0 at every one of them.
    [[nodiscard]] bool vanishes() const;

  private:
    struct limits {
        std::uint64_t left;
        std::uint64_t right;

        static limits of(const region& each) { return {std::bit_cast<std::uint64_t>(each.left), std::bit_cast<std::uint64_t>(each.right)}; }
        friend bool operator==(const limits&, const limits&) = default;
    };
    struct hash {
        std::size_t operator()(const limits& of) const {
            const std::uint64_t mixed = (of.left ^ (of.right * 0x9e3779b97f4a7c15)) * 0xd1b54a32d192ed03;
            return static_cast<std::size_t>(mixed ^ (mixed >> 32));
        }
    };

    void evaluate_missing(std::span<region> regions);
    void evaluate_block(std::span<const region> regions, std::span<region_results> results) const;

    const components_view& f_;
    const block_table& table_;
    distribution workers_;
    std::unordered_map<limits, std::size_t, hash> places_; ///< in results_, of the region's first component
    std::vector<region_results> results_;
    std::uint64_t evaluations_ = 0;
};

/// One component.
class component_samples final : public region_source {
  public:
    /// may_vanish: as a part of a vector that does not.
    component_samples(shared_samples& all, std::size_t component, bool may_vanish)
        : all_(all), component_(component), may_vanish_(may_vanish) {}

    void operator()(std::span<region> regions) const override { all_.give(component_, regions); }
    void sample(std::span<const double> x, std::span<double> y) const override { all_.sample(component_, x, y); }
    /// The others would not have the samples.
    [[nodiscard]] bool descend(std::span<const descent>, std::span<descent_result>) const override { return false; }
    [[nodiscard]] bool may_vanish() const override { return may_vanish_; }

  private:
    shared_samples& all_;
    std::size_t component_;
    bool may_vanish_;
};

} // namespace quadot::adaptive
