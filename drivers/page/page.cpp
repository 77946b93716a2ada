#include "drivers/page/page.hpp"

#include "drivers/machine/build_facts.hpp"
#include "drivers/page/html.hpp"
#include "drivers/page/sections.hpp"
#include "drivers/page/style.hpp"

#include <array>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

/// One problem names the page; several are counted.
std::string title_of(const merged& shown, const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    std::string first;
    std::size_t others = 0;
    const auto count = [&](const std::string& problem) {
        if (first.empty()) {
            first = problem;
        } else if (problem != first) {
            ++others;
        }
    };
    for (const row_group& each : shown.comparisons()) count(each.problem);
    if (first.empty()) {
        for (const document& each : shown.documents()) count(each.context("problem"));
    }
    if (first.empty()) first = "benchmark report";
    return "Quadot: " + first + (others > 0 ? fmt::format(" and {} more", others) : "");
}

std::string lead_of(const merged& shown) {
    std::string hosts;
    for (const std::string& host : shown.hosts()) hosts += (hosts.empty() ? "" : ", ") + host;
    std::string from;
    std::string to;
    for (const document& each : shown.documents()) {
        const std::string date = each.context("date").substr(0, 10);
        if (date.empty()) continue;
        if (from.empty() || date < from) from = date;
        if (to.empty() || date > to) to = date;
    }
    std::string out = hosts;
    if (!from.empty()) out += (out.empty() ? "" : " \u00b7 ") + (from == to ? from : from + " to " + to);
    return out;
}

} // namespace

std::string render_page(const merged& shown, const std::string& wanted_title) {
    const styles style(shown);
    struct part {
        const char* id;
        const char* name;
        std::string content;
    };
    const std::array parts{part{"results", "Results", results_section(shown, style)},
                           part{"sizes", "Size sweep", sizes_section(shown, style)},
                           part{"scaling", "Scaling", scaling_section(shown, style)},
                           part{"roofline", "Roofline", roofline_section(shown, style)},
                           part{"limits", "Measured limits", limits_section(shown)},
                           part{"findings", "Findings", findings_section(shown)},
                           part{"machine", "Machine and binding", machine_section(shown)},
                           part{"methods", "Methods", methods_section(shown)},
                           part{"raw", "Raw data", raw_section(shown)}};
    const std::string title = title_of(shown, wanted_title);
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    // Nothing is loaded, and no script runs but ours, whatever the files contain.
    out += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                       "'{}'; base-uri 'none'; form-action 'none'\">\n",
                       script_hash);
    out +=
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
    out += fmt::format("<meta name=\"generator\" content=\"quadot {}\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
                       escaped(build_facts::version), escaped(title), style_sheet);
    out += fmt::format("<header>\n<h1>{}{}</h1>\n<p class=\"lead\">{}</p>\n", simulated_mark(shown.all_simulated()), escaped(title),
                       escaped(lead_of(shown)));
    out += verdict_section(shown);
    out += "<nav aria-label=\"Sections\">";
    for (const part& each : parts) {
        if (!each.content.empty()) out += fmt::format("<a href=\"#{}\">{}</a> ", each.id, each.name);
    }
    out += "</nav>\n</header>\n<main>\n";
    for (const part& each : parts) out += each.content;
    out += fmt::format("</main>\n<footer>Made by quadot {} from {} file{}.</footer>\n<script>{}</script>\n</body>\n</html>\n",
                       escaped(build_facts::version), shown.documents().size(), shown.documents().size() == 1 ? "" : "s", script);
    return out;
}

} // namespace quadot::drivers::page
