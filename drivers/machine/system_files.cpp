#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

namespace quadot::drivers {

namespace {

std::string_view stripped(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

} // namespace

std::optional<std::string> read_text(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text(4096, '\0');
    std::size_t length = 0;
    // Files in /proc have no size before they are read.
    while (file.read(text.data() + length, static_cast<std::streamsize>(text.size() - length)) || file.gcount() > 0) {
        length += static_cast<std::size_t>(file.gcount());
        if (length >= most) break;
        if (length == text.size()) text.resize(2 * length);
    }
    if (length == 0 && file.bad()) return std::nullopt;
    text.resize(length);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

std::optional<long long> whole_number(const std::string& text) {
    const std::string_view digits = stripped(text);
    long long value = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::string line_after(const std::string& text, const std::string& key) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line(text.data() + at, end - at);
        if (line.starts_with(key)) return std::string(stripped(line.substr(key.size())));
        at = end + 1;
    }
    return "";
}

std::optional<long long> number_after(const std::string& text, const std::string& key) {
    const std::string rest = line_after(text, key);
    long long value = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), value).ec != std::errc{}) return std::nullopt;
    return value;
}

} // namespace quadot::drivers
