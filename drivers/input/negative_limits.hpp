// Limits that look like options.
#pragma once

#include <string>
#include <vector>

namespace quadot::drivers {

/// Constant expressions such as -pi/2 or -inf start like options, and so does the integrand -x^2; in parentheses they cannot be mistaken.
/// Numbers need no help, and neither does what follows an option.
std::vector<std::string> protect_negative_limits(std::vector<std::string> words);

} // namespace quadot::drivers
