// A machine's measured limits as tables of text, for the page and for Markdown.
#pragma once

#include "drivers/machine/limits.hpp"
#include "drivers/page/sections.hpp"

#include <string>
#include <vector>

namespace quadot::drivers::page {

struct limits_table {
    const char* caption;
    std::vector<table_column> columns;
    std::vector<std::vector<std::string>> rows; ///< as they stand in the file: not escaped for anything
};

/// Those that have rows: loads, arithmetic, messages, allreduce, parallel regions, the clock.
std::vector<limits_table> limits_tables(const machine_limits& machine);

} // namespace quadot::drivers::page
