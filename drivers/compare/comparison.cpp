#include "drivers/compare/comparison.hpp"

#include "drivers/input/suggest.hpp"
#include "drivers/statistics/rank_tests.hpp"
#include "errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// Medians of consecutive batches, whose lengths differ by one at most.
std::vector<double> batch_medians(const std::vector<double>& samples) {
    const std::size_t n = samples.size();
    if (n <= most_batches) return samples;
    std::vector<double> medians;
    for (std::size_t k = 0; k < most_batches; ++k) {
        const auto first = samples.begin() + static_cast<std::ptrdiff_t>(k * n / most_batches);
        const auto last = samples.begin() + static_cast<std::ptrdiff_t>((k + 1) * n / most_batches);
        medians.push_back(sample_median({first, last}));
    }
    return medians;
}

/// Runs in turn, as many of one as of the other, are pairs of neighbours in time: what disturbs both is in neither.
double smallest_p(const compared_row& row, bool one_a_process) {
    return one_a_process && row.old_count == row.new_count ? smallest_signed_rank(row.old_count)
                                                           : smallest_mann_whitney(row.old_count, row.new_count);
}

/// Samples that each side needs before a difference of this many rows could be significant.
std::size_t samples_needed(std::size_t rows, bool one_a_process, double significant) {
    compared_row row;
    row.old_count = row.new_count = 2;
    while (smallest_p(row, one_a_process) * static_cast<double>(rows) > significant) ++row.old_count, ++row.new_count;
    return row.old_count;
}

/// What a time changes by.
std::string change_of(double ratio) { return ratio < 10 ? fmt::format("{:+.2f} %", 100 * (ratio - 1)) : fmt::format("x {:.3g}", ratio); }

/// Verdict and reason, once everything else is known.
void judge(compared_row& row, double tolerance, double significant, const noise_of_two_runs& noise, bool can_tell, std::size_t needed) {
    const double slower = 1 + tolerance;
    const double faster = 1 / slower; // logarithms: twice as fast is as far as twice as slow
    if (can_tell && row.holm_p <= significant && (row.ratio.value > slower || row.ratio.value < faster)) {
        const double shift = std::log(row.ratio.value);
        const bool in_the_scatter = std::abs(shift) <= row.scatter;
        const bool in_the_crowd = noise.known && noise.beyond_common(shift) <= std::max(std::log(slower), noise.spread);
        if (!in_the_scatter && !in_the_crowd) {
            row.judged = shift > 0 ? verdict::slower : verdict::faster;
        } else if (in_the_scatter) {
            row.reason = fmt::format("no more than samples of one run scatter, {:.1f} %; try --run", 100 * std::expm1(row.scatter));
        } else {
            row.reason = fmt::format("other people's code moved, too, by {} and up to {:.1f} % apart; try --run",
                                     change_of(std::exp(noise.common)), 100 * std::expm1(noise.spread));
        }
        return;
    }
    if (row.ratio.lower >= faster && row.ratio.upper <= slower) {
        row.judged = verdict::same;
        return;
    }
    if (!can_tell) {
        row.reason = fmt::format("{} and {} samples can show nothing; take {} each", row.old_count, row.new_count, needed);
    } else {
        row.reason = fmt::format("anything from {} to {}", change_of(row.ratio.lower), change_of(row.ratio.upper));
    }
}

bool is_baseline(const std::string& name) { return name.find("/baseline/") != std::string::npos; }

/// The range of the middle 80 % of logarithmic samples.
double range_of(const std::vector<double>& logs) { return sample_quantile(logs, 0.9) - sample_quantile(logs, 0.1); }

noise_of_two_runs baselines_noise(const std::vector<compared_row>& rows) {
    std::vector<double> shifts;
    for (const auto& row : rows) {
        if (is_baseline(row.name) && std::isfinite(row.ratio.value)) shifts.push_back(std::log(row.ratio.value));
    }
    noise_of_two_runs noise;
    if (shifts.size() < 3) return noise; // of two, neither is the odd one
    noise.common = sample_median(shifts);
    for (double& shift : shifts) shift = std::abs(shift - noise.common);
    // Of normal numbers, the median absolute deviation is 1/1.4826 of the standard deviation.
    noise.spread = 3 * 1.4826 * sample_median(shifts);
    noise.known = true;
    return noise;
}

/// Times without a logarithm: of Google Benchmark's skipped or unmeasurable loops.
bool has_zero(const std::vector<double>& samples) {
    return std::any_of(samples.begin(), samples.end(), [](double sample) { return !(sample > 0); });
}

compared_row measure_change(const recorded_row& before, const recorded_row& after, bool one_a_process) {
    compared_row row;
    row.name = before.name;
    row.old_seconds = before.seconds;
    row.new_seconds = after.seconds;
    row.ratio = {std::numeric_limits<double>::quiet_NaN(), 0, std::numeric_limits<double>::infinity()};
    if (has_zero(before.samples) || has_zero(after.samples)) {
        row.reason = "a time of 0 has no ratio";
        return row;
    }
    std::vector<double> old_logs = before.samples;
    std::vector<double> new_logs = after.samples;
    for (double& each : old_logs) each = std::log(each);
    for (double& each : new_logs) each = std::log(each);
    if (!one_a_process) {
        row.scatter = noise_of_two_runs::scatter_share * std::max(range_of(old_logs), range_of(new_logs));
        old_logs = batch_medians(old_logs);
        new_logs = batch_medians(new_logs);
    }
    row.old_count = old_logs.size();
    row.new_count = new_logs.size();
    estimate shift{};
    if (one_a_process && old_logs.size() == new_logs.size()) {
        std::vector<double> differences = new_logs;
        for (std::size_t k = 0; k < differences.size(); ++k) differences[k] -= old_logs[k];
        shift = hodges_lehmann(differences);
        row.p = signed_rank(differences);
    } else {
        shift = hodges_lehmann(old_logs, new_logs);
        row.p = mann_whitney(old_logs, new_logs);
    }
    row.ratio = {std::exp(shift.value), std::exp(shift.lower), std::exp(shift.upper)};
    return row;
}

} // namespace

double noise_of_two_runs::beyond_common(double shift) const {
    const double same_way = shift > 0 ? common : -common;
    return std::max(0.0, std::abs(shift) - std::clamp(same_way, 0.0, spread));
}

std::size_t comparison::count(verdict which) const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [which](const compared_row& row) { return row.judged == which; }));
}

std::size_t comparison::errors() const {
    const auto in_rows = std::count_if(rows.begin(), rows.end(), [](const compared_row& row) { return !row.wrong.empty(); });
    return static_cast<std::size_t>(in_rows) + (wrong.empty() ? 0 : 1);
}

comparison compare(const document& before, const document& after, double tolerance, bool one_a_process, double significant) {
    comparison found;
    found.tolerance = tolerance;
    const bool same_problem = before.context("problem") == after.context("problem") && before.context("seed") == after.context("seed");
    std::map<std::string, const recorded_row*> new_rows;
    for (const auto& row : after.rows) new_rows.emplace(row.name, &row);
    for (const auto& row : before.rows) {
        const auto partner = new_rows.find(row.name);
        if (partner == new_rows.end()) {
            found.only_old.push_back(row.name);
            continue;
        }
        found.rows.push_back(measure_change(row, *partner->second, one_a_process));
        found.rows.back().wrong = errors_grown(row, *partner->second, same_problem);
        new_rows.erase(partner);
    }
    for (const auto& row : after.rows) {
        if (new_rows.contains(row.name)) found.only_new.push_back(row.name);
    }
    if (found.rows.empty()) {
        const auto example = [](const document& report) {
            return report.rows.empty() ? std::string("nothing at all") : "e.g. " + printable(report.rows.front().name);
        };
        throw usage_error(fmt::format("{}, {}: no benchmark is in both: the first has {}, the second {}; compare runs of one command",
                                      before.path, after.path, example(before), example(after)));
    }

    std::vector<double> p;
    std::vector<double> smallest;
    for (const auto& row : found.rows) {
        p.push_back(row.p);
        smallest.push_back(smallest_p(row, one_a_process));
    }
    const std::vector<bool> can_tell = testable(smallest, significant);
    const std::vector<double> corrected = holm_of_testable(p, smallest, significant);
    const std::size_t needed = samples_needed(found.rows.size(), one_a_process, significant);
    const noise_of_two_runs noise = one_a_process ? noise_of_two_runs{} : baselines_noise(found.rows);
    for (std::size_t k = 0; k < found.rows.size(); ++k) {
        found.rows[k].holm_p = corrected[k];
        if (found.rows[k].reason.empty()) judge(found.rows[k], tolerance, significant, noise, can_tell[k], needed);
    }

    found.wrong = result_regressions(before, after, same_problem);
    found.notes = different_circumstances(before, after);
    for (const auto& row : found.rows) {
        if (!is_baseline(row.name)) continue;
        if (row.judged != verdict::slower && row.judged != verdict::faster) continue;
        found.notes.push_back(printable(row.name) + " is " + std::string(name_of(row.judged)) +
                              ", and none of Quadot's code: the machine, its load, a library or the compiler changed");
    }
    return found;
}

} // namespace quadot::drivers
