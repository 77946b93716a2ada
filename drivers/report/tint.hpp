// Verdict words in color, for those who read them on a terminal.
#pragma once

#include "ranks/communicator.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quadot::drivers {

enum class tint : std::uint8_t { plain, green, yellow, red };

/// Whether standard output is a terminal whose user wants colors: NO_COLOR unset or empty (no-color.org), and no launcher between, since mpirun
/// gives rank 0 a terminal whose other end may well be a file.
bool color_wanted(const communicator& ranks);

/// `word` between ECMA-48's sequences (section 8.3.117, SGR) if `color`, and `word` alone if not. They have no width on the screen but a length in a
/// string: what is to be padded is padded outside.
std::string tinted(std::string_view word, tint ink, bool color);

} // namespace quadot::drivers
