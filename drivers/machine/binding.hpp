// Which CPUs each rank may use, and whether that spoils the run.
//
// Open MPI 4.1 binds each rank to one core when there are one or two ranks: OpenMP then has one CPU for all of a rank's
// threads, and a hybrid run silently becomes a serial one.
#pragma once

#include "ranks/communicator.hpp"

#include <string>
#include <vector>

namespace quadot::drivers {

struct rank_binding {
    int rank;
    std::string host;
    int threads;           ///< that this rank will use
    std::vector<int> cpus; ///< that it may run on
    int cpus_on_host;
};

struct binding_verdict {
    std::vector<rank_binding> ranks;
    /// One line each; empty: nothing spoils the run.
    std::vector<std::string> warnings;
    /// The command line that mends it; empty if there is nothing to mend.
    std::string remedy;

    [[nodiscard]] bool good() const { return warnings.empty(); }
};

/// Judges bindings gathered from all ranks; `command` is this program's command line, for the remedy.
binding_verdict judge_binding(std::vector<rank_binding> ranks, bool launched_by_mpi, const std::string& command);

/// Collective: every rank's binding, judged, on every rank; an empty verdict where ranks are simulated.
binding_verdict inspect_binding(const communicator& ranks, int threads, const std::string& command);

/// CPUs that this process may run on, ascending.
std::vector<int> allowed_cpus();

/// {0, 1, 2, 5} -> "0-2,5".
std::string cpu_ranges(const std::vector<int>& cpus);

} // namespace quadot::drivers
