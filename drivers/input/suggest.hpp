// What an error message says about text that a user typed: the library's own words.
#pragma once

#include "spelling.hpp"

namespace quadot::drivers {

using quadot::nearest_name;
using quadot::printable;
using quadot::unknown_name_message;

} // namespace quadot::drivers
