// OpenMP's variables (OpenMP 5.0, chapter 6) and those of its implementations.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"
#include "execution.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

std::string lowered(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// Whether another rank on this node may run on one of this rank's CPUs.
bool shares_cpus(const machine_view& view) {
    const rank_binding& mine = view.mine();
    for (const rank_binding* other : view.neighbours()) {
        if (other->rank == mine.rank) continue;
        for (const int cpu : other->cpus) {
            if (std::binary_search(mine.cpus.begin(), mine.cpus.end(), cpu)) return true;
        }
    }
    return false;
}

/// OMP_NUM_THREADS asks for more than the rank's CPUs, and fewer were started: without this the run would only seem to scale badly.
finding lost_threads(const machine_view& view, int wanted) {
    const rank_binding& mine = view.mine();
    const std::string what = fmt::format("OMP_NUM_THREADS={}, but {} to run on: {} started", wanted,
                                         counted(static_cast<long long>(mine.cpus.size()), "CPU"), counted(view.threads, "thread"));
    const std::string why = "the others would only wait for each other";
    // Without a launcher it was the user, by taskset, or a container.
    if (!view.under_mpi()) return note(what, why, fmt::format("OMP_NUM_THREADS={} {}", view.threads, view.command));
    const auto neighbours = static_cast<int>(view.neighbours().size());
    const int room = std::max(1, view.cpus_on_node() / wanted); // ranks with that many threads
    const int ranks = neighbours <= room ? view.ranks : room * view.nodes();
    const int threads = std::min(wanted, view.cpus_on_node());
    return warning(what, why,
                   fmt::format("mpirun -n {} --use-hwthread-cpus --map-by slot:PE={} -x OMP_NUM_THREADS={} {}", ranks, threads, threads,
                               view.command));
}

} // namespace

std::vector<finding> check_openmp(const machine_view& view) {
    std::vector<finding> found;
    const auto numbers = view.variable("OMP_NUM_THREADS");
    const std::string bind = lowered(view.variable("OMP_PROC_BIND").value_or(""));
    const auto places = view.variable("OMP_PLACES");
    const auto gnu_affinity = view.variable("GOMP_CPU_AFFINITY");
    const bool binds = bind.empty() ? places || gnu_affinity : bind != "false";

    if (view.under_mpi() && !numbers) {
        found.push_back(note(fmt::format("OMP_NUM_THREADS is not set under mpirun: {} a rank", counted(view.threads, "thread")),
                             "the launcher's binding decides, and another node may decide otherwise",
                             fmt::format("mpirun -n {} -x OMP_NUM_THREADS={} {}", view.ranks, view.threads, view.command)));
    }
    const std::string first_level = numbers.value_or("").substr(0, numbers.value_or("").find(','));
    if (const auto wanted = whole_number(first_level);
        wanted && *wanted > view.threads && *wanted <= maximum_threads && !view.threads_by_option) {
        found.push_back(lost_threads(view, static_cast<int>(*wanted)));
    }
    if (binds && shares_cpus(view)) {
        found.push_back(
            warning(fmt::format("{} binds the threads of every rank to the same CPUs", !bind.empty() ? "OMP_PROC_BIND=" + bind
                                                                                       : places      ? "OMP_PLACES=" + *places
                                                                                                : "GOMP_CPU_AFFINITY=" + *gnu_affinity),
                    "each rank counts from the first CPU that it may use, and ranks on one node may use the same",
                    fmt::format("mpirun -n {} --map-by slot:PE={} --bind-to core {}", view.ranks, view.threads, view.command)));
    }
    if ((bind == "master" || bind == "primary") && view.threads > 1) {
        const std::string first = lowered(places.value_or("")).substr(0, 4);
        const bool wide = first == "sock" || first == "numa" || first == "ll_c";
        if (!wide) {
            found.push_back(
                warning(fmt::format("OMP_PROC_BIND={} puts {} into the first one's place", bind, counted(view.threads, "thread")),
                        "they run one after the other", "export OMP_PROC_BIND=close"));
        }
    }
    if (bind == "false" && (places || gnu_affinity)) {
        found.push_back(
            note(fmt::format("OMP_PROC_BIND=false undoes {}", places ? "OMP_PLACES=" + *places : "GOMP_CPU_AFFINITY=" + *gnu_affinity),
                 "threads move between CPUs all the same", "export OMP_PROC_BIND=close"));
    } else if (gnu_affinity && (places || !bind.empty())) {
        found.push_back(note(fmt::format("GOMP_CPU_AFFINITY={} besides {}", *gnu_affinity, places ? "OMP_PLACES" : "OMP_PROC_BIND"),
                             "only one of them counts", "unset GOMP_CPU_AFFINITY"));
    }
    if (lowered(view.variable("OMP_DYNAMIC").value_or("")) == "true") {
        found.push_back(warning("OMP_DYNAMIC=true", "the runtime may start fewer threads than a report says, depending on the load",
                                "unset OMP_DYNAMIC"));
    }
    if (const auto limit = whole_number(view.variable("OMP_THREAD_LIMIT").value_or("")); limit && *limit < view.threads) {
        found.push_back(warning(fmt::format("OMP_THREAD_LIMIT={} for {}", *limit, counted(view.threads, "thread")),
                                "fewer threads run than a report says", "unset OMP_THREAD_LIMIT"));
    }
    if (const auto levels = whole_number(view.variable("OMP_MAX_ACTIVE_LEVELS").value_or("")); levels && *levels < 1 && view.threads > 1) {
        found.push_back(warning(fmt::format("OMP_MAX_ACTIVE_LEVELS={}", *levels), "every parallel region runs on one thread",
                                "unset OMP_MAX_ACTIVE_LEVELS"));
    }
    const std::string waiting = lowered(view.variable("OMP_WAIT_POLICY").value_or(""));
    if (waiting == "active" && view.threads_on_node() > view.cpus_on_node()) {
        found.push_back(warning("OMP_WAIT_POLICY=active with more threads than CPUs", "waiting threads hold the CPUs that others need",
                                "unset OMP_WAIT_POLICY"));
    }
    if (waiting == "passive" && view.threads > 1) {
        found.push_back(
            note("OMP_WAIT_POLICY=passive", "threads fall asleep between two runs: small problems seem slow", "unset OMP_WAIT_POLICY"));
    }
    return found.empty() ? all_is_well("no variable spoils a run") : found;
}

} // namespace quadot::drivers
