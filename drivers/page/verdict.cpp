// What a reader wants to know first: does it all hold?
#include "drivers/documents/studies.hpp"
#include "drivers/page/html.hpp"
#include "drivers/page/sections.hpp"
#include "drivers/report/counted.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

std::string item(const char* kind, const std::string& large, const std::string& small) {
    return fmt::format("<li class=\"{}\"><b>{}</b> <span>{}</span></li>\n", kind, escaped(large), escaped(small));
}

} // namespace

std::string verdict_section(const merged& shown) {
    std::size_t judged = 0;
    std::size_t passed = 0;
    for (const merged_row& row : shown.rows()) {
        judged += row.recorded->verdict.empty() ? 0 : 1;
        passed += row.recorded->verdict == "pass" ? 1 : 0;
    }
    const std::size_t rows = shown.rows().size();
    std::string items;
    if (rows == 0) {
        // Limits or findings alone: nothing to judge.
    } else if (judged == 0) {
        items += item("unknown", "\u2013 no verdicts", counted(rows, "row") + " without a recorded verdict");
    } else if (passed == judged) {
        items +=
            item("good", fmt::format("\u2713 {}/{} pass", passed, judged),
                 judged == rows ? "every row within its error bound" : fmt::format("{} without a verdict", counted(rows - judged, "row")));
    } else {
        items +=
            item("bad", fmt::format("\u2717 {}/{} pass", passed, judged), counted(judged - passed, "row") + " outside its error bound");
    }
    std::size_t refused = 0;
    for (const document& each : shown.documents()) {
        const auto result = each.raw.find("result");
        if (result == each.raw.end() || !result->is_object()) continue;
        const auto status = result->find("status");
        refused += status != result->end() && status->is_string() && *status != "ok" ? 1 : 0;
    }
    if (refused > 0) items += item("bad", "\u2717 " + counted(refused, "result") + " refused", "a status other than ok");
    std::size_t found = 0;
    std::size_t warnings = 0;
    for (const document& each : shown.documents()) {
        const auto findings = findings_of(each);
        found += findings.size();
        warnings += static_cast<std::size_t>(
            std::count_if(findings.begin(), findings.end(), [](const recorded_finding& one) { return one.severity == "warning"; }));
    }
    if (warnings > 0) items += item("bad", "\u2717 " + counted(warnings, "warning"), "of the doctor: see Findings");
    if (found > 0 && warnings == 0) items += item("good", "\u2713 no warnings", counted(found, "finding") + " of the doctor");
    std::size_t bound = 0;
    std::size_t badly = 0;
    for (const document& each : shown.documents()) {
        const std::string verdict = each.context("binding_verdict");
        bound += verdict.empty() ? 0 : 1;
        badly += verdict == "bad" ? 1 : 0;
    }
    if (badly > 0)
        items +=
            item("bad", "\u2717 binding", fmt::format("bad in {} of {}: see Machine", badly, counted(shown.documents().size(), "file")));
    if (bound > 0 && badly == 0) items += item("good", "\u2713 binding", "no thread waits for another\u2019s CPU");
    items += item("plain", counted(shown.documents().size(), "file"), "from " + counted(shown.hosts().size(), "host"));
    const auto few =
        std::count_if(shown.rows().begin(), shown.rows().end(), [](const merged_row& row) { return row.recorded->samples.size() < 6; });
    if (few > 0)
        items += item("unknown", "\u2013 few samples",
                      fmt::format("{} with fewer than 6: ranges, no 95 % intervals", counted(static_cast<std::size_t>(few), "row")));
    if (const std::size_t simulated = shown.simulated_files(); simulated > 0) {
        items += item("simulated", "SIMULATED", counted(simulated, "file") + " from a model of a cluster, not from a run on one");
    }
    return "<section id=\"verdict\" aria-label=\"Verdict\">\n<ul class=\"strip\">\n" + items + "</ul>\n</section>\n";
}

} // namespace quadot::drivers::page
