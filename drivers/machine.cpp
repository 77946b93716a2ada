// quadot machine: what this machine can do at best, measured; later runs are held against it.
#include "drivers/commands.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/machine/limits_cache.hpp"
#include "drivers/machine/measure_limits.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/json_parts.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/run.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

std::string render_limits(const machine_limits& limits) {
    std::string out;
    const auto line = std::back_inserter(out);
    fmt::format_to(line, "\nloads, GB/s (of working sets that fill half of each cache)\n");
    for (const auto& each : limits.bandwidths) {
        fmt::format_to(line, "  {:<16} {:>3} thread{} {:>8.1f}    {}\n", each.level, each.workers, each.workers == 1 ? " " : "s",
                       each.bytes_per_second * 1e-9, readable_bytes(each.working_set_bytes) + (each.workers == 1 ? "" : " each"));
    }
    fmt::format_to(line, "arithmetic, thousand million operations a second (a multiply-add counts two)\n");
    std::string shown;
    for (const auto& each : limits.arithmetic) {
        const std::string row = fmt::format("{} {} {}", each.isa, each.operation, each.type);
        if (row != shown) fmt::format_to(line, "{}  {:<7} {:<12} {}  ", shown.empty() ? "" : "\n", each.isa, each.operation, each.type);
        shown = row;
        fmt::format_to(line, " {:>8.2f} ({} thread{})", each.per_second * 1e-9, each.workers, each.workers == 1 ? "" : "s");
    }
    fmt::format_to(line, "\noverheads\n");
    for (const auto& each : limits.regions) {
        fmt::format_to(line, "  {:<31} {:>10}  ({} thread{})\n", "parallel region, begin and end", readable_seconds(each.seconds),
                       each.threads, each.threads == 1 ? "" : "s");
    }
    fmt::format_to(line, "  {:<31} {:>10}\n", "clock, shortest difference", readable_seconds(limits.timer_seconds));
    for (const auto& each : limits.messages) {
        fmt::format_to(line, "  {:<31} {:>10}  and {:.2f} GB/s (ranks {} and {}, 8 bytes and 4 MiB)\n", "message, " + each.pair,
                       readable_seconds(each.latency_seconds), each.bytes_per_second * 1e-9, each.from, each.to);
    }
    for (const auto& each : limits.allreduces) {
        fmt::format_to(line, "  {:<31} {:>10}  ({} ranks, 8 bytes)\n", "sum over ranks", readable_seconds(each.seconds), each.ranks);
    }
    return out;
}

std::string render_limits_json(const report& report, const machine_limits& limits) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& row : report.rows) rows.push_back(json_row(row, rows.size()));
    return json_text({{"schema", "quadot/1"},
                      {"command", report.command},
                      {"context", json_context(report)},
                      {"machine", to_json(limits)},
                      {"benchmarks", rows}});
}

int dry_run(const surroundings& around, const common_settings& settings) {
    if (around.speaks()) {
        fmt::print("dry run: machine, {} ranks x {} threads; nothing was measured\n"
                   "memory    256 MiB a node, or four times its last cache\ntime      about 10 s\n",
                   around.ranks.size(), settings.threads);
    }
    return 0;
}

/// The bandwidth of memory, all workers together: what --quiet prints.
double memory_bandwidth(const machine_limits& limits) {
    double bytes_per_second = 0;
    for (const auto& each : limits.bandwidths) {
        if (each.level == "DRAM") bytes_per_second = each.bytes_per_second; // one worker first, then all
    }
    return bytes_per_second;
}

int run(const surroundings& around, const common_options& options) {
    common_settings settings{};
    agree(around.ranks, [&] { settings = check_common_options(options); });
    require_writable_outputs(around, options);
    if (options.dry_run) return dry_run(around, settings);
    report report = start_report(around, options, settings, "machine: measured limits");
    report.rate_unit = "GB/s";
    const machine_limits limits = measure_limits(around, report, settings, !options.isa.empty());

    agree(around.ranks, [&] {
        if (around.ranks.on_node().rank == 0 && limits.host == describe_environment(around.ranks).host) {
            try {
                remember_limits(limits);
            } catch (const error& trouble) {
                // What was measured is worth printing all the same.
                fmt::print(stderr, "quadot: warning: not kept for later runs: {}\n", trouble.what());
            }
        }
        if (!around.speaks()) return;
        if (!options.json.empty()) write_whole("--json", options.json, render_limits_json(report, limits));
        if (!options.csv.empty()) write_whole("--csv", options.csv, render_csv(report));
        if (options.json == "-" || options.csv == "-") return;
        if (options.quiet) {
            write_standard_output(fmt::format("{:.17g}\n", memory_bandwidth(limits)));
            return;
        }
        const std::string file = limits_file(limits.host);
        write_standard_output(render_header(report, options.verbose) + render_limits(limits) +
                              (file.empty() ? "" : "kept for later runs in " + file + "\n"));
    });
    return 0;
}

} // namespace

command add_machine(CLI::App& program) {
    auto options = std::make_shared<common_options>();
    CLI::App* app = program.add_subcommand(
        "machine", "measured limits: loads per cache level, arithmetic per instruction set, parallel regions, messages between ranks");
    add_common_options(*app, *options, false);
    app->footer(
        "What it finds is kept for each host and becomes the limit in later tables. --quiet prints the memory's bandwidth in bytes a\n"
        "second.\nExamples:\n  quadot machine\n  quadot machine --isa avx2 --json machine.json\n  mpirun -n 2 quadot machine --threads 1");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
