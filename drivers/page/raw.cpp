// The files themselves, once: the script element that holds a file's JSON is also what is shown, so nothing is there twice.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

using json = nlohmann::ordered_json;

/// Of all files together: beyond it a page of 200 rows with 1000 samples each would pass 2 MB.
constexpr std::size_t most_bytes = 1'300'000;

void drop_samples(json& value) {
    if (!value.contains("benchmarks") || !value["benchmarks"].is_array()) return;
    for (json& row : value["benchmarks"]) {
        if (!row.is_object() || !row.contains("samples") || !row["samples"].is_array()) continue;
        const std::size_t count = row["samples"].size();
        row.erase("samples");
        row["samples_left_out"] = count;
    }
}

} // namespace

std::string raw_section(const merged& shown) {
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (const document& each : shown.documents()) {
        texts.push_back(embedded_json(each.raw));
        bytes += texts.back().size();
    }
    const bool shortened = bytes > most_bytes;
    std::string out = "<p>The files as they were read, for other programs and other readers.</p>\n";
    if (shortened) {
        out = "<p>The files as they were read, but for the single samples, which would make this page too large: medians and intervals are "
              "all there.</p>\n";
    }
    for (std::size_t source = 0; source < shown.documents().size(); ++source) {
        if (shortened) {
            json copy = shown.documents()[source].raw;
            drop_samples(copy);
            texts[source] = embedded_json(copy);
        }
        const std::string name = escaped(shown.file_name(source));
        out += fmt::format("<details class=\"raw\"><summary><code>{}</code> <small>{}</small></summary>\n"
                           "<p hidden><a class=\"download\" data-from=\"raw-{}\" download=\"{}\">Save this file</a></p>\n"
                           "<script type=\"application/json\" id=\"raw-{}\">{}</script>\n</details>\n",
                           name, bytes_text(static_cast<double>(texts[source].size())), source + 1, name, source + 1, texts[source]);
    }
    return html_section("raw", "Raw data", out);
}

} // namespace quadot::drivers::page
