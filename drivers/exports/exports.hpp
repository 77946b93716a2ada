// The merged reports for other programs than a browser.
#pragma once

#include "drivers/documents/merged.hpp"

#include <string>

namespace quadot::drivers::exports {

/// GitHub's Markdown: verdict, tables, methods.
std::string render_markdown(const merged& shown, const std::string& title);

/// One line a row, RFC 4180, numbers with the digits to give back the same bits; seconds, bytes and items a second. Empty: not recorded.
std::string render_csv(const merged& shown);

/// A script with its data in it: `gnuplot report.gp` writes one SVG a figure, named after `output`.
std::string render_gnuplot(const merged& shown, const std::string& output);

/// Extra-P's JSON Lines (docs/file-formats.md of Extra-P 4, "JSON Lines format"): {"params": {"p": workers, "n": size}, "metric": "time", "callpath": variant,
/// "value": median seconds}. All lines have the same parameters, as its reader asks. Throws error: usage if no row has both.
std::string render_extrap(const merged& shown);

} // namespace quadot::drivers::exports
