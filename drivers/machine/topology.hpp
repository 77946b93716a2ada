// Which CPUs are hardware threads of one core, and which memory is near them.
#pragma once

#include <string>
#include <vector>

namespace quadot::drivers {

struct cpu_place {
    int cpu;
    int core; ///< its lowest-numbered CPU: two CPUs with one core are siblings (SMT)
    int node; ///< NUMA node, as Linux counts them
    bool operator==(const cpu_place&) const = default;
};

/// Every online CPU of the running system, ascending: hwloc's word where it was built in, otherwise that of /sys. Takes milliseconds.
std::vector<cpu_place> places_here();

/// The same out of the folder sys/devices/system under `root`. Empty where there is none; without nodes all memory is node 0.
std::vector<cpu_place> places_in(const std::string& root);

/// "0-2,5" -> {0, 1, 2, 5}, as in /sys and /proc. What is no such list gives what came before the fault.
std::vector<int> parse_cpu_list(const std::string& text);

} // namespace quadot::drivers
