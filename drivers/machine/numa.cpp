#include "drivers/machine/numa.hpp"

#include "drivers/machine/binding.hpp"
#include "drivers/machine/topology.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <sched.h>

namespace quadot::drivers {

std::vector<numa_domain> numa_domains() {
    const std::vector<int> allowed = allowed_cpus();
    std::map<int, std::vector<int>> domains;
    for (const cpu_place& place : places_here()) {
        if (std::binary_search(allowed.begin(), allowed.end(), place.cpu)) domains[place.node].push_back(place.cpu);
    }
    std::vector<numa_domain> found;
    for (auto& [number, cpus] : domains) found.push_back({number, std::move(cpus)});
    return found;
}

bool run_on(const std::vector<int>& cpus) {
    const auto most = static_cast<std::size_t>(cpus.empty() ? 0 : cpus.back() + 1);
    cpu_set_t* set = CPU_ALLOC(most);
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    CPU_ZERO_S(bytes, set);
    for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), bytes, set);
    const bool done = ::sched_setaffinity(0, bytes, set) == 0;
    CPU_FREE(set);
    return done;
}

} // namespace quadot::drivers
