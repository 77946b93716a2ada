// The small text files in which Linux says how it is set up.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace quadot::drivers {

/// The file's text without its last line's end, of a long one about the first `most` bytes; nothing where it cannot be read.
std::optional<std::string> read_text(const std::string& path, std::size_t most = std::size_t{1} << 20);

/// A whole number that is all of `text`; nothing for anything else ("max", "unlimited", too large for the type).
std::optional<long long> whole_number(const std::string& text);

/// The number after `key` in text of lines such as "SwapTotal:  123 kB"; nothing where there is none.
std::optional<long long> number_after(const std::string& text, const std::string& key);

/// The rest of the line that starts with `key`, without the blanks around it; empty where there is none.
std::string line_after(const std::string& text, const std::string& key);

} // namespace quadot::drivers
