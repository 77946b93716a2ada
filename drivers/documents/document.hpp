// Reports that were written earlier, ours (quadot/1) or Google Benchmark's, as `report` and `diff` read them back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace quadot::drivers {

/// One measured thing: a row of "benchmarks", or all repetitions of one benchmark of Google's.
struct recorded_row { // NOLINT(bugprone-exception-escape): moving JSON throws no exception
    std::string name;
    double seconds{}; ///< the median of a run
    double lower{};   ///< of its 95 % interval; `seconds` where none was recorded
    double upper{};
    std::vector<double> samples; ///< seconds a run; at least one
    double error{};              ///< |value - reference|; NaN where none was recorded
    double bound{};              ///< NaN where none was recorded
    std::string verdict;         ///< pass, fail, or empty
    nlohmann::ordered_json raw;  ///< the whole entry; of several repetitions the first, or the first that failed

    /// The same thing measured once more: its samples are added, and one failure fails all.
    void add_repetition(const recorded_row& again);
};

struct document { // NOLINT(bugprone-exception-escape): moving JSON throws no exception
    std::string path;
    nlohmann::ordered_json raw;
    std::vector<recorded_row> rows;

    /// "quadot/1", or empty for Google Benchmark's.
    [[nodiscard]] std::string schema() const;
    /// A text or a number of "context" as text; empty where there is none.
    [[nodiscard]] std::string context(std::string_view key) const;
};

/// Throws error: usage for a file that cannot be read, is no JSON, none of these two, of a later schema, or has a row
/// without a name or a time. The message names the file and what was found.
document read_document(const std::string& path);
/// The same of a text that came from `path`.
document parse_document(const std::string& path, std::string_view text);

/// A number, or one of the strings "nan", "inf", "-inf" that stand for those; NaN for anything else.
double recorded_number(const nlohmann::ordered_json& value);

} // namespace quadot::drivers
