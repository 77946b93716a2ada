#include "drivers/page/figure.hpp"

#include "drivers/page/html.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

// Of the drawing, in units that are pixels at full width.
constexpr double width = 760;
constexpr double left = 104;
constexpr double right = 724;
constexpr double plot_height = 330;
constexpr double legend_line = 22;
constexpr std::size_t styles = 8;

/// Eight colours, then the same with other markers.
std::size_t color_of(std::size_t style) { return style % styles; }
std::size_t shape_of(std::size_t style) { return (style + style / styles) % styles; }

std::string class_of(std::size_t style) { return style == neutral ? "sn" : fmt::format("s{}", color_of(style)); }

std::string opening(const std::string& name, const std::string& title, const std::string& description, double height) {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-labelledby=\"{}-title {}-desc\">\n"
        "<title id=\"{}-title\">{}</title>\n<desc id=\"{}-desc\">{}</desc>\n",
        width, height, name, name, name, escaped(title), name, escaped(description));
}

std::string title_element(const std::string& title) { return title.empty() ? "" : "<title>" + escaped(title) + "</title>"; }

std::string text_at(double x, double y, const std::string& text, const char* classes = "", const char* anchor = "start") {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, classes, anchor, escaped(text));
}

} // namespace

std::string marker(std::size_t style, double x, double y, const std::string& title) {
    constexpr std::array<const char*, styles> shapes{
        "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",                                // circle
        "m-4 -4h8v8h-8z",                                                               // square
        "m0 -5.4l5 8.8h-10z",                                                           // triangle
        "m0 -5.8l5 5.8l-5 5.8l-5 -5.8z",                                                // diamond
        "m0 5.4l5 -8.8h-10z",                                                           // triangle on its point
        "m-1.5 -5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",                           // plus
        "m-5 -3l2 -2l3 3l3 -3l2 2l-3 3l3 3l-2 2l-3 -3l-3 3l-2 -2l3 -3z",                // cross
        "m0 -5.6l1.6 3.6l4 .4l-3 2.6l.9 3.9l-3.5 -2.1l-3.5 2.1l.9 -3.9l-3 -2.6l4 -.4z", // star
    };
    return fmt::format("<path class=\"mark {}\" d=\"M{:.2f} {:.2f}{}\">{}</path>\n", class_of(style), x, y,
                       shapes[style == neutral ? 0 : shape_of(style)], title_element(title));
}

figure::figure(std::string name, std::string title, std::string description, axis x, axis y)
    : name_(std::move(name)), title_(std::move(title)), description_(std::move(description)), x_(std::move(x)), y_(std::move(y)) {}

double figure::at_x(double value) const { return left + (right - left) * x_.part(value); }
double figure::at_y(double value) const { return top_ + plot_height * (1 - y_.part(value)); }

void figure::append_axes(std::string& out) const {
    const double bottom = top_ + plot_height;
    const auto line = std::back_inserter(out);
    const auto kind = [](const axis& each) {
        return fmt::format("{} {:.17g} {:.17g}", each.logarithmic ? "log" : "linear", each.low, each.high);
    };
    // The scales stand here in numbers, so that positions can be turned back into values.
    fmt::format_to(line, "<g class=\"axes\" data-x=\"{}\" data-y=\"{}\" data-area=\"{:g} {:g} {:g} {:g}\">\n", kind(x_), kind(y_), left,
                   right, bottom, top_);
    for (const tick& each : y_.ticks) {
        fmt::format_to(line, "<line class=\"grid\" x1=\"{:g}\" x2=\"{:g}\" y1=\"{:.2f}\" y2=\"{:.2f}\"/>\n", left, right, at_y(each.at),
                       at_y(each.at));
        if (!each.label.empty()) out += text_at(left - 8, at_y(each.at) + 4, each.label, "tick", "end");
    }
    for (const tick& each : x_.ticks) {
        fmt::format_to(line, "<line class=\"{}\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:g}\" y2=\"{:g}\"/>\n",
                       each.label.empty() ? "grid fine" : "grid", at_x(each.at), at_x(each.at), top_, bottom);
        if (!each.label.empty()) out += text_at(at_x(each.at), bottom + 18, each.label, "tick", "middle");
    }
    fmt::format_to(line, "<path class=\"frame\" d=\"M{:g} {:g}V{:g}H{:g}\"/>\n", left, top_, bottom, right);
    out += text_at((left + right) / 2, bottom + 40, x_.title, "title", "middle");
    fmt::format_to(line, "<text class=\"title\" text-anchor=\"middle\" transform=\"translate(14 {:g}) rotate(-90)\">{}</text>\n</g>\n",
                   top_ + plot_height / 2, escaped(y_.title));
}

void figure::append_series(std::string& out, const series& each) const {
    const auto line = std::back_inserter(out);
    const std::string style = class_of(each.style);
    // What lies outside the axes would be drawn over other text.
    std::vector<point> points;
    for (const point& one : each.points) {
        const double x = x_.part(one.x);
        const double y = y_.part(one.y);
        constexpr double slack = 0.03;
        if (!(x >= -slack && x <= 1 + slack) || !(y >= -slack && y <= 1 + slack)) continue;
        points.push_back(one);
    }
    if (points.empty()) return;
    const auto clamped = [&](double value) {
        const double part = y_.part(value);
        const double inside = std::isnan(part) ? 0 : std::clamp(part, 0.0, 1.0);
        return top_ + plot_height * (1 - inside);
    };
    if (each.band && points.size() > 1) {
        std::string area;
        for (const point& one : points) area += fmt::format("{:.2f},{:.2f} ", at_x(one.x), clamped(one.upper));
        // NOLINTNEXTLINE(modernize-loop-convert): views are more than clang 14 understands of libstdc++
        for (auto one = points.rbegin(); one != points.rend(); ++one)
            area += fmt::format("{:.2f},{:.2f} ", at_x(one->x), clamped(one->lower));
        area.pop_back();
        fmt::format_to(line, "<polygon class=\"band {}\" points=\"{}\"/>\n", style, area);
    }
    if (each.kind != drawing::markers && points.size() > 1) {
        std::string path;
        for (const point& one : points) path += fmt::format("{:.2f},{:.2f} ", at_x(one.x), at_y(one.y));
        path.pop_back();
        fmt::format_to(line, "<polyline class=\"line {}{}\" data-series=\"{}\" points=\"{}\"/>\n", style,
                       each.kind == drawing::dashed_line ? " dashed" : "", escaped(each.label), path);
    }
    if (each.kind == drawing::line || each.kind == drawing::dashed_line) return;
    for (const point& one : points) {
        if (!each.band && one.upper > one.lower) {
            fmt::format_to(line, "<line class=\"whisker {}\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:.2f}\" y2=\"{:.2f}\"/>\n", style,
                           at_x(one.x), at_x(one.x), clamped(one.lower), clamped(one.upper));
        }
        out += marker(each.style, at_x(one.x), at_y(one.y), one.title);
    }
}

void figure::append_guides(std::string& out) const {
    const auto line = std::back_inserter(out);
    const double bottom = top_ + plot_height;
    std::vector<double> row_ends;
    for (const guide& each : verticals_) {
        if (!(x_.part(each.at) > 0 && x_.part(each.at) < 1)) continue;
        const double x = at_x(each.at);
        fmt::format_to(line, "<line class=\"guide\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:g}\" y2=\"{:g}\"/>\n", x, x, top_, bottom);
        const double wide = text_width(each.label);
        const double start = std::min(x + 4, right - wide);
        std::size_t row = 0;
        while (row < row_ends.size() && row_ends[row] > start) ++row;
        if (row == row_ends.size()) row_ends.push_back(0);
        row_ends[row] = start + wide + 6;
        out += text_at(start, top_ + 13 + 15 * static_cast<double>(row), each.label, "note");
    }
    std::vector<double> heights;
    std::vector<const guide*> shown;
    for (const guide& each : horizontals_) {
        if (!(y_.part(each.at) >= 0 && y_.part(each.at) <= 1)) continue;
        shown.push_back(&each);
        heights.push_back(at_y(each.at) - 5);
    }
    const std::vector<double> apart = spread(heights, 15, top_ + 12, bottom - 4);
    for (std::size_t k = 0; k < shown.size(); ++k) {
        fmt::format_to(line, "<line class=\"guide\" x1=\"{:g}\" x2=\"{:g}\" y1=\"{:.2f}\" y2=\"{:.2f}\"/>\n", left, right,
                       at_y(shown[k]->at), at_y(shown[k]->at));
        out += text_at(right - 4, apart[k], shown[k]->label, "note", "end");
    }
    heights.clear();
    for (const guide& each : slopes_) heights.push_back(at_y(each.at) + 15); // the line rises away from it
    const std::vector<double> starts = spread(heights, 15, top_ + 12, bottom - 4);
    for (std::size_t k = 0; k < slopes_.size(); ++k) out += text_at(left + 6, starts[k], slopes_[k].label, "note");
}

std::size_t figure::legend_columns() const {
    double widest = 0;
    for (const series& each : series_) widest = std::max(widest, text_width(each.label));
    return std::max<std::size_t>(1, static_cast<std::size_t>((width - 20) / (widest + 56)));
}

void figure::append_legend(std::string& out) const {
    const auto line = std::back_inserter(out);
    const std::size_t columns = legend_columns();
    const double column_width = (width - 20) / static_cast<double>(columns);
    std::size_t k = 0;
    for (const series& each : series_) {
        if (each.label.empty()) continue;
        const std::size_t row = k / columns;
        const double x = 20 + column_width * static_cast<double>(k % columns);
        const double y = top_ + plot_height + 66 + legend_line * static_cast<double>(row);
        if (each.kind != drawing::markers) {
            fmt::format_to(line, "<line class=\"line {}{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
                           class_of(each.style), each.kind == drawing::dashed_line ? " dashed" : "", x, x + 26, y, y);
        }
        if (each.kind == drawing::line_and_markers || each.kind == drawing::markers) out += marker(each.style, x + 13, y);
        out += text_at(x + 34, y + 4, each.label, "legend");
        ++k;
    }
}

std::string figure::svg() const {
    const auto entries =
        static_cast<std::size_t>(std::count_if(series_.begin(), series_.end(), [](const series& each) { return !each.label.empty(); }));
    const std::size_t rows = (entries + legend_columns() - 1) / legend_columns();
    std::string out =
        opening(name_, title_, description_, top_ + plot_height + 52 + legend_line * static_cast<double>(rows) + (rows > 0 ? 8 : 0));
    append_axes(out);
    for (const series& each : series_) append_series(out, each);
    append_guides(out);
    append_legend(out);
    return out + "</svg>\n";
}

std::string bar_chart(const std::string& name, const std::string& title, const std::string& description, const axis& x,
                      const std::vector<bar>& bars, const std::optional<guide>& limit) {
    constexpr double line_height = 27;
    constexpr double top = 24;
    double names = 0;
    double texts = 0;
    for (const bar& each : bars) {
        names = std::max(names, text_width(each.label));
        texts = std::max(texts, text_width(each.text));
    }
    const double start = std::min(names + 14, width * 0.48);
    const double end = width - texts - 16;
    const double bottom = top + line_height * static_cast<double>(bars.size());
    const auto at = [&](double value) { return start + (end - start) * std::clamp(x.part(value), 0.0, 1.0); };
    std::string out = opening(name, title, description, bottom + 50);
    const auto line = std::back_inserter(out);
    fmt::format_to(line, "<g class=\"axes\" data-x=\"linear {:.17g} {:.17g}\" data-area=\"{:g} {:g} {:g} {:g}\">\n", x.low, x.high, start,
                   end, bottom, top);
    double last_label = -100;
    for (const tick& each : x.ticks) {
        fmt::format_to(line, "<line class=\"grid\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:g}\" y2=\"{:g}\"/>\n", at(each.at), at(each.at), top,
                       bottom);
        // Long names leave little room for the axis.
        if (at(each.at) - last_label < text_width(each.label) + 8) continue;
        last_label = at(each.at);
        out += text_at(at(each.at), bottom + 18, each.label, "tick", "middle");
    }
    out += text_at((start + end) / 2, bottom + 40, x.title, "title", "middle");
    out += "</g>\n";
    // Bars, then the limit over them, then what must stay readable.
    std::string texts_over;
    for (std::size_t k = 0; k < bars.size(); ++k) {
        const bar& each = bars[k];
        const double y = top + line_height * static_cast<double>(k);
        std::string label = each.label;
        // From the front: the ends of names differ.
        while (text_width(label) > start - 12 && label.size() > 8) {
            std::size_t cut = 4;
            while (cut < label.size() && (static_cast<unsigned char>(label[cut]) & 0xc0U) == 0x80U) ++cut;
            label = "\u2026" + label.substr(cut);
        }
        out += text_at(start - 8, y + 18, label, "legend", "end");
        fmt::format_to(line, "<rect class=\"bar {}{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"17\">{}</rect>\n",
                       class_of(each.style), each.marked ? " fails" : "", start, y + 5, std::max(0.5, at(each.value) - start),
                       title_element(each.label + ": " + each.text));
        if (each.upper > each.lower) {
            fmt::format_to(line, "<path class=\"whisker ends\" d=\"M{:.2f} {:.2f}v9m0 -4.5H{:.2f}m0 -4.5v9\"/>\n", at(each.lower), y + 9,
                           at(each.upper));
        }
        texts_over += text_at(std::max(at(each.value), at(std::max(each.upper, each.value))) + 7, y + 18, each.text, "value");
    }
    if (limit && x.part(limit->at) <= 1) {
        fmt::format_to(line, "<line class=\"guide\" x1=\"{:.2f}\" x2=\"{:.2f}\" y1=\"{:g}\" y2=\"{:g}\"/>\n", at(limit->at), at(limit->at),
                       top - 4, bottom);
        out += text_at(at(limit->at), top - 9, limit->label, "note", at(limit->at) > (start + end) / 2 ? "end" : "start");
    }
    return out + texts_over + "</svg>\n";
}

} // namespace quadot::drivers::page
