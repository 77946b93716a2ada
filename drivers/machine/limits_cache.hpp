// The limits of each host, as `quadot machine` last measured them.
#pragma once

#include "drivers/machine/limits.hpp"

#include <optional>
#include <string>

namespace quadot::drivers {

/// Where those of `host` are kept: QUADOT_CACHE, or quadot/ in the user's cache folder (XDG_CACHE_HOME, ~/.cache). Empty: there is no home.
std::string limits_file(const std::string& host);

/// Those of this host and CPU model; nothing where they were never measured, or by a program of another version of the format.
std::optional<machine_limits> known_limits(const std::string& host, const std::string& cpu);

/// Throws error: environment if the folder or the file cannot be written.
void remember_limits(const machine_limits& limits);

} // namespace quadot::drivers
