// quadot doctor: what would spoil a measurement or a run here, and the command that mends it.
#include "drivers/commands.hpp"
#include "drivers/machine/findings.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/counted.hpp"
#include "drivers/report/json_parts.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/report/tint.hpp"
#include "drivers/run.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

struct doctor_options {
    std::string threads;
    std::string json;
    bool quiet = false;
    bool verbose = false;
    bool strict = false;
};

/// The default one; where QUADOT_ISA names one that does not run, which is for a check to say, the widest that does.
std::string usable_isa() {
    std::string_view widest;
    try {
        return std::string(name_of(default_isa()));
    } catch (const error&) {
        widest = "";
    }
    for (const auto& description : isa_descriptions) {
        if (runs_here(description.kind)) widest = description.name;
    }
    return std::string(widest);
}

struct tally {
    std::size_t warnings = 0;
    std::size_t notes = 0;
};

tally count(const std::vector<shared_finding>& findings) {
    tally counted;
    for (const auto& each : findings) {
        if (each.finding.severity == severity::warning) ++counted.warnings;
        if (each.finding.severity == severity::note) ++counted.notes;
    }
    return counted;
}

tint tint_of(severity grade) { return grade == severity::warning ? tint::yellow : grade == severity::ok ? tint::green : tint::plain; }

std::string render_table(const report& report, const doctor_options& options, bool color) {
    std::string out;
    const auto line = std::back_inserter(out);
    std::set<std::string> hosts;
    for (const auto& rank : report.binding.ranks) hosts.insert(rank.host);
    if (!options.quiet) {
        fmt::format_to(line, "quadot {}: doctor: {} x {} on {}; MPI: {}{}\n", report.machine.version,
                       counted(static_cast<std::size_t>(report.ranks), "rank"), counted(static_cast<std::size_t>(report.threads), "thread"),
                       hosts.size() == 1 ? *hosts.begin() : counted(hosts.size(), "node"), report.machine.mpi,
                       report.machine.job.empty() ? "" : "; job " + report.machine.job);
    }
    for (const auto& each : report.findings) {
        const finding& found = each.finding;
        if (options.quiet && found.severity != severity::warning) continue;
        if (!options.verbose && found.severity == severity::ok) continue;
        const std::string where = describe_where(each, report.binding.ranks);
        const std::string grade = found.severity == severity::warning ? "WARNING" : std::string(name_of(found.severity));
        fmt::format_to(line, "{}{:{}} {:<17} {}{}{}\n", tinted(grade, tint_of(found.severity), color), "", 8 - grade.size(), found.check,
                       where, where.empty() ? "" : ": ", found.what);
        if (!found.why.empty()) fmt::format_to(line, "         {:<17} {}\n", "why", found.why);
        if (!found.remedy.empty()) fmt::format_to(line, "         {:<17} {}\n", "mend with", found.remedy);
    }
    if (!options.quiet) {
        const tally found = count(report.findings);
        fmt::format_to(line, "{}: {}, {}{}\n", counted(all_checks().size(), "check"), counted(found.warnings, "warning"),
                       counted(found.notes, "note"), options.verbose ? "" : " (--verbose shows what is well)");
    }
    return out;
}

std::string render_document(const report& report) {
    json findings = json::array();
    for (const auto& each : report.findings) {
        findings.push_back({{"check", each.finding.check},
                            {"severity", name_of(each.finding.severity)},
                            {"what", each.finding.what},
                            {"why", each.finding.why},
                            {"remedy", each.finding.remedy},
                            {"ranks", cpu_ranges(each.ranks)}});
    }
    return json_text({{"schema", "quadot/1"},
                      {"command", report.command},
                      {"context", json_context(report)},
                      {"benchmarks", json::array()},
                      {"findings", findings}});
}

int run(const surroundings& around, const doctor_options& options) {
    common_settings settings{};
    agree(around.ranks, [&] {
        common_options common;
        common.threads = options.threads;
        common.isa = usable_isa();
        settings = check_common_options(common);
        if (around.speaks() && !options.json.empty()) require_writable("--json", options.json);
    });
    report report = describe_run(around, settings, "doctor");
    machine_view view = look_thoroughly(around.ranks, report.binding, settings.threads, around.command_text());
    view.threads_by_option = !options.threads.empty();
    report.findings = gather_findings(around.ranks, run_checks(view, around.ranks.on_node().rank == 0));
    agree(around.ranks, [&] {
        if (!around.speaks()) return;
        if (!options.json.empty()) write_whole("--json", options.json, render_document(report));
        if (options.json != "-") write_standard_output(render_table(report, options, color_wanted(around.ranks)));
    });
    return count(report.findings).warnings == 0 ? 0 : static_cast<int>(error_kind::environment);
}

} // namespace

command add_doctor(CLI::App& program) {
    auto options = std::make_shared<doctor_options>();
    std::string checks;
    for (const auto& each : all_checks()) fmt::format_to(std::back_inserter(checks), "  {:<18} {}\n", each.name, each.summary);
    CLI::App* app = program.add_subcommand("doctor", "what would spoil a measurement or a run here, and the command that mends it");
    add_option_with_environment(*app, "--threads", options->threads,
                                "threads a rank, as the run will have them (default: OpenMP's, at most the CPUs the rank may run on)")
        ->type_name("T");
    add_option_with_environment(*app, "--json", options->json, "write the findings there as quadot/1; - is standard output")
        ->type_name("FILE");
    add_flag_with_environment(*app, "--quiet", options->quiet, "print warnings only");
    add_flag_with_environment(*app, "--verbose", options->verbose, "print what is well, too");
    add_flag_with_environment(*app, "--strict", options->strict, "as in other commands: warnings exit 3, which here they always do");
    app->footer("Exit codes: 0 no warning, 3 at least one. Checks:\n" + checks +
                "Examples:\n  quadot doctor\n  mpirun -n 2 quadot doctor --threads 1 --quiet");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
