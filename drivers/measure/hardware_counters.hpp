// The CPU's own counters, where the kernel lets us read them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace quadot::drivers {

/// Cycles, instructions and cache misses of a run, of user code alone, all of this process's OpenMP threads.
struct hardware_counts {
    double cycles{};
    double instructions{};
    double cache_misses{};
};

/// Runs `work` `iterations` times on a team of up to `threads` threads that already exists, and counts. Nothing where the kernel refuses
/// (perf_event_paranoid above 2, containers, virtual machines without counters) or the counters were shared with others' for part of the time.
std::optional<hardware_counts> count_events(int threads, std::uint64_t iterations, const std::function<double()>& work);

} // namespace quadot::drivers
