// Tables, figures, sections.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <fmt/format.h>

namespace quadot::drivers::page {

styles::styles(const merged& shown) {
    for (const merged_row& row : shown.rows()) {
        if (row.study != "machine") places_.emplace(row.variant, places_.size());
    }
}

std::size_t styles::of(const std::string& variant) const {
    const auto found = places_.find(variant);
    return found == places_.end() ? 0 : found->second;
}

std::string html_table(const std::string& caption, const std::vector<table_column>& columns,
                       const std::vector<std::vector<std::string>>& rows) {
    std::string out =
        fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n<caption>{}</caption>\n<thead><tr>",
                    escaped(caption), escaped(caption));
    for (const table_column& column : columns) {
        out += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"n\"" : "", escaped(column.heading));
    }
    out += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows) {
        out += "<tr>";
        for (std::size_t k = 0; k < row.size(); ++k) {
            if (k == 0) {
                out += "<th scope=\"row\">" + row[k] + "</th>";
            } else {
                out += (columns[k].numeric ? "<td class=\"n\">" : "<td>") + row[k] + "</td>";
            }
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string html_figure(const std::string& svg, const std::string& caption, const std::string& data_table, std::size_t data_rows) {
    constexpr std::size_t short_enough = 16;
    std::string out = "<figure>\n<div class=\"plot\">\n" + svg + "</div>\n<figcaption>" + caption + "</figcaption>\n</figure>\n";
    if (!data_table.empty()) {
        out += fmt::format("<details{}><summary>The figure's data</summary>\n{}</details>\n", data_rows <= short_enough ? " open" : "",
                           data_table);
    }
    return out;
}

std::string html_section(const std::string& id, const std::string& heading, const std::string& content) {
    if (content.empty()) return "";
    return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, escaped(heading), content);
}

std::string simulated_mark(bool simulated) { return simulated ? "<strong class=\"simulated\">SIMULATED</strong> " : ""; }

std::string interval_text(const recorded_row& row) {
    if (row.samples.size() < 2 && row.lower == row.upper) return seconds_text(row.seconds);
    return fmt::format("{}<br><small>[{}, {}]{}</small>", seconds_text(row.seconds), seconds_text(row.lower), seconds_text(row.upper),
                       row.samples.size() < 6 ? " range" : "");
}

} // namespace quadot::drivers::page
