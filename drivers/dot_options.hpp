// What `quadot dot` and `quadot scale dot` take.
#pragma once

#include "drivers/data/generated_vectors.hpp"
#include "drivers/options/common_options.hpp"

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace quadot::drivers {

/// As typed; empty means not given.
struct dot_options {
    common_options common;
    std::vector<std::string> files; ///< `dot` alone
    std::string n;
    std::string sizes; ///< `dot` alone
    std::string type;
    std::string data;
};

/// -n, --type and --data.
void add_generated_data_options(CLI::App& app, dot_options& options);

/// Whether --type says f32. Throws error: usage.
bool wants_single_precision(const dot_options& options);

/// --data, with its default. Throws error: usage.
data_kind wanted_data(const dot_options& options, bool single_precision);

} // namespace quadot::drivers
