#include "drivers/report/report.hpp"

#include "drivers/report/csv_field.hpp"
#include <iterator>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// A line a value of the parameter.
std::string render_sweep(const swept_integrals& sweep) {
    std::string out = csv_field(sweep.parameter) + ",value,value_hex,error,evaluations,status\n";
    for (std::size_t k = 0; k < sweep.values.size(); ++k) {
        const integral& each = sweep.integrals[k];
        fmt::format_to(std::back_inserter(out), "{:.17g},{:.17g},{},{:.6g},{},{}\n", sweep.values[k], each.value, hexadecimal(each.value),
                       each.error, each.evaluations, name_of(each.status));
    }
    return out;
}

} // namespace

std::string render_csv(const report& report) {
    if (report.result.sweep) return render_sweep(*report.result.sweep);
    std::string out = "name,ranks,threads,iterations,real_time_ns,lower_ns,upper_ns,bytes_per_second,items_per_second,value,"
                      "value_hex,error,bound,verdict,flags\n";
    const auto line = std::back_inserter(out);
    for (const auto& row : report.rows) {
        fmt::format_to(line, "{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},", csv_field(row.name),
                       row.ranks > 0 ? row.ranks : report.ranks, row.threads, row.iterations * row.samples.size(), row.time.median * 1e9,
                       row.time.lower * 1e9, row.time.upper * 1e9, row.bytes_per_second(), row.items_per_second());
        if (row.judged) {
            fmt::format_to(line, "{:.17g},{},{:.6g},{:.6g},{},{}\n", row.value, hexadecimal(row.value), row.error, row.bound,
                           row.passes() ? "pass" : "fail", csv_field(row.flags));
        } else {
            fmt::format_to(line, ",,,,,\n");
        }
    }
    return out;
}

} // namespace quadot::drivers
