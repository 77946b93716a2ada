// The memory's domains (NUMA nodes) and the CPUs beside each.
#pragma once

#include <vector>

namespace quadot::drivers {

struct numa_domain {
    int number;
    std::vector<int> cpus; ///< those that this process may run on
};

/// Domains with CPUs that this process may run on, ascending. One or none: there is nothing to tell apart.
std::vector<numa_domain> numa_domains();

/// Binds the calling thread; false if the system refuses.
bool run_on(const std::vector<int>& cpus);

} // namespace quadot::drivers
