#include "drivers/exports/exports.hpp"
#include "errors.hpp"

#include <cmath>

namespace quadot::drivers::exports {

std::string render_extrap(const merged& shown) {
    using json = nlohmann::ordered_json;
    std::string out;
    for (const merged_row& row : shown.rows()) {
        if (row.study == "machine") continue;
        // Where no size was recorded, the terms or evaluations of a run are one.
        const double size = std::isnan(row.problem_size) ? std::round(row.items_per_second * row.recorded->seconds) : row.problem_size;
        if (!std::isfinite(row.workers) || !std::isfinite(size)) continue;
        // The median, not the samples: Extra-P would take their mean, which the first, cold ones spoil.
        const json line{{"params", {{"p", row.workers}, {"n", size}}},
                        {"metric", "time"},
                        {"callpath", (row.simulated ? "SIMULATED " : "") + row.variant},
                        {"value", row.recorded->seconds}};
        out += line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    }
    if (out.empty())
        throw usage_error("--export extrap: no row has both a number of workers and a size; give reports written by quadot --json");
    return out;
}

} // namespace quadot::drivers::exports
