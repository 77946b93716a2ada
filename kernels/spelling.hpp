// What an error message says about text that a user typed: the nearest right name, and the text itself on one
// line.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace quadot {

/// `text` fit for a one-line message: control bytes and malformed UTF-8 become `\xNN`, and what is longer
/// than `longest` bytes is cut and ends in "...". Inline, so that the parsers that only report text need
/// nothing else from here.
[[nodiscard]] inline std::string printable(std::string_view text, std::size_t longest = 80) {
    static constexpr char hex[] = "0123456789abcdef";
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::string line;
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char lead = byte_at(i);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        bool plain = length > 0 && length <= text.size() - i && lead >= 0x20 && lead != 0x7f;
        for (std::size_t k = 1; plain && k < length; ++k) plain = (byte_at(i + k) & 0xc0) == 0x80;
        // U+0080 to U+009F are control characters too: some terminals act on them.
        if (plain && lead == 0xc2 && byte_at(i + 1) < 0xa0) plain = false;
        const std::string piece = plain ? std::string(text.substr(i, length)) : std::string{'\\', 'x', hex[lead >> 4], hex[lead & 15]};
        if (line.size() + piece.size() > longest) return line + "...";
        line += piece;
        i += plain ? length : 1;
    }
    return line;
}

/// The member of `known` that a user who typed `wanted` most likely meant, or an empty string when none is
/// near. Near: at most a third of the longer name's letters wrong (Damerau-Levenshtein distance, at most 3;
/// upper and lower case are the same letter), or else an abbreviation of three letters or more, or a name
/// with a tail. The first of equals wins. Cost: |wanted| * |name| for each name of about the same length.
[[nodiscard]] std::string nearest_name(std::string_view wanted, std::span<const std::string> known);

/// "unknown rule 'simpsn'; did you mean 'simpson'? (one of: left, right, ...)".
/// Without a near name, "unknown rule 'foo'; use one of: left, right, ...".
[[nodiscard]] std::string unknown_name_message(std::string_view what, std::string_view wanted, std::span<const std::string> known);

} // namespace quadot
