#include "drivers/report/report.hpp"

#include <iterator>

#include <fmt/format.h>

namespace quadot::drivers {

std::string render_result_lines(const report& report) {
    std::string out;
    const auto line = std::back_inserter(out);
    for (const auto& row : report.rows) {
        fmt::format_to(line, "RESULT name={} ranks={} threads={} median_seconds={:.6g} lower_seconds={:.6g} upper_seconds={:.6g}", row.name,
                       row.ranks > 0 ? row.ranks : report.ranks, row.threads, row.time.median, row.time.lower, row.time.upper);
        if (row.bytes > 0) fmt::format_to(line, " bytes_per_second={:.6g}", row.bytes_per_second());
        if (row.items > 0) fmt::format_to(line, " items_per_second={:.6g}", row.items_per_second());
        if (row.judged) {
            fmt::format_to(line, " value={:.17g} value_hex={} error={:.6g} bound={:.6g} verdict={}", row.value, hexadecimal(row.value),
                           row.error, row.bound, row.passes() ? "pass" : "fail");
        }
        fmt::format_to(line, "\n");
    }
    const run_result& result = report.result;
    fmt::format_to(line, "RESULT name=result status={} value={:.17g} value_hex={} error={:.6g} evaluations={} certified={}\n",
                   result.status, result.value, hexadecimal(result.value), result.error, result.evaluations, result.certified());
    return out;
}

} // namespace quadot::drivers
