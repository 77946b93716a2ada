#include "drivers/documents/merged.hpp"

#include "drivers/documents/studies.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

constexpr double not_recorded = std::numeric_limits<double>::quiet_NaN();

std::string text_at(const json& entry, const char* key) {
    if (!entry.is_object()) return "";
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_at(const json& entry, const char* key) {
    if (!entry.is_object()) return not_recorded;
    const auto found = entry.find(key);
    return found == entry.end() ? not_recorded : recorded_number(*found);
}

bool flag_at(const json& entry, const char* key) {
    if (!entry.is_object()) return false;
    const auto found = entry.find(key);
    return found != entry.end() && found->is_boolean() && found->get<bool>();
}

const json& list_at(const json& entry, const char* key) {
    static const json none = json::array();
    if (!entry.is_object()) return none;
    const auto found = entry.find(key);
    return found != entry.end() && found->is_array() ? *found : none;
}

double context_number(const document& from, const char* key) {
    const auto context = from.raw.find("context");
    return context == from.raw.end() ? not_recorded : number_at(*context, key);
}

/// dot/exact/avx512/n:1024/threads:2 -> dot/exact/avx512.
std::string without_suffixes(const std::string& name) {
    const std::size_t first = name.find(':');
    if (first == std::string::npos) return name;
    const std::size_t slash = name.rfind('/', first);
    return slash == std::string::npos || slash == 0 ? name : name.substr(0, slash);
}

bool of_simulated_cluster(const document& from) {
    const auto context = from.raw.find("context");
    if (context == from.raw.end() || !context->is_object()) return false;
    const auto found = context->find("simulated");
    return found != context->end() && (found->is_object() || *found == true);
}

std::string problem_of(const document& from) {
    if (std::string problem = from.context("problem"); !problem.empty()) return problem;
    const std::string executable = std::filesystem::path(from.context("executable")).filename().string();
    return executable.empty() ? std::filesystem::path(from.path).filename().string() : executable;
}

merged_row row_of(const document& from, std::size_t source, const recorded_row& recorded) {
    merged_row row{};
    const json& raw = recorded.raw;
    row.recorded = &recorded;
    row.source = source;
    row.name = recorded.name;
    row.variant = text_at(raw, "variant");
    if (row.variant.empty()) row.variant = without_suffixes(recorded.name);
    row.study = text_at(raw, "study");
    row.problem_size = number_at(raw, "problem_size");
    const auto either = [&](const char* key) {
        const double own = number_at(raw, key);
        return std::isnan(own) ? context_number(from, key) : own;
    };
    row.ranks = either("ranks");
    row.threads = either("threads");
    row.workers = number_at(raw, "workers");
    if (std::isnan(row.workers)) row.workers = row.ranks * row.threads;
    row.bytes_per_second = number_at(raw, "bytes_per_second");
    row.items_per_second = number_at(raw, "items_per_second");
    row.limit_part = row.bytes_per_second / number_at(raw, "limit_bytes_per_second");
    if (std::isnan(row.limit_part)) row.limit_part = row.items_per_second / number_at(raw, "limit_items_per_second");
    row.naive_ratio = not_recorded;
    row.simulated = flag_at(raw, "simulated") || of_simulated_cluster(from);
    return row;
}

/// The ratio to the naive loop of the same file, study, size and workers.
void compare_with_naive(std::vector<merged_row>& rows) {
    using place = std::tuple<std::size_t, std::string, std::string, double, double>;
    const auto place_of = [](const merged_row& row) {
        const auto comparable = [](double value) { return std::isnan(value) ? -1 : value; };
        const std::string kernel = row.variant.substr(0, row.variant.find('/'));
        return place{row.source, kernel, row.study, comparable(row.problem_size),
                     comparable(row.study.empty() ? not_recorded : row.workers)};
    };
    std::map<place, double> naive;
    for (const merged_row& row : rows) {
        if (row.variant.ends_with("/naive")) naive.emplace(place_of(row), row.recorded->seconds);
    }
    for (merged_row& row : rows) {
        const auto found = naive.find(place_of(row));
        if (found != naive.end() && row.recorded->seconds > 0) row.naive_ratio = found->second / row.recorded->seconds;
    }
}

std::vector<std::string> distinct_file_names(const std::vector<document>& documents) {
    std::vector<std::string> names;
    std::map<std::string, int> count;
    for (const document& each : documents) ++count[std::filesystem::path(each.path).filename().string()];
    std::set<std::string> taken;
    for (const document& each : documents) {
        const std::string short_name = std::filesystem::path(each.path).filename().string();
        std::string name = count[short_name] == 1 ? short_name : each.path;
        for (int copy = 2; !taken.insert(name).second; ++copy) name = fmt::format("{} ({})", each.path, copy);
        names.push_back(name);
    }
    return names;
}

} // namespace

double merged_row::rate() const { return std::isnan(bytes_per_second) ? items_per_second : bytes_per_second; }

const char* merged_row::rate_unit() const {
    if (!std::isnan(bytes_per_second)) return "B/s";
    return variant.starts_with("integrate") ? "eval/s" : "item/s";
}

double merged_row::number(const char* key) const { return number_at(recorded->raw, key); }

merged::merged(std::vector<document> documents) : documents_(std::move(documents)), file_names_(distinct_file_names(documents_)) {
    for (std::size_t source = 0; source < documents_.size(); ++source) {
        const document& from = documents_[source];
        for (const recorded_row& recorded : from.rows) rows_.push_back(row_of(from, source, recorded));
        for (fit_on_record& fit : fits_of(from, source)) fits_.push_back(std::move(fit));
        if (const auto machine = from.raw.find("machine"); machine != from.raw.end()) {
            if (auto limits = limits_from_json(*machine)) machines_.push_back({source, std::move(*limits)});
        }
    }
    compare_with_naive(rows_);
    std::map<std::tuple<std::string, std::string, bool>, std::size_t> place;
    std::map<std::pair<std::size_t, std::string>, std::set<std::size_t>> having;
    for (const merged_row& row : rows_) {
        if (!row.study.empty()) continue;
        const std::string problem = problem_of(documents_[row.source]);
        const auto [known, is_new] = place.emplace(std::tuple{host(row.source), problem, row.simulated}, comparisons_.size());
        if (is_new) comparisons_.push_back({host(row.source), problem, row.simulated, {}});
        comparisons_[known->second].rows.push_back(&row);
        having[{known->second, row.name}].insert(row.source);
    }
    for (std::size_t k = 0; k < comparisons_.size(); ++k) {
        for (const merged_row* shown : comparisons_[k].rows) {
            merged_row& row = rows_[static_cast<std::size_t>(shown - rows_.data())];
            if (having[{k, row.recorded->name}].size() > 1) row.name += " (" + file_names_[row.source] + ")";
        }
    }
}

std::vector<const merged_row*> merged::machine_rows() const {
    std::vector<const merged_row*> found;
    for (const merged_row& row : rows_) {
        if (row.study == "machine") found.push_back(&row);
    }
    return found;
}

std::string merged::host(std::size_t source) const {
    const std::string ours = documents_[source].context("host");
    return ours.empty() ? documents_[source].context("host_name") : ours;
}

std::string merged::host(const recorded_limits& machine) const {
    return machine.limits.host.empty() ? host(machine.source) : machine.limits.host;
}

std::vector<std::string> merged::hosts() const {
    std::vector<std::string> found;
    for (std::size_t source = 0; source < documents_.size(); ++source) {
        const std::string each = host(source);
        if (!each.empty() && std::find(found.begin(), found.end(), each) == found.end()) found.push_back(each);
    }
    return found;
}

bool merged::simulated(std::size_t source) const {
    return of_simulated_cluster(documents_[source]) ||
           std::any_of(rows_.begin(), rows_.end(), [&](const merged_row& row) { return row.source == source && row.simulated; });
}

std::size_t merged::simulated_files() const {
    std::size_t count = 0;
    for (std::size_t source = 0; source < documents_.size(); ++source) count += simulated(source) ? 1 : 0;
    return count;
}

std::vector<cache_edge> merged::cache_edges(std::size_t source, double workers) const {
    std::vector<cache_edge> edges;
    const json& raw = documents_[source].raw;
    if (!raw.contains("context")) return edges;
    for (const json& cache : list_at(raw["context"], "caches")) {
        const double level = number_at(cache, "level");
        const double bytes = number_at(cache, "size");
        const double sharing = std::max(1.0, number_at(cache, "num_sharing"));
        if (!(level >= 1) || !(bytes > 0) || text_at(cache, "type") == "Instruction") continue;
        edges.push_back({fmt::format("L{:.0f}", level), bytes * std::ceil(std::max(1.0, workers) / sharing)});
    }
    return edges;
}

std::vector<recorded_finding> findings_of(const document& from) {
    std::vector<recorded_finding> findings;
    for (const json& entry : list_at(from.raw, "findings")) {
        recorded_finding one{text_at(entry, "check"), text_at(entry, "severity"), text_at(entry, "what"),
                             text_at(entry, "why"),   text_at(entry, "remedy"),   text_at(entry, "ranks")};
        if (!one.check.empty() && !one.severity.empty()) findings.push_back(std::move(one));
    }
    const auto rank = [](const recorded_finding& each) { return each.severity == "warning" ? 0 : each.severity == "note" ? 1 : 2; };
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const recorded_finding& one, const recorded_finding& other) { return rank(one) < rank(other); });
    return findings;
}

std::vector<fit_on_record> fits_of(const document& from, std::size_t source) {
    std::vector<fit_on_record> fits;
    for (const json& entry : list_at(from.raw, "fits")) {
        fit_on_record fit{};
        fit.source = source;
        fit.study = text_at(entry, "study");
        fit.variant = text_at(entry, "variant");
        fit.model = text_at(entry, "model");
        fit.threads = number_at(entry, "threads");
        fit.points = number_at(entry, "points");
        for (const json& each : list_at(entry, "parameters")) {
            fit.parameters.push_back(fmt::format("{} = {:.4g} [{:.4g}, {:.4g}]", text_at(each, "name"), number_at(each, "value"),
                                                 number_at(each, "lower"), number_at(each, "upper")));
        }
        if (fit.parameters.empty() && !text_at(entry, "refusal").empty()) fit.parameters.push_back("no fit: " + text_at(entry, "refusal"));
        for (const json& each : list_at(entry, "curve")) {
            fitted_value value{number_at(each, "workers"), number_at(each, "seconds"), number_at(each, "lower"), number_at(each, "upper"),
                               flag_at(each, "extrapolated")};
            if (!(value.workers > 0) || !(value.seconds > 0) || !std::isfinite(value.workers) || !std::isfinite(value.seconds)) continue;
            if (!(value.lower > 0) || !(value.lower <= value.seconds)) value.lower = value.seconds;
            if (!std::isfinite(value.upper) || !(value.upper >= value.seconds)) value.upper = value.seconds;
            fit.curve.push_back(value);
        }
        std::stable_sort(fit.curve.begin(), fit.curve.end(), [](const auto& a, const auto& b) { return a.workers < b.workers; });
        if (const auto at = entry.is_object() ? entry.find("loses_80_percent_at") : entry.end(); at != entry.end() && at->is_object()) {
            fit.loses_80_percent_at =
                fmt::format("falls below 80 % efficiency at {:.4g} workers [{:.4g}, {:.4g}]{}", number_at(*at, "workers"),
                            number_at(*at, "lower"), number_at(*at, "upper"), flag_at(*at, "extrapolated") ? ", extrapolated" : "");
        }
        fits.push_back(std::move(fit));
    }
    return fits;
}

} // namespace quadot::drivers
