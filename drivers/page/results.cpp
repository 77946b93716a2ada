// The table with speed and error in one cell, and its two pictures, for each problem and host.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

std::string verdict_cell(const merged_row& row) {
    const std::string& verdict = row.recorded->verdict;
    if (verdict == "pass") return "<span class=\"good\">\u2713 pass</span>";
    if (verdict == "fail") return "<strong class=\"bad\">\u2717 FAIL</strong>";
    return "\u2013";
}

std::string error_cell(const merged_row& row) {
    const auto recorded = row.recorded->raw.find("error");
    if (recorded == row.recorded->raw.end()) return "";
    std::string text = "error " + error_text(row.recorded->error);
    if (!std::isnan(row.recorded->bound)) text += " \u2264 " + error_text(row.recorded->bound);
    if (!(row.recorded->error <= row.recorded->bound) && !std::isnan(row.recorded->bound)) {
        text = "error " + error_text(row.recorded->error) + ", bound " + error_text(row.recorded->bound);
    }
    return "<br><small>" + text + "</small>";
}

std::string name_cell(const merged_row& row, bool workers_differ) {
    std::string small;
    if (workers_differ && !std::isnan(row.workers))
        small =
            fmt::format("{:g} rank{} \u00d7 {:g} thread{}", row.ranks, row.ranks == 1 ? "" : "s", row.threads, row.threads == 1 ? "" : "s");
    const auto flags = row.recorded->raw.find("compiler_flags");
    if (flags != row.recorded->raw.end() && flags->is_string()) small += (small.empty() ? "" : "; ") + flags->get<std::string>();
    return simulated_mark(row.simulated) + "<code>" + escaped(row.name) + "</code>" +
           (small.empty() ? "" : "<br><small>" + escaped(small) + "</small>");
}

/// Shown only where some row has it.
template <class Has>
bool any(const row_group& group, Has&& has) {
    return std::any_of(group.rows.begin(), group.rows.end(), [&](const merged_row* row) { return has(*row); });
}

std::string results_table(const row_group& group) {
    const bool rates = any(group, [](const merged_row& row) { return !std::isnan(row.rate()); });
    const bool errors = any(group, [](const merged_row& row) { return row.recorded->raw.contains("error"); });
    const bool limits = any(group, [](const merged_row& row) { return std::isfinite(row.limit_part); });
    const bool ratios = any(group, [](const merged_row& row) { return !std::isnan(row.naive_ratio); });
    const bool verdicts = any(group, [](const merged_row& row) { return !row.recorded->verdict.empty(); });
    const bool counters = any(group, [](const merged_row& row) { return row.number("cycles") > 0 && row.number("instructions") > 0; });
    const double first = group.rows.front()->workers;
    const bool workers_differ = any(group, [&](const merged_row& row) { return row.workers != first && !std::isnan(row.workers); });
    std::vector<table_column> columns{{"Variant", false}};
    if (rates || errors) columns.push_back({rates && errors ? "Speed and error" : rates ? "Speed" : "Error", true});
    columns.push_back({"Time a run [95 % interval]", true});
    if (limits) columns.push_back({"Of the limit", true});
    if (ratios) columns.push_back({"Against naive", true});
    if (counters) columns.push_back({"Instructions a cycle", true});
    if (verdicts) columns.push_back({"Verdict", false});
    std::vector<std::vector<std::string>> rows;
    for (const merged_row* row : group.rows) {
        std::vector<std::string> cells{name_cell(*row, workers_differ)};
        if (rates || errors) cells.push_back((rates ? "<b>" + rate_text(row->rate(), row->rate_unit()) + "</b>" : "") + error_cell(*row));
        cells.push_back(interval_text(*row->recorded));
        if (limits) {
            cells.push_back(std::isfinite(row->limit_part)
                                ? fmt::format("<span class=\"part\" style=\"--part:{:.0f}%\">{}</span>",
                                              std::clamp(100 * row->limit_part, 0.0, 100.0), percent_text(row->limit_part))
                                : "\u2013");
        }
        if (ratios) cells.push_back(ratio_text(row->naive_ratio));
        if (counters) {
            const double each = row->number("instructions") / row->number("cycles");
            cells.push_back(std::isfinite(each) ? fmt::format("{:.2f}", each) : "\u2013");
        }
        if (verdicts) cells.push_back(verdict_cell(*row));
        rows.push_back(std::move(cells));
    }
    return html_table("Variants of " + group.problem + (group.host.empty() ? "" : " on " + group.host), columns, rows);
}

/// The answers of the documents of this group, one line each.
std::string answers(const merged& shown, const row_group& group) {
    std::string out;
    std::vector<std::size_t> seen;
    for (const merged_row* row : group.rows) {
        if (std::find(seen.begin(), seen.end(), row->source) != seen.end()) continue;
        seen.push_back(row->source);
        const auto result = shown.documents()[row->source].raw.find("result");
        if (result == shown.documents()[row->source].raw.end() || !result->is_object() || !result->contains("value")) continue;
        const auto text = [&](const char* key) {
            const auto found = result->find(key);
            return found != result->end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        const auto values = result->find("values");
        const bool many = values != result->end() && values->is_array() && values->size() > 1;
        const auto error = result->find("error");
        const std::string notes =
            fmt::format("{}{}{}", text("accumulator"), text("status").empty() ? "" : ", " + text("status"),
                        result->value("certified", nlohmann::ordered_json(false)) == true ? ", correctly rounded" : "");
        out += fmt::format(
            "<p class=\"answer\">{}<code>{}</code>{} \u00b1 {} <small>({})</small>{}</p>\n",
            many ? fmt::format("{} values, the first ", values->size()) : "Result ", exact_text(recorded_number((*result)["value"])),
            text("value_hex").empty() ? "" : " = <code>" + escaped(text("value_hex")) + "</code>",
            error == result->end() ? "?" : error_text(recorded_number(*error)), escaped(notes),
            seen.size() > 1 || shown.documents().size() > 1 ? " <small>" + escaped(shown.file_name(row->source)) + "</small>" : "");
        if (!text("message").empty()) out += "<p class=\"answer\"><small>" + escaped(text("message")) + "</small></p>\n";
    }
    return out;
}

} // namespace

std::string results_section(const merged& shown, const styles& style) {
    std::string out;
    std::size_t number = 0;
    for (const row_group& group : shown.comparisons()) {
        ++number;
        out += fmt::format("<h3>{}{}{}</h3>\n", simulated_mark(group.simulated), escaped(group.problem),
                           shown.hosts().size() > 1 && !group.host.empty() ? " <small>on " + escaped(group.host) + "</small>" : "");
        out += answers(shown, group);
        out += results_table(group);
        out += comparison_figure(shown, group, style, fmt::format("comparison-{}", number));
        out += error_time_figure(shown, group, style, fmt::format("error-time-{}", number));
    }
    return html_section("results", "Results", out);
}

} // namespace quadot::drivers::page
