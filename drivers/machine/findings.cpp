#include "drivers/machine/findings.hpp"

#include "drivers/machine/checks/checks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include <nlohmann/json.hpp>

namespace quadot::drivers {

namespace {

using nlohmann::json;

constexpr std::array checks{
    check{"binding", check_scope::rank, in_drivers::no, "CPUs that each rank may use against its threads", check_binding},
    check{"smt", check_scope::node, in_drivers::no, "threads that share a core", check_smt},
    check{"numa", check_scope::rank, in_drivers::no, "memory near the threads that read it", check_numa},
    check{"numa-balancing", check_scope::node, in_drivers::no, "pages moved behind the program's back", check_numa_balancing},
    check{"other-load", check_scope::node, in_drivers::no, "CPUs that other processes use, sampled", check_other_load},
    check{"steal", check_scope::node, in_drivers::no, "time that the hypervisor gave to others, sampled", check_steal},
    check{"quota", check_scope::node, in_drivers::fully, "CPU time that the container may use", check_quota},
    check{"cpuset", check_scope::node, in_drivers::no, "CPUs that the container may use", check_cpuset},
    check{"memory-limit", check_scope::node, in_drivers::no, "memory that the container may use", check_memory_limit},
    check{"governor", check_scope::node, in_drivers::as_notes, "who chooses the clock rate", check_governor},
    check{"boost", check_scope::node, in_drivers::no, "clock rates above the nominal one", check_boost},
    check{"throttling", check_scope::node, in_drivers::no, "clock lowered by heat", check_throttling},
    check{"clock", check_scope::node, in_drivers::no, "what time is read from", check_clock},
    check{"huge-pages", check_scope::node, in_drivers::as_notes, "pages of 2 MiB for large arrays", check_huge_pages},
    check{"swap", check_scope::node, in_drivers::no, "memory on disk", check_swap},
    check{"isa", check_scope::rank, in_drivers::as_notes, "the widest instruction set that runs here", check_isa},
    check{"floating-point", check_scope::rank, in_drivers::fully, "rounding to nearest, denormals kept", check_floating_point},
    check{"openmp", check_scope::rank, in_drivers::fully, "OMP_* variables and their conflicts", check_openmp},
    check{"mpi-shared-memory", check_scope::node, in_drivers::no, "room in /dev/shm for messages inside a node", check_mpi_shared_memory},
    check{"mpi-single-copy", check_scope::node, in_drivers::no, "copies of large messages inside a node", check_mpi_single_copy},
    check{"mpi-network", check_scope::node, in_drivers::no, "what carries messages between nodes", check_mpi_network},
    check{"mpi-settings", check_scope::rank, in_drivers::no, "MCA parameters and the like", check_mpi_settings},
    check{"limits", check_scope::rank, in_drivers::no, "stack and locked memory", check_limits},
    check{"perf", check_scope::node, in_drivers::no, "the right to count events", check_perf},
    check{"variables", check_scope::rank, in_drivers::no, "QUADOT_* variables in force", check_variables},
    check{"build", check_scope::rank, in_drivers::as_notes, "an optimised build without assertions and sanitizers", check_build},
};

std::size_t place_of(std::string_view name) {
    const auto found = std::find_if(checks.begin(), checks.end(), [&](const check& each) { return each.name == name; });
    return static_cast<std::size_t>(found - checks.begin());
}

std::vector<finding> run(const check& each, const machine_view& view) {
    auto found = each.look(view);
    for (auto& one : found) one.check = each.name;
    return found;
}

/// Between ranks: text, for lengths differ.
std::string packed(const std::vector<finding>& findings) {
    json list = json::array();
    for (const auto& each : findings) {
        list.push_back({each.check, static_cast<int>(each.severity), each.what, each.why, each.remedy});
    }
    // Host names and variables may hold any bytes.
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<finding> unpacked(const std::string& text) {
    std::vector<finding> findings;
    for (const auto& each : json::parse(text)) {
        findings.push_back({each[0], static_cast<severity>(each[1].get<int>()), each[2], each[3], each[4]});
    }
    return findings;
}

} // namespace

std::string_view name_of(severity each) { return each == severity::ok ? "ok" : each == severity::note ? "note" : "warning"; }

std::span<const check> all_checks() { return checks; }

check_scope scope_of(std::string_view check_name) {
    const std::size_t place = place_of(check_name);
    return place < checks.size() ? checks.at(place).scope : check_scope::rank;
}

std::vector<finding> run_checks(const machine_view& view, bool first_on_node) {
    std::vector<finding> findings;
    for (const auto& each : checks) {
        if (each.scope == check_scope::node && !first_on_node) continue;
        for (auto& one : run(each, view)) findings.push_back(std::move(one));
    }
    return findings;
}

std::vector<finding> run_driver_checks(const machine_view& view, bool first_on_node) {
    std::vector<finding> findings;
    for (const auto& each : checks) {
        if (each.drivers == in_drivers::no || (each.scope == check_scope::node && !first_on_node)) continue;
        for (auto& one : run(each, view)) {
            if (one.severity == severity::ok) continue;
            if (each.drivers == in_drivers::as_notes) one.severity = severity::note;
            // Notes about variables and the like belong to the doctor; before every run they would only be in the way.
            if (each.drivers == in_drivers::fully && one.severity == severity::note) continue;
            findings.push_back(std::move(one));
        }
    }
    return findings;
}

std::vector<shared_finding> gather_findings(const communicator& ranks, const std::vector<finding>& mine) {
    std::vector<finding> sent;
    for (const auto& each : mine) {
        if (each.severity != severity::ok || ranks.rank() == 0) sent.push_back(each);
    }
    const std::string text = packed(sent);
    const auto longest = static_cast<std::size_t>(ranks.maximum(static_cast<double>(text.size())));
    std::vector<std::byte> message(longest);
    std::memcpy(message.data(), text.data(), text.size());
    const auto all = ranks.allgather(message);

    std::vector<shared_finding> shared;
    for (int rank = 0; rank < ranks.size(); ++rank) {
        const auto* const start = reinterpret_cast<const char*>(all.data()) + static_cast<std::size_t>(rank) * longest;
        for (auto& each : unpacked(std::string(start, ::strnlen(start, longest)))) {
            const auto same =
                std::find_if(shared.begin(), shared.end(), [&](const shared_finding& other) { return other.finding == each; });
            if (same == shared.end()) {
                shared.push_back({std::move(each), {rank}});
            } else if (same->ranks.back() != rank) {
                same->ranks.push_back(rank);
            }
        }
    }
    std::set<std::string> troubled;
    for (const auto& each : shared) {
        if (each.finding.severity != severity::ok) troubled.insert(each.finding.check);
    }
    std::erase_if(
        shared, [&](const shared_finding& each) { return each.finding.severity == severity::ok && troubled.contains(each.finding.check); });
    std::stable_sort(shared.begin(), shared.end(), [](const shared_finding& a, const shared_finding& b) {
        return place_of(a.finding.check) < place_of(b.finding.check);
    });
    return shared;
}

std::string describe_where(const shared_finding& each, const std::vector<rank_binding>& ranks) {
    std::set<std::string> all_hosts;
    for (const auto& rank : ranks) all_hosts.insert(rank.host);
    std::vector<std::string> hosts; // in the order of ranks
    for (const int rank : each.ranks) {
        const std::string& host = ranks.at(static_cast<std::size_t>(rank)).host;
        if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
    }
    std::string nodes;
    constexpr std::size_t shown = 3;
    for (std::size_t k = 0; k < std::min(shown, hosts.size()); ++k) nodes += (k == 0 ? "" : ", ") + hosts[k];
    if (hosts.size() > shown) nodes += " and " + std::to_string(hosts.size() - shown) + " more";
    if (scope_of(each.finding.check) == check_scope::node) {
        if (all_hosts.size() == 1) return "";
        return hosts.size() == all_hosts.size() ? "all nodes" : (hosts.size() == 1 ? "node " : "nodes ") + nodes;
    }
    if (ranks.size() == 1) return "";
    if (each.ranks.size() == ranks.size()) return "all ranks";
    return (each.ranks.size() == 1 ? "rank " : "ranks ") + cpu_ranges(each.ranks) + (all_hosts.size() == 1 ? "" : " on " + nodes);
}

} // namespace quadot::drivers
