#include "drivers/compare/render.hpp"

#include "drivers/input/suggest.hpp"
#include "drivers/report/counted.hpp"
#include "drivers/report/csv_field.hpp"
#include "drivers/report/report.hpp"
#include "drivers/report/tint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

/// JSON has no infinities and no NaN: they become strings.
json number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
}

/// What tells anything about a ratio.
std::string percent(double ratio) {
    if (!std::isfinite(ratio) || ratio == 0) return "?";
    return ratio < 10 ? fmt::format("{:+.2f} %", 100 * (ratio - 1)) : fmt::format("x {:.3g}", ratio);
}

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, "; ")); }

void append_heading(std::string& out, const char* which, const compared_report& report) {
    fmt::format_to(std::back_inserter(out), "  {:<9} {}", which, printable(report.path, 200));
    if (!report.version.empty()) fmt::format_to(std::back_inserter(out), ", quadot {}", printable(report.version));
    if (!report.host.empty()) fmt::format_to(std::back_inserter(out), ", {}", printable(report.host));
    if (!report.date.empty()) fmt::format_to(std::back_inserter(out), ", {}", printable(report.date));
    out += '\n';
}

tint tint_of(verdict each) {
    switch (each) {
    case verdict::faster:
        return tint::green;
    case verdict::slower:
        return tint::red;
    case verdict::ambiguous:
        return tint::yellow;
    case verdict::same:
        break;
    }
    return tint::plain;
}

} // namespace

compared_report heading_of(const document& report) {
    return {report.path, report.context("git"), report.context("host_name"), report.context("date")};
}

std::string render_text(const comparison& found, const compared_report& before, const compared_report& after, bool only_regressions,
                        bool color) {
    std::string out;
    const auto line = std::back_inserter(out);
    if (!only_regressions) {
        fmt::format_to(line, "quadot diff: {} compared, tolerance {:.4g} %\n", counted(found.rows.size(), "row"), 100 * found.tolerance);
        append_heading(out, "old", before);
        append_heading(out, "new", after);
        for (const auto& note : found.notes) fmt::format_to(line, "  note      {}\n", note);
    }
    const auto shown = [&](const compared_row& row) { return !only_regressions || row.judged == verdict::slower || !row.wrong.empty(); };
    std::size_t width = 4;
    for (const auto& row : found.rows) {
        if (shown(row)) width = std::max(width, printable(row.name).size());
    }
    if (!only_regressions) {
        fmt::format_to(line, "\n{:<{}}  {:>10} {:>10}  {:>10}  {:>23}  {:>9} {:>9}  {}\n", "row", width, "old", "new", "new/old",
                       "[95 % interval]", "p", "Holm's p", "verdict");
    }
    for (const auto& row : found.rows) {
        if (!shown(row)) continue;
        const std::string interval = fmt::format("[{}, {}]", percent(row.ratio.lower), percent(row.ratio.upper));
        fmt::format_to(line, "{:<{}}  {:>10} {:>10}  {:>10}  {:>23}  {:>9.2g} {:>9.2g}  {}{}\n", printable(row.name), width,
                       readable_seconds(row.old_seconds), readable_seconds(row.new_seconds), percent(row.ratio.value), interval, row.p,
                       row.holm_p, tinted(name_of(row.judged), tint_of(row.judged), color), row.reason.empty() ? "" : ": " + row.reason);
        for (const auto& each : row.wrong) fmt::format_to(line, "{:<{}}  WRONG: {}\n", "", width, each);
    }
    for (const auto& each : found.wrong) fmt::format_to(line, "result: WRONG: {}\n", each);
    if (only_regressions) return out;
    for (const auto& [names, which] : {std::pair{&found.only_old, "old"}, std::pair{&found.only_new, "new"}}) {
        for (const auto& name : *names)
            fmt::format_to(line, "{:<{}}  only in the {} report: nothing to compare, no regression\n", printable(name), width, which);
    }
    fmt::format_to(line, "{} SLOWER, {} FASTER, {} SAME, {} AMBIGUOUS; {} grew\n{}\n", found.count(verdict::slower),
                   found.count(verdict::faster), found.count(verdict::same), found.count(verdict::ambiguous),
                   counted(found.errors(), "error"), found.regression() ? "Regression" : "No regression");
    return out;
}

std::string render_json(const comparison& found, const compared_report& before, const compared_report& after,
                        const std::vector<std::string>& command) {
    const auto side = [](const compared_report& report) {
        return json{{"path", report.path}, {"version", report.version}, {"host", report.host}, {"date", report.date}};
    };
    json rows = json::array();
    for (const auto& row : found.rows) {
        rows.push_back({{"name", row.name},
                        {"old_seconds", number(row.old_seconds)},
                        {"new_seconds", number(row.new_seconds)},
                        {"old_samples", row.old_count},
                        {"new_samples", row.new_count},
                        {"ratio", number(row.ratio.value)},
                        {"ratio_lower", number(row.ratio.lower)},
                        {"ratio_upper", number(row.ratio.upper)},
                        {"p", row.p},
                        {"p_holm", row.holm_p},
                        {"verdict", name_of(row.judged)},
                        {"reason", row.reason},
                        {"wrong", row.wrong}});
    }
    const json document = {{"schema", "quadot-diff/1"},
                           {"command", command},
                           {"tolerance", found.tolerance},
                           {"old", side(before)},
                           {"new", side(after)},
                           {"notes", found.notes},
                           {"rows", rows},
                           {"only_old", found.only_old},
                           {"only_new", found.only_new},
                           {"wrong", found.wrong},
                           {"regression", found.regression()}};
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string render_csv(const comparison& found) {
    std::string out = "name,old_ns,new_ns,old_samples,new_samples,ratio,ratio_lower,ratio_upper,p,p_holm,verdict,reason,wrong\n";
    for (const auto& row : found.rows) {
        fmt::format_to(std::back_inserter(out), "{},{:.6g},{:.6g},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{},{},{}\n", csv_field(row.name),
                       row.old_seconds * 1e9, row.new_seconds * 1e9, row.old_count, row.new_count, row.ratio.value, row.ratio.lower,
                       row.ratio.upper, row.p, row.holm_p, name_of(row.judged), csv_field(row.reason), csv_field(joined(row.wrong)));
    }
    return out;
}

} // namespace quadot::drivers
