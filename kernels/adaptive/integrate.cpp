#include "adaptive/evaluation.hpp"
#include "adaptive/refinement.hpp"
#include "adaptive/start.hpp"
#include "errors.hpp"
#include "integrate_to_tolerance.hpp"
#include "reduce/floating_point_environment.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace quadot {

namespace {

void check(double a, double b, const tolerance& wanted, const execution& how) {
    check_threads(how.threads);
    const auto refuse = [](const std::string& why) { throw usage_error("integrate: " + why); };
    if (std::isnan(a) || std::isnan(b)) refuse("a limit is not a number; give numbers or infinities");
    if (std::isfinite(a) && std::isfinite(b) && !std::isfinite(b - a)) {
        refuse("the limits are further apart than the largest double; scale the variable");
    }
    if (std::isinf(a) != std::isinf(b) && std::fabs(std::isinf(a) ? b : a) > 1e150) {
        refuse("a half-line that begins beyond 1e150 leaves its shells no room; scale the variable");
    }
    if (!(wanted.relative >= 0) || !(wanted.absolute >= 0)) refuse("a tolerance is negative or not a number; give numbers from 0 on");
    if (!(wanted.min_width >= 0) || wanted.min_width > 1)
        refuse("min_width is not from 0 to 1; give the part of the range that a peak takes");
    if (wanted.min_width > 0 && wanted.min_width < 1e-7) refuse("min_width below 1e-7 takes too many samples; give breakpoints instead");
    for (const double point : wanted.breakpoints) {
        if (std::isnan(point)) refuse("a breakpoint is not a number; give numbers");
    }
}

/// The first samples of a finite range, on the stack: the whole work for most integrands.
class first_samples {
  public:
    static constexpr std::size_t most_blocks = adaptive::most_first_blocks;
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

    void evaluate(const adaptive::evaluation& f) { f.sum(blocks_, count_); }

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
        result.error = adaptive::error_of(all.error, all.squared_noise, all.magnitude);
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
    adaptive::start unfinished(adaptive::at_rest& rest) {
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
        adaptive::start made;
        for (std::size_t i = 0; i < count_; ++i) {
            if (open_[i]) {
                made.regions.push_back(region(i));
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
        rest.append = [this](std::vector<adaptive::region>& into) {
            for (std::size_t i = 0; i < count_; ++i) {
                if (!open_[i]) into.push_back(region(i));
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
        const auto before = region(i - 1);
        const auto next = region(i);
        return adaptive::seam_between(before, next);
    }

    [[nodiscard]] adaptive::region region(std::size_t i) const {
        const region_block& from = blocks_[i / regions_per_block];
        const std::size_t at = i % regions_per_block;
        std::uint8_t ends = 0;
        if (i == 0) ends |= adaptive::at_left;
        if (i + 1 == count_) ends |= adaptive::at_right;
        auto each = adaptive::region::of(from.left[at], from.right[at], ends);
        each.value = from.value[at];
        each.estimate = from.error[at];
        each.noise = from.noise[at];
        each.magnitude = from.magnitude[at];
        each.left_value = from.left_value[at];
        each.right_value = from.right_value[at];
        each.left_slope = from.left_slope[at];
        each.right_slope = from.right_slope[at];
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

/// The first samples, as fine as min_width asks, and what they leave to do.
integral refine_from(double min_width, const adaptive::evaluation& evaluate, double a, double b, const tolerance& wanted) {
    const std::size_t regions = adaptive::uniform_regions(min_width);
    const bool narrow = std::fabs(b - a) <= 0x1p-40 * std::max(std::fabs(a), std::fabs(b));
    if (std::isfinite(a) && std::isfinite(b) && wanted.breakpoints.empty() && regions <= first_samples::most_regions && !narrow) {
        first_samples first(a, b, regions);
        first.evaluate(evaluate);
        integral result;
        if (first.suffice(wanted, result)) return result;
        adaptive::at_rest rest;
        adaptive::start from = first.unfinished(rest);
        return adaptive::refine(evaluate, wanted, std::move(from), rest, result.evaluations);
    }
    adaptive::start from = adaptive::begin(a, b, min_width, wanted.breakpoints);
    evaluate(std::span(from.regions));
    const std::uint64_t evaluations = from.regions.size() * static_cast<std::uint64_t>(region_nodes);
    return adaptive::refine(evaluate, wanted, std::move(from), {}, evaluations);
}

integral solve(const integrand_view& f, double a, double b, const tolerance& wanted, const execution& how) {
    const adaptive::evaluation evaluate(f, how);
    // Without the search that was asked for, whatever is found is no success.
    if (adaptive::first_regions(a, b, wanted.min_width) * static_cast<std::uint64_t>(region_nodes) <= wanted.max_evaluations) {
        return refine_from(wanted.min_width, evaluate, a, b, wanted);
    }
    integral result = refine_from(0, evaluate, a, b, wanted);
    if (result.status == integral_status::ok) {
        result.status = integral_status::tolerance_not_reached;
        result.trouble = integral_trouble::evaluations;
    }
    return result;
}

} // namespace

std::string_view name_of(integral_status status) {
    constexpr std::array<std::string_view, 4> names{"ok", "tolerance_not_reached", "divergent_or_singular", "not_a_number"};
    return names[static_cast<std::size_t>(status)];
}

std::string explain(const integral& result) {
    const auto number = [](double x) {
        char text[32];
        std::snprintf(text, sizeof text, "%.10g", x);
        return std::string(text);
    };
    const std::string place = result.worst_left == result.worst_right
                                  ? "at x = " + number(result.worst_left)
                                  : "between x = " + number(result.worst_left) + " and " + number(result.worst_right);
    switch (result.trouble) {
    case integral_trouble::none:
        return {};
    case integral_trouble::evaluations:
        return "max_evaluations is reached; the largest error is " + place + ": give more evaluations, a larger tolerance or breakpoints";
    case integral_trouble::rounding:
        return "rounding is all that is left of the error, most of it " + place + ": ask for a larger tolerance";
    case integral_trouble::singularity:
        return "not resolved " + place + ": give a larger tolerance, or a breakpoint where the integrand is singular";
    case integral_trouble::oscillation:
        return "the integrand oscillates " + place + " and does not fall fast enough: give finite limits, or change the variable";
    case integral_trouble::divergence:
        return "the integral of |f| does not converge " + place + ": check the integrand and the limits";
    case integral_trouble::not_a_number:
        return "the integrand is not a number " + place + ": check its domain";
    case integral_trouble::infinite:
        return "the integrand is infinite " + place + ", and not in one point only: check the integrand and the limits";
    }
    return {};
}

integral integrate(integrand_view f, double a, double b, const tolerance& wanted, const execution& how) {
    check(a, b, wanted, how);
    if (a == b) return {};
    f = with_compiled_text(f, how);
    integral result = strictly([&] { return solve(f, std::fmin(a, b), std::fmax(a, b), wanted, how); });
    if (a > b) result.value = -result.value;
    return result;
}

} // namespace quadot
