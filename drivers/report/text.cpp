#include "drivers/report/report.hpp"
#include "drivers/report/tint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

void append_header(std::string& out, const report& report, bool verbose) {
    const auto line = std::back_inserter(out);
    const environment& machine = report.machine;
    std::string built;
    for (const auto& isa : report.isa_built) built += (built.empty() ? "" : " ") + isa;
    fmt::format_to(line, "quadot {}: {}\n", machine.version, report.problem);
    fmt::format_to(line, "  host      {} ({}), {}\n", machine.host, machine.date, machine.operating_system);
    fmt::format_to(line, "  cpu       {}, {} CPUs; isa built: {}; selected: {}\n", machine.cpu, machine.cpus, built, report.isa);
    fmt::format_to(line, "  compiler  {}, {} ({})\n", machine.compiler, machine.flags, machine.build_type);
    fmt::format_to(line, "  launch    {} rank{} x {} thread{}; MPI: {}{}\n", report.ranks, report.ranks == 1 ? "" : "s", report.threads,
                   report.threads == 1 ? "" : "s", machine.mpi, machine.job.empty() ? "" : "; job " + machine.job);
    if (machine.simulated) {
        fmt::format_to(line,
                       "  SIMULATED the values are computed; the ranks and all times are a model's of another machine, not this one's\n");
        for (const auto& note : report.notes) fmt::format_to(line, "  note      {}\n", note);
        return;
    }
    fmt::format_to(line, "  binding   ");
    constexpr std::size_t shown = 8;
    const std::size_t count = verbose ? report.binding.ranks.size() : std::min(shown, report.binding.ranks.size());
    if (report.ranks == 1) {
        const auto& only = report.binding.ranks.front();
        fmt::format_to(line, "CPUs {}, {} thread{}\n", cpu_ranges(only.cpus), only.threads, only.threads == 1 ? "" : "s");
    } else {
        fmt::format_to(line, "{:>5} {:<20} {:>7}  {}\n", "rank", "host", "threads", "CPUs");
        for (std::size_t k = 0; k < count; ++k) {
            const auto& rank = report.binding.ranks[k];
            fmt::format_to(line, "            {:>5} {:<20} {:>7}  {}\n", rank.rank, rank.host, rank.threads, cpu_ranges(rank.cpus));
        }
        if (count < report.binding.ranks.size()) {
            fmt::format_to(line, "            ... {} more (--verbose shows all)\n", report.binding.ranks.size() - count);
        }
    }
    if (report.binding.good()) {
        fmt::format_to(line, "  verdict   binding is good: no thread waits for another's CPU\n");
    } else {
        for (const auto& warning : report.binding.warnings) fmt::format_to(line, "  WARNING   {}\n", warning);
        if (!report.binding.remedy.empty()) fmt::format_to(line, "  mend with {}\n", report.binding.remedy);
    }
    if (report.limits) {
        fmt::format_to(line, "  limits   ");
        for (const auto& each : report.limits->bandwidths) {
            if (each.level == "DRAM")
                fmt::format_to(line, " {:.1f} GB/s from memory with {} thread{},", each.bytes_per_second * 1e-9, each.workers,
                               each.workers == 1 ? "" : "s");
        }
        fmt::format_to(line, " measured here on {}\n", report.limits->date.substr(0, 10));
    }
    for (const auto& each : report.findings) {
        const bool warns = each.finding.severity == severity::warning;
        const std::string where = describe_where(each, report.binding.ranks);
        fmt::format_to(line, "  {:<9} {}: {}{}{}\n", warns ? "WARNING" : "note", each.finding.check, where, where.empty() ? "" : ": ",
                       each.finding.what);
        if (warns && !each.finding.remedy.empty()) fmt::format_to(line, "  mend with {}\n", each.finding.remedy);
    }
    for (const auto& note : report.notes) fmt::format_to(line, "  note      {}\n", note);
}

std::string percent(double part, double whole) { return whole > 0 ? fmt::format("{:.0f}%", 100 * part / whole) : "-"; }

std::string verdict_text(const report_row& row, bool color) {
    return row.passes() ? tinted("PASS", tint::green, color) : tinted("FAIL", tint::red, color);
}

void append_rows(std::string& out, const report& report, bool color) {
    const auto line = std::back_inserter(out);
    std::size_t width = 8;
    for (const auto& row : report.rows) width = std::max(width, row.name.size());
    const auto naive =
        std::find_if(report.rows.begin(), report.rows.end(), [](const report_row& row) { return row.short_name == "naive"; });
    fmt::format_to(line, "\n{:<{}}  {:>10} {:>23}  {:>8} {:>6} {:>8}  {:>9} {:>9}  {}\n", "variant", width, "median", "[95 % interval]",
                   report.rate_unit, "%limit", "vs naive", "error", "bound", "verdict");
    for (const auto& row : report.rows) {
        const double rate = row.bytes > 0 ? row.bytes_per_second() : row.items_per_second();
        const std::string interval =
            fmt::format("[{}, {}]{}", readable_seconds(row.time.lower), readable_seconds(row.time.upper), row.time.covers ? "" : "?");
        const std::string ratio =
            naive != report.rows.end() && row.time.median > 0 ? fmt::format("{:.2f}x", naive->time.median / row.time.median) : "-";
        fmt::format_to(line, "{:<{}}  {:>10} {:>23}  {:>8.3f} {:>6} {:>8}  {:>9.2g} {:>9.2g}  {}\n", row.name, width,
                       readable_seconds(row.time.median), interval, rate * 1e-9, percent(rate, row.limit), ratio, row.error, row.bound,
                       verdict_text(row, color));
    }
    const bool few = std::any_of(report.rows.begin(), report.rows.end(), [](const report_row& row) { return !row.time.covers; });
    if (few) fmt::format_to(line, "? fewer than 6 samples: the range, not a 95 % interval; give --max-time or --reps more\n");
    fmt::format_to(line, "errors against {}\n", report.reference);
}

/// One line a size, one column a variant: rate and error in each cell.
void append_size_table(std::string& out, const report& report, bool color) {
    const auto line = std::back_inserter(out);
    std::vector<const report_row*> columns; // the first size's
    for (const auto& row : report.rows) {
        if (!columns.empty() && row.variant == columns.front()->variant) break;
        columns.push_back(&row);
    }
    constexpr int cell = 18;
    fmt::format_to(line, "\n{} (error) of each variant, median\n{:>12}", report.rate_unit, "n");
    for (const auto* column : columns) fmt::format_to(line, " {:>{}}", column->short_name, cell);
    fmt::format_to(line, "{}\n", report.rows.front().limit > 0 ? "      limit" : "");
    for (std::size_t k = 0; k < report.rows.size(); k += columns.size()) {
        fmt::format_to(line, "{:>12}", report.rows[k].problem_size);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            const report_row& row = report.rows[k + column];
            const double rate = row.bytes > 0 ? row.bytes_per_second() : row.items_per_second();
            const std::string text = fmt::format("{:.3g} ({:.1e})", rate * 1e-9, row.error);
            if (row.passes()) {
                fmt::format_to(line, " {:>{}}", text, cell);
            } else {
                fmt::format_to(line, " {:>{}} {}", text, cell - 5, verdict_text(row, color));
            }
        }
        if (report.rows[k].limit > 0) fmt::format_to(line, "  {:>9.4g}", report.rows[k].limit * 1e-9);
        fmt::format_to(line, "\n");
    }
    fmt::format_to(line, "errors against {}\n", report.reference);
}

std::string interval_text(const estimate& figure, double scale, const char* unit) {
    return fmt::format("{:.3g}{} [{:.3g}, {:.3g}]", figure.value * scale, unit, figure.lower * scale, figure.upper * scale);
}

/// "fewer than 80 % from 40 [30, inf] workers on (EXTRAPOLATED)".
std::string efficiency_text(const workers_estimate& loses) {
    if (std::isinf(loses.value)) return "; efficiency stays above 80 % as far as the law goes (EXTRAPOLATED)";
    return fmt::format("; efficiency below 80 % from {:.3g} [{:.3g}, {:.3g}] workers on{}", loses.value, loses.lower, loses.upper,
                       loses.extrapolated ? " (EXTRAPOLATED: never measured)" : "");
}

void append_fits(std::string& out, const report& report) {
    const auto line = std::back_inserter(out);
    fmt::format_to(line, "\nfits, with 95 % intervals by bootstrap\n");
    for (const auto& fit : report.fits) {
        fmt::format_to(line, "  {:<9} {:<9} {:<25} ", fit.study, fit.model, fit.variant);
        if (fit.parameters.empty()) {
            fmt::format_to(line, "none: {}\n", fit.refusal);
            continue;
        }
        const char* separator = "";
        for (const auto& [name, figure] : fit.parameters) {
            const bool seconds = name.find("seconds") != std::string::npos;
            fmt::format_to(line, "{}{} {}", separator, name, seconds ? interval_text(figure, 1e6, " us") : interval_text(figure, 1, ""));
            separator = ", ";
        }
        fmt::format_to(line, "{}\n", fit.loses_80_percent ? efficiency_text(*fit.loses_80_percent) : "");
    }
}

/// One table a mode.
void append_scaling(std::string& out, const report& report, bool color) {
    const auto line = std::back_inserter(out);
    std::size_t width = 8;
    for (const auto& row : report.rows) width = std::max(width, row.variant.size());
    std::string study;
    for (const auto& row : report.rows) {
        if (!row.scaling) continue;
        if (row.study != study) {
            study = row.study;
            fmt::format_to(
                line, "\n{} scaling\n{:<{}} {:>5} {:>7} {:>12}  {:>10} {:>23}  {:>8} {:>8} {:>6} {:>10} {:>9} {:>6}  {:>9} {:>9}  {}\n",
                study, "variant", width, "ranks", "threads", "n", "median", "[95 % interval]", report.rate_unit, "speed-up", "effic.",
                "Karp-Flatt", "imbalance", "comm.", "error", "bound", "verdict");
        }
        const double rate = row.bytes > 0 ? row.bytes_per_second() : row.items_per_second();
        const scaling_figures& figures = *row.scaling;
        fmt::format_to(
            line,
            "{:<{}} {:>5} {:>7} {:>12}  {:>10} {:>23}  {:>8.3f} {:>8.2f} {:>5.0f}% {:>10} {:>9.3f} {:>5.1f}%  {:>9.2g} {:>9.2g}  {}\n",
            row.variant, width, row.ranks, row.threads, row.problem_size, readable_seconds(row.time.median),
            fmt::format("[{}, {}]{}", readable_seconds(row.time.lower), readable_seconds(row.time.upper), row.time.covers ? "" : "?"),
            rate * 1e-9, figures.speedup, 100 * figures.efficiency,
            std::isnan(figures.karp_flatt) ? "-" : fmt::format("{:.4f}", figures.karp_flatt), figures.imbalance,
            100 * figures.communication_share, row.error, row.bound, verdict_text(row, color));
    }
    fmt::format_to(line, "times of the slowest rank; errors against {}\n", report.reference);
    append_fits(out, report);
}

void append_result(std::string& out, const run_result& result) {
    const auto line = std::back_inserter(out);
    const std::string verdict = result.accumulator + ", " + result.status + (result.certified() ? ", certified" : "");
    if (result.sweep) {
        const swept_integrals& sweep = *result.sweep;
        constexpr std::size_t ends = 3;
        for (std::size_t k = 0; k < sweep.values.size(); ++k) {
            if (k == ends && sweep.values.size() > 2 * ends) {
                k = sweep.values.size() - ends;
                fmt::format_to(line, "          ...\n");
            }
            const integral& each = sweep.integrals[k];
            fmt::format_to(line, "{:<9} {} = {:<12g} {:.17g} +- {:.2g} ({})\n", k == 0 ? "result" : "", sweep.parameter, sweep.values[k],
                           each.value, each.error, name_of(each.status));
        }
        return;
    }
    if (!result.batch) {
        fmt::format_to(line, "result    {:.17g} +- {:.2g} ({})\n", result.value, result.error, verdict);
        return;
    }
    constexpr std::size_t shown = 4;
    const std::vector<double>& values = result.batch->values;
    fmt::format_to(line, "result    ");
    for (std::size_t k = 0; k < std::min(shown, values.size()); ++k) fmt::format_to(line, "{:.17g}, ", values[k]);
    fmt::format_to(line, "{}{} product{}, each +- {:.2g} ({})\n", values.size() > shown ? "...: " : "", values.size(),
                   values.size() == 1 ? "" : "s", result.error, verdict);
}

} // namespace

std::string readable_seconds(double seconds) {
    struct unit {
        double size;
        const char* name;
    };
    constexpr std::array units{unit{1e-9, "ns"}, unit{1e-6, "us"}, unit{1e-3, "ms"}, unit{1, "s"}};
    const auto* chosen = units.begin();
    while (chosen + 1 != units.end() && seconds >= 999.5 * chosen->size) ++chosen;
    return fmt::format("{:.4g} {}", seconds / chosen->size, chosen->name);
}

std::size_t report::passed() const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](const report_row& row) { return row.judged && row.passes(); }));
}

std::size_t report::judged() const {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const report_row& row) { return row.judged; }));
}

int report::exit_code() const { return passed() == judged() && result.status == "ok" ? 0 : 1; }

std::string render_values(const report& report) {
    std::string out;
    const run_result& result = report.result;
    if (report.of_sizes) {
        for (const double value : *report.of_sizes) fmt::format_to(std::back_inserter(out), "{:.17g}\n", value);
        return out;
    }
    if (result.sweep) {
        for (const integral& each : result.sweep->integrals) fmt::format_to(std::back_inserter(out), "{:.17g}\n", each.value);
        return out;
    }
    if (!result.batch) return fmt::format("{:.17g}\n", result.value);
    for (const double value : result.batch->values) fmt::format_to(std::back_inserter(out), "{:.17g}\n", value);
    return out;
}

std::string render_header(const report& report, bool verbose) {
    std::string out;
    append_header(out, report, verbose);
    return out;
}

std::string render_text(const report& report, bool verbose, bool color) {
    std::string out = render_header(report, verbose);
    if (report.of_sizes && !report.rows.empty()) {
        append_size_table(out, report, color);
    } else if (!report.fits.empty()) {
        append_scaling(out, report, color);
    } else {
        append_rows(out, report, color);
    }
    const auto line = std::back_inserter(out);
    append_result(out, report.result);
    if (verbose && report.result.exact) {
        const exact_value& exact = *report.result.exact;
        fmt::format_to(line, "          rounded correctly: decided by {}, to within {:.2g}; {:.4g} % of the blocks certified by a bound\n",
                       describe(exact.step), exact.radius, 100 * exact.certified_blocks);
    }
    if (verbose) {
        fmt::format_to(line, "          {}\n", hexadecimal(report.result.value));
        for (const auto& row : report.rows) {
            fmt::format_to(line, "          {:.17g}  {}{}{}\n", row.value, row.name, row.flags.empty() ? "" : "  ", row.flags);
            if (const auto& counts = row.counts; counts && row.items > 0) {
                fmt::format_to(line,
                               "          {:.3g} cycles, {:.3g} instructions and {:.2g} cache misses a term, {:.2f} instructions a cycle\n",
                               counts->cycles / row.items, counts->instructions / row.items, counts->cache_misses / row.items,
                               counts->instructions / counts->cycles);
            }
        }
    }
    fmt::format_to(line, "Solution {} ({}/{})\n", report.passed() == report.judged() ? "validates" : "DOES NOT validate", report.passed(),
                   report.judged());
    return out;
}

} // namespace quadot::drivers
