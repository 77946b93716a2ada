#include "drivers/exports/exports.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::exports {

namespace {

/// gnuplot's SVG leaves > as it is, and ]]> must not stand in XML.
std::string without_end_of_cdata(std::string text) {
    for (std::size_t at = text.find("]]>"); at != std::string::npos; at = text.find("]]>", at)) text.insert(at + 2, " ");
    return text;
}

/// A string in single quotes: there gnuplot runs no `command` and knows no escapes but ''.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : without_end_of_cdata(text)) {
        if (c == '\'') {
            out += "''";
        } else {
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out + "'";
}

/// A field of a data block; these have no escapes.
std::string field(const std::string& text) {
    std::string out = "\"";
    for (const char c : without_end_of_cdata(text)) out += c == '"' ? '\'' : static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return out + "\"";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{:.17g}", value) : "NaN"; }

std::string comment(const std::string& text) {
    std::string out = "# ";
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return out + "\n";
}

std::string output_name(const std::string& base, const std::string& figure) {
    return "\nreset\nset output " + quoted(base + "-" + figure + ".svg") + "\nset grid\n";
}

std::string comparison_plot(const row_group& group, const std::string& base, std::size_t k) {
    const bool rates = std::all_of(group.rows.begin(), group.rows.end(), [&](const merged_row* row) {
        return std::isfinite(row->rate()) && std::string_view(row->rate_unit()) == group.rows.front()->rate_unit();
    });
    std::string out = comment("name, seconds, lower, upper, rate a second, error");
    out += fmt::format("$comparison_{} << EOD\n", k);
    for (const merged_row* row : group.rows) {
        const recorded_row& recorded = *row->recorded;
        out += fmt::format("{} {} {} {} {} {}\n", field(row->name), number(recorded.seconds), number(recorded.lower),
                           number(recorded.upper), number(row->rate()), number(recorded.error));
    }
    out += "EOD\n" + output_name(base, fmt::format("comparison-{}", k));
    out += "set title " + quoted((group.simulated ? "SIMULATED: " : "") + group.problem) + " noenhanced\n";
    out += "set style fill solid 0.6\nset boxwidth 0.7\nset xtics rotate by -35 noenhanced\nset yrange [0:*]\nunset key\n";
    if (rates) {
        out += fmt::format("set ylabel {}\n", quoted("G" + std::string(group.rows.front()->rate_unit())));
        // A run's amount is fixed: the rate's interval is the time's, turned round.
        out += fmt::format("plot $comparison_{} using 0:($5*1e-9):xtic(1) with boxes, '' using 0:($5*1e-9):($5*$2/$4*1e-9):($5*$2/$3*1e-9) "
                           "with yerrorbars lc black pt 0\n",
                           k);
    } else {
        out += "set ylabel 'time a run (s)'\n";
        out += fmt::format("plot $comparison_{} using 0:2:xtic(1) with boxes, '' using 0:2:3:4 with yerrorbars lc black pt 0\n", k);
    }
    const auto positive = std::count_if(group.rows.begin(), group.rows.end(), [](const merged_row* row) {
        return row->recorded->error > 0 && std::isfinite(row->recorded->error);
    });
    if (positive < 2) return out;
    out += output_name(base, fmt::format("error-time-{}", k)) + "set title " +
           quoted((group.simulated ? "SIMULATED: " : "") + group.problem) + " noenhanced\n";
    out += "set logscale xy\nset xlabel 'time a run (s)'\nset ylabel 'absolute error (0 is not shown)'\nunset key\n";
    out += fmt::format(
        "plot $comparison_{} using ($6>0?$2:NaN):6 with points pt 7, '' using ($6>0?$2:NaN):6:1 with labels offset 0,0.8 noenhanced\n", k);
    return out;
}

std::string line_plots(const merged& shown, const std::string& base, const std::string& study) {
    const std::vector<study_line> lines = shown.lines(study);
    if (lines.empty()) return "";
    const bool sizes = study == "sizes";
    const bool strong = study == "strong";
    std::string out =
        comment(sizes ? "problem size, bytes, seconds, lower, upper, rate a second"
                      : "workers, seconds, lower, upper, " + std::string(strong ? "speed-up" : "efficiency") + " with its lower and upper");
    std::string plots;
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const std::string name = fmt::format("${}_{}", study, k + 1);
        out += comment(lines[k].label) + name + " << EOD\n";
        for (const merged_row* row : lines[k].rows) {
            const recorded_row& recorded = *row->recorded;
            if (sizes) {
                out += fmt::format("{} {} {} {} {} {}\n", number(row->problem_size), number(row->bytes_per_second * recorded.seconds),
                                   number(recorded.seconds), number(recorded.lower), number(recorded.upper), number(row->rate()));
            } else {
                const double reference = lines[k].reference(strong);
                out += fmt::format("{} {} {} {} {} {} {}\n", number(row->workers), number(recorded.seconds), number(recorded.lower),
                                   number(recorded.upper), number(reference / recorded.seconds), number(reference / recorded.upper),
                                   number(reference / recorded.lower));
            }
        }
        out += "EOD\n";
        plots += fmt::format("{}{} using {} with yerrorlines title {} noenhanced", plots.empty() ? "plot " : ", ", name,
                             sizes ? "1:($6*1e-9):($6*$3/$5*1e-9):($6*$3/$4*1e-9)" : "1:5:6:7", quoted(lines[k].label));
    }
    out += output_name(base, study) + "set logscale x 2\nset key bottom right\n";
    if (sizes) {
        out += "set xlabel 'problem size'\nset ylabel " + quoted("G" + std::string(lines.front().rows.front()->rate_unit())) +
               "\nset yrange [0:*]\n";
    } else {
        out += strong ? "set logscale y 2\nset xlabel 'workers'\nset ylabel 'speed-up'\n"
                      : "set yrange [0:*]\nset xlabel 'workers'\nset ylabel 'efficiency'\n";
        plots += strong ? ", x with lines dashtype 2 lc black title 'ideal'" : ", 1 with lines dashtype 2 lc black title 'ideal'";
    }
    return out + plots + "\n";
}

} // namespace

std::string render_gnuplot(const merged& shown, const std::string& output) {
    const std::size_t folder = output.rfind('/');
    const std::size_t dot = output.rfind('.');
    const bool named = !output.empty() && output != "-";
    const std::string base = !named                                                                          ? "quadot"
                             : dot != std::string::npos && (folder == std::string::npos || dot > folder + 1) ? output.substr(0, dot)
                                                                                                             : output;
    std::string out = "# A report of quadot: run it through gnuplot 5; it writes " +
                      std::string(named ? "its figures beside it" : "quadot-*.svg") +
                      ".\nset encoding utf8\nset terminal svg size 900,560 dynamic\n";
    for (std::size_t k = 0; k < shown.comparisons().size(); ++k) out += comparison_plot(shown.comparisons()[k], base, k + 1);
    for (const std::string study : {"sizes", "strong", "weak"}) out += line_plots(shown, base, study);
    return out;
}

} // namespace quadot::drivers::exports
