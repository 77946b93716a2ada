#include "drivers/machine/topology.hpp"

#include "drivers/machine/system_files.hpp"

#include <charconv>
#include <map>

namespace quadot::drivers {

std::vector<int> parse_cpu_list(const std::string& text) {
    constexpr int most = 1 << 16; // a damaged file must not fill the memory
    std::vector<int> cpus;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        int first = 0;
        auto [after, failure] = std::from_chars(at, end, first);
        if (failure != std::errc{} || first < 0 || first >= most) break;
        int last = first;
        if (after != end && *after == '-') {
            const auto range = std::from_chars(after + 1, end, last);
            if (range.ec != std::errc{} || last < first || last >= most) break;
            after = range.ptr;
        }
        for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
        if (after == end || *after != ',') break;
        at = after + 1;
    }
    return cpus;
}

std::vector<cpu_place> places_in(const std::string& root) {
    const std::string folder = root + "/sys/devices/system/";
    std::map<int, int> node_of;
    for (const int node : parse_cpu_list(read_text(folder + "node/online").value_or(""))) {
        for (const int cpu : parse_cpu_list(read_text(folder + "node/node" + std::to_string(node) + "/cpulist").value_or(""))) {
            node_of[cpu] = node;
        }
    }
    std::vector<cpu_place> places;
    for (const int cpu : parse_cpu_list(read_text(folder + "cpu/online").value_or(""))) {
        const auto siblings =
            parse_cpu_list(read_text(folder + "cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list").value_or(""));
        const auto node = node_of.find(cpu);
        places.push_back({cpu, siblings.empty() ? cpu : siblings.front(), node == node_of.end() ? 0 : node->second});
    }
    return places;
}

} // namespace quadot::drivers
