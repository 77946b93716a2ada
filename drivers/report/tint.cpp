#include "drivers/report/tint.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace quadot::drivers {

bool color_wanted(const communicator& ranks) {
    const char* unwanted = std::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) != 0 && (unwanted == nullptr || *unwanted == '\0') && ranks.library() == "none";
}

std::string tinted(std::string_view word, tint ink, bool color) {
    if (!color || ink == tint::plain) return std::string(word);
    const int code = ink == tint::green ? 32 : ink == tint::yellow ? 33 : 31;
    return fmt::format("\x1b[{}m{}\x1b[0m", code, word);
}

} // namespace quadot::drivers
