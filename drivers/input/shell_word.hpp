// Words as a shell reads them back.
#pragma once

#include <string>
#include <string_view>

namespace quadot::drivers {

/// `text` as one word of a POSIX shell, whatever it contains: as it is where that is safe, otherwise in single quotes.
std::string shell_word(std::string_view text);

} // namespace quadot::drivers
