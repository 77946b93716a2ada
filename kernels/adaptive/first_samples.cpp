#include "adaptive/first_samples.hpp"

#include "adaptive/start.hpp"
#include "block/regions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quadot::adaptive {

namespace {

/// Of a segment with so many regions, up to the end of region k.
constexpr double fraction(std::size_t k, std::size_t regions) {
    return static_cast<double>(static_cast<int>(k + 1)) / static_cast<double>(static_cast<int>(regions));
}

/// Regions that the usual min_width asks for: as many divisions would take 60 ns, a twentieth of all that exp's integral takes.
constexpr std::size_t usual_regions = uniform_regions(tolerance{}.min_width);
constexpr std::array<double, usual_regions> fractions = [] {
    std::array<double, usual_regions> all{};
    for (std::size_t k = 0; k < usual_regions; ++k) all[k] = fraction(k, usual_regions);
    return all;
}();

chain_tail tail_of(std::span<const chain::link> links) {
    std::array<std::array<double, outward_links>, 4> of; // NOLINT: filled below
    for (std::size_t k = 0; k < links.size(); ++k) {
        of[0][k] = links[k].value;
        of[1][k] = links[k].estimate + links[k].noise;
        of[2][k] = links[k].estimate;
        of[3][k] = links[k].magnitude;
    }
    return tail_behind({of[0], of[1], of[2], of[3]}, nullptr, links.size(), 0);
}

} // namespace

bool first_samples::possible(double a, double b, std::size_t regions) {
    const bool narrow = std::isfinite(b - a) && b - a <= 0x1p-40 * std::max(std::fabs(a), std::fabs(b));
    return regions <= most_regions && regions % 8 == 0 && !narrow;
}

first_samples::first_samples(double a, double b, double min_width, std::size_t regions) : count_(regions) { // NOLINT: filled as it is used
    const bool no_left_limit = std::isinf(a);
    const bool no_right_limit = std::isinf(b);
    const std::size_t below = no_left_limit && no_right_limit ? count_ / 2 : no_left_limit ? count_ : 0; // regions of the left half-line
    if (!no_left_limit || no_right_limit) open_left_ = below;
    if (!no_right_limit || no_left_limit) open_right_ = (below > 0 ? below : count_) - 1;
    if (no_left_limit) half_lines_[half_line_count_++] = {no_right_limit ? 0 : b, -1, open_right_};
    if (no_right_limit) half_lines_[half_line_count_++] = {no_left_limit ? 0 : a, 1, open_left_};
    if (half_line_count_ == 0) lay_segment(a, b);
    for (std::size_t k = 0; k < half_line_count_; ++k) lay_half_line(half_lines_[k], min_width);
}

void first_samples::lay_segment(double a, double b) {
    const double width = b - a;
    double left = a;
    for (std::size_t first = 0; first < count_; first += regions_per_block) {
        region_block& block = blocks_[first / regions_per_block];
        const std::size_t size = size_from(first);
        // Not i steps: the middle of [-1, 1] shall be 0.
        if (count_ == usual_regions) {
            for (std::size_t k = 0; k < size; ++k) block.right[k] = a + width * fractions[first + k];
        } else {
            for (std::size_t k = 0; k < size; ++k) block.right[k] = a + width * fraction(first + k, count_);
        }
        if (first + size == count_) block.right[size - 1] = b;
        block.left[0] = left;
        std::copy_n(static_cast<const double*>(block.right), size - 1, block.left + 1);
        left = block.right[size - 1];
    }
}

void first_samples::lay_half_line(const half_line& each, double min_width) {
    std::size_t i = each.innermost;
    for_each_region(each.origin, each.direction, outward_links, min_width, [&](int link, double inner, double outer) {
        region_block& block = blocks_[i / regions_per_block];
        const std::size_t at = i % regions_per_block;
        const bool upwards = each.direction > 0;
        block.left[at] = upwards ? inner : outer;
        block.right[at] = upwards ? outer : inner;
        link_[i] = static_cast<std::int16_t>(link);
        i = upwards ? i + 1 : i - 1;
    });
}

/// Samples beyond where f has vanished, which are not finite, become 0: inf * 0.
first_samples::links first_samples::take_links(const half_line& each) {
    links all{};
    const std::size_t regions = count_ / half_line_count_;
    for (std::size_t n = 0; n < regions; ++n) {
        const std::size_t i = each.direction > 0 ? each.innermost + n : each.innermost - n;
        const int link = link_[i];
        if (link < 0) continue;
        const auto k = static_cast<std::size_t>(link);
        region_block& block = blocks_[i / regions_per_block];
        const std::size_t at = i % regions_per_block;
        const bool finite = std::isfinite(block.magnitude[at]) && std::isfinite(block.error[at]);
        if (!finite && chain::vanished_before(all, k)) {
            block.value[at] = block.error[at] = block.noise[at] = block.magnitude[at] = 0;
        }
        all[k].add(region_results::of_lane(block, at));
    }
    return all;
}

bool first_samples::suffice(const tolerance& wanted, integral& result) {
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
        if (end < count_) all.error += block.seam[regions_per_block - 1] = seam_between(region_at(end - 1), region_at(end));
    }
    const double resolved = all.error;
    for (std::size_t k = 0; k < half_line_count_ && std::isfinite(all.magnitude); ++k) {
        const chain_tail tail = tail_of(take_links(half_lines_[k]));
        all.value += tail.value;
        all.error += tail.error;
    }
    result.value = all.value;
    result.error = error_of(all.error, all.squared_noise, all.magnitude);
    result.evaluations = count_ * static_cast<std::uint64_t>(region_nodes);
    result.regions = count_;
    result.worst_left = blocks_[0].left[0];
    result.worst_right = block_of(count_ - 1).right[(count_ - 1) % regions_per_block];
    target_ = std::max(wanted.absolute, wanted.relative * std::fabs(result.value));
    // Where f is resolved, estimates are 0 or fall and rise from region to region by little. One that stands out has seen the flank of something.
    outliers_ = half_line_count_ == 0 && resolved > 1e-13 * all.magnitude;
    for (std::size_t i = 0; outliers_ && !rough && i < count_; ++i) rough = stands_out(i);
    // A sample on a pole makes all of them infinite.
    return !rough && all.magnitude > 0 && std::isfinite(result.error) && result.error <= target_;
}

beginning first_samples::unfinished(at_rest& rest) {
    beginning made;
    for (std::size_t k = 0; k < half_line_count_; ++k) {
        const half_line& each = half_lines_[k];
        made.chains.push_back(chain::outwards(each.origin, each.direction, unit_exponent(each.origin)));
        made.chains.back().take(take_links(each), nullptr, outward_links, 0);
    }
    // A thousandth of what each may use up: far below any later threshold, unless the value all but vanishes.
    const double threshold = 1e-3 * target_ / static_cast<double>(count_);
    constexpr unsigned not_good = 1;
    constexpr unsigned not_joined = 2;
    std::array<std::uint8_t, most_regions + 2> faults; // NOLINT: of region i at i + 1
    faults[0] = faults[count_ + 1] = 0;
    for_each_block([&](const region_block& from, std::size_t first, std::size_t size) {
        for (std::size_t k = 0; k < size; ++k) {
            const unsigned estimate = from.error[k] <= threshold ? 0 : not_good;
            const unsigned noise = from.noise[k] <= 250 * threshold ? 0 : not_good;
            const unsigned hidden = from.error[k] <= rough_part * from.magnitude[k] ? 0 : not_good;
            const unsigned infinite = from.magnitude[k] <= std::numeric_limits<double>::max() ? 0 : not_good;
            const unsigned seam = from.seam[k] <= threshold ? 0 : not_joined;
            faults[first + k + 1] = static_cast<std::uint8_t>(estimate | noise | hidden | infinite | seam); // no jumps
        }
    });
    std::size_t open = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        open_[i] = (faults[i] | faults[i + 1] | (faults[i + 2] & not_good)) != 0;
        open += open_[i] ? 1 : 0;
    }
    open_[count_] = true;
    made.regions.reserve(open + usual_growth);
    rest.count = count_ - open;
    for (std::size_t i = 0; i < count_; ++i) {
        if (open_[i]) made.regions.push_back(region_at(i));
    }
    region_totals totals; // not in `rest`: that might be where a block is
    double densest = 0;
    for_each_block([&](const region_block& from, std::size_t first, std::size_t size) {
        double seams = 0;
        for (std::size_t k = 0; k < size; ++k) {
            const std::size_t i = first + k;
            // A seam between two open regions is looked at again.
            if (!(open_[i] && open_[i + 1])) seams += from.seam[k];
            if (open_[i]) continue;
            totals.value += from.value[k];
            totals.error += from.error[k];
            totals.squared_noise += from.noise[k] * from.noise[k];
            totals.magnitude += from.magnitude[k];
            const double width = from.right[k] - from.left[k];
            if (from.magnitude[k] > densest * width) densest = from.magnitude[k] / width;
        }
        totals.error += seams;
    });
    rest.totals = totals;
    rest.densest = densest;
    rest.append = [this](std::vector<region>& into) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (!open_[i]) into.push_back(region_at(i));
        }
    };
    return made;
}

bool first_samples::stands_out(std::size_t i) const {
    const auto error = [&](std::size_t k) { return block_of(k).error[k % regions_per_block]; };
    const double neighbours = (i > 0 ? error(i - 1) : 0) + (i + 1 < count_ ? error(i + 1) : 0);
    return error(i) > 1e4 * neighbours + 1e-11 * block_of(i).magnitude[i % regions_per_block];
}

region first_samples::region_at(std::size_t i) const {
    const region_block& from = block_of(i);
    const std::size_t at = i % regions_per_block;
    const auto ends = static_cast<std::uint8_t>((i == open_left_ ? at_left : 0) | (i == open_right_ ? at_right : 0));
    auto each = region::of(from.left[at], from.right[at], ends);
    each.take(region_results::of_lane(from, at));
    each.rough = outliers_ && stands_out(i);
    return each;
}

} // namespace quadot::adaptive
