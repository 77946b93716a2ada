// What this process was granted: by its control group (a container, a batch job), by ulimit, by the kernel's settings.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// Folders of this process's control group and of those around it, innermost first, that may hold files of `controller`: of version 2, and
/// of version 1, where each controller has its own tree (cgroups(7)).
std::vector<std::string> group_folders(const machine_view& view, const std::string& controller) {
    std::vector<std::string> folders;
    std::istringstream lines(view.file("/proc/self/cgroup").value_or("0::/"));
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool unified = controllers.empty();
        if (!unified && ("," + controllers + ",").find("," + controller + ",") == std::string::npos) continue;
        // A container sees its own group as the root, though /proc may give the path outside: each level is tried.
        std::string path = line.substr(second + 1);
        while (true) {
            if (path == "/") path.clear();
            if (unified) {
                folders.push_back("/sys/fs/cgroup" + path + "/");
            } else {
                folders.push_back("/sys/fs/cgroup/" + controllers + path + "/");
                if (controllers != controller) folders.push_back("/sys/fs/cgroup/" + controller + path + "/");
            }
            if (path.empty()) break;
            path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
        }
    }
    return folders;
}

/// CPUs' worth of time in the folder: "200000 100000" in cpu.max is 2. 0: no quota.
double quota_in(const machine_view& view, const std::string& folder) {
    double quota = 0;
    double period = 0;
    if (const auto limit = view.file(folder + "cpu.max")) {
        std::istringstream(*limit) >> quota >> period; // "max 100000" leaves both 0
    } else {
        quota = static_cast<double>(whole_number(view.file(folder + "cpu.cfs_quota_us").value_or("")).value_or(0));
        period = static_cast<double>(whole_number(view.file(folder + "cpu.cfs_period_us").value_or("")).value_or(0));
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

} // namespace

std::vector<finding> check_quota(const machine_view& view) {
    double least = 0;
    for (const auto& folder : group_folders(view, "cpu")) {
        const double here = quota_in(view, folder);
        if (here > 0 && (least == 0 || here < least)) least = here;
    }
    if (least == 0) return all_is_well("none");
    const int threads = view.threads_on_node();
    const int cpus = view.cpus_on_node();
    const std::string what =
        fmt::format("{:.3g} CPUs' worth of time for {} on {}", least, counted(threads, "thread"), counted(cpus, "CPU"));
    const std::string why = "once it is used up, all threads stand still for the rest of a 100 ms period";
    const int fitting = std::max(1, static_cast<int>(least) / static_cast<int>(view.neighbours().size()));
    if (least < threads) {
        return {warning(what, why,
                        fmt::format("OMP_NUM_THREADS={} {}   # or a larger quota: docker run --cpus {}", fitting, view.command, cpus))};
    }
    if (least < cpus) return {note(what, why, fmt::format("docker run --cpus {}", cpus))};
    return all_is_well(what);
}

std::vector<finding> check_cpuset(const machine_view& view) {
    const auto online = parse_cpu_list(view.file("/sys/devices/system/cpu/online").value_or(""));
    for (const auto& folder : group_folders(view, "cpuset")) {
        for (const char* name : {"cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"}) {
            const auto text = view.file(folder + name);
            if (!text || text->empty()) continue;
            const auto granted = parse_cpu_list(*text);
            if (granted.size() >= online.size()) return all_is_well("all CPUs");
            return {note(fmt::format("{} ({}) of {}", counted(static_cast<long long>(granted.size()), "CPU"), *text, online.size()),
                         "the rest of this node belongs to others, and so do its caches and memory in part",
                         "sbatch --exclusive   # or docker run --cpuset-cpus " + cpu_ranges(online))};
        }
    }
    return all_is_well("all CPUs");
}

std::vector<finding> check_memory_limit(const machine_view& view) {
    const double total = static_cast<double>(number_after(view.file("/proc/meminfo").value_or(""), "MemTotal:").value_or(0)) * 1024;
    double least = 0;
    double used = 0;
    for (const auto& folder : group_folders(view, "memory")) {
        for (const auto& [limit_name, used_name] :
             {std::pair{"memory.max", "memory.current"}, std::pair{"memory.limit_in_bytes", "memory.usage_in_bytes"}}) {
            const double limit = static_cast<double>(whole_number(view.file(folder + limit_name).value_or("")).value_or(0));
            if (limit <= 0 || (least > 0 && limit >= least)) continue;
            least = limit;
            used = static_cast<double>(whole_number(view.file(folder + used_name).value_or("")).value_or(0));
        }
    }
    if (least == 0 || least >= total) return all_is_well("none below the memory of the machine");
    return {note(fmt::format("{:.2f} GB of {:.2f} GB, {:.2f} in use", least * 1e-9, total * 1e-9, used * 1e-9),
                 "a run that needs more is killed without a word", "sbatch --mem=0   # all of a node; or docker run --memory with more")};
}

std::vector<finding> check_limits(const machine_view& view) {
    std::vector<finding> found;
    const auto readable = [](std::uint64_t bytes) { return fmt::format("{:.0f} KiB", static_cast<double>(bytes) / 1024); };
    if (view.stack_limit < std::uint64_t{1} << 20) {
        found.push_back(note("stack of " + readable(view.stack_limit), "expressions nested deeply may run out of it", "ulimit -s 8192"));
    }
    // Network cards read and write memory that must stay where it is.
    const bool network = !view.folder("/sys/class/infiniband").empty();
    if (network && view.locked_limit < std::uint64_t{64} << 20) {
        found.push_back((view.nodes() > 1 ? warning : note)("locked memory of " + readable(view.locked_limit),
                                                            "the network card's library falls back to TCP, or refuses to start",
                                                            "ulimit -l unlimited   # or ask for it in /etc/security/limits.conf"));
    }
    return found.empty() ? all_is_well("stack and locked memory suffice") : found;
}

std::vector<finding> check_perf(const machine_view& view) {
    const auto level = whole_number(view.file("/proc/sys/kernel/perf_event_paranoid").value_or(""));
    if (!level) return {note("this kernel counts no events", "perf stat and the like cannot explain a figure")};
    if (*level <= 2) return all_is_well(fmt::format("perf_event_paranoid {}: own processes can be counted", *level));
    return {note(fmt::format("perf_event_paranoid {}", *level), "perf stat cannot count what our own processes do",
                 "sudo sysctl kernel.perf_event_paranoid=2")};
}

} // namespace quadot::drivers
