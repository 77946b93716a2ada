#include "drivers/machine/numa.hpp"

#include "drivers/machine/binding.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include <sched.h>

namespace quadot::drivers {

std::vector<int> parse_cpu_ranges(const char* text) {
    std::vector<int> cpus;
    while (*text >= '0' && *text <= '9') {
        char* end = nullptr;
        const long first = std::strtol(text, &end, 10);
        long last = first;
        if (*end == '-') last = std::strtol(end + 1, &end, 10);
        for (long cpu = first; cpu <= last; ++cpu) cpus.push_back(static_cast<int>(cpu));
        text = *end == ',' ? end + 1 : end;
    }
    return cpus;
}

std::vector<numa_domain> numa_domains() {
    const std::vector<int> allowed = allowed_cpus();
    std::ifstream online("/sys/devices/system/node/online");
    std::string numbers;
    std::getline(online, numbers);
    std::vector<numa_domain> domains;
    for (const int number : parse_cpu_ranges(numbers.c_str())) {
        std::ifstream file("/sys/devices/system/node/node" + std::to_string(number) + "/cpulist");
        std::string list;
        std::getline(file, list);
        numa_domain domain{number, parse_cpu_ranges(list.c_str())};
        std::erase_if(domain.cpus, [&](int cpu) { return !std::binary_search(allowed.begin(), allowed.end(), cpu); });
        if (!domain.cpus.empty()) domains.push_back(std::move(domain));
    }
    return domains;
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
