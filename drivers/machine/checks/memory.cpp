// Where memory is, and in what pieces.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// The word in brackets of "always [madvise] never".
std::string chosen(const std::string& text) {
    const auto open = text.find('[');
    const auto close = text.find(']', open);
    return open == std::string::npos || close == std::string::npos ? text : text.substr(open + 1, close - open - 1);
}

std::set<int> nodes_of(const std::vector<int>& cpus, const std::vector<cpu_place>& places) {
    std::set<int> nodes;
    for (const auto& place : places) {
        if (std::binary_search(cpus.begin(), cpus.end(), place.cpu)) nodes.insert(place.node);
    }
    return nodes;
}

/// The policy of this process's first mapping: "default", "bind:0", "interleave:0-1", "prefer:1", … (numa(7)).
std::string memory_policy(const machine_view& view) {
    const std::string maps = view.file("/proc/self/numa_maps").value_or("");
    const auto first = maps.find(' ');
    if (first == std::string::npos) return "default";
    return maps.substr(first + 1, maps.find_first_of(" \n", first + 1) - first - 1);
}

bool disjoint(const std::set<int>& some, const std::vector<int>& others) {
    return std::none_of(others.begin(), others.end(), [&](int each) { return some.contains(each); });
}

} // namespace

std::vector<finding> check_numa(const machine_view& view) {
    std::set<int> all;
    for (const auto& place : view.places) all.insert(place.node);
    if (all.size() < 2) return all_is_well("one NUMA node");

    const rank_binding& mine = view.mine();
    const auto ours = nodes_of(mine.cpus, view.places);
    const std::string where = cpu_ranges({ours.begin(), ours.end()});
    const auto allowed = parse_cpu_list(line_after(view.file("/proc/self/status").value_or(""), "Mems_allowed_list:"));
    const std::string policy = memory_policy(view);
    const auto colon = policy.find(':');
    const std::string kind = policy.substr(0, colon);
    const auto wanted = colon == std::string::npos ? std::vector<int>{} : parse_cpu_list(policy.substr(colon + 1));
    const std::string far = "memory of another node comes through the link between sockets: less bandwidth, more latency";
    const std::string mend = view.under_mpi()
                                 ? fmt::format("mpirun -n {} --map-by numa --bind-to numa {}", view.ranks, view.command)
                                 : fmt::format("numactl --cpunodebind={} --localalloc {}", ours.empty() ? 0 : *ours.begin(), view.command);
    if (!allowed.empty() && disjoint(ours, allowed)) {
        return {warning(fmt::format("CPUs of node {}, memory of node {} only", where, cpu_ranges(allowed)), far, mend)};
    }
    if (!wanted.empty() && kind != "interleave" && disjoint(ours, wanted)) {
        return {warning(fmt::format("CPUs of node {}, memory policy {}", where, policy), far, mend)};
    }
    if (kind == "interleave") {
        return {note("memory policy " + policy, "pages lie in turn on all nodes, wherever their reader is", mend)};
    }
    const std::string bind = view.variable("OMP_PROC_BIND").value_or(view.variable("OMP_PLACES") ? "true" : "false");
    if (ours.size() > 1 && bind == "false" && mine.threads > 1) {
        return {note(fmt::format("{} on the nodes {}, free to move", counted(mine.threads, "thread"), where),
                     "a thread that moves leaves the memory that it wrote first behind",
                     fmt::format("{} {}", "OMP_PLACES=cores OMP_PROC_BIND=spread", view.command))};
    }
    return all_is_well(fmt::format("CPUs of node {}, memory policy {}", where, policy));
}

std::vector<finding> check_numa_balancing(const machine_view& view) {
    const auto state = whole_number(view.file("/proc/sys/kernel/numa_balancing").value_or("0")).value_or(0);
    std::set<int> nodes;
    for (const auto& place : view.places) nodes.insert(place.node);
    if (state == 0 || nodes.size() < 2) return all_is_well(state == 0 ? "off" : "on, with one node");
    return {note(fmt::format("on, with {}", counted(static_cast<long long>(nodes.size()), "node")),
                 "the kernel unmaps pages to see who reads them: threads stop now and then", "sudo sysctl kernel.numa_balancing=0")};
}

std::vector<finding> check_huge_pages(const machine_view& view) {
    const auto enabled = view.file("/sys/kernel/mm/transparent_hugepage/enabled");
    const std::string why = "without huge pages two Zen 4 cores read 22 GB/s from memory instead of 26";
    if (!enabled) return {note("this kernel has no transparent huge pages", why)};
    const std::string mode = chosen(*enabled);
    if (mode == "never") {
        return {warning("never", why, "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")};
    }
    const std::string defrag = chosen(view.file("/sys/kernel/mm/transparent_hugepage/defrag").value_or(""));
    if (defrag == "never") {
        return {note(mode + ", but defrag is never", "arrays get huge pages only where free memory happens to lie together",
                     "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/defrag")};
    }
    return all_is_well(mode);
}

std::vector<finding> check_swap(const machine_view& view) {
    const std::string memory = view.file("/proc/meminfo").value_or("");
    const long long total = number_after(memory, "SwapTotal:").value_or(0);
    const long long used = total - number_after(memory, "SwapFree:").value_or(total);
    const auto megabytes = [](long long kib) { return static_cast<double>(kib) * 1024e-6; };
    if (used <= 0) return all_is_well("none in use");
    return {note(fmt::format("{:.0f} of {:.0f} MB in use, {:.0f} MB of memory available", megabytes(used), megabytes(total),
                             megabytes(number_after(memory, "MemAvailable:").value_or(0))),
                 "pages that a run touches may have to come from disk", "sudo swapoff -a && sudo swapon -a")};
}

} // namespace quadot::drivers
