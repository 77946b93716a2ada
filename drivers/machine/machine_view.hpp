// What the checks of `quadot doctor` look at: files under a root, the environment, and what only system calls tell. All of it can be
// made up, so that each trouble can be shown to be found.
#pragma once

#include "drivers/machine/binding.hpp"
#include "drivers/machine/topology.hpp"
#include "ranks/communicator.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// How this process's threads round.
struct floating_point_state {
    bool flushes_results = false;   ///< FTZ: results below the smallest normal number become 0
    bool ignores_denormals = false; ///< DAZ: operands below it count as 0
    bool rounds_to_nearest = true;
};

struct built_isa {
    std::string name;
    bool built;
    bool runs; ///< on this CPU and operating system
};

struct machine_view {
    /// In front of /proc, /sys and /etc: "" is the running system.
    std::string root;
    std::map<std::string, std::string> variables; ///< the environment

    int rank = 0;
    int ranks = 1;
    int threads = 1;                ///< that this rank will use
    bool threads_by_option = false; ///< --threads was given: OMP_NUM_THREADS does not count
    std::string mpi = "none";       ///< the library's name, "none" for a process alone
    std::string command;            ///< this program's command line
    binding_verdict binding;        ///< of all ranks
    std::vector<cpu_place> places;  ///< of every CPU; empty in the cheap view

    std::string build_type = "Release";
    std::string build_flags;     ///< of the compiler
    std::string sanitizers;      ///< built in; empty: none
    std::vector<built_isa> isas; ///< widest last
    std::string isa_selected;
    std::string isa_failure; ///< why the one that QUADOT_ISA names cannot be used

    floating_point_state floating_point;

    static constexpr std::uint64_t unlimited = ~std::uint64_t{0};
    std::uint64_t shared_memory_total = unlimited; ///< bytes of /dev/shm; 0: there is none
    std::uint64_t shared_memory_free = unlimited;
    bool shared_memory_writable = true;
    std::uint64_t stack_limit = unlimited;  ///< bytes
    std::uint64_t locked_limit = unlimited; ///< bytes

    /// /proc/stat twice, with about 100 ms of sleep between; empty in the cheap view.
    std::string stat_before;
    std::string stat_after;

    /// The text of the file at root + path, without its last line's end.
    [[nodiscard]] std::optional<std::string> file(const std::string& path) const;
    [[nodiscard]] bool exists(const std::string& path) const;
    /// Names in the folder at root + path, sorted; empty where there is none.
    [[nodiscard]] std::vector<std::string> folder(const std::string& path) const;
    [[nodiscard]] std::optional<std::string> variable(const std::string& name) const;

    [[nodiscard]] const rank_binding& mine() const;
    /// All ranks on this rank's node, itself among them.
    [[nodiscard]] std::vector<const rank_binding*> neighbours() const;
    [[nodiscard]] int threads_on_node() const;
    [[nodiscard]] int nodes() const;
    [[nodiscard]] bool under_mpi() const { return mpi != "none"; }
    /// CPUs of the node that are online.
    [[nodiscard]] int cpus_on_node() const;
};

/// What costs less than a millisecond: no topology, no samples.
machine_view look_cheaply(const communicator& ranks, const binding_verdict& binding, int threads, const std::string& command);

/// Collective, for all ranks sleep at the same time while the node's load is sampled. About 120 ms.
machine_view look_thoroughly(const communicator& ranks, const binding_verdict& binding, int threads, const std::string& command);

} // namespace quadot::drivers
