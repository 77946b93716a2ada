// The first samples of a range without breakpoints, on the stack: the whole work for most integrands.
#pragma once

#include "adaptive/evaluation.hpp"
#include "adaptive/half_line.hpp"
#include "adaptive/refinement.hpp"
#include "integrate_to_tolerance.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot::adaptive {

class first_samples {
  public:
    static constexpr std::size_t most_regions = most_first_blocks * regions_per_block;

    /// Whether there is room for so many regions, the kernel that adds them up takes them, and doubles lie between their limits.
    static bool possible(double a, double b, std::size_t regions);

    /// a < b, each finite or not. regions: first_regions(a, b, min_width).
    first_samples(double a, double b, double min_width, std::size_t regions);

    void evaluate(const evaluation& f) { f.sum(blocks_, count_); }

    /// Whether they are enough; fills `result`. Allocates nothing.
    bool suffice(const tolerance& wanted, integral& result);

    /// What is left to do: the regions that are not good enough by far, and their neighbours. The others rest, as long as this lives.
    beginning unfinished(at_rest& rest);

  private:
    struct half_line {
        double origin;
        double direction;
        std::size_t innermost; ///< region
    };
    using links = std::array<chain::link, outward_links>;
    static constexpr std::size_t nowhere = most_regions;

    void lay_segment(double a, double b);
    void lay_half_line(const half_line& each, double min_width);

    /// visit(block, its first region's number, its size)
    template <class Visit>
    void for_each_block(const Visit& visit) const {
        for (std::size_t first = 0; first < count_; first += regions_per_block) visit(block_of(first), first, size_from(first));
    }
    [[nodiscard]] const region_block& block_of(std::size_t i) const { return blocks_[i / regions_per_block]; }
    [[nodiscard]] std::size_t size_from(std::size_t first) const { return std::min(regions_per_block, count_ - first); }
    [[nodiscard]] bool stands_out(std::size_t i) const;
    [[nodiscard]] region region_at(std::size_t i) const;
    links take_links(const half_line& each);

    std::array<region_block, most_first_blocks> blocks_; // not set to 0: 21 KiB
    std::size_t count_;
    std::array<half_line, 2> half_lines_{};
    std::size_t half_line_count_ = 0;
    std::array<std::int16_t, most_regions> link_; ///< of half-lines: of their chain, below 0 for none
    std::size_t open_left_ = nowhere;             ///< region at whose left end the integrand may be singular
    std::size_t open_right_ = nowhere;
    double target_ = 0;
    bool outliers_ = false;
    std::array<bool, most_regions + 1> open_;
};

} // namespace quadot::adaptive
