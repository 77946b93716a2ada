#include "drivers/scale/study.hpp"

#include "drivers/input/suggest.hpp"
#include "drivers/machine/placement.hpp"
#include "drivers/measure/timing.hpp"
#include "drivers/scale/timed_communicator.hpp"
#include "errors.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

std::vector<std::string> between_commas(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        items.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return items;
}

/// Ascending, each once.
std::vector<int> parse_counts(const std::string& option, const std::string& text, int most) {
    std::vector<int> counts;
    for (const std::string& item : between_commas(text)) {
        int count = 0;
        const auto [end, failure] = std::from_chars(item.data(), item.data() + item.size(), count);
        if (failure != std::errc{} || end != item.data() + item.size() || count < 1 || count > most) {
            throw usage_error(fmt::format("{} {}: '{}' is not a whole number from 1 to {}; write a list such as 1,2,4", option,
                                          printable(text), printable(item), most));
        }
        counts.push_back(count);
    }
    std::sort(counts.begin(), counts.end());
    counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
    return counts;
}

/// 1, 2, 4 … and `most` itself.
std::vector<int> doubling_up_to(int most) {
    std::vector<int> counts;
    for (int count = 1; count < most; count *= 2) counts.push_back(count);
    counts.push_back(most);
    return counts;
}

/// A variant on a configuration's ranks, and what its runs cost.
struct running_candidate {
    const configuration* where;
    scaling_candidate candidate;
    std::shared_ptr<communicator> ranks; ///< nullptr on ranks that do not take part
    std::unique_ptr<timed_communicator> timed;
    double seconds = 0;
    std::uint64_t runs = 0;

    double run() {
        if (!ranks) return 0;
        const double start = ranks->seconds();
        const double value = candidate.run(*timed);
        seconds += ranks->seconds() - start;
        // The two that warm up say nothing of the others.
        if (++runs == 2) {
            seconds = 0;
            timed->reset();
        }
        return value;
    }
    [[nodiscard]] double per_run(double total) const { return runs > 2 ? total / static_cast<double>(runs - 2) : 0; }
};

/// Collective over the candidate's ranks. Computing is what is left of a run without talk and waiting.
scaling_figures share_of_work(const running_candidate& each) {
    scaling_figures figures;
    const double whole = each.ranks->maximum(each.per_run(each.seconds));
    const double computing = each.per_run(each.seconds - each.timed->spent());
    const double slowest = each.ranks->maximum(computing);
    const double mean = each.ranks->unordered_sum(computing) / each.ranks->size();
    figures.imbalance = mean > 0 ? slowest / mean : 1;
    figures.communication_share = whole > 0 ? std::clamp(1 - slowest / whole, 0.0, 1.0) : 0;
    return figures;
}

/// The rows of one variant and mode: speed-ups against the fewest workers.
void compare_with_fewest(std::vector<report_row*>& rows, std::vector<std::string>& notes) {
    const auto workers = [](const report_row* row) { return row->ranks * row->threads; };
    const report_row* base = *std::min_element(rows.begin(), rows.end(), [&](auto* a, auto* b) { return workers(a) < workers(b); });
    for (report_row* row : rows) {
        const double ratio = static_cast<double>(workers(row)) / workers(base);
        const double quicker = base->time.median / row->time.median;
        const bool strong = row->study == "strong";
        row->scaling->speedup = strong ? quicker : quicker * ratio;
        row->scaling->efficiency = row->scaling->speedup / ratio;
        row->scaling->karp_flatt =
            strong && row != base && workers(base) == 1 ? karp_flatt(quicker, workers(row)) : std::numeric_limits<double>::quiet_NaN();
        if (strong && !row->baseline && hexadecimal(row->value) != hexadecimal(base->value)) {
            row->same_bits = false;
            notes.push_back(fmt::format("{}: {} where {} has {}: the same bits were promised", row->name, hexadecimal(row->value),
                                        base->name, hexadecimal(base->value)));
        }
    }
}

std::vector<scaling_point> points_of(const std::vector<report_row*>& rows) {
    std::vector<scaling_point> points;
    for (const report_row* row : rows) points.push_back({row->ranks * row->threads, row->samples});
    return points;
}

} // namespace

void add_scale_options(CLI::App& app, scale_options& options) {
    add_option_with_environment(app, "--mode", options.modes,
                                "strong (the problem stays), weak (it grows with the workers) or both (default)")
        ->type_name("strong,weak");
    add_option_with_environment(app, "--ranks", options.ranks, "numbers of ranks (default: 1,2,4 ... all of this launch)")
        ->type_name("LIST");
}

scale_plan understand_scale(const scale_options& options, common_options& common, int ranks) {
    scale_plan plan;
    if (options.modes.empty()) plan.modes = {scaling_mode::strong, scaling_mode::weak};
    for (const std::string& name : options.modes.empty() ? std::vector<std::string>{} : between_commas(options.modes)) {
        if (name != "strong" && name != "weak") {
            throw usage_error(unknown_name_message("--mode", name, std::vector<std::string>{"strong", "weak"}));
        }
        const scaling_mode mode = name == "strong" ? scaling_mode::strong : scaling_mode::weak;
        if (std::find(plan.modes.begin(), plan.modes.end(), mode) == plan.modes.end()) plan.modes.push_back(mode);
    }
    plan.ranks = options.ranks.empty() ? doubling_up_to(ranks) : parse_counts("--ranks", options.ranks, ranks);
    if (!common.threads.empty()) {
        plan.threads = parse_counts("--threads", common.threads, maximum_threads);
    } else {
        // Beside many ranks, what a rank has; alone, threads are all there is to scale.
        const int most = check_common_options(common).threads;
        plan.threads = ranks == 1 ? doubling_up_to(most) : std::vector<int>{most};
    }
    common.threads = std::to_string(plan.threads.back());
    return plan;
}

std::string text_of(const scale_plan& plan) {
    std::string modes;
    for (const scaling_mode mode : plan.modes) modes += (modes.empty() ? "" : " and ") + std::string(name_of(mode));
    return fmt::format("{} scaling with {} ranks x {} threads", modes, fmt::join(plan.ranks, ","), fmt::join(plan.threads, ","));
}

timing_request study_timing(const common_settings& settings) {
    timing_request timing = settings.timing;
    if (timing.repetitions == 0 && !settings.maximum_time_chosen) timing.repetitions = 15;
    return timing;
}

std::vector<configuration> configurations(const scale_plan& plan, std::uint64_t size, std::uint64_t largest) {
    std::vector<configuration> all;
    for (const scaling_mode mode : plan.modes) {
        for (const int ranks : plan.ranks) {
            for (const int threads : plan.threads) {
                const std::uint64_t grown =
                    mode == scaling_mode::strong ? 1 : static_cast<std::uint64_t>(ranks) * static_cast<std::uint64_t>(threads);
                if (size > largest / grown) {
                    throw usage_error(
                        fmt::format("-n {}: on {} workers a weak study would need more than {}; take a smaller n", size, grown, largest));
                }
                all.push_back({mode, ranks, threads, size * grown});
            }
        }
    }
    return all;
}

void run_study(const surroundings& around, report& report, const std::vector<configuration>& configurations, std::size_t variant_count,
               const prepare_function& prepare, const timing_request& timing) {
    const communicator& world = around.ranks;
    std::map<int, std::shared_ptr<communicator>> groups;
    std::vector<prepared_work> prepared;
    std::vector<running_candidate> running;
    for (const configuration& where : configurations) {
        if (!groups.contains(where.ranks)) groups[where.ranks] = world.split(world.rank() < where.ranks ? 0 : -1);
        const auto& group = groups[where.ranks];
        prepared_work work;
        agree(world, [&] {
            if (group) work = prepare(where, *group);
        });
        work.candidates.resize(variant_count);
        for (const scaling_candidate& candidate : work.candidates) {
            running.push_back({&where, candidate, group, group ? std::make_unique<timed_communicator>(*group) : nullptr});
        }
        prepared.push_back(std::move(work));
    }
    std::vector<std::function<double()>> timed_work;
    for (running_candidate& each : running) timed_work.emplace_back([&each] { return each.run(); });
    for (const auto& [count, group] : groups) {
        if (count > 1) timed_work.emplace_back([group = group] { return group ? group->unordered_sum(1) : 0; });
    }
    const thread_placement placement(report.binding, world.rank());
    const auto timed = time_interleaved(world, timed_work, timing, [&] { placement.place(); });

    // Sub-communicators speak rank by rank in the same order everywhere, so nobody waits for ever.
    std::map<std::string, std::vector<std::size_t>> studies;
    for (std::size_t k = 0; k < running.size(); ++k) {
        running_candidate& each = running[k];
        scaling_figures figures;
        if (each.ranks) figures = share_of_work(each);
        if (world.rank() != 0) continue;
        const configuration& where = *each.where;
        const registry::variant& variant = *each.candidate.variant;
        report_row row{};
        row.study = name_of(where.mode);
        row.variant = variant.name;
        row.name = fmt::format("scale/{}/{}/ranks:{}/threads:{}", row.study, variant.name, where.ranks, where.threads);
        row.short_name = variant.short_name;
        row.flags = variant.flags;
        row.baseline = variant.is_baseline();
        row.ranks = where.ranks;
        row.threads = where.threads;
        row.problem_size = where.size;
        row.iterations = timed[k].iterations;
        row.samples = timed[k].samples;
        row.time = timed[k].interval();
        row.processor_seconds = timed[k].processor_seconds;
        row.value = timed[k].value;
        row.scaling = figures;
        each.candidate.judge(row);
        studies[row.study + " " + row.variant].push_back(report.rows.size());
        report.rows.push_back(std::move(row));
    }
    for (const auto& [name, places] : studies) {
        std::vector<report_row*> rows;
        for (const std::size_t place : places) rows.push_back(&report.rows[place]);
        compare_with_fewest(rows, report.notes);
        for (auto& fit : fit_study(rows.front()->study, rows.front()->variant, points_of(rows))) report.fits.push_back(std::move(fit));
    }
    std::vector<scaling_point> sums;
    std::size_t k = running.size();
    for (const auto& [count, group] : groups) {
        if (count == 1) continue;
        report_row row{};
        row.study = "allreduce";
        row.name = fmt::format("scale/allreduce/ranks:{}", count);
        row.judged = false;
        row.ranks = count;
        row.threads = 1;
        row.iterations = timed[k].iterations;
        row.samples = timed[k].samples;
        row.time = timed[k].interval();
        row.processor_seconds = timed[k].processor_seconds;
        sums.push_back({count, row.samples});
        if (world.rank() == 0) report.rows.push_back(std::move(row));
        ++k;
    }
    if (!sums.empty()) {
        for (auto& fit : fit_study("allreduce", "sum of 8 bytes", sums)) report.fits.push_back(std::move(fit));
    }
}

} // namespace quadot::drivers
