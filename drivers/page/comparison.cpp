// Bars with intervals.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::page {

std::string comparison_figure(const merged&, const row_group& group, const styles& style, const std::string& name) {
    constexpr std::size_t most = 40; // of bars that an eye compares
    if (group.rows.size() < 2) return "";
    // One unit for all: rates where every row has the same one, times otherwise.
    const char* unit = group.rows.front()->rate_unit();
    const bool rates = std::all_of(group.rows.begin(), group.rows.end(), [&](const merged_row* row) {
        return std::isfinite(row->rate()) && row->rate() > 0 && row->recorded->seconds > 0 && std::string_view(row->rate_unit()) == unit;
    });
    std::vector<const merged_row*> rows = group.rows;
    std::string left_out;
    if (rows.size() > most) {
        std::stable_sort(rows.begin(), rows.end(),
                         [](const auto* a, const auto* b) { return a->recorded->seconds < b->recorded->seconds; });
        left_out = fmt::format(" The {} slowest of {} are left out here.", rows.size() - most, rows.size());
        rows.resize(most);
    }
    std::vector<bar> bars;
    std::vector<double> values;
    double limit = 0;
    for (const merged_row* row : rows) {
        const recorded_row& recorded = *row->recorded;
        bar each{row->name,
                 recorded.seconds,
                 recorded.lower,
                 recorded.upper,
                 seconds_text(recorded.seconds),
                 style.of(row->variant),
                 recorded.verdict == "fail"};
        if (rates) {
            // A run's amount is fixed: the rate's interval is the time's, turned round.
            const double amount = row->rate() * recorded.seconds;
            each.value = row->rate();
            each.lower = amount / recorded.upper;
            each.upper = recorded.lower > 0 ? amount / recorded.lower : each.value;
            each.text = rate_text(row->rate(), unit);
            if (std::isfinite(row->limit_part) && row->limit_part > 0) limit = std::max(limit, row->rate() / row->limit_part);
        }
        if (each.marked) each.text += " FAIL";
        values.push_back(each.value);
        values.push_back(each.upper);
        bars.push_back(std::move(each));
    }
    if (limit > 0) values.push_back(limit);
    const axis x =
        rates ? linear_axis("Speed (longer is better)", values, [&](double value) { return value == 0 ? "0" : rate_text(value, unit); })
              : linear_axis("Time a run (shorter is better)", values, [](double value) { return value == 0 ? "0" : seconds_text(value); });
    std::optional<guide> mark;
    if (limit > 0) mark = guide{limit, "measured limit " + rate_text(limit, unit)};
    const auto fastest = std::min_element(rows.begin(), rows.end(),
                                          [](const auto* a, const auto* b) { return a->recorded->seconds < b->recorded->seconds; });
    const std::string what =
        fmt::format("{} of {} variants; the fastest is {} with {}.", rates ? "Speeds" : "Times", rows.size(), (*fastest)->name,
                    rates ? rate_text((*fastest)->rate(), unit) : seconds_text((*fastest)->recorded->seconds));
    const std::string svg = bar_chart(
        name, (group.simulated ? "SIMULATED: comparison of variants: " : "Comparison of variants: ") + group.problem, what, x, bars, mark);
    return html_figure(svg,
                       fmt::format("{}{} of the variants, {}. Whiskers: 95 % intervals of the median. The table above holds the numbers.{}",
                                   simulated_mark(group.simulated), rates ? "Speed" : "Time a run", escaped(group.problem), left_out));
}

} // namespace quadot::drivers::page
