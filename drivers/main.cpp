// The `quadot` program: parse on every rank, speak on rank 0, exit with one code everywhere.
#include "drivers/commands.hpp"
#include "drivers/input/negative_limits.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/machine/build_facts.hpp"
#include "drivers/report/output_file.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// What follows -- in `diff --run OLD NEW -- dot -n 1e6` is another program's command line, which the parser would take for ours; `diff`
/// reads it from the surroundings.
std::vector<std::string> cut_foreign_words(std::vector<std::string> words) {
    if (!words.empty() && words.front() == "diff") words.erase(std::find(words.begin(), words.end(), "--"), words.end());
    return words;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        for (const auto& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

/// CLI11's complaint, said the way all of Quadot's errors are.
error explain(const CLI::ParseError& failure, const CLI::App& program, const std::vector<std::string>& words) {
    std::vector<std::string> commands;
    for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) commands.push_back(command->get_name());
    const auto chosen = program.get_subcommands();
    const CLI::App* innermost = &program; // of `scale plan` that is plan
    std::string path;
    while (!innermost->get_subcommands().empty()) {
        innermost = innermost->get_subcommands().front();
        path += innermost->get_name() + " ";
    }
    const CLI::App& app = *innermost;
    if (words.empty())
        return usage_error("no command: nothing to do; use one of: " + fmt::format("{}", fmt::join(commands, ", ")) +
                           " (see quadot --help)");
    if (chosen.empty() && words.front().front() != '-') return usage_error(unknown_name_message("command", words.front(), commands));
    const auto below = app.get_subcommands([](const CLI::App*) { return true; });
    if (!chosen.empty() && !below.empty() && dynamic_cast<const CLI::RequiredError*>(&failure) != nullptr) {
        std::vector<std::string> names;
        for (const CLI::App* each : below) names.push_back(each->get_name());
        return usage_error(fmt::format("{}: of what? Use one of: {}; see quadot {}--help", app.get_name(), fmt::join(names, ", "), path));
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&failure) != nullptr) {
        auto extras = app.remaining(true);
        if (extras.empty()) extras = program.remaining(true);
        const std::string first = extras.empty() ? "" : extras.front();
        if (first.starts_with('-')) return usage_error(unknown_name_message("option", first.substr(0, first.find('=')), option_names(app)));
        return usage_error("argument '" + printable(first) + "': not expected here; see quadot " + path + "--help");
    }
    return usage_error(std::string(failure.what()) + "; see quadot " + path + "--help");
}

int run(const surroundings& around) {
    CLI::App program("Quadot: dot products and integrals, from one SIMD lane to a cluster, with the error beside the time.", "quadot");
    program.set_version_flag("--version", "quadot " + std::string(build_facts::version));
    program.require_subcommand(1);
    program.footer("Exit codes: 0 right, 1 wrong result, 2 bad usage or input, 3 environment, 4 internal.\n"
                   "Example:\n  quadot dot -n 1e6");
    const std::vector<command> commands{add_dot(program),   add_integrate(program), add_list(program), add_machine(program),
                                        add_scale(program), add_report(program),    add_diff(program), add_doctor(program)};

    std::vector<std::string> words =
        cut_foreign_words(protect_negative_limits({around.command_line.begin() + 1, around.command_line.end()}));
    const std::vector<std::string> asked = words;
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend()); // as CLI11 wants them
        program.parse(std::move(reversed));
    } catch (const CLI::Success& help) { // --help, --version
        agree(around.ranks, [&] {
            if (!around.speaks()) return;
            const auto chosen = program.get_subcommands();
            if (dynamic_cast<const CLI::CallForVersion*>(&help) != nullptr) {
                write_standard_output("quadot " + std::string(build_facts::version) + "\n");
            } else {
                write_standard_output(chosen.empty() ? program.help() : chosen.front()->help());
            }
        });
        return 0;
    } catch (const CLI::ParseError& failure) {
        throw explain(failure, program, asked);
    }
    for (const auto& command : commands) {
        if (command.app->parsed()) return command.run(around);
    }
    return 0;
}

/// One line on standard error, whatever was thrown.
int report_failure(const communicator* ranks, const error& failure) {
    if (ranks == nullptr || ranks->rank() == 0) fmt::print(stderr, "quadot: {}\n", failure.what());
    return failure.exit_code();
}

} // namespace

} // namespace quadot::drivers

int main(int argc, char** argv) {
    using namespace quadot;
    using namespace quadot::drivers;
    std::optional<session> mpi;
    try {
        const std::vector<std::string> command_line(argv, argv + argc);
        mpi.emplace(&argc, &argv);
        const int code = run({mpi->world(), command_line});
        // Estimates are printed as they come; everything else went through write_standard_output().
        if (std::fflush(stdout) != 0) throw environment_error("standard output: cannot be written; free the place or choose another");
        return code;
    } catch (...) {
        return report_failure(mpi ? &mpi->world() : nullptr, as_error(std::current_exception()));
    }
}
