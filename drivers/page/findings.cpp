// What `quadot doctor` found.
#include "drivers/documents/studies.hpp"
#include "drivers/page/html.hpp"
#include "drivers/page/sections.hpp"

#include <fmt/format.h>

namespace quadot::drivers::page {

std::string findings_section(const merged& shown) {
    std::string out;
    for (std::size_t source = 0; source < shown.documents().size(); ++source) {
        const auto findings = findings_of(shown.documents()[source]);
        if (findings.empty()) continue;
        std::vector<std::vector<std::string>> rows;
        for (const recorded_finding& each : findings) {
            if (each.severity == "ok") continue;
            const bool warns = each.severity == "warning";
            rows.push_back({warns ? "<strong class=\"bad\">\u2717 warning</strong>" : escaped(each.severity), escaped(each.check),
                            escaped(each.ranks), escaped(each.what), escaped(each.why),
                            each.remedy.empty() ? "" : "<code>" + escaped(each.remedy) + "</code>"});
        }
        const std::string host = shown.host(source);
        out += "<h3>" + escaped(host.empty() ? shown.file_name(source) : host) + "</h3>\n";
        if (!rows.empty()) {
            out += html_table(
                "Findings of the doctor",
                {{"Severity", false}, {"Check", false}, {"Ranks", false}, {"Finding", false}, {"Why", false}, {"Mend with", false}}, rows);
        }
        out += fmt::format("<p>{} of {} findings are well.</p>\n", findings.size() - rows.size(), findings.size());
    }
    return html_section("findings", "Findings", out);
}

} // namespace quadot::drivers::page
