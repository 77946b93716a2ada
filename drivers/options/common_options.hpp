// Options that every command shares, and what follows from them.
#pragma once

#include "accumulators/all.hpp"
#include "block/isa.hpp"
#include "drivers/measure/timing.hpp"
#include "ranks/communicator.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace quadot::drivers {

/// As typed; empty means not given.
struct common_options {
    std::string threads;
    std::string isa;
    std::string accumulator;
    std::string json;
    std::string csv;
    std::string compare;
    std::string seed;
    std::string repetitions;
    std::string maximum_time;
    bool quiet = false;
    bool verbose = false;
    bool strict = false;
    bool dry_run = false;
    bool result_lines = false;
};

/// Adds them to `command`; each can also be set as QUADOT_OPTION in the environment.
void add_common_options(CLI::App& command, common_options& options, bool with_compare);

/// An option of one command, with its environment name.
CLI::Option* add_option_with_environment(CLI::App& command, const std::string& names, std::string& value, const std::string& description);

/// Likewise a flag: 1, true, yes or on in the environment sets it; 0, false, no or off does not.
CLI::Option* add_flag_with_environment(CLI::App& command, const std::string& name, bool& value, const std::string& description);

/// The options' meaning, checked. Throws error: usage, or environment for an ISA that this CPU lacks.
struct common_settings {
    int threads;
    bool threads_chosen; ///< by the user, here or through OpenMP's own variable
    isa_kind isa;
    accumulator_kind accumulator;
    std::uint64_t seed;
    timing_request timing;
    bool maximum_time_chosen;
};
common_settings check_common_options(const common_options& options);

/// `10s`, `500ms`, `2m`, `1.5`: seconds. Throws error: usage.
double parse_duration(const std::string& option, const std::string& text);

/// The selection of `--compare`: "all", "none" or names out of `known`. The result keeps the order of `known`.
std::vector<std::string> parse_comparison(const std::string& text, const std::vector<std::string>& known);

} // namespace quadot::drivers
