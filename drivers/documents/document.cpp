#include "drivers/documents/document.hpp"

#include "drivers/input/suggest.hpp"
#include "drivers/measure/interval.hpp"
#include "errors.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

constexpr double not_recorded = std::numeric_limits<double>::quiet_NaN();

double seconds_in(const std::string& unit) {
    if (unit == "ns") return 1e-9;
    if (unit == "us") return 1e-6;
    if (unit == "ms") return 1e-3;
    if (unit == "s") return 1;
    return not_recorded;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw usage_error(path + ": " + why + "; give a report written by quadot --json or by Google Benchmark");
}

std::string text_of(const json& entry, const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_of(const json& entry, const char* key) {
    const auto found = entry.find(key);
    return found == entry.end() ? not_recorded : recorded_number(*found);
}

recorded_row row_of(const std::string& path, const json& entry) {
    recorded_row row;
    row.name = text_of(entry, "name");
    if (row.name.empty()) refuse(path, "an entry of \"benchmarks\" has no name");
    const double unit = seconds_in(entry.contains("time_unit") ? text_of(entry, "time_unit") : "ns");
    const double time = number_of(entry, "real_time") * unit;
    if (!(time >= 0) || std::isinf(time)) refuse(path, "the benchmark " + printable(row.name) + " has no real_time");
    if (const auto samples = entry.find("samples"); samples != entry.end() && samples->is_array()) {
        for (const json& sample : *samples) row.samples.push_back(recorded_number(sample) * unit);
        if (std::any_of(row.samples.begin(), row.samples.end(), [](double sample) { return !(sample >= 0) || std::isinf(sample); })) {
            refuse(path, "the benchmark " + printable(row.name) + " has a sample that is no time");
        }
    }
    if (row.samples.empty()) row.samples.push_back(time);
    row.seconds = time;
    const double lower = number_of(entry, "real_time_lower") * unit;
    const double upper = number_of(entry, "real_time_upper") * unit;
    row.lower = lower >= 0 ? lower : time;
    row.upper = upper >= 0 ? upper : time;
    row.error = number_of(entry, "error");
    row.bound = number_of(entry, "bound");
    row.verdict = text_of(entry, "verdict");
    row.raw = entry;
    return row;
}

} // namespace

double recorded_number(const json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text == "inf") return std::numeric_limits<double>::infinity();
        if (text == "-inf") return -std::numeric_limits<double>::infinity();
    }
    return not_recorded;
}

void recorded_row::add_repetition(const recorded_row& again) {
    samples.insert(samples.end(), again.samples.begin(), again.samples.end());
    const median_interval time = median_of(samples);
    seconds = time.median;
    lower = time.lower;
    upper = time.upper;
    if (again.verdict == "fail" && verdict != "fail") {
        error = again.error;
        bound = again.bound;
        verdict = again.verdict;
        raw = again.raw;
    }
}

std::string document::schema() const { return text_of(raw, "schema"); }

std::string document::context(std::string_view key) const {
    const auto context = raw.find("context");
    if (context == raw.end() || !context->is_object()) return "";
    const auto found = context->find(std::string(key));
    if (found == context->end()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

document parse_document(const std::string& path, std::string_view text) {
    document read;
    read.path = path;
    try {
        read.raw = json::parse(text);
    } catch (const json::exception&) {
        refuse(path, text.empty() ? "empty" : "not JSON, or cut short");
    }
    if (!read.raw.is_object() || !read.raw.contains("benchmarks") || !read.raw["benchmarks"].is_array()) {
        refuse(path, "JSON without a list \"benchmarks\"");
    }
    if (read.raw.contains("schema") && read.schema() != "quadot/1") {
        throw usage_error(path + ": schema " + printable(read.schema()) + ": this version reads quadot/1; use the program that wrote it");
    }
    std::map<std::string, std::size_t> place;
    for (const json& entry : read.raw["benchmarks"]) {
        if (!entry.is_object()) refuse(path, "an entry of \"benchmarks\" is no object");
        if (text_of(entry, "run_type") == "aggregate" || entry.contains("error_occurred")) continue;
        recorded_row row = row_of(path, entry);
        const auto [known, is_new] = place.emplace(row.name, read.rows.size());
        if (is_new) {
            read.rows.push_back(std::move(row));
            continue;
        }
        read.rows[known->second].add_repetition(row);
    }
    return read;
}

document read_document(const std::string& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) throw usage_error(path + ": a folder; give a report written by quadot --json");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw usage_error(path + ": cannot be read: " + std::strerror(errno) + "; check the name and its rights");
    std::ostringstream content;
    content << file.rdbuf();
    return parse_document(path, content.str());
}

} // namespace quadot::drivers
