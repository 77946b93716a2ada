#include "drivers/data/memory.hpp"

#include "errors.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The number behind `key` in /proc-like text, in bytes.
std::uint64_t kib_after(const char* path, const std::string& key) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with(key)) continue;
        std::istringstream fields(line.substr(key.size()));
        std::uint64_t kib = 0;
        if (fields >> kib) return kib * 1024;
    }
    return unlimited;
}

std::uint64_t number_in(const char* path) {
    std::ifstream file(path);
    std::uint64_t value = 0;
    return file >> value ? value : unlimited;
}

} // namespace

memory_limit available_memory(const communicator& ranks) {
    // Simulated nodes are all this one.
    const auto sharing = static_cast<std::uint64_t>(std::max(1, ranks.simulated() ? ranks.size() : ranks.on_node().size));
    memory_limit least{kib_after("/proc/meminfo", "MemAvailable:"), "memory available on this node"};
    if (least.bytes != unlimited) least.bytes /= sharing;

    const std::uint64_t group = number_in("/sys/fs/cgroup/memory.max");
    const std::uint64_t used = number_in("/sys/fs/cgroup/memory.current");
    if (group != unlimited && used != unlimited) {
        const std::uint64_t left = (group > used ? group - used : 0) / sharing;
        if (left < least.bytes) least = {left, "this control group's memory limit"};
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        const std::uint64_t mapped = kib_after("/proc/self/status", "VmSize:");
        const std::uint64_t left = limit.rlim_cur > mapped ? limit.rlim_cur - mapped : 0;
        if (left < least.bytes) least = {left, "ulimit -v"};
    }
    return least;
}

std::string readable_bytes(double bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.2f %s", bytes, units[unit]);
    return text.data();
}

void require_memory(const communicator& ranks, double bytes, const std::string& for_what) {
    const memory_limit limit = available_memory(ranks);
    if (bytes <= static_cast<double>(limit.bytes)) return;
    throw environment_error("memory: " + for_what + " needs " + readable_bytes(bytes) + " on each rank and " +
                            readable_bytes(static_cast<double>(limit.bytes)) + " is left (" + limit.reason +
                            "); take a smaller n, more nodes, or raise the limit");
}

} // namespace quadot::drivers
