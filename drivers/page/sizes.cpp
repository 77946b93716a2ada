// Speed against size, with the edges of the caches.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

/// What a run reads; NaN for what is not bound by memory.
double bytes_of(const merged_row& row) { return row.bytes_per_second * row.recorded->seconds; }

bool same_kind(const study_line& a, const study_line& b) {
    return std::string_view(a.rows.front()->rate_unit()) == b.rows.front()->rate_unit() && a.simulated == b.simulated;
}

std::string data_table(const std::vector<study_line>& lines, std::size_t& count) {
    std::vector<std::vector<std::string>> rows;
    for (const study_line& line : lines) {
        for (const merged_row* row : line.rows) {
            const std::string& verdict = row->recorded->verdict;
            rows.push_back({"<code>" + escaped(line.label) + "</code>", count_text(row->problem_size), bytes_text(bytes_of(*row)),
                            "<b>" + rate_text(row->rate(), row->rate_unit()) + "</b>", interval_text(*row->recorded),
                            percent_text(row->limit_part), ratio_text(row->naive_ratio),
                            row->recorded->raw.contains("error") ? error_text(row->recorded->error) : "\u2013",
                            verdict == "fail" ? "<strong class=\"bad\">\u2717 FAIL</strong>" : escaped(verdict)});
        }
    }
    count = rows.size();
    return html_table("Speed against size",
                      {{"Variant", false},
                       {"Size", true},
                       {"Bytes", true},
                       {"Speed", true},
                       {"Time a run [95 % interval]", true},
                       {"Of the limit", true},
                       {"Against naive", true},
                       {"Error", true},
                       {"Verdict", false}},
                      rows);
}

std::string sweep_figure(const merged& shown, const std::vector<study_line>& lines, const styles& style, const std::string& name) {
    std::vector<double> sizes;
    std::vector<double> rates;
    double workers = 0;
    bool bytes = true;
    std::size_t points = 0;
    for (const study_line& line : lines) {
        for (const merged_row* row : line.rows) {
            bytes = bytes && std::isfinite(bytes_of(*row)) && bytes_of(*row) > 0;
            if (!std::isnan(row->workers)) workers = std::max(workers, row->workers);
            ++points;
        }
    }
    std::vector<series> drawn;
    for (const study_line& line : lines) {
        series each{line.label, style.of(line.variant), {}, drawing::line_and_markers, true};
        for (const merged_row* row : line.rows) {
            const recorded_row& recorded = *row->recorded;
            const double amount = row->rate() * recorded.seconds;
            if (!std::isfinite(amount) || !(amount > 0)) continue;
            const double x = bytes ? bytes_of(*row) : row->problem_size;
            const double upper = recorded.lower > 0 ? amount / recorded.lower : row->rate();
            each.points.push_back(
                {x, row->rate(), amount / recorded.upper, upper,
                 fmt::format("{}, {}: {}", line.label, bytes ? bytes_text(x) : count_text(x), rate_text(row->rate(), row->rate_unit()))});
            sizes.push_back(x);
            rates.push_back(row->rate());
        }
        drawn.push_back(std::move(each));
    }
    std::size_t count = 0;
    std::string table = data_table(lines, count);
    if (rates.size() < 2) return table;
    const char* unit = lines.front().rows.front()->rate_unit();
    const auto [least, most] = std::minmax_element(rates.begin(), rates.end());
    const auto rate_label = [&](double value) { return value == 0 ? "0" : rate_text(value, unit); };
    const axis y = *most > 40 * *least ? decimal_axis("Speed", rates, rate_label) : linear_axis("Speed", rates, rate_label);
    const axis x =
        binary_axis(bytes ? "Bytes that a run reads" : "Problem size", sizes, bytes ? number_text(bytes_text) : number_text(count_text));
    const bool simulated = lines.front().simulated;
    figure plot(name, simulated ? "SIMULATED: speed against size" : "Speed against size",
                fmt::format("{} lines over {} points; from {} to {} at sizes from {} to {}.", drawn.size(), points, rate_text(*least, unit),
                            rate_text(*most, unit),
                            bytes ? bytes_text(*std::min_element(sizes.begin(), sizes.end()))
                                  : count_text(*std::min_element(sizes.begin(), sizes.end())),
                            bytes ? bytes_text(*std::max_element(sizes.begin(), sizes.end()))
                                  : count_text(*std::max_element(sizes.begin(), sizes.end()))),
                x, y);
    for (series& each : drawn) plot.add(std::move(each));
    std::string edges;
    if (bytes) {
        for (const cache_edge& edge : shown.cache_edges(lines.front().sources.front(), workers)) {
            plot.add_vertical({edge.bytes, edge.level + " " + bytes_text(edge.bytes)});
            edges = fmt::format(" Dashed: the data caches that {:g} worker{}.", std::max(1.0, workers),
                                workers > 1 ? "s have together" : " has");
        }
    }
    return html_figure(plot.svg(),
                       simulated_mark(simulated) + "Speed against the size of the problem. Shaded: 95 % intervals of the medians." + edges,
                       table, count);
}

} // namespace

std::string sizes_section(const merged& shown, const styles& style) {
    // Bytes and evaluations a second do not share an axis, nor do machines their caches.
    std::vector<std::vector<study_line>> groups;
    for (study_line& line : shown.lines("sizes")) {
        const auto fits = [&](const std::vector<study_line>& group) {
            return same_kind(group.front(), line) && shown.host(group.front().sources.front()) == shown.host(line.sources.front());
        };
        const auto found = std::find_if(groups.begin(), groups.end(), fits);
        if (found == groups.end()) {
            groups.push_back({std::move(line)});
        } else {
            found->push_back(std::move(line));
        }
    }
    std::string out;
    for (std::size_t k = 0; k < groups.size(); ++k) {
        if (groups.size() > 1) {
            out += fmt::format("<h3>{} <small>on {}</small></h3>\n", escaped(groups[k].front().rows.front()->rate_unit()),
                               escaped(shown.host(groups[k].front().sources.front())));
        }
        out += sweep_figure(shown, groups[k], style, fmt::format("sizes-{}", k + 1));
    }
    return html_section("sizes", "Size sweep", out);
}

} // namespace quadot::drivers::page
