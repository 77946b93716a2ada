#include "adaptive/descent.hpp"

#include "accumulators/eft.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace quadot::adaptive {

namespace {

/// Fewer failing neighbours than these are about one point: the control loop's affair.
constexpr std::size_t shortest_run = 4;

/// The part of their abscissae that regions are wider than, lest rounding shows.
constexpr double narrowest = 0x1p-38;

class descending {
  public:
    descending(const block_table& table, const evaluator& f, const descent& task) : table_(table), f_(f), task_(task) {}

    descent_result run() {
        neighbours all;
        for (const region& each : task_.from) all.add(each.left, each.right, each.magnitude / each.width());
        depth_ = task_.from.front().depth;
        if (!halve(all, 0.5 * task_.allowance)) result_.left_over.assign(task_.from.begin(), task_.from.end());
        if (last_ && last_->how == standing::undecided) result_.left_over.push_back(last_->leaf);
        return std::move(result_);
    }

  private:
    struct neighbours {
        std::array<double, descent::most_regions> left;
        std::array<double, descent::most_regions> right;
        std::array<double, descent::most_regions> density;
        std::size_t size = 0;

        void add(double from, double to, double dense) {
            left[size] = from;
            right[size] = to;
            density[size++] = dense;
        }
    };

    /// Of the last leaf. A good one waits for its right neighbour: beside one that fails it is left over, too, for the seam between them.
    enum class standing : std::uint8_t { undecided, left, failed };

    struct last_leaf {
        region leaf;
        standing how;
        double seam_before; ///< of an undecided leaf, unless its left neighbour counted it
    };

    /// Evaluates the halves of some regions and settles them, deeper where they fail. False, with nothing done, where there is no room for that.
    bool halve(const neighbours& whole, double allowance) { // NOLINT(misc-no-recursion): as deep as numbers halve
        const std::size_t count = 2 * whole.size;
        const std::uint64_t samples = count * static_cast<std::uint64_t>(region_nodes);
        const double width = whole.right[0] - whole.left[0];
        const double farthest = std::fmax(std::fabs(whole.left[0]), std::fabs(whole.right[whole.size - 1]));
        if (result_.evaluations + samples > task_.budget || width <= narrowest * farthest) return false;
        result_.evaluations += samples;
        region_block block;
        for (std::size_t k = 0; k < whole.size; ++k) {
            const double middle = whole.left[k] + 0.5 * (whole.right[k] - whole.left[k]);
            block.left[2 * k] = whole.left[k];
            block.right[2 * k] = block.left[2 * k + 1] = middle;
            block.right[2 * k + 1] = whole.right[k];
        }
        evaluate(block, count);
        ++depth_;
        if (!block.rough && block.totals.error <= allowance * static_cast<double>(count)) {
            all_good(block, count, whole, allowance);
        } else {
            one_by_one(block, count, whole, allowance);
        }
        --depth_;
        return true;
    }

    /// With seams and totals; the kernel has these for whole registers.
    void evaluate(region_block& block, std::size_t count) const {
        if (count % 8 == 0) {
            table_.regions.sum(block, count, f_.function, f_.context);
            return;
        }
        table_.regions.evaluate(block, count, f_.function, f_.context);
        block.rough = false;
        block.totals.error = 0;
        region before;
        for (std::size_t k = 0; k < count; ++k) {
            region each;
            each.take(region_results::of_lane(block, k));
            each.left = block.left[k];
            each.right = block.right[k];
            if (k > 0) block.totals.error += block.seam[k - 1] = seam_between(before, each);
            block.totals.error += each.estimate;
            block.rough = block.rough || !(each.estimate <= rough_part * each.magnitude);
            before = each;
        }
        block.seam[count - 1] = 0;
    }

    void all_good(const region_block& block, std::size_t count, const neighbours& whole, double allowance) {
        good(leaf(block, 0, whole), allowance);
        if (last_->how == standing::undecided) {
            resolve(last_->leaf, last_->seam_before + block.seam[0], last_->seam_before > 0 || block.seam[0] > 0);
        } else {
            result_.improvable.error += block.seam[0];
        }
        for (std::size_t k = 1; k + 1 < count; ++k) {
            const bool has_seam = block.seam[k - 1] > 0 || block.seam[k] > 0;
            const bool exact = block.error[k] == 0 && !has_seam;
            (exact ? result_.exact : result_.improvable).add(region_results::of_lane(block, k), block.seam[k]);
            if (!exact) result_.improvable_limits.push_back({block.left[k], block.right[k]});
        }
        last_ = last_leaf{leaf(block, count - 1, whole), standing::undecided, 0};
    }

    void one_by_one(const region_block& block, std::size_t count, const neighbours& whole, double allowance) { // NOLINT(misc-no-recursion)
        const auto fails = [&](std::size_t k) {
            const bool resolved = block.error[k] <= allowance && block.error[k] <= rough_part * block.magnitude[k];
            return !resolved || block.seam[k] > allowance || (k > 0 && block.seam[k - 1] > allowance);
        };
        const auto finite = [&](std::size_t k) { return std::isfinite(block.magnitude[k]) && std::isfinite(block.error[k]); };
        for (std::size_t k = 0; k < count;) {
            if (!fails(k)) {
                good(leaf(block, k, whole), allowance);
                ++k;
                continue;
            }
            neighbours failing;
            const std::size_t first = k;
            for (; k < count && failing.size < descent::most_regions && fails(k) && finite(k); ++k) {
                failing.add(block.left[k], block.right[k], block.magnitude[k] / (block.right[k] - block.left[k]));
            }
            if (failing.size >= shortest_run && halve(failing, 0.5 * allowance)) continue;
            k = std::max(k, first + 1);
            for (std::size_t i = first; i < k; ++i) fail(leaf(block, i, whole));
        }
    }

    [[nodiscard]] region leaf(const region_block& block, std::size_t k, const neighbours& whole) const {
        region made;
        made.take(region_results::of_lane(block, k));
        made.left = block.left[k];
        made.right = block.right[k];
        made.root_left = task_.from.front().root_left;
        made.root_right = task_.from.front().root_right;
        made.density = whole.density[k / 2];
        made.depth = depth_;
        made.crowded = true;
        return made;
    }

    void leave(const region& each, standing how) {
        if (last_ && last_->how == standing::undecided) result_.left_over.push_back(last_->leaf);
        result_.left_over.push_back(each);
        last_ = last_leaf{each, how, 0};
    }

    void fail(const region& each) { leave(each, standing::failed); }

    void good(const region& each, double allowance) {
        if (!last_) {
            leave(each, standing::left);
            return;
        }
        if (last_->how == standing::failed) {
            leave(each, standing::left);
            return;
        }
        const double seam = seam_between(last_->leaf, each);
        if (!(seam <= allowance)) {
            leave(each, standing::left);
            return;
        }
        if (last_->how == standing::left) {
            last_ = last_leaf{each, standing::undecided, seam};
            return;
        }
        resolve(last_->leaf, last_->seam_before + seam, last_->seam_before > 0 || seam > 0);
        last_ = last_leaf{each, standing::undecided, 0};
    }

    void resolve(const region& each, double seams, bool has_seam) {
        const bool exact = each.estimate == 0 && !has_seam;
        (exact ? result_.exact : result_.improvable).add(each, seams);
        if (!exact) result_.improvable_limits.push_back({each.left, each.right});
    }

    const block_table& table_;
    const evaluator& f_;
    const descent& task_;
    descent_result result_;
    std::optional<last_leaf> last_;
    std::uint16_t depth_ = 0;
};

} // namespace

void region_sums::add(const region_results& each, double seams) {
    const auto [sum, rest] = eft::two_sum(value, each.value);
    value = sum;
    value_low += rest;
    error += each.estimate + seams;
    squared_noise += each.noise * each.noise;
    magnitude += each.magnitude;
    ++count;
}

void region_sums::add(const region_sums& others) {
    const auto [sum, rest] = eft::two_sum(value, others.value);
    value = sum;
    value_low += rest + others.value_low;
    error += others.error;
    squared_noise += others.squared_noise;
    magnitude += others.magnitude;
    count += others.count;
}

descent_result descend(const block_table& table, const evaluator& f, const descent& task) { return descending(table, f, task).run(); }

} // namespace quadot::adaptive
