// Strong scaling as speed-up over workers, weak scaling as efficiency, with the ideal, the measured points and the fitted models.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

std::string speedup_text(double speedup) { return std::isfinite(speedup) ? fmt::format("{:.2f}", speedup) : "\u2013"; }

std::string optional_percent(const merged_row& row, const char* key) { return percent_text(row.number(key)); }

std::string data_table(const std::vector<study_line>& lines, bool strong, std::size_t& count) {
    std::vector<std::vector<std::string>> rows;
    for (const study_line& line : lines) {
        for (const merged_row* row : line.rows) {
            const double imbalance = row->number("imbalance");
            const double serial = row->number("karp_flatt");
            const std::string& verdict = row->recorded->verdict;
            rows.push_back(
                {"<code>" + escaped(line.label) + "</code>",
                 std::isnan(row->ranks * row->threads)
                     ? fmt::format("{:g}", row->workers)
                     : fmt::format("{:g}<br><small>{:g} \u00d7 {:g}</small>", row->workers, row->ranks, row->threads),
                 count_text(row->problem_size), interval_text(*row->recorded), strong ? speedup_text(line.speedup(*row)) : "",
                 percent_text(line.efficiency(*row, strong)), strong ? (std::isnan(serial) ? "\u2013" : fmt::format("{:.2g}", serial)) : "",
                 std::isnan(imbalance) ? "\u2013" : fmt::format("{:.2f}", imbalance), optional_percent(*row, "communication_share"),
                 row->recorded->raw.contains("error") ? error_text(row->recorded->error) : "\u2013",
                 verdict == "fail" ? "<strong class=\"bad\">\u2717 FAIL</strong>" : escaped(verdict)});
            if (!strong) {
                rows.back().erase(rows.back().begin() + 6);
                rows.back().erase(rows.back().begin() + 4);
            }
        }
    }
    count = rows.size();
    std::vector<table_column> columns{{"Variant", false},
                                      {"Workers", true},
                                      {"Size", true},
                                      {"Time a run [95 % interval]", true},
                                      {"Speed-up", true},
                                      {"Efficiency", true},
                                      {"Karp\u2013Flatt", true},
                                      {"Imbalance", true},
                                      {"Communication", true},
                                      {"Error", true},
                                      {"Verdict", false}};
    if (!strong) {
        columns.erase(columns.begin() + 6);
        columns.erase(columns.begin() + 4);
    }
    return html_table(strong ? "Strong scaling" : "Weak scaling", columns, rows);
}

/// A fit belongs to the lines of its variant, threads and file.
bool belongs(const fit_on_record& fit, const study_line& line) {
    const bool same_threads = std::isnan(fit.threads) || std::isnan(line.threads) || fit.threads == line.threads;
    return fit.variant == line.variant && same_threads &&
           std::find(line.sources.begin(), line.sources.end(), fit.source) != line.sources.end();
}

std::string fit_notes(const merged& shown, const std::string& study, const std::vector<study_line>& lines) {
    std::string out;
    for (const fit_on_record& fit : shown.fits()) {
        if (fit.study != study || std::none_of(lines.begin(), lines.end(), [&](const study_line& line) { return belongs(fit, line); }))
            continue;
        std::string text;
        for (const std::string& each : fit.parameters) text += (text.empty() ? "" : ", ") + each;
        out += fmt::format("<li>{}<code>{}</code>{}: {}{}{}{}</li>\n", simulated_mark(shown.simulated(fit.source)), escaped(fit.variant),
                           std::isnan(fit.threads) ? "" : fmt::format(", {:g} thread{} a rank", fit.threads, fit.threads == 1 ? "" : "s"),
                           escaped(fit.model), text.empty() ? "" : ": " + escaped(text),
                           std::isnan(fit.points) ? "" : fmt::format(" ({:g} points)", fit.points),
                           fit.loses_80_percent_at.empty() ? "" : "; " + escaped(fit.loses_80_percent_at));
    }
    return out.empty() ? "" : "<ul class=\"fits\">\n" + out + "</ul>\n";
}

std::string scaling_figure(const merged& shown, const std::vector<study_line>& lines, const std::string& study, const styles& style,
                           const std::string& name) {
    const bool strong = study == "strong";
    const bool simulated = lines.front().simulated;
    std::size_t count = 0;
    std::string table = data_table(lines, strong, count);
    std::vector<series> drawn;
    std::vector<double> workers;
    std::vector<double> heights;
    bool fitted = false;
    bool extrapolated = false;
    for (const study_line& line : lines) {
        const double reference = line.reference(strong);
        if (!(reference > 0)) continue;
        series measured{line.label, style.of(line.variant), {}, drawing::line_and_markers, true};
        for (const merged_row* row : line.rows) {
            const recorded_row& recorded = *row->recorded;
            if (!(recorded.seconds > 0)) continue;
            const double y = reference / recorded.seconds;
            measured.points.push_back(
                {row->workers, y, recorded.upper > 0 ? reference / recorded.upper : y, recorded.lower > 0 ? reference / recorded.lower : y,
                 fmt::format("{}, {:g} workers: {}", line.label, row->workers, strong ? fmt::format("{:.2f} times", y) : percent_text(y))});
            workers.push_back(row->workers);
            heights.push_back(y);
        }
        for (const fit_on_record& fit : shown.fits()) {
            if (fit.study != study || !belongs(fit, line)) continue;
            series inside{"", style.of(line.variant), {}, drawing::line, true};
            series outside{"", style.of(line.variant), {}, drawing::dashed_line, true};
            for (const fitted_value& value : fit.curve) {
                const point one{value.workers, reference / value.seconds, reference / value.upper, reference / value.lower, ""};
                // The dashed part starts where the measured one ends.
                if (value.extrapolated && outside.points.empty() && !inside.points.empty()) outside.points.push_back(inside.points.back());
                (value.extrapolated ? outside : inside).points.push_back(one);
                workers.push_back(one.x);
                heights.push_back(one.y);
            }
            fitted = fitted || !fit.curve.empty();
            extrapolated = extrapolated || !outside.points.empty();
            drawn.push_back(std::move(inside));
            drawn.push_back(std::move(outside));
        }
        drawn.push_back(std::move(measured));
    }
    const auto [fewest, most] = std::minmax_element(workers.begin(), workers.end());
    if (workers.size() < 2 || *fewest == *most) return table;
    const auto plain = [](double value) { return fmt::format("{:g}", value); };
    const axis x = binary_axis("Workers (ranks \u00d7 threads)", workers, plain);
    series ideal{"ideal", neutral, {{x.low, strong ? x.low : 1, 0, 0, ""}, {x.high, strong ? x.high : 1, 0, 0, ""}}, drawing::dashed_line};
    if (strong) {
        // On the ideal's decade and no further: slow points below the first would be cut off.
        heights.push_back(x.low);
        heights.push_back(x.high);
    } else {
        heights.push_back(1.1);
    }
    const axis y = strong ? binary_axis("Speed-up", heights, plain) : linear_axis("Efficiency", heights, percent_text);
    figure plot(
        name,
        std::string(simulated ? "SIMULATED: " : "") +
            (strong ? "Strong scaling: speed-up against workers" : "Weak scaling: efficiency against workers"),
        fmt::format("{} line{} from {:g} to {:g} workers beside the ideal.", lines.size(), lines.size() == 1 ? "" : "s", *fewest, *most), x,
        y);
    plot.add(std::move(ideal));
    for (series& each : drawn) plot.add(std::move(each));
    const std::string caption =
        fmt::format("{}{} Shaded: 95 % intervals. Imbalance: the slowest rank over the mean.{}{}", simulated_mark(simulated),
                    strong ? "Speed-up over the smallest run, both axes logarithmic; dashed grey: ideal."
                           : "Efficiency with the work of a worker held fixed; dashed grey: ideal.",
                    fitted ? " Plain lines without markers: fitted models." : "",
                    extrapolated ? " Dashed: extrapolated beyond what was measured." : "");
    return html_figure(plot.svg(), caption, fit_notes(shown, study, lines) + table, count);
}

} // namespace

std::string scaling_section(const merged& shown, const styles& style) {
    std::string out;
    for (const std::string study : {"strong", "weak"}) {
        // A modelled cluster and a real one do not belong in one picture.
        std::vector<study_line> real;
        std::vector<study_line> modelled;
        for (study_line& line : shown.lines(study)) (line.simulated ? modelled : real).push_back(std::move(line));
        const char* heading = study == "strong" ? "Strong scaling" : "Weak scaling";
        if (!real.empty()) out += fmt::format("<h3>{}</h3>\n", heading) + scaling_figure(shown, real, study, style, study);
        if (!modelled.empty())
            out += fmt::format("<h3>{}{}</h3>\n", simulated_mark(true), heading) +
                   scaling_figure(shown, modelled, study, style, study + "-simulated");
    }
    return html_section("scaling", "Scaling", out);
}

} // namespace quadot::drivers::page
