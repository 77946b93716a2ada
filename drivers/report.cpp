// quadot report: reports written earlier, as a page, as text for others, or as another program's input.
#include "drivers/commands.hpp"
#include "drivers/documents/merged.hpp"
#include "drivers/documents/studies.hpp"
#include "drivers/exports/exports.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/page/page.hpp"
#include "drivers/report/output_file.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

struct report_options {
    std::vector<std::string> files;
    std::string output = "-";
    std::string format;
    std::string exported;
    std::string title;
};

struct output_format {
    const char* name;
    std::string (*render)(const merged&, const report_options&);
    std::array<const char*, 3> endings;
    bool shows_all = false; ///< limits and findings, too, not rows alone
};
constexpr std::array formats{
    output_format{"html",
                  [](const merged& shown, const report_options& asked) { return page::render_page(shown, asked.title); },
                  {".html", ".htm", ""},
                  true},
    output_format{"md",
                  [](const merged& shown, const report_options& asked) { return exports::render_markdown(shown, asked.title); },
                  {".md", ".markdown", ""},
                  true},
    output_format{"csv", [](const merged& shown, const report_options&) { return exports::render_csv(shown); }, {".csv", "", ""}},
    output_format{"gnuplot",
                  [](const merged& shown, const report_options& asked) { return exports::render_gnuplot(shown, asked.output); },
                  {".gp", ".gnuplot", ".plt"}},
};
constexpr std::array export_formats{
    output_format{"extrap", [](const merged& shown, const report_options&) { return exports::render_extrap(shown); }, {".jsonl", "", ""}},
};

template <class Formats>
const output_format& named(const Formats& known, const char* what, const std::string& name) {
    std::vector<std::string> names;
    for (const output_format& each : known) {
        if (name == each.name) return each;
        names.emplace_back(each.name);
    }
    throw usage_error(unknown_name_message(what, name, names));
}

const output_format& chosen_format(const report_options& options) {
    if (!options.format.empty() && !options.exported.empty())
        throw usage_error("--format with --export: two outputs for one file; choose one");
    if (!options.exported.empty()) return named(export_formats, "export", options.exported);
    if (!options.format.empty()) return named(formats, "format", options.format);
    const std::string ending = std::filesystem::path(options.output).extension().string();
    for (const output_format& each : formats) {
        for (const char* one : each.endings) {
            if (!ending.empty() && ending == one) return each;
        }
    }
    return ending == export_formats.front().endings.front() ? export_formats.front() : formats.front();
}

/// A report that says nothing would look like one that found nothing. Limits and findings have tables of their own; the formats for other
/// programs have rows alone.
void require_something(const merged& shown, const output_format& format) {
    if (!shown.rows().empty()) return;
    const std::string first = printable(shown.documents().front().path);
    const bool findings =
        std::any_of(shown.documents().begin(), shown.documents().end(), [](const document& each) { return !findings_of(each).empty(); });
    if (shown.machines().empty() && !findings) {
        throw usage_error("report: neither rows, limits nor findings in " + first +
                          "; give JSON of quadot dot, integrate, scale, machine or doctor, or of Google Benchmark");
    }
    if (!format.shows_all) {
        throw usage_error(fmt::format("report: no rows in {}: {} has nothing else; choose --format html or md", first, format.name));
    }
}

int run(const surroundings& around, const report_options& options) {
    agree(around.ranks, [&] {
        if (around.ranks.size() > 1) {
            throw usage_error(
                fmt::format("report: {} ranks: it reads files and needs one process; run it without mpirun", around.ranks.size()));
        }
        const output_format& format = chosen_format(options);
        if (&format == &formats.front() && options.output == "-" && ::isatty(STDOUT_FILENO) != 0) {
            throw usage_error("report: a page would fill this terminal; give -o report.html, or --format md");
        }
        require_writable("-o", options.output);
        for (const std::string& file : options.files) {
            std::error_code unknown;
            if (options.output != "-" && std::filesystem::equivalent(file, options.output, unknown)) {
                throw usage_error("-o " + printable(options.output) + ": one of the reports to be read; choose another file");
            }
        }
        std::vector<document> documents;
        for (const std::string& file : options.files) documents.push_back(read_document(file));
        const merged shown(std::move(documents));
        require_something(shown, format);
        write_whole("-o", options.output, format.render(shown, options));
    });
    return 0;
}

} // namespace

command add_report(CLI::App& program) {
    auto options = std::make_shared<report_options>();
    CLI::App* app = program.add_subcommand("report", "one or many JSON reports as a page, a table or another program's input");
    app->add_option("files", options->files,
                    "written by quadot --json (a doctor's, too) or by Google Benchmark; several are shown side by side")
        ->required()
        ->type_name("FILES");
    add_option_with_environment(*app, "-o,--output", options->output, "write there; - is standard output (default)")->type_name("FILE");
    add_option_with_environment(*app, "--format", options->format, "default: by the file's ending, else html")
        ->type_name("html|md|csv|gnuplot");
    add_option_with_environment(*app, "--export", options->exported, "instead: for Extra-P, JSON lines of time over workers p and size n")
        ->type_name("extrap");
    add_option_with_environment(*app, "--title", options->title, "of the page (default: the problem)")->type_name("TEXT");
    app->footer("Examples:\n"
                "  quadot report dot.json -o report.html\n"
                "  quadot report 1node.json 2nodes.json 4nodes.json -o scaling.html\n"
                "  quadot report dot.json --format md -o -\n"
                "  quadot report scaling.json --export extrap -o scaling.jsonl");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
