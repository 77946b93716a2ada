// Whether a sum over ranks was measured at all.
#pragma once

#include "drivers/machine/limits.hpp"

#include <string>
#include <vector>

namespace quadot::drivers {

/// Why `found` cannot be the time of a sum over its ranks; empty if it can. `smaller`: sums over fewer ranks that could be; `messages`: between pairs
/// of the same ranks. A sum over ranks is at least one message, and over many ranks not much faster than over few: it has ceil(log2 p) rounds
/// (Thakur, Rabenseifner & Gropp 2005, section 4.5).
std::string doubt_of(const allreduce_limit& found, const std::vector<allreduce_limit>& smaller, const std::vector<message_limit>& messages);

} // namespace quadot::drivers
