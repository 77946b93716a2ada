// Numbers of things, in English.
#pragma once

#include <string>

namespace quadot::drivers {

/// "1 CPU", "2 CPUs": for nouns that take an s.
template <class Count>
std::string counted(Count count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace quadot::drivers
