// What `quadot machine` measured, as tables.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

std::string of_machine(const machine_limits& machine) {
    std::string out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : machine.bandwidths) {
        rows.push_back({escaped(each.level), fmt::to_string(each.workers), bytes_text(each.working_set_bytes),
                        "<b>" + rate_text(each.bytes_per_second, "B/s") + "</b>"});
    }
    if (!rows.empty())
        out += html_table("Load bandwidth", {{"Memory", false}, {"Threads", true}, {"Working set", true}, {"Bandwidth", true}}, rows);
    rows.clear();
    for (const auto& each : machine.arithmetic) {
        rows.push_back({escaped(each.operation), escaped(each.type), escaped(each.isa), fmt::to_string(each.workers),
                        "<b>" + rate_text(each.per_second, each.unit() == std::string_view("1/s") ? "op/s" : each.unit()) + "</b>"});
    }
    if (!rows.empty())
        out += html_table("Arithmetic", {{"Operation", false}, {"Type", false}, {"Instructions", false}, {"Threads", true}, {"Rate", true}},
                          rows);
    rows.clear();
    for (const auto& each : machine.messages) {
        rows.push_back({escaped(each.pair), fmt::format("{} and {}", each.from, each.to), seconds_text(each.latency_seconds),
                        rate_text(each.bytes_per_second, "B/s")});
    }
    if (!rows.empty())
        out += html_table("Messages between ranks", {{"Pair", false}, {"Ranks", false}, {"Latency", true}, {"Bandwidth", true}}, rows);
    rows.clear();
    for (const auto& each : machine.allreduces) rows.push_back({fmt::to_string(each.ranks), seconds_text(each.seconds)});
    if (!rows.empty()) out += html_table("Allreduce of one number", {{"Ranks", false}, {"Time", true}}, rows);
    rows.clear();
    for (const auto& each : machine.regions) rows.push_back({fmt::to_string(each.threads), seconds_text(each.seconds)});
    if (!rows.empty()) out += html_table("Empty parallel region", {{"Threads", false}, {"Time", true}}, rows);
    if (machine.timer_seconds > 0) out += "<p>The clock's resolution is " + seconds_text(machine.timer_seconds) + ".</p>\n";
    return out;
}

} // namespace

std::string limits_section(const merged& shown) {
    std::string out;
    for (const recorded_limits& machine : shown.machines()) {
        const std::string one = of_machine(machine.limits);
        if (one.empty()) continue;
        const std::string host = shown.host(machine);
        const std::string& date = machine.limits.date;
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
