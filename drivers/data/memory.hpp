// Whether data will fit, asked before anything is allocated.
#pragma once

#include "ranks/communicator.hpp"

#include <cstdint>
#include <string>

namespace quadot::drivers {

/// Bytes that this process may still use: the least of available memory shared by the node's ranks, the control group's limit, and
/// the address-space limit (ulimit -v).
struct memory_limit {
    std::uint64_t bytes;
    std::string reason; ///< "memory available on this node", "ulimit -v", …
};
memory_limit available_memory(const communicator& ranks);

/// 1234567890 -> "1.15 GiB".
std::string readable_bytes(double bytes);

/// Throws error: environment, naming what is needed and what there is, if `bytes` on this rank cannot fit.
void require_memory(const communicator& ranks, double bytes, const std::string& for_what);

} // namespace quadot::drivers
