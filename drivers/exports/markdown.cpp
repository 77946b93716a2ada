#include "drivers/documents/studies.hpp"
#include "drivers/exports/exports.hpp"
#include "drivers/page/limits_tables.hpp"
#include "drivers/page/methods.hpp"
#include "drivers/page/numbers.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::exports {

namespace {

using page::bytes_text;
using page::count_text;
using page::error_text;
using page::percent_text;
using page::rate_text;
using page::ratio_text;
using page::seconds_text;

/// On one line, and nothing but text.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '&') {
            out += "&amp;";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += ' ';
        } else {
            if (std::string_view("\\`*_{}[]()#+!|~$").find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return out;
}

/// A block of code whose fence no line of it can end.
std::string fenced(const std::vector<std::string>& lines) {
    std::size_t longest = 2;
    for (const std::string& line : lines) {
        std::size_t run = 0;
        for (const char c : line) {
            run = c == '`' ? run + 1 : 0;
            longest = std::max(longest, run);
        }
    }
    const std::string fence(longest + 1, '`');
    std::string out = fence + "\n";
    for (const std::string& line : lines) {
        for (const char c : line) out += c == '\n' || c == '\r' ? ' ' : c;
        out += "\n";
    }
    return out + fence + "\n";
}

struct column {
    const char* heading;
    bool numeric;
};

std::string table(const std::vector<column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::string out = "|";
    for (const column& each : columns) out += fmt::format(" {} |", each.heading);
    out += "\n|";
    for (const column& each : columns) out += each.numeric ? "---:|" : "---|";
    out += "\n";
    for (const auto& row : rows) {
        out += "|";
        for (const std::string& cell : row) out += " " + cell + " |";
        out += "\n";
    }
    return out + "\n";
}

std::string interval(const recorded_row& row) {
    return fmt::format("{} [{}, {}]", seconds_text(row.seconds), seconds_text(row.lower), seconds_text(row.upper));
}

std::string name_of(const merged_row& row, const std::string& name) { return (row.simulated ? "**SIMULATED** " : "") + escaped(name); }

std::string error_of(const merged_row& row) { return row.recorded->raw.contains("error") ? error_text(row.recorded->error) : "\u2013"; }

std::string verdict_of(const merged_row& row) {
    return row.recorded->verdict == "fail" ? "**FAIL**" : row.recorded->verdict.empty() ? "\u2013" : escaped(row.recorded->verdict);
}

std::string speedup_text(double speedup) { return std::isfinite(speedup) ? fmt::format("{:.2f}", speedup) : "\u2013"; }

std::string speed_of(const merged_row& row) { return rate_text(row.rate(), row.rate_unit()); }

std::string comparisons(const merged& shown) {
    std::string out;
    for (const row_group& group : shown.comparisons()) {
        out += fmt::format("## {}{}{}\n\n", group.simulated ? "SIMULATED: " : "", escaped(group.problem),
                           group.host.empty() ? "" : ", on " + escaped(group.host));
        std::vector<std::vector<std::string>> rows;
        for (const merged_row* row : group.rows) {
            rows.push_back({name_of(*row, row->name), speed_of(*row), error_of(*row), interval(*row->recorded),
                            percent_text(row->limit_part), ratio_text(row->naive_ratio), verdict_of(*row)});
        }
        out += table({{"variant", false},
                      {"speed", true},
                      {"error", true},
                      {"time a run [95 % interval]", true},
                      {"of the limit", true},
                      {"against naive", true},
                      {"verdict", false}},
                     rows);
    }
    return out;
}

std::string sizes(const merged& shown) {
    std::vector<std::vector<std::string>> rows;
    for (const study_line& line : shown.lines("sizes")) {
        for (const merged_row* row : line.rows) {
            rows.push_back({escaped(line.label), count_text(row->problem_size), bytes_text(row->bytes_per_second * row->recorded->seconds),
                            speed_of(*row), interval(*row->recorded), error_of(*row), verdict_of(*row)});
        }
    }
    return rows.empty() ? ""
                        : "## Size sweep\n\n" + table({{"variant", false},
                                                       {"size", true},
                                                       {"bytes", true},
                                                       {"speed", true},
                                                       {"time a run [95 % interval]", true},
                                                       {"error", true},
                                                       {"verdict", false}},
                                                      rows);
}

std::string scaling(const merged& shown, const std::string& study, const char* heading) {
    const bool strong = study == "strong";
    std::vector<std::vector<std::string>> rows;
    for (const study_line& line : shown.lines(study)) {
        for (const merged_row* row : line.rows) {
            rows.push_back({escaped(line.label), fmt::format("{:g}", row->workers), count_text(row->problem_size), interval(*row->recorded),
                            strong ? speedup_text(line.speedup(*row)) : "\u2013", percent_text(line.efficiency(*row, strong)),
                            error_of(*row), verdict_of(*row)});
        }
    }
    if (rows.empty()) return "";
    return fmt::format("## {}\n\n", heading) + table({{"variant", false},
                                                      {"workers", true},
                                                      {"size", true},
                                                      {"time a run [95 % interval]", true},
                                                      {"speed-up", true},
                                                      {"efficiency", true},
                                                      {"error", true},
                                                      {"verdict", false}},
                                                     rows);
}

std::string limits(const merged& shown) {
    std::string out;
    for (const recorded_limits& machine : shown.machines()) {
        const auto tables = page::limits_tables(machine.limits);
        if (tables.empty()) continue;
        const std::string host = shown.host(machine);
        out += fmt::format("## {}Measured limits of {}\n\n", shown.simulated(machine.source) ? "SIMULATED: " : "",
                           escaped(host.empty() ? shown.file_name(machine.source) : host));
        for (page::limits_table each : tables) {
            for (auto& row : each.rows) {
                for (std::string& cell : row) cell = escaped(cell);
            }
            std::vector<column> columns;
            for (const page::table_column& one : each.columns) columns.push_back({one.heading.c_str(), one.numeric});
            out += fmt::format("### {}\n\n", each.caption) + table(columns, each.rows);
        }
    }
    return out;
}

std::string findings(const merged& shown) {
    std::string out;
    for (std::size_t source = 0; source < shown.documents().size(); ++source) {
        const auto found = findings_of(shown.documents()[source]);
        if (found.empty()) continue;
        std::vector<std::vector<std::string>> rows;
        for (const recorded_finding& each : found) {
            if (each.severity == "ok") continue;
            rows.push_back({each.severity == "warning" ? "**WARNING**" : escaped(each.severity), escaped(each.check), escaped(each.ranks),
                            escaped(each.what), escaped(each.why), escaped(each.remedy)});
        }
        const std::string host = shown.host(source);
        out += fmt::format("## Findings on {}\n\n", escaped(host.empty() ? shown.file_name(source) : host));
        if (!rows.empty()) {
            out += table(
                {{"severity", false}, {"check", false}, {"ranks", false}, {"finding", false}, {"why", false}, {"mend with", false}}, rows);
        }
        out += fmt::format("{} of {} findings are well.\n\n", found.size() - rows.size(), found.size());
    }
    return out;
}

} // namespace

std::string render_markdown(const merged& shown, const std::string& title) {
    std::size_t judged = 0;
    std::size_t passed = 0;
    for (const merged_row& row : shown.rows()) {
        judged += row.recorded->verdict.empty() ? 0 : 1;
        passed += row.recorded->verdict == "pass" ? 1 : 0;
    }
    std::string out =
        fmt::format("# {}{}\n\n", shown.all_simulated() ? "SIMULATED: " : "", escaped(title.empty() ? "Quadot report" : title));
    if (judged > 0) out += fmt::format("**{}/{} rows pass**; ", passed, judged);
    out += fmt::format("{} file{}, {} host{}.\n\n", shown.documents().size(), shown.documents().size() == 1 ? "" : "s",
                       shown.hosts().size(), shown.hosts().size() == 1 ? "" : "s");
    for (const document& each : shown.documents()) {
        if (each.context("binding_verdict") != "bad") continue;
        out += fmt::format("**Bad binding** in {}: {}\n\n", escaped(each.path), escaped(each.context("warnings")));
    }
    out += comparisons(shown) + sizes(shown) + scaling(shown, "strong", "Strong scaling") + scaling(shown, "weak", "Weak scaling") +
           limits(shown) + findings(shown);
    out += "## Methods\n\n";
    for (const page::methods_paragraph& paragraph : page::methods_of(shown)) {
        for (const page::methods_piece& piece : paragraph.pieces) out += escaped(piece.text);
        out += "\n\n";
        if (!paragraph.commands.empty()) out += fenced(paragraph.commands) + "\n";
    }
    for (const std::string& source : page::methods_sources(shown)) out += escaped(source) + "  \n";
    return out;
}

} // namespace quadot::drivers::exports
