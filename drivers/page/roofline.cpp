// The roofline of Williams, Waterman and Patterson (CACM 52(4), 2009): attainable flop/s = min(peak, intensity × bandwidth), with the bandwidths
// and the peak that `quadot machine` measured. A dot product takes 2 flops for each pair of terms: 1/8 flop a byte in f64, 1/4 in f32.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

struct ceiling {
    std::string label;
    double height; ///< bytes a second, or flops a second
};

/// Of each level the most that was measured.
std::vector<ceiling> bandwidths(const machine_limits& machine) {
    std::vector<ceiling> found;
    for (const auto& each : machine.bandwidths) {
        const auto known = std::find_if(found.begin(), found.end(), [&](const ceiling& one) { return one.label == each.level; });
        if (known == found.end()) {
            found.push_back({each.level, each.bytes_per_second});
        } else {
            known->height = std::max(known->height, each.bytes_per_second);
        }
    }
    return found;
}

std::vector<ceiling> peaks(const machine_limits& machine) {
    std::map<std::string, double> found;
    for (const auto& each : machine.arithmetic) {
        if (each.operation == "fma") found[each.type] = std::max(found[each.type], each.per_second);
    }
    std::vector<ceiling> out;
    for (const auto& [type, rate] : found) out.push_back({"FMA " + type, rate});
    return out;
}

struct placed {
    const merged_row* row;
    double intensity;
    double flops;
};

/// The dot products of the machine's host; where there are only size sweeps, each variant's fastest point.
std::vector<placed> dot_products(const merged& shown, const recorded_limits& machine) {
    std::vector<placed> found;
    std::map<std::string, std::size_t> place;
    const std::string host = shown.host(machine);
    const bool single = std::any_of(shown.rows().begin(), shown.rows().end(), [&](const merged_row& row) {
        return row.study.empty() && row.variant.starts_with("dot/") && !row.simulated && shown.host(row.source) == host;
    });
    for (const merged_row& row : shown.rows()) {
        if (!row.variant.starts_with("dot/") || row.simulated || shown.host(row.source) != host) continue;
        if (!(row.bytes_per_second > 0) || !(row.items_per_second > 0) || !std::isfinite(row.bytes_per_second)) continue;
        if (row.study != (single ? "" : "sizes")) continue;
        const placed one{&row, 2 * row.items_per_second / row.bytes_per_second, 2 * row.items_per_second};
        const std::string key = row.variant + (row.study.empty() ? row.name : "/sizes");
        const auto [known, is_new] = place.emplace(key, found.size());
        if (is_new) {
            found.push_back(one);
        } else if (one.flops > found[known->second].flops) {
            found[known->second] = one;
        }
    }
    return found;
}

std::string roofline(const merged& shown, const recorded_limits& machine, const styles& style, const std::string& name) {
    const std::vector<ceiling> slopes = bandwidths(machine.limits);
    const std::vector<ceiling> flats = peaks(machine.limits);
    if (slopes.empty() || flats.empty()) return "";
    const std::vector<placed> rows = dot_products(shown, machine);
    double most_flops = 0;
    for (const ceiling& flat : flats) most_flops = std::max(most_flops, flat.height);
    double least_bandwidth = slopes.front().height;
    for (const ceiling& slope : slopes) least_bandwidth = std::min(least_bandwidth, slope.height);
    // A factor of four to the left of f64 dot products, and beyond the last ridge.
    const double low = 1.0 / 32;
    const double high = std::exp2(std::ceil(std::log2(std::max(4.0, 2 * most_flops / least_bandwidth))));
    std::vector<double> heights{low * least_bandwidth, most_flops * 1.3};
    for (const placed& each : rows) heights.push_back(each.flops);
    const auto intensity_label = [](double value) { return value < 1 ? fmt::format("1/{:g}", 1 / value) : fmt::format("{:g}", value); };
    const axis x = binary_axis("Intensity (flops a byte)", {low, high}, intensity_label);
    const axis y = decimal_axis("Speed", heights, [](double value) { return rate_text(value, "flop/s"); });
    const std::string host = shown.host(machine);
    std::string described;
    for (const ceiling& slope : slopes) described += (described.empty() ? "" : ", ") + slope.label + " " + rate_text(slope.height, "B/s");
    for (const ceiling& flat : flats) described += ", " + flat.label + " " + rate_text(flat.height, "flop/s");
    figure plot(name, "Roofline of " + (host.empty() ? std::string("the machine") : host),
                fmt::format("Measured ceilings: {}. {} dot products below them.", described, rows.size()), x, y);
    for (const ceiling& slope : slopes) {
        const double ridge = std::min(x.high, most_flops / slope.height);
        plot.add({"", neutral, {{x.low, x.low * slope.height, 0, 0, ""}, {ridge, ridge * slope.height, 0, 0, ""}}, drawing::line});
        plot.add_slope_label({x.low * slope.height, slope.label + " " + rate_text(slope.height, "B/s")});
    }
    for (const ceiling& flat : flats) plot.add_horizontal({flat.height, flat.label + " " + rate_text(flat.height, "flop/s")});
    for (const placed& each : rows) {
        plot.add({each.row->name + ": " + rate_text(each.flops, "flop/s"),
                  style.of(each.row->variant),
                  {{each.intensity, each.flops, each.flops, each.flops,
                    fmt::format("{}: {} at {:g} flops a byte", each.row->name, rate_text(each.flops, "flop/s"), each.intensity)}},
                  drawing::markers});
    }
    const bool sweep = std::any_of(rows.begin(), rows.end(), [](const placed& each) { return !each.row->study.empty(); });
    return html_figure(plot.svg(),
                       fmt::format("Roofline of {}: what was measured for memory (sloping) and arithmetic (dashed), and the dot products "
                                   "below it. A dot product takes 2 flops for 16 bytes in f64, for 8 in f32.{}",
                                   escaped(host.empty() ? "the machine" : host), sweep ? " Of size sweeps, the fastest point." : ""));
}

} // namespace

std::string roofline_section(const merged& shown, const styles& style) {
    std::string out;
    std::vector<std::string> drawn;
    for (const recorded_limits& machine : shown.machines()) {
        // One picture a host, however many files carry its limits.
        if (std::find(drawn.begin(), drawn.end(), machine.limits.host) != drawn.end()) continue;
        const std::string one = roofline(shown, machine, style, fmt::format("roofline-{}", drawn.size() + 1));
        if (one.empty()) continue;
        drawn.push_back(machine.limits.host);
        out += one;
    }
    return html_section("roofline", "Roofline", out);
}

} // namespace quadot::drivers::page
