#include "adaptive/refinement.hpp"

#include "accumulators/eft.hpp"
#include "adaptive/chain.hpp"
#include "adaptive/octaves.hpp"
#include "adaptive/singular_point.hpp"
#include "adaptive/treatment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

namespace quadot::adaptive {

namespace {

/// A part of the tolerance that regions which are left alone may use up together.
constexpr double unrefined_share = 0.25;

constexpr int most_rounds = 400;

/// A region whose errors are this much below the threshold, and whose neighbours are left alone, too, is set aside.
constexpr double aside = 4e-3;
/// Noise may be larger: no cut makes it smaller.
constexpr double aside_noise = 1;

/// So many neighbours of one root that fail together are halved by themselves.
constexpr std::size_t fewest_to_descend = 8;
/// Samples that a descent is not begun without.
constexpr std::uint64_t least_budget = 2 * descent::most_regions * static_cast<std::uint64_t>(region_nodes);

/// The sum of doubles to twice their precision, rounded at the end.
class careful_sum {
  public:
    void add(double value) {
        const auto [sum, error] = eft::two_sum(high_, value);
        high_ = sum;
        low_ += error;
    }
    [[nodiscard]] double value() const { return high_ + low_; }

  private:
    double high_ = 0;
    double low_ = 0;
};

double larger(double a, double b) { return a > b ? a : b; }

class refinement {
  public:
    refinement(const region_source& f, const tolerance& wanted, beginning from, const at_rest& resting, std::uint64_t evaluations,
               bool in_parts)
        : evaluate_(f), wanted_(wanted), resting_(resting), pool_(std::move(from.regions)), chains_(std::move(from.chains)),
          evaluations_(evaluations), densest_(resting.densest), in_parts_(in_parts) {
        pool_.reserve(pool_.size() + usual_growth);
        order_.reserve(usual_growth);
        next_.reserve(usual_growth);
        links_.reserve(chain::links_at_once);
        note(pool_);
        for (const region& each : pool_) {
            if (each.finite()) densest_ = larger(densest_, each.magnitude / each.width());
        }
        all_in_order();
    }

    integral run() {
        if (nothing_seen() && !evaluate_.may_vanish()) look_closer();
        bool summed_up = false;
        for (int round = 0; round < most_rounds && !summed_up; ++round) {
            sum_up();
            summed_up =
                result_.trouble != integral_trouble::none || (std::isfinite(result_.error) && result_.error <= target_ && !searching_);
            if (summed_up || step()) continue;
            if (result_.trouble != integral_trouble::none || !wake()) break;
        }
        if (!summed_up) sum_up();
        conclude();
        return result_;
    }

    [[nodiscard]] std::vector<part> parts() const {
        std::vector<part> all;
        all.reserve(order_.size() + chains_.size());
        for (const std::uint32_t k : order_) {
            const region& each = pool_[k]; // none are set aside where parts are asked for
            const double error = hides_something(each, view()) ? HUGE_VAL : each.estimate + each.seam;
            all.push_back({each.left, each.right, each.value, error, each.noise, each.magnitude, 0, each.seam});
        }
        for (const resolved_group& each : groups_) {
            region_sums both = each.exact;
            both.add(each.improvable);
            all.push_back(
                {each.left, each.right, both.value + both.value_low, both.error, std::sqrt(both.squared_noise), both.magnitude, 0, 0});
        }
        for (const chain& each : chains_) {
            // Of a chain towards a point, that is at the tail's end; the links come from the other side.
            const double blur = each.outwards() ? 0 : each.blur();
            const bool point_on_left = each.leftwards();
            all.push_back({each.tail_left(), each.tail_right(), each.tail(), each.tail_error(), 0, 0, point_on_left ? blur : 0,
                           point_on_left ? 0 : blur});
        }
        std::sort(all.begin(), all.end(), [](const part& a, const part& b) { return a.left < b.left; });
        return all;
    }

  private:
    void all_in_order() {
        order_.resize(pool_.size());
        std::iota(order_.begin(), order_.end(), std::uint32_t{0});
        std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return pool_[a].left < pool_[b].left; });
    }

    /// All regions are looked at again. False where none were set aside, or there are no samples left for it.
    bool wake() {
        std::uint64_t samples = 0;
        for (const resolved_group& each : groups_) samples += each.improvable_limits.size() * static_cast<std::uint64_t>(region_nodes);
        if (samples == 0 && aside_.empty() && resting_.count == 0) return false;
        if (samples > 0 && evaluations_ + samples > wanted_.max_evaluations) {
            result_.trouble = integral_trouble::evaluations;
            return false;
        }
        const std::size_t first = pool_.size();
        if (resting_.count > 0) resting_.append(pool_);
        note(std::span(pool_).subspan(first));
        for (const std::uint32_t each : aside_) pool_[each].seam_with = nobody - 1;
        order_.insert(order_.end(), aside_.begin(), aside_.end());
        aside_.clear();
        sums_aside_ = {};
        const std::size_t resolved = pool_.size();
        for (const resolved_group& each : groups_) {
            for (const interval_limits& limits : each.improvable_limits) {
                region made = each.like;
                made.left = limits.left;
                made.right = limits.right;
                pool_.push_back(made);
            }
        }
        evaluate(std::span(pool_).subspan(resolved));
        for (resolved_group& each : groups_) {
            each.improvable = {};
            each.improvable_limits.clear();
        }
        sum_up_groups();
        for (std::size_t k = first; k < pool_.size(); ++k) order_.push_back(static_cast<std::uint32_t>(k));
        std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return pool_[a].left < pool_[b].left; });
        resting_ = {};
        return true;
    }

    void sum_up_groups() {
        resolved_ = {};
        for (const resolved_group& each : groups_) {
            resolved_.add(each.exact);
            resolved_.add(each.improvable);
        }
    }

    /// Regions that count, those set aside included.
    [[nodiscard]] std::uint64_t regions() const { return order_.size() + aside_.size() + resting_.count + resolved_.count; }

    [[nodiscard]] bool nothing_seen() const {
        return resting_.totals.magnitude == 0 && resolved_.magnitude == 0 && sums_aside_.magnitude == 0 &&
               std::all_of(pool_.begin(), pool_.end(), [](const region& each) { return each.magnitude == 0; });
    }

    /// Every sample is 0: before that is believed, the range is searched 16 times as finely, an infinite one 256 times where
    /// max_evaluations leaves room, a finite one then at all scales
    /// beside its ends, breakpoints and 0.
    void look_closer() {
        constexpr std::size_t finer = 16;
        if (wanted_.min_width == 0) return;
        const auto may_cut = [&] { return evaluations_ * (finer + 1) <= wanted_.max_evaluations; };
        unsearched_ = !may_cut();
        if (unsearched_) return;
        if (resting_.count > 0) static_cast<void>(wake());
        for (int round = 0; round == 0 || (round < 2 && nothing_seen() && !chains_.empty() && may_cut()); ++round) {
            std::vector<region> all;
            for (const region& each : pool_) append_cuts(all, each, finer);
            evaluate(all);
            pool_ = std::move(all);
        }
        if (nothing_seen() && chains_.empty()) look_at_all_scales();
        all_in_order();
    }

    /// exp(-x) on [0, 1e9]: who means infinity by a large number has the integral beside an end. No deeper than something is seen: much nearer to a point,
    /// what divides by powers of the distance overflows.
    void look_at_all_scales() {
        std::size_t before = 0;
        for (int octaves = 60;; octaves *= 2) {
            std::vector<region> all;
            for (const region& each : pool_) append_octaves(all, each, octaves);
            if (all.size() == before) return;
            before = all.size();
            unsearched_ = evaluations_ + all.size() * static_cast<std::uint64_t>(region_nodes) > wanted_.max_evaluations;
            if (unsearched_) return;
            evaluate(all);
            if (std::any_of(all.begin(), all.end(), [](const region& each) { return each.magnitude != 0; })) {
                pool_ = std::move(all);
                return;
            }
        }
    }

    void evaluate(std::span<region> regions) {
        evaluate_(regions);
        note(regions);
        evaluations_ += regions.size() * static_cast<std::uint64_t>(region_nodes);
    }

    /// By value: `into` may be where the whole region lives.
    static void append_cuts(std::vector<region>& into, const region whole, std::size_t pieces) { // NOLINT
        const double step = whole.width() / static_cast<double>(pieces);
        const std::size_t first = into.size();
        region piece = whole;
        piece.density = whole.magnitude / whole.width();
        piece.depth = static_cast<std::uint16_t>(whole.depth + 1);
        piece.open_ends = 0;
        piece.rough = false;
        for (std::size_t i = 0; i < pieces; ++i) {
            piece.right = i + 1 == pieces ? whole.right : whole.left + static_cast<double>(i + 1) * step;
            if (!(piece.left < piece.right)) continue;
            into.push_back(piece);
            piece.left = piece.right;
        }
        if (into.size() == first) { // no double lies between its limits
            into.push_back(whole);
            into.back().settled = true;
            return;
        }
        into[first].open_ends |= static_cast<std::uint8_t>(whole.open_ends & at_left);
        into.back().open_ends |= static_cast<std::uint8_t>(whole.open_ends & at_right);
    }

    void sum_up() {
        careful_sum value;
        value.add(resting_.totals.value);
        double error = resting_.totals.error;
        double squared_noise = resting_.totals.squared_noise;
        double magnitude = resting_.totals.magnitude;
        for (const region_sums* const set_aside : {&resolved_, &sums_aside_}) {
            value.add(set_aside->value);
            value.add(set_aside->value_low);
            error += set_aside->error;
            squared_noise += set_aside->squared_noise;
            magnitude += set_aside->magnitude;
        }
        double worst = -1;
        searching_ = false;
        for (std::size_t k = 0; k < order_.size(); ++k) {
            region& each = at(k);
            const std::uint32_t next = k + 1 < order_.size() ? order_[k + 1] : nobody;
            if (each.seam_with != next) join(each, next);
            value.add(each.value);
            error += each.estimate + each.seam;
            squared_noise += each.noise * each.noise;
            magnitude += each.magnitude;
            const double own = each.estimate + each.seam + each.noise;
            if (!(own <= worst)) {
                worst = own;
                result_.worst_left = each.left;
                result_.worst_right = each.right;
            }
            if (each.rough) searching_ = searching_ || hides_something(each, view());
        }
        for (const chain& each : chains_) {
            value.add(each.tail());
            error += each.tail_error();
            if (!(each.tail_error() <= worst)) {
                worst = each.tail_error();
                result_.worst_left = each.tail_left();
                result_.worst_right = each.tail_right();
            }
        }
        result_.value = value.value();
        target_ = larger(wanted_.absolute, wanted_.relative * (in_parts_ ? largest_stretch() : std::fabs(result_.value)));
        result_.error = error_of(error, squared_noise, magnitude);
        result_.evaluations = evaluations_;
        result_.regions = regions();
        rounding_ = error_of(0, squared_noise, magnitude);
        for (const chain& each : chains_) {
            if (each.oscillating() > 4 * target_ && result_.trouble == integral_trouble::none) {
                result_.trouble = integral_trouble::oscillation;
                trouble_at_ = {each.tail_left(), each.tail_right()};
            }
        }
    }

    /// The largest integral from one limit of parts to another.
    [[nodiscard]] double largest_stretch() const {
        double low = 0;
        double high = 0;
        careful_sum so_far;
        for (const part& each : parts()) {
            so_far.add(each.value);
            low = std::fmin(low, so_far.value());
            high = std::fmax(high, so_far.value());
        }
        return high - low;
    }

    /// The seam between a region and the next one.
    void join(region& each, std::uint32_t number) {
        each.seam_with = number;
        each.seam = 0;
        if (number == nobody || pool_[number].left != each.right) return;
        const region& next = pool_[number];
        each.seam = seam_between(each, next);
    }

    [[nodiscard]] search_view view() const { return {wanted_.min_width > 0, densest_}; }

    /// What is derived from results once.
    void note(std::span<region> fresh) {
        for (region& each : fresh) {
            each.rough = each.rough || each.estimate > rough_part * each.magnitude;
            if (each.rough && each.finite()) densest_ = larger(densest_, each.magnitude / each.width());
            each.seam_with = nobody - 1;
        }
    }

    /// One round: false where nothing can be done.
    bool step() {
        // No use to go below what rounding leaves.
        const double threshold = unrefined_share * larger(target_, rounding_) / static_cast<double>(regions() + chains_.size());
        grades_.clear();
        std::size_t cuts = 0;
        choose_all(threshold);
        if (chosen_.points > 0 && recall()) choose_all(threshold);
        if (chosen_.ends > 0) forget_ends_among_many();
        bool any = false;
        for (std::size_t k = 0; chosen_.points > 0 && k < order_.size(); ++k) {
            if (plans_[k].what == treatment::isolate) {
                isolate(k, locate(evaluate_, at(k)));
                any = true;
            } else if (plans_[k].what == treatment::inspect) {
                const not_finite found = inspect(evaluate_, at(k));
                if (!found.only) {
                    result_.trouble = found.nan ? integral_trouble::not_a_number : integral_trouble::infinite;
                    trouble_at_ = found.nan ? std::array{*found.nan, *found.nan} : std::array{at(k).left, at(k).right};
                    return false;
                }
                isolate(k, {*found.only});
                any = true;
            }
        }
        descents_.clear();
        if (descending_ && chosen_.cuts + chosen_.ends >= fewest_to_descend) gather_descents();
        for (const plan& each : plans_) cuts += each.what == treatment::cut ? 1 : 0;
        // Few regions fill the lanes by being cut finely; that finds a point in fewer rounds, too.
        const std::size_t pieces = cuts <= 8 ? 8 : cuts <= 64 ? 4 : 2;
        const std::size_t old = pool_.size();
        for (std::size_t k = 0; k < order_.size(); ++k) {
            plan& each = plans_[k];
            if (each.what == treatment::grade_left) each.what = grade(k, at(k).left);
            if (each.what == treatment::grade_right) each.what = grade(k, at(k).right);
            if (each.what == treatment::cut) {
                each.first = pool_.size();
                append_cuts(pool_, at(k), pieces);
                each.count = pool_.size() - each.first;
            }
            any = any || each.what != treatment::keep;
        }
        for (std::size_t k = 0; k < chains_.size(); ++k) {
            const int more = chains_[k].tail_error() > threshold ? chains_[k].next_links() : 0;
            if (more > 0) {
                grades_.push_back({none, k, chains_[k], more});
                any = true;
            }
        }
        for (pending_chain& each : grades_) {
            each.first = pool_.size();
            each.what.lay(each.count, pool_);
        }
        const std::uint64_t samples = (pool_.size() - old) * static_cast<std::uint64_t>(region_nodes);
        if (!any || evaluations_ + samples + descents_.size() * least_budget > wanted_.max_evaluations) {
            pool_.resize(old);
            if (any) result_.trouble = integral_trouble::evaluations;
            return false;
        }
        evaluate(std::span(pool_).subspan(old));
        descend(threshold);
        put_in_order(threshold);
        return true;
    }

    void choose_all(double threshold) {
        plans_.assign(order_.size(), {});
        chosen_ = {};
        std::size_t failing = 0;
        double seam_before = 0;
        for (std::size_t k = 0; k < order_.size(); ++k) {
            const region& each = at(k);
            const treatment what = treatment_of(each, larger(seam_before, each.seam), threshold, view());
            plans_[k].what = what;
            failing += each.estimate <= threshold ? 0 : 1;
            chosen_.cuts += what == treatment::cut ? 1 : 0;
            chosen_.ends += what == treatment::grade_left || what == treatment::grade_right ? 1 : 0;
            chosen_.points += what == treatment::isolate || what == treatment::inspect ? 1 : 0;
            seam_before = each.seam;
        }
        if (chosen_.cuts > 0 && failing <= fewest_to_descend) let_wait(threshold);
    }

    /// Beside a region that is not resolved polynomials do not meet, whatever the neighbour is like: where few fail, a neighbour that is resolved waits, and
    /// a jump is followed by 8 regions a round instead of 24. Not among the first regions: what hides beside one that fails is searched with it.
    void let_wait(double threshold) {
        const auto acts = [&](std::size_t k) { return treatment_of(at(k), 0, threshold, view()) != treatment::keep; };
        const auto acts_within = [&](std::size_t k) { return at(k).left != at(k).root_left && at(k).right != at(k).root_right && acts(k); };
        for (std::size_t k = 0; k < order_.size(); ++k) {
            if (plans_[k].what != treatment::cut || at(k).depth == 0 || acts(k)) continue;
            const bool meets_left = k == 0 || at(k - 1).seam <= threshold || acts_within(k - 1);
            const bool meets_right = at(k).seam <= threshold || acts_within(k + 1); // a seam has a region on its right
            if (meets_left && meets_right) plans_[k].what = treatment::wait;
        }
    }

    /// Regions beside a singular point are replaced together: those of their root that were set aside come back. False where there are none.
    bool recall() {
        if (aside_.empty()) return false;
        const std::size_t before = aside_.size();
        for (std::size_t k = 0; k < plans_.size(); ++k) {
            if (plans_[k].what != treatment::isolate && plans_[k].what != treatment::inspect) continue;
            const region& singular = at(k);
            const auto comes_back = [&](std::uint32_t number) {
                return pool_[number].root_left == singular.root_left && pool_[number].root_right == singular.root_right;
            };
            const auto first = std::stable_partition(aside_.begin(), aside_.end(), [&](std::uint32_t each) { return !comes_back(each); });
            next_.assign(first, aside_.end());
            aside_.erase(first, aside_.end());
            for (const std::uint32_t each : next_) {
                pool_[each].seam_with = nobody - 1;
                pool_[each].recalled = true;
            }
            recalled_.insert(recalled_.end(), next_.begin(), next_.end());
        }
        if (aside_.size() == before) return false;
        sums_aside_ = {};
        for (const std::uint32_t each : aside_) sums_aside_.add(pool_[each], pool_[each].seam);
        order_.insert(order_.end(), recalled_.begin(), recalled_.end());
        recalled_.clear();
        sort_order();
        for (std::size_t k = 0; k < order_.size(); ++k) {
            const std::uint32_t next = k + 1 < order_.size() ? order_[k + 1] : nobody;
            if (at(k).seam_with != next) join(at(k), next);
        }
        return true;
    }

    void sort_order() {
        const auto to_the_left = [&](std::uint32_t a, std::uint32_t b) { return pool_[a].left < pool_[b].left; };
        if (!std::is_sorted(order_.begin(), order_.end(), to_the_left)) std::sort(order_.begin(), order_.end(), to_the_left);
    }

    /// Whether a region that is kept needs no more looks; for parts, all are kept.
    [[nodiscard]] bool goes_aside(std::size_t k, double threshold) const {
        if (in_parts_) return false;
        const auto kept = [&](std::size_t i) { return plans_[i].what == treatment::keep; };
        if (k == 0 || k + 1 == order_.size() || !kept(k - 1) || !kept(k) || !kept(k + 1)) return false;
        const region& each = at(k);
        const double errors = larger(each.estimate, larger(each.seam, at(k - 1).seam));
        return errors <= aside * threshold && each.noise <= aside_noise * threshold && !each.rough && !each.recalled;
    }

    void set_aside(std::size_t k, bool left_one_stays) {
        region& each = at(k);
        if (left_one_stays) each.seam += at(k - 1).seam;
        sums_aside_.add(each, each.seam);
        aside_.push_back(order_[k]);
    }

    /// Cuts of many neighbours become descents: the first region's plan has its number, the others go with it.
    void gather_descents() {
        const auto may = [&](std::size_t k) { return plans_[k].what == treatment::cut && at(k).open_ends == 0; };
        for (std::size_t first = 0; first < order_.size();) {
            std::size_t last = first + 1;
            while (may(first) && last < order_.size() && may(last) && at(last).left == at(last - 1).right &&
                   at(last).root_left == at(first).root_left) {
                ++last;
            }
            if (last - first >= fewest_to_descend) {
                const std::size_t groups = (last - first + descent::most_regions - 1) / descent::most_regions;
                for (std::size_t group = 0; group < groups; ++group) {
                    const std::size_t from = first + (last - first) * group / groups;
                    const std::size_t to = first + (last - first) * (group + 1) / groups;
                    std::vector<region> regions;
                    for (std::size_t k = from; k < to; ++k) {
                        regions.push_back(at(k));
                        plans_[k].what = treatment::drop;
                    }
                    plans_[from] = {treatment::descend, descents_.size(), 0};
                    descents_.push_back(std::move(regions));
                }
            }
            first = last;
        }
    }

    void descend(double threshold) {
        if (descents_.empty()) return;
        const std::uint64_t budget = (wanted_.max_evaluations - evaluations_) / descents_.size();
        std::vector<descent> tasks;
        for (const auto& regions : descents_) tasks.push_back({regions, threshold, budget});
        std::vector<descent_result> results(tasks.size());
        const bool possible = evaluate_.descend(tasks, results);
        std::uint64_t evaluations = 0;
        const std::size_t fresh = pool_.size();
        for (plan& each : plans_) {
            if (each.what != treatment::descend) continue;
            const std::vector<region>& from = descents_[each.first];
            descent_result& found = results[each.first];
            each.first = pool_.size();
            if (!possible) found.left_over = from;
            pool_.insert(pool_.end(), found.left_over.begin(), found.left_over.end());
            each.count = found.left_over.size();
            evaluations += found.evaluations;
            resolved_.add(found.exact);
            resolved_.add(found.improvable);
            if (found.exact.count + found.improvable.count == 0) continue;
            region like = from.front();
            like.density = 0;
            like.rough = false;
            groups_.push_back(
                {from.front().left, from.back().right, like, found.exact, found.improvable, std::move(found.improvable_limits)});
        }
        evaluations_ += evaluations;
        note(std::span(pool_).subspan(fresh));
        // Where nothing could be done, the same would be asked for again.
        descending_ = evaluations > 0;
    }

    /// A root that fails in many places is not singular at its end.
    void forget_ends_among_many() {
        constexpr std::size_t many = 3;
        for (std::size_t first = 0; first < order_.size();) {
            std::size_t failing = 0;
            std::size_t last = first;
            for (; last < order_.size() && at(last).root_left == at(first).root_left && at(last).root_right == at(first).root_right;
                 ++last) {
                failing += plans_[last].what != treatment::keep ? 1 : 0;
            }
            for (std::size_t k = first; k < last && failing >= many; ++k) {
                const bool end = plans_[k].what == treatment::grade_left || plans_[k].what == treatment::grade_right;
                if (end && at(k).open_ends == 0) plans_[k].what = treatment::cut;
            }
            first = last;
        }
    }

    /// What happens to a region of order_: cuts are in the pool from `first` on.
    struct plan {
        treatment what = treatment::keep;
        std::size_t first = 0;
        std::size_t count = 0;
    };

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    struct pending_chain {
        std::size_t place;    ///< in order_, or none: behind the links of the chain that it continues
        std::size_t replaces; ///< that chain, or none
        chain what;
        int count;
        std::size_t first = 0; ///< in the pool
    };

    /// The regions after this round, from left to right.
    void put_in_order(double threshold) {
        next_.clear();
        bool left_one_stays = true;
        std::size_t pending = 0;
        std::sort(grades_.begin(), grades_.end(), [](const pending_chain& a, const pending_chain& b) { return a.place < b.place; });
        for (std::size_t k = 0; k < order_.size(); ++k) {
            for (; pending < grades_.size() && grades_[pending].place == k; ++pending) settle(grades_[pending]);
            if (goes_aside(k, threshold)) {
                set_aside(k, left_one_stays);
                left_one_stays = false;
                continue;
            }
            left_one_stays = true;
            if (plans_[k].what == treatment::keep || plans_[k].what == treatment::wait) {
                next_.push_back(order_[k]);
            } else {
                for (std::size_t i = 0; i < plans_[k].count; ++i) next_.push_back(static_cast<std::uint32_t>(plans_[k].first + i));
            }
        }
        for (; pending < grades_.size(); ++pending) settle(grades_[pending]);
        order_.swap(next_);
        sort_order();
    }

    [[nodiscard]] region& at(std::size_t k) { return pool_[order_[k]]; }
    [[nodiscard]] const region& at(std::size_t k) const { return pool_[order_[k]]; }

    /// Replaces a region by a chain towards one of its ends. Where rounding leaves no room for one, the region stays; where f is no more singular there than
    /// elsewhere, it is cut.
    treatment grade(std::size_t number, double point) {
        region& each = at(number);
        const bool left_end = point == each.left;
        // Units in the last place of a point that is much nearer to 0 than the region is wide tell nothing of what the region sees.
        const bool comparable = std::fabs(point) >= 0x1p-4 * each.width();
        if (comparable && is_linear_at(evaluate_, point, left_end ? each.right : each.left)) {
            each.open_ends = 0;
            each.crowded = true;
            return treatment::cut;
        }
        chain towards = chain::towards(point, each.left, each.right);
        each.settled = !towards.possible();
        if (each.settled) return treatment::keep;
        const int links = towards.next_links();
        grades_.push_back({number, none, std::move(towards), links});
        return left_end ? treatment::grade_left : treatment::grade_right;
    }

    /// Replaces a region and all others that were cut from the same root, as far as they are not chains, by chains towards a point in it from both
    /// sides.
    void isolate(std::size_t number, const singular_point& where) {
        const region each = at(number);
        const auto belongs = [&](std::size_t k) {
            return at(k).root_left == each.root_left && at(k).root_right == each.root_right && plans_[k].what != treatment::grade_left &&
                   plans_[k].what != treatment::grade_right;
        };
        // All that hangs together, with what descents resolved of it.
        double first = each.left;
        double last = each.right;
        const auto touches = [&](double left, double right) { return left <= last && right >= first; };
        const auto of_this_root = [&](const resolved_group& group) {
            return group.like.root_left == each.root_left && group.like.root_right == each.root_right;
        };
        for (bool grown = true; grown;) {
            grown = false;
            const auto grow = [&](double left, double right) {
                grown = grown || left < first || right > last;
                first = std::fmin(first, left);
                last = std::fmax(last, right);
            };
            for (std::size_t k = 0; k < order_.size(); ++k) {
                if (belongs(k) && touches(at(k).left, at(k).right)) grow(at(k).left, at(k).right);
            }
            for (const resolved_group& group : groups_) {
                if (of_this_root(group) && touches(group.left, group.right)) grow(group.left, group.right);
            }
        }
        const double point = std::clamp(where.at, first, last);
        chain below = chain::towards(point, first, point);
        chain above = chain::towards(point, point, last);
        (point != first ? below : above).blur(where.blur);
        if ((point != first && !below.possible()) || (point != last && !above.possible())) {
            at(number).settled = true;
            plans_[number].what = treatment::keep;
            return;
        }
        for (std::size_t k = 0; k < order_.size(); ++k) {
            if (belongs(k) && touches(at(k).left, at(k).right)) plans_[k].what = treatment::drop;
        }
        std::erase_if(groups_, [&](const resolved_group& group) { return of_this_root(group) && touches(group.left, group.right); });
        sum_up_groups();
        if (point != first) grades_.push_back({number, none, below, below.next_links()});
        if (point != last) grades_.push_back({number, none, above, above.next_links()});
    }

    /// Takes a chain's new links in.
    void settle(pending_chain& pending) {
        links_.clear();
        for (int k = 0; k < pending.count; ++k) {
            links_.emplace_back().add(pool_[pending.first + static_cast<std::size_t>(k)]);
        }
        const int before = pending.what.links();
        const bool outwards = pending.what.outwards();
        pending.what.take(links_, outwards ? nullptr : &pool_[pending.first + static_cast<std::size_t>(pending.count)], before,
                          0.1 * target_);
        const auto kept = static_cast<std::size_t>(pending.what.links() - before);
        for (std::size_t k = 0; k < kept; ++k) {
            next_.push_back(static_cast<std::uint32_t>(pending.first + (pending.what.leftwards() ? kept - 1 - k : k)));
        }
        if (pending.what.diverges() && pending.what.next_links() == 0) {
            result_.trouble = integral_trouble::divergence;
            trouble_at_ = {pending.what.tail_left(), pending.what.tail_right()};
        }
        if (pending.replaces != none) {
            chains_[pending.replaces] = std::move(pending.what);
        } else {
            chains_.push_back(std::move(pending.what));
        }
    }

    void conclude() {
        if (trouble_at_) {
            result_.worst_left = (*trouble_at_)[0];
            result_.worst_right = (*trouble_at_)[1];
        }
        if (result_.trouble == integral_trouble::not_a_number) {
            result_.status = integral_status::not_a_number;
            result_.value = std::numeric_limits<double>::quiet_NaN();
            result_.error = std::numeric_limits<double>::infinity();
            return;
        }
        if (result_.trouble == integral_trouble::divergence || result_.trouble == integral_trouble::infinite) {
            result_.status = integral_status::divergent_or_singular;
            result_.value = std::numeric_limits<double>::quiet_NaN();
            result_.error = std::numeric_limits<double>::infinity();
            return;
        }
        const bool finite = std::isfinite(result_.value) && std::isfinite(result_.error);
        const bool found = finite && result_.error <= target_ && !searching_ && !unsearched_;
        // An integral of 0 has no relative error: it is found where rounding alone is left.
        const bool zero =
            finite && !searching_ && !unsearched_ && std::fabs(result_.value) <= result_.error && result_.error <= 2 * rounding_;
        if (found || zero) {
            result_.status = integral_status::ok;
            result_.trouble = integral_trouble::none;
            return;
        }
        result_.status = integral_status::tolerance_not_reached;
        if (unsearched_) result_.trouble = integral_trouble::evaluations;
        if (result_.trouble == integral_trouble::none) {
            result_.trouble = rounding_ > 0.5 * result_.error ? integral_trouble::rounding : integral_trouble::singularity;
        }
    }

    /// What one descent resolved, between two limits.
    struct resolved_group {
        double left;
        double right;
        region like; ///< of its root, without results
        region_sums exact;
        region_sums improvable;
        std::vector<interval_limits> improvable_limits;
    };

    const region_source& evaluate_;
    const tolerance& wanted_;
    at_rest resting_;
    std::vector<region> pool_;         ///< all that were ever laid
    std::vector<std::uint32_t> order_; ///< those that count, from left to right
    std::vector<chain> chains_;
    std::uint64_t evaluations_;

    std::vector<std::uint32_t> aside_; ///< numbers of regions that need no more looks
    region_sums sums_aside_;           ///< over these, with their seams

    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> recalled_;
    std::vector<plan> plans_;
    struct {
        std::size_t cuts = 0;
        std::size_t ends = 0;   ///< to be graded towards
        std::size_t points = 0; ///< to be isolated, perhaps
    } chosen_;                  ///< plans as they were first made
    std::vector<pending_chain> grades_;
    std::vector<chain::link> links_; ///< of the chain that is settled
    std::vector<std::vector<region>> descents_;
    bool descending_ = true;
    std::vector<resolved_group> groups_;
    region_sums resolved_; ///< over all groups

    integral result_;
    double target_ = 0;
    double rounding_ = 0; ///< the part of the error that no cut makes smaller
    double densest_;
    bool in_parts_; ///< the integral is wanted up to many points
    bool searching_ = false;
    bool unsearched_ = false; ///< nothing was seen, and there were too few samples to look closer
    std::optional<std::array<double, 2>> trouble_at_;
};

} // namespace

integral refine(const region_source& f, const tolerance& wanted, beginning from, const at_rest& resting, std::uint64_t evaluations,
                std::vector<part>* parts) {
    refinement all(f, wanted, std::move(from), resting, evaluations, parts != nullptr);
    const integral result = all.run();
    if (parts != nullptr) *parts = all.parts();
    return result;
}

} // namespace quadot::adaptive
