// What `quadot machine` measured, as tables.
#include "drivers/page/html.hpp"
#include "drivers/page/limits_tables.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

std::string of_machine(const machine_limits& machine) {
    std::string out;
    for (limits_table& table : limits_tables(machine)) {
        for (auto& row : table.rows) {
            for (std::string& cell : row) cell = escaped(cell);
            row.back() = "<b>" + row.back() + "</b>";
        }
        out += html_table(table.caption, table.columns, table.rows);
    }
    return out;
}

} // namespace

std::vector<limits_table> limits_tables(const machine_limits& machine) {
    limits_table loads{"Load bandwidth", {{"Memory", false}, {"Threads", true}, {"Working set", true}, {"Bandwidth", true}}, {}};
    for (const auto& each : machine.bandwidths) {
        loads.rows.push_back(
            {each.level, fmt::to_string(each.workers), bytes_text(each.working_set_bytes), rate_text(each.bytes_per_second, "B/s")});
    }
    limits_table arithmetic{
        "Arithmetic", {{"Operation", false}, {"Type", false}, {"Instructions", false}, {"Threads", true}, {"Rate", true}}, {}};
    for (const auto& each : machine.arithmetic) {
        arithmetic.rows.push_back({each.operation, each.type, each.isa, fmt::to_string(each.workers),
                                   rate_text(each.per_second, each.unit() == std::string_view("1/s") ? "op/s" : each.unit())});
    }
    limits_table messages{"Messages between ranks", {{"Pair", false}, {"Ranks", false}, {"Latency", true}, {"Bandwidth", true}}, {}};
    for (const auto& each : machine.messages) {
        messages.rows.push_back({each.pair, fmt::format("{} and {}", each.from, each.to), seconds_text(each.latency_seconds),
                                 rate_text(each.bytes_per_second, "B/s")});
    }
    limits_table sums{"Allreduce of one number", {{"Ranks", true}, {"Time", true}}, {}};
    for (const auto& each : machine.allreduces) sums.rows.push_back({fmt::to_string(each.ranks), seconds_text(each.seconds)});
    limits_table regions{"Empty parallel region", {{"Threads", true}, {"Time", true}}, {}};
    for (const auto& each : machine.regions) regions.rows.push_back({fmt::to_string(each.threads), seconds_text(each.seconds)});
    limits_table clock{"Clock", {{"Figure", false}, {"Time", true}}, {}};
    if (machine.timer_seconds > 0) clock.rows.push_back({"shortest difference", seconds_text(machine.timer_seconds)});
    std::vector<limits_table> found;
    for (limits_table* each : {&loads, &arithmetic, &messages, &sums, &regions, &clock}) {
        if (!each->rows.empty()) found.push_back(std::move(*each));
    }
    return found;
}

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
