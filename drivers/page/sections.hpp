// The parts of the page, each empty where there is nothing to show.
#pragma once

#include "drivers/documents/merged.hpp"
#include "drivers/page/figure.hpp"

#include <map>
#include <string>
#include <vector>

namespace quadot::drivers::page {

/// Each variant's colour and marker: the same in all figures of a page.
class styles {
  public:
    explicit styles(const merged& shown);
    [[nodiscard]] std::size_t of(const std::string& variant) const;

  private:
    std::map<std::string, std::size_t> places_;
};

std::string verdict_section(const merged& shown);
std::string results_section(const merged& shown, const styles& style);
std::string sizes_section(const merged& shown, const styles& style);
std::string scaling_section(const merged& shown, const styles& style);
std::string roofline_section(const merged& shown, const styles& style);
std::string limits_section(const merged& shown);
/// What `quadot doctor` found; what is well is counted.
std::string findings_section(const merged& shown);
std::string machine_section(const merged& shown);
std::string methods_section(const merged& shown);
std::string raw_section(const merged& shown);

// What sections are built from.

/// A table with a caption for those who do not see it; cells are HTML.
struct table_column {
    std::string heading;
    bool numeric;
};
std::string html_table(const std::string& caption, const std::vector<table_column>& columns,
                       const std::vector<std::vector<std::string>>& rows);

/// A plot with its caption and, where given, the table of its data, shown at once if it is short.
std::string html_figure(const std::string& svg, const std::string& caption, const std::string& data_table = "", std::size_t data_rows = 0);

/// <section> with a heading.
std::string html_section(const std::string& id, const std::string& heading, const std::string& content);

/// "SIMULATED " marked as such, or nothing.
std::string simulated_mark(bool simulated);

/// "median [lower, upper]".
std::string interval_text(const recorded_row& row);

/// A comparison's bars and its errors against time, for results_section. `name`: fit for an id.
std::string comparison_figure(const merged& shown, const row_group& group, const styles& style, const std::string& name);
std::string error_time_figure(const merged& shown, const row_group& group, const styles& style, const std::string& name);

} // namespace quadot::drivers::page
