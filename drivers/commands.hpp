// The subcommands of `quadot`: each adds itself to the program and says what to run.
#pragma once

#include "ranks/communicator.hpp"

#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace quadot::drivers {

/// What a command needs from its surroundings.
struct surroundings {
    const communicator& ranks;
    std::vector<std::string> command_line;

    [[nodiscard]] bool speaks() const { return ranks.rank() == 0; }
    [[nodiscard]] std::string command_text() const;
};

/// Collective: runs the command; returns its exit code (0 or 1) or throws error.
using command_runner = std::function<int(const surroundings&)>;

/// A subcommand and what to run when it was chosen.
struct command {
    CLI::App* app;
    command_runner run;
};

command add_dot(CLI::App& program);
command add_integrate(CLI::App& program);
command add_list(CLI::App& program);
command add_machine(CLI::App& program);
command add_scale(CLI::App& program);
command add_report(CLI::App& program);
command add_diff(CLI::App& program);
command add_doctor(CLI::App& program);

} // namespace quadot::drivers
