// Text from outside, made fit for a page.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace quadot::drivers::page {

/// `text` as it may stand in HTML, SVG and quoted attributes: & < > " ' become references; control characters, marks that turn the
/// direction of writing, and bytes that are no UTF-8 become U+FFFD, which both HTML and XML allow.
std::string escaped(std::string_view text);

/// JSON for <script type="application/json">: indented, lists of plain values on one line, and each < as \u003c, so that nothing in it can end
/// the element or start a comment there (HTML standard, 4.12.1.3, restrictions for contents of script elements).
std::string embedded_json(const nlohmann::ordered_json& value);

} // namespace quadot::drivers::page
