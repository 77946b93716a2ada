// What `quadot machine` measured, as tables.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

using json = nlohmann::ordered_json;

double number_at(const json& entry, const char* key) {
    if (!entry.is_object()) return std::nan("");
    const auto found = entry.find(key);
    return found == entry.end() ? std::nan("") : recorded_number(*found);
}

std::string text_at(const json& entry, const char* key) {
    if (!entry.is_object()) return "";
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string count_or_dash(double count) { return std::isnan(count) ? "\u2013" : fmt::format("{:g}", count); }

/// Those of a list's entries that are objects.
std::vector<json> entries(const json& machine, const char* key) {
    std::vector<json> found;
    const auto list = machine.find(key);
    if (list == machine.end() || !list->is_array()) return found;
    for (const json& each : *list) {
        if (each.is_object()) found.push_back(each);
    }
    return found;
}

std::string of_machine(const recorded_limits& machine) {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : machine.bandwidths) {
        rows.push_back({escaped(each.level), count_or_dash(each.threads), bytes_text(each.working_set_bytes),
                        "<b>" + rate_text(each.bytes_per_second, "B/s") + "</b>"});
    }
    if (!rows.empty())
        out += html_table("Load bandwidth", {{"Memory", false}, {"Threads", true}, {"Working set", true}, {"Bandwidth", true}}, rows);
    rows.clear();
    for (const auto& each : machine.operations) {
        rows.push_back({escaped(each.operation), escaped(each.type), escaped(each.isa), count_or_dash(each.threads),
                        "<b>" + rate_text(each.per_second, escaped(each.unit == "1/s" ? "op/s" : each.unit)) + "</b>"});
    }
    if (!rows.empty())
        out += html_table("Arithmetic", {{"Operation", false}, {"Type", false}, {"Instructions", false}, {"Threads", true}, {"Rate", true}},
                          rows);
    rows.clear();
    for (const json& each : entries(machine.raw, "messages")) {
        const auto ranks = each.find("ranks");
        rows.push_back({escaped(text_at(each, "pair")),
                        ranks == each.end() ? "\u2013" : escaped(ranks->dump(-1, ' ', false, json::error_handler_t::replace)),
                        seconds_text(number_at(each, "latency_seconds")), rate_text(number_at(each, "bytes_per_second"), "B/s")});
    }
    if (!rows.empty())
        out += html_table("Messages between ranks", {{"Pair", false}, {"Ranks", false}, {"Latency", true}, {"Bandwidth", true}}, rows);
    rows.clear();
    for (const json& each : entries(machine.raw, "allreduce"))
        rows.push_back({count_or_dash(number_at(each, "ranks")), seconds_text(number_at(each, "seconds"))});
    if (!rows.empty()) out += html_table("Allreduce of one number", {{"Ranks", false}, {"Time", true}}, rows);
    rows.clear();
    for (const json& each : entries(machine.raw, "parallel_region"))
        rows.push_back({count_or_dash(number_at(each, "threads")), seconds_text(number_at(each, "seconds"))});
    if (!rows.empty()) out += html_table("Empty parallel region", {{"Threads", false}, {"Time", true}}, rows);
    const double resolution = number_at(machine.raw, "timer_resolution_seconds");
    if (!std::isnan(resolution)) out += "<p>The clock's resolution is " + seconds_text(resolution) + ".</p>\n";
    return out;
}

} // namespace

std::string limits_section(const merged& shown) {
    std::string out;
    for (const recorded_limits& machine : shown.machines()) {
        const std::string one = of_machine(machine);
        if (one.empty()) continue;
        const std::string host = machine.host.empty() ? shown.host(machine.source) : machine.host;
        const std::string date = text_at(machine.raw, "date");
        out += fmt::format("<h3>{}{}{}</h3>\n<div class=\"side\">\n", simulated_mark(shown.simulated(machine.source)),
                           escaped(host.empty() ? shown.file_name(machine.source) : host),
                           date.empty() ? "" : " <small>" + escaped(date) + "</small>") +
               one + "</div>\n";
    }
    std::vector<std::vector<std::string>> rows;
    for (const merged_row* row : shown.machine_rows()) {
        rows.push_back({simulated_mark(row->simulated) + "<code>" + escaped(row->name) + "</code>", interval_text(*row->recorded),
                        rate_text(row->rate(), row->rate_unit())});
    }
    if (!rows.empty()) {
        out += fmt::format(
            "<details{}><summary>The timings behind it</summary>\n{}</details>\n", out.empty() ? " open" : "",
            html_table("Timings of the machine's limits", {{"Row", false}, {"Time a run [95 % interval]", true}, {"Rate", true}}, rows));
    }
    return html_section("limits", "Measured limits", out);
}

} // namespace quadot::drivers::page
