// Which rows of a study make one line: across files where these are parts of one study, apart where they are two.
#include "drivers/documents/merged.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// NaN would break the order of a map.
double comparable(double value) { return std::isnan(value) ? -1 : value; }

struct line_key {
    std::string variant;
    double threads;
    double size;
    double workers;
    std::string host; ///< of a size sweep: caches belong to a machine
    bool simulated;
    auto operator<=>(const line_key&) const = default; // NOLINT: clang-tidy 14 looks into what it stands for
};

double position(const merged_row& row, const std::string& study) { return study == "sizes" ? row.problem_size : row.workers; }

} // namespace

std::vector<study_line> merged::lines(const std::string& study) const {
    const bool sizes = study == "sizes";
    std::map<line_key, std::vector<const merged_row*>> found;
    std::vector<line_key> order;
    for (const merged_row& row : rows_) {
        if (row.study != study || !(position(row, study) > 0) || std::isinf(position(row, study))) continue;
        // A weak study's size grows with its workers; a strong one's is the problem itself.
        const line_key key{row.variant,
                           comparable(row.threads),
                           study == "strong" ? comparable(row.problem_size) : 0,
                           sizes ? comparable(row.workers) : 0,
                           sizes ? host(row.source) : "",
                           row.simulated};
        if (!found.contains(key)) order.push_back(key);
        found[key].push_back(&row);
    }
    std::vector<study_line> lines;
    for (const line_key& key : order) {
        std::map<double, std::set<std::size_t>> files_at;
        for (const merged_row* row : found[key]) files_at[position(*row, study)].insert(row->source);
        const bool clash = std::any_of(files_at.begin(), files_at.end(), [](const auto& each) { return each.second.size() > 1; });
        std::map<std::size_t, study_line> parts;
        for (const merged_row* row : found[key]) {
            study_line& line = parts[clash ? row->source : 0];
            line.rows.push_back(row);
            if (std::find(line.sources.begin(), line.sources.end(), row->source) == line.sources.end()) line.sources.push_back(row->source);
        }
        const auto differ = [&](auto member) {
            return std::any_of(order.begin(), order.end(), [&](const line_key& each) { return each.*member != key.*member; });
        };
        for (auto& [source, line] : parts) {
            std::stable_sort(line.rows.begin(), line.rows.end(),
                             [&](const merged_row* a, const merged_row* b) { return position(*a, study) < position(*b, study); });
            line.variant = key.variant;
            line.threads = line.rows.front()->threads;
            line.simulated = key.simulated;
            line.label = key.variant;
            // Files of one study each know nothing of the others' smallest run.
            const double efficiency = line.sources.size() == 1 ? line.rows.front()->number("efficiency") : 1;
            if (efficiency > 0 && std::isfinite(efficiency)) line.first_efficiency = efficiency;
            if (differ(&line_key::threads))
                line.label += fmt::format(", {:g} thread{}{}", line.threads, line.threads == 1 ? "" : "s", sizes ? "" : " a rank");
            if (key.size > 0 && differ(&line_key::size)) line.label += fmt::format(", n = {:g}", key.size);
            if (differ(&line_key::host)) line.label += ", " + key.host;
            if (clash) line.label += " (" + file_names_[source] + ")";
            if (key.simulated) line.label += " (SIMULATED)";
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

} // namespace quadot::drivers
