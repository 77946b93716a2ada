#include "drivers/run.hpp"

#include "drivers/input/shell_word.hpp"
#include "drivers/machine/limits_cache.hpp"
#include "drivers/machine/placement.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/report/tint.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quadot::drivers {

std::string surroundings::command_text() const {
    std::string text;
    for (const auto& word : command_line) {
        if (!text.empty()) text += ' ';
        text += shell_word(word);
    }
    return text;
}

bool wants_table(const common_options& options) { return !options.quiet || !options.json.empty() || !options.csv.empty(); }

namespace {

/// What stands in the way of honest figures, the gravest first: with --strict the run's end, otherwise said where nobody reads the header.
void heed_warnings(const surroundings& around, const common_options& options, const report& report) {
    std::vector<std::string> warnings;
    if (!report.binding.good()) {
        const std::string& remedy = report.binding.remedy;
        warnings.push_back("binding: " + report.binding.warnings.front() + (remedy.empty() ? "" : "; mend with: " + remedy));
    }
    for (const auto& each : report.findings) {
        const finding& found = each.finding;
        if (found.severity != severity::warning) continue;
        warnings.push_back(found.check + ": " + found.what + (found.remedy.empty() ? "" : "; mend with: " + found.remedy));
    }
    if (warnings.empty()) return;
    if (options.strict) throw environment_error(warnings.front());
    if (!around.speaks() || !(options.quiet || options.json == "-" || options.csv == "-")) return;
    for (const auto& warning : warnings) fmt::print(stderr, "quadot: warning: {}\n", warning);
}

} // namespace

report describe_run(const surroundings& around, const common_settings& settings, const std::string& problem) {
    report report;
    report.command = around.command_line;
    report.problem = problem;
    report.machine = describe_environment(around.ranks);
    report.binding = inspect_binding(around.ranks, settings.threads, around.command_text());
    if (!report.machine.simulated) report.limits = known_limits(report.machine.host, report.machine.cpu);
    report.isa = name_of(settings.isa);
    for (const auto& description : isa_descriptions) {
        if (is_built(description.kind)) report.isa_built.emplace_back(description.name);
    }
    report.threads = settings.threads;
    report.ranks = around.ranks.size();
    report.seed = settings.seed;
    if (settings.isa == isa_kind::sse2) {
        report.notes.emplace_back("sse2 has no fused multiply-add: bits may differ from those of other instruction sets");
    }
    return report;
}

report start_report(const surroundings& around, const common_options& options, const common_settings& settings,
                    const std::string& problem) {
    report report = describe_run(around, settings, problem);
    if (report.machine.simulated) return report; // this machine's troubles are not its
    machine_view view = look_cheaply(around.ranks, report.binding, settings.threads, around.command_text());
    view.threads_by_option = !options.threads.empty();
    report.findings = gather_findings(around.ranks, run_driver_checks(view, around.ranks.on_node().rank == 0));
    heed_warnings(around, options, report);
    return report;
}

namespace {

/// Where loads decide and their roof was not measured beside the row: what `quadot machine` once found; 0 for nothing.
double known_roof(const report& report, const report_row& row) {
    if (!report.limits || !(row.bytes > 0)) return 0;
    const auto on_this_node = std::count_if(report.binding.ranks.begin(), report.binding.ranks.end(),
                                            [&](const rank_binding& rank) { return rank.host == report.machine.host; });
    if (on_this_node == 0) return 0; // simulated ranks
    const int workers = static_cast<int>(on_this_node) * row.threads;
    const double nodes = static_cast<double>(report.ranks) / static_cast<double>(on_this_node);
    return nodes * report.limits->bandwidth(row.bytes / (report.ranks * row.threads), workers).value_or(0);
}

} // namespace

void measure(const surroundings& around, report& report, const std::vector<candidate>& candidates, const timing_request& timing,
             int threads, const measured_roof& roof) {
    std::vector<std::function<double()>> work;
    for (const auto& candidate : candidates) work.push_back(candidate.run);
    if (roof.run) work.push_back(roof.run);
    const thread_placement placement(report.binding, around.ranks.rank());
    const auto timed = time_interleaved(around.ranks, work, timing, [&] { placement.place(); });
    const double roof_seconds = roof.run ? timed.back().interval().median : 0;
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        const registry::variant& variant = *candidates[k].variant;
        report_row row{};
        row.name = variant.name;
        row.short_name = variant.short_name;
        row.flags = variant.flags;
        row.baseline = variant.is_baseline();
        row.threads = variant.threaded ? threads : 1;
        row.iterations = timed[k].iterations;
        row.samples = timed[k].samples;
        row.time = timed[k].interval();
        row.processor_seconds = timed[k].processor_seconds;
        row.value = timed[k].value;
        if (around.ranks.size() == 1) row.counts = count_events(row.threads, row.iterations, candidates[k].run);
        candidates[k].judge(row);
        row.limit = roof_seconds > 0 ? roof.amount / roof_seconds : known_roof(report, row);
        report.rows.push_back(std::move(row));
    }
}

void require_writable_outputs(const surroundings& around, const common_options& options) {
    agree(around.ranks, [&] {
        if (options.json == "-" && options.csv == "-") {
            throw usage_error("--json - --csv -: both to standard output; send one to a file");
        }
        if (options.dry_run && (!options.json.empty() || !options.csv.empty())) {
            throw usage_error("--dry-run: nothing is run, so there is nothing to write; leave out --json and --csv");
        }
        if (!around.speaks()) return;
        if (!options.json.empty()) require_writable("--json", options.json);
        if (!options.csv.empty()) require_writable("--csv", options.csv);
    });
}

int finish(const surroundings& around, const report& report, const common_options& options) {
    // Rank 0's exit code counts: what it computed from is the same on every rank, but it alone knows whether files were written.
    int code = 0;
    agree(around.ranks, [&] {
        if (!around.speaks()) return;
        code = report.exit_code();
        const bool standard_output_taken = options.json == "-" || options.csv == "-";
        if (!options.json.empty()) write_whole("--json", options.json, render_json(report));
        if (!options.csv.empty()) write_whole("--csv", options.csv, render_csv(report));
        if (standard_output_taken) return;
        if (options.quiet) {
            write_standard_output(render_values(report));
        } else {
            write_standard_output(render_text(report, options.verbose, color_wanted(around.ranks)) +
                                  (options.result_lines ? render_result_lines(report) : ""));
        }
    });
    return static_cast<int>(around.ranks.maximum(code));
}

} // namespace quadot::drivers
