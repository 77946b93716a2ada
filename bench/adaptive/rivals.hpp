// Adaptive integrators of others, each with the settings that its manual proposes for an integral of unknown shape.
#pragma once

#include "bench/adaptive/functions.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace quadot::bench {

struct answer {
    double value = 0;
    double error = 0;
    std::uint64_t evaluations = 0;
    bool claims_success = false;
};

struct rival {
    std::string_view name;
    /// Limits may be infinite. relative: the tolerance; absolute ones are 0.
    answer (*integrate)(scalar_function f, void* context, double a, double b, double relative);
};

/// Those that are built in.
std::vector<rival> rivals();

} // namespace quadot::bench
