#include "adaptive/solve.hpp"

#include "adaptive/start.hpp"
#include "block/regions.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace quadot::adaptive {

namespace {

/// The first samples of a finite range, on the stack: the whole work for most integrands.
class first_samples {
  public:
    static constexpr std::size_t most_blocks = most_first_blocks;
    static constexpr std::size_t most_regions = most_blocks * regions_per_block;

    /// regions: a multiple of 8.
    first_samples(double a, double b, std::size_t regions) : count_(regions), step_((b - a) / static_cast<double>(regions)) {
        const double width = b - a;
        double left = a;
        for (std::size_t first = 0; first < count_; first += regions_per_block) {
            region_block& block = blocks_[first / regions_per_block];
            const std::size_t size = size_from(first);
            // Not i steps: the middle of [-1, 1] shall be 0.
            for (std::size_t k = 0; k < size; ++k) {
                block.right[k] = a + width * (static_cast<double>(static_cast<int>(first + k + 1)) / static_cast<double>(count_));
            }
            if (first + size == count_) block.right[size - 1] = b;
            block.left[0] = left;
            std::copy_n(static_cast<const double*>(block.right), size - 1, block.left + 1);
            left = block.right[size - 1];
        }
    }

    void evaluate(const evaluation& f) { f.sum(blocks_, count_); }

    /// Whether they are enough; fills `result`.
    bool suffice(const tolerance& wanted, integral& result) {
        region_totals all;
        bool rough = false;
        for (std::size_t first = 0; first < count_; first += regions_per_block) {
            region_block& block = blocks_[first / regions_per_block];
            all.value += block.totals.value;
            all.error += block.totals.error;
            all.squared_noise += block.totals.squared_noise;
            all.magnitude += block.totals.magnitude;
            rough = rough || block.rough;
            const std::size_t end = first + size_from(first);
            if (end < count_) {
                block.seam[regions_per_block - 1] = seam_to_next(end);
                all.error += block.seam[regions_per_block - 1];
            }
        }
        result.value = all.value;
        result.error = error_of(all.error, all.squared_noise, all.magnitude);
        result.evaluations = count_ * static_cast<std::uint64_t>(region_nodes);
        result.regions = count_;
        result.worst_left = blocks_[0].left[0];
        result.worst_right = blocks_[(count_ - 1) / regions_per_block].right[(count_ - 1) % regions_per_block];
        target_ = std::max(wanted.absolute, wanted.relative * std::fabs(result.value));
        // Where f is resolved, estimates are 0 or fall and rise from region to region by little. One that stands out has seen the flank of something.
        outliers_ = all.error > 1e-13 * all.magnitude;
        for (std::size_t i = 0; outliers_ && !rough && i < count_; ++i) rough = stands_out(i);
        return !rough && all.magnitude > 0 && result.error <= target_;
    }

    /// What is left to do: the regions that are not good enough by far, and their neighbours. The others rest, as long as this lives.
    start unfinished(at_rest& rest) {
        // A thousandth of what each may use up: far below any later threshold, unless the value all but vanishes.
        const double threshold = 1e-3 * target_ / static_cast<double>(count_);
        open_.fill(false);
        for (std::size_t i = 0; i < count_; ++i) {
            const region_block& from = blocks_[i / regions_per_block];
            const std::size_t at = i % regions_per_block;
            const bool good =
                from.error[at] <= threshold && from.noise[at] <= 250 * threshold && from.error[at] <= rough_part * from.magnitude[at];
            if (!good) open_[i == 0 ? 0 : i - 1] = open_[i] = open_[i + 1] = true;
            if (!(from.seam[at] <= threshold)) open_[i] = open_[i + 1] = true;
        }
        start made;
        for (std::size_t i = 0; i < count_; ++i) {
            if (open_[i]) {
                made.regions.push_back(region_at(i));
                continue;
            }
            const region_block& from = blocks_[i / regions_per_block];
            const std::size_t at = i % regions_per_block;
            rest.totals.value += from.value[at];
            rest.totals.error += from.error[at];
            rest.totals.squared_noise += from.noise[at] * from.noise[at];
            rest.totals.magnitude += from.magnitude[at];
            rest.densest = std::max(rest.densest, from.magnitude[at]);
            ++rest.count;
        }
        rest.densest /= step_;
        rest.append = [this](std::vector<region>& into) {
            for (std::size_t i = 0; i < count_; ++i) {
                if (!open_[i]) into.push_back(region_at(i));
            }
        };
        return made;
    }

  private:
    [[nodiscard]] std::size_t size_from(std::size_t first) const { return std::min(regions_per_block, count_ - first); }

    [[nodiscard]] bool stands_out(std::size_t i) const {
        const auto error = [&](std::size_t k) { return blocks_[k / regions_per_block].error[k % regions_per_block]; };
        const double neighbours = (i > 0 ? error(i - 1) : 0) + (i + 1 < count_ ? error(i + 1) : 0);
        return error(i) > 1e4 * neighbours + 1e-11 * blocks_[i / regions_per_block].magnitude[i % regions_per_block];
    }

    [[nodiscard]] double seam_to_next(std::size_t i) const {
        const auto before = region_at(i - 1);
        const auto next = region_at(i);
        return seam_between(before, next);
    }

    [[nodiscard]] region region_at(std::size_t i) const {
        const region_block& from = blocks_[i / regions_per_block];
        const std::size_t at = i % regions_per_block;
        std::uint8_t ends = 0;
        if (i == 0) ends |= at_left;
        if (i + 1 == count_) ends |= at_right;
        auto each = region::of(from.left[at], from.right[at], ends);
        each.take(region_results::of_lane(from, at));
        each.rough = outliers_ && stands_out(i);
        return each;
    }

    std::array<region_block, most_blocks> blocks_; // not set to 0: 14 KiB
    std::size_t count_;
    double step_;
    double target_ = 0;
    bool outliers_ = false;
    std::array<bool, most_regions + 1> open_{};
};

/// From as many regions as min_width asks for.
integral refine_from_regions(double min_width, const region_source& f, double a, double b, const tolerance& wanted,
                             std::span<const double> points, std::vector<part>* parts) {
    start from = begin(a, b, min_width, wanted.breakpoints, points);
    f(std::span(from.regions));
    const std::uint64_t evaluations = from.regions.size() * static_cast<std::uint64_t>(region_nodes);
    return refine(f, wanted, std::move(from), {}, evaluations, parts);
}

integral refine_from(double min_width, const evaluation& f, double a, double b, const tolerance& wanted) {
    const std::size_t regions = uniform_regions(min_width);
    const bool narrow = std::fabs(b - a) <= 0x1p-40 * std::max(std::fabs(a), std::fabs(b));
    const bool on_the_stack =
        std::isfinite(a) && std::isfinite(b) && wanted.breakpoints.empty() && regions <= first_samples::most_regions && !narrow;
    if (!on_the_stack) return refine_from_regions(min_width, f, a, b, wanted, {}, nullptr);
    first_samples first(a, b, regions);
    first.evaluate(f);
    integral result;
    if (first.suffice(wanted, result)) return result;
    at_rest rest;
    start from = first.unfinished(rest);
    return refine(f, wanted, std::move(from), rest, result.evaluations);
}

/// Without the search that was asked for, whatever is found is no success.
template <class From>
integral with_search(double a, double b, const tolerance& wanted, const From& from) {
    if (first_regions(a, b, wanted.min_width) * static_cast<std::uint64_t>(region_nodes) <= wanted.max_evaluations) {
        return from(wanted.min_width);
    }
    integral result = from(0.0);
    if (result.status == integral_status::ok) {
        result.status = integral_status::tolerance_not_reached;
        result.trouble = integral_trouble::evaluations;
    }
    return result;
}

} // namespace

integral solve(const evaluation& f, double a, double b, const tolerance& wanted) {
    return with_search(a, b, wanted, [&](double min_width) { return refine_from(min_width, f, a, b, wanted); });
}

integral solve_in_regions(const region_source& f, double a, double b, const tolerance& wanted, std::span<const double> points,
                          std::vector<part>* parts) {
    return with_search(a, b, wanted, [&](double min_width) { return refine_from_regions(min_width, f, a, b, wanted, points, parts); });
}

} // namespace quadot::adaptive
