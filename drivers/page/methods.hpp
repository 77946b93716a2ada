// A paragraph for a paper: what was run where, how times were taken and how errors were found. For the page and for Markdown.
#pragma once

#include "drivers/documents/merged.hpp"

#include <string>
#include <vector>

namespace quadot::drivers::page {

struct methods_piece {
    std::string text;
    bool code; ///< as typed: a command, flags
};

/// Of the files that share machine, build and launch.
struct methods_paragraph {
    std::vector<methods_piece> pieces;
    std::vector<std::string> commands; ///< as one would type them
};

std::vector<methods_paragraph> methods_of(const merged& shown);

/// What the paragraph cites.
std::vector<std::string> methods_sources(const merged& shown);

} // namespace quadot::drivers::page
