#include "drivers/exports/exports.hpp"

#include "drivers/input/suggest.hpp"
#include "drivers/report/csv_field.hpp"

#include <cmath>
#include <map>

#include <fmt/format.h>

namespace quadot::drivers::exports {

namespace {

std::string number(double value) { return std::isnan(value) ? "" : fmt::format("{:.17g}", value); }

} // namespace

std::string render_csv(const merged& shown) {
    struct scaled {
        double speedup;
        double efficiency;
    };
    std::map<const merged_row*, scaled> scaling;
    for (const std::string study : {"strong", "weak"}) {
        for (const study_line& line : shown.lines(study)) {
            const bool strong = study == "strong";
            for (const merged_row* row : line.rows)
                scaling[row] = {strong ? line.speedup(*row) : std::nan(""), line.efficiency(*row, strong)};
        }
    }
    std::string out = "file,host,problem,name,variant,study,problem_size,ranks,threads,workers,seconds,seconds_lower,seconds_upper,samples,"
                      "bytes_per_second,"
                      "items_per_second,limit_part,naive_ratio,speedup,efficiency,value,error,bound,verdict,simulated\r\n";
    for (const merged_row& row : shown.rows()) {
        const recorded_row& recorded = *row.recorded;
        const auto found = scaling.find(&row);
        const scaled position = found == scaling.end() ? scaled{std::nan(""), std::nan("")} : found->second;
        const auto text = [&](const char* key) {
            const auto entry = recorded.raw.find(key);
            return entry != recorded.raw.end() && entry->is_string() ? entry->get<std::string>() : number(row.number(key));
        };
        for (const std::string& field : {csv_field(shown.file_name(row.source)),
                                         csv_field(shown.host(row.source)),
                                         csv_field(printable(shown.documents()[row.source].context("problem"), 1000)),
                                         csv_field(printable(recorded.name, 1000)),
                                         csv_field(printable(row.variant, 1000)),
                                         csv_field(row.study),
                                         number(row.problem_size),
                                         number(row.ranks),
                                         number(row.threads),
                                         number(row.workers),
                                         number(recorded.seconds),
                                         number(recorded.lower),
                                         number(recorded.upper),
                                         fmt::format("{}", recorded.samples.size()),
                                         number(row.bytes_per_second),
                                         number(row.items_per_second),
                                         number(row.limit_part),
                                         number(row.naive_ratio),
                                         number(position.speedup),
                                         number(position.efficiency),
                                         csv_field(text("value")),
                                         csv_field(text("error")),
                                         csv_field(text("bound")),
                                         csv_field(recorded.verdict)}) {
            out += field + ",";
        }
        out += row.simulated ? "true\r\n" : "false\r\n";
    }
    return out;
}

} // namespace quadot::drivers::exports
