// One self-contained HTML page: no network, no script needed, light, dark and paper.
#pragma once

#include "drivers/documents/merged.hpp"

#include <string>

namespace quadot::drivers::page {

/// Sections without data are left out. `title`: of the page; empty for one made from the files.
std::string render_page(const merged& shown, const std::string& title);

} // namespace quadot::drivers::page
