#include "drivers/page/html.hpp"

#include <algorithm>
#include <cstdint>

namespace quadot::drivers::page {

namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// The length of the UTF-8 sequence at the start of `text`, and its code point; 0 where there is none.
struct decoded {
    std::size_t length;
    std::uint32_t code;
};
decoded decode(std::string_view text) {
    const auto byte_at = [&](std::size_t k) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[k])); };
    const std::uint32_t lead = byte_at(0);
    if (lead < 0x80) return {1, lead};
    const std::size_t length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || length > text.size()) return {0, 0};
    std::uint32_t code = lead & (0x7fU >> length);
    for (std::size_t k = 1; k < length; ++k) {
        if ((byte_at(k) & 0xc0) != 0x80) return {0, 0};
        code = code << 6 | (byte_at(k) & 0x3f);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {0, 0};
    return {length, code};
}

bool shown(std::uint32_t code) {
    const bool control = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
    const bool turns_direction =
        (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
    return !control && !turns_direction && code != 0xfffe && code != 0xffff;
}

bool is_plain_list(const json& value) {
    return value.is_array() && std::none_of(value.begin(), value.end(), [](const json& each) { return each.is_structured(); });
}

void append_indented(std::string& out, const json& value, std::size_t depth) {
    constexpr auto replace = json::error_handler_t::replace;
    if (!value.is_structured() || value.empty() || is_plain_list(value)) {
        out += value.dump(-1, ' ', false, replace);
        return;
    }
    const bool object = value.is_object();
    const std::string indent(depth + 1, ' ');
    out += object ? "{" : "[";
    bool first = true;
    for (const auto& [key, each] : value.items()) {
        out += first ? "\n" : ",\n";
        first = false;
        out += indent;
        if (object) out += json(key).dump(-1, ' ', false, replace) + ": ";
        append_indented(out, each, depth + 1);
    }
    out += "\n" + std::string(depth, ' ') + (object ? "}" : "]");
}

} // namespace

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto [length, code] = decode(text);
        switch (length == 0 ? 0 : code) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            if (length == 0 || !shown(code)) {
                out += replacement;
            } else {
                out += text.substr(0, length);
            }
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string embedded_json(const json& value) {
    std::string plain;
    append_indented(plain, value, 0);
    std::string out;
    out.reserve(plain.size());
    for (const char c : plain) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
    return out;
}

} // namespace quadot::drivers::page
