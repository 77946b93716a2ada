// Plots as SVG: axes with round ticks, lines, markers, bands and guides. Colours come from the page's style, so that one picture serves
// light, dark and paper; series differ in their markers, too.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers::page {

struct tick {
    double at;
    std::string label; ///< may be empty: a line without a number
};

struct axis {
    std::string title;
    bool logarithmic{};
    double low{};
    double high{}; ///< above low; both positive where logarithmic
    std::vector<tick> ticks;

    /// 0 at low, 1 at high.
    [[nodiscard]] double part(double value) const;
};

using number_text = std::function<std::string(double)>;

/// From 0 (or below, where values are) to a round number at or above the largest value; about six ticks.
axis linear_axis(const std::string& title, const std::vector<double>& values, const number_text& text);
/// Whole decades, or 1, 2, 5 where there are few of them. Values that are not positive are passed over; without any it is 1 to 10.
axis decimal_axis(const std::string& title, const std::vector<double>& values, const number_text& text);
/// Powers of two, thinned out where they are many.
axis binary_axis(const std::string& title, const std::vector<double>& values, const number_text& text);

struct point {
    double x;
    double y;
    double lower; ///< of y
    double upper;
    std::string title; ///< shown when pointed at
};

enum class drawing { line_and_markers, markers, line, dashed_line };

struct series {
    std::string label; ///< in the legend; empty: not there
    std::size_t style; ///< colour and marker; `neutral` for ideals
    std::vector<point> points;
    drawing kind = drawing::line_and_markers;
    bool band = false; ///< between lower and upper; whiskers otherwise
};
inline constexpr std::size_t neutral = 1000;

struct guide {
    double at;
    std::string label;
};

class figure {
  public:
    /// `name` is unique in the page and fit for an id.
    figure(std::string name, std::string title, std::string description, axis x, axis y);
    void add(series each) { series_.push_back(std::move(each)); }
    /// A dashed line at an x, with its label on top.
    void add_vertical(guide each) { verticals_.push_back(std::move(each)); }
    /// A dashed line at a y, with its label at its right end.
    void add_horizontal(guide each) { horizontals_.push_back(std::move(each)); }
    /// The label of a sloping line where it meets the y axis.
    void add_slope_label(guide each) { slopes_.push_back(std::move(each)); }
    [[nodiscard]] std::string svg() const;

  private:
    [[nodiscard]] double at_x(double value) const;
    [[nodiscard]] double at_y(double value) const;
    void append_axes(std::string& out) const;
    void append_series(std::string& out, const series& each) const;
    void append_guides(std::string& out) const;
    void append_legend(std::string& out) const;
    [[nodiscard]] std::size_t legend_columns() const;

    std::string name_;
    std::string title_;
    std::string description_;
    axis x_;
    axis y_;
    std::vector<series> series_;
    std::vector<guide> verticals_;
    std::vector<guide> horizontals_;
    std::vector<guide> slopes_;
    double top_ = 16; ///< of the plotting area
};

/// Horizontal bars with whiskers, one a row, from 0 to the right.
struct bar {
    std::string label;
    double value;
    double lower;
    double upper;
    std::string text; ///< behind the bar
    std::size_t style;
    bool marked; ///< drawn in outline: fails its check
};
std::string bar_chart(const std::string& name, const std::string& title, const std::string& description, const axis& x,
                      const std::vector<bar>& bars, const std::optional<guide>& limit);

/// The path of a series' marker around (x, y).
std::string marker(std::size_t style, double x, double y, const std::string& title = "");

/// Positions moved apart to at least `spacing`, as little as may be, within [low, high]; in the order given.
std::vector<double> spread(std::vector<double> positions, double spacing, double low, double high);

/// What `text` takes at 12 units of height, in a wide font.
double text_width(const std::string& text);

} // namespace quadot::drivers::page
