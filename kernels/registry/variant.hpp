// What drivers, benches and tests iterate over: every way this build can compute a dot product or an integral.
#pragma once

#include "accumulators/all.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quadot::registry {

/// One slug everywhere: `dot/compensated/avx512`, `integrate/simpson/plain/avx2`, `dot/baseline/eigen`.
struct variant {
    std::string name;
    /// What `--compare` takes: an accumulator's or a baseline's name.
    std::string short_name;
    std::string summary;
    /// Compiler flags, for baselines; Quadot's own follow from the ISA in the name.
    std::string flags;
    /// Set for Quadot's own variants.
    std::optional<accumulator_kind> accumulator;
    /// Whether it can use more than one thread.
    bool threaded;

    [[nodiscard]] bool is_baseline() const { return !accumulator.has_value(); }
};

} // namespace quadot::registry
