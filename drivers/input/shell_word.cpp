#include "drivers/input/shell_word.hpp"

#include <algorithm>

namespace quadot::drivers {

std::string shell_word(std::string_view text) {
    constexpr std::string_view more = "_.,:@%+-/=^";
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    });
    if (plain) return std::string(text);
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''"; // out of the quotes, a quote, in again
        } else {
            out += c;
        }
    }
    return out + "'";
}

} // namespace quadot::drivers
