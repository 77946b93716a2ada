// Errors against times: nearer to the lower left corner is better.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace quadot::drivers::page {

std::string error_time_figure(const merged&, const row_group& group, const styles& style, const std::string& name) {
    std::vector<double> times;
    std::vector<double> errors;
    bool zeros = false;
    std::size_t without = 0;
    for (const merged_row* row : group.rows) {
        const double error = row->recorded->error;
        if (!(error >= 0) || std::isinf(error) || !(row->recorded->seconds > 0)) {
            without += row->recorded->raw.contains("error") ? 1 : 0;
            continue;
        }
        times.push_back(row->recorded->seconds);
        if (error > 0) errors.push_back(error);
        zeros = zeros || error == 0;
    }
    if (times.size() < 2) return "";
    axis x = decimal_axis("Time a run", times, seconds_text);
    if (errors.empty()) errors.push_back(std::numeric_limits<double>::epsilon());

    axis y = decimal_axis("Absolute error", errors, error_text);
    for (tick& each : y.ticks) {
        if (each.label.empty()) continue;
        const double power = std::log10(each.at);
        const int whole = static_cast<int>(std::lround(power));
        if (std::fabs(power - whole) < 1e-6) each.label = "10" + superscript(whole);
    }
    // Error 0 has no place on a logarithmic axis: it is drawn on a floor below it.
    double floor = 0;
    if (zeros) {
        const double step = std::exp(0.12 * (std::log(y.high) - std::log(y.low)));
        floor = y.low / step;
        y.low = floor / std::sqrt(step);
    }
    figure plot(name, (group.simulated ? "SIMULATED: error against time: " : "Error against time: ") + group.problem,
                fmt::format("{} variants by time a run and absolute error, both axes logarithmic{}. Lower and further left is better.",
                            times.size(), zeros ? "; an error of 0 is drawn on a line of its own at the bottom" : ""),
                x, y);
    for (const merged_row* row : group.rows) {
        const recorded_row& recorded = *row->recorded;
        if (!(recorded.error >= 0) || std::isinf(recorded.error) || !(recorded.seconds > 0)) continue;
        const double at = recorded.error == 0 ? floor : recorded.error;
        plot.add({row->name,
                  style.of(row->variant),
                  {{recorded.seconds, at, at, at,
                    fmt::format("{}: {}, error {}", row->name, seconds_text(recorded.seconds), error_text(recorded.error))}},
                  drawing::markers});
    }
    if (zeros) plot.add_horizontal({floor, "error 0"});
    return html_figure(plot.svg(), fmt::format("{}Absolute error against time a run, {}.{}{} Nearer to the lower left is better.",
                                               simulated_mark(group.simulated), escaped(group.problem),
                                               zeros ? " Errors of exactly 0 lie on the dashed line." : "",
                                               without > 0 ? fmt::format(" {} without a finite error are not shown.", without) : ""));
}

} // namespace quadot::drivers::page
