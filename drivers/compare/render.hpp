// A comparison as people, programs and spreadsheets read it.
#pragma once

#include "drivers/compare/comparison.hpp"

#include <string>
#include <vector>

namespace quadot::drivers {

/// What the headings say about a report.
struct compared_report {
    std::string path;
    std::string version; ///< of Quadot, with the commit where known; empty for Google Benchmark's
    std::string host;
    std::string date;
};
compared_report heading_of(const document& report);

/// The whole table, or of `only_regressions` just those lines, which may be none.
std::string render_text(const comparison& found, const compared_report& before, const compared_report& after, bool only_regressions,
                        bool color);
/// quadot-diff/1.
std::string render_json(const comparison& found, const compared_report& before, const compared_report& after,
                        const std::vector<std::string>& command);
/// One line a row, RFC 4180.
std::string render_csv(const comparison& found);

} // namespace quadot::drivers
