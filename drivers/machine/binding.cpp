#include "drivers/machine/binding.hpp"

#include "drivers/report/counted.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include <omp.h>
#include <sched.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

constexpr int most_cpus = 2048;

/// A rank's binding as plain data, for the collective.
struct binding_message {
    std::array<char, 128> host;
    int threads;
    int cpus_on_host;
    std::array<std::uint64_t, most_cpus / 64> mask;
};

} // namespace

std::vector<int> allowed_cpus() {
    std::vector<int> cpus;
    // Where OpenMP binds, this thread sits in the first place alone, and its own mask says nothing of the others'.
    if (omp_get_proc_bind() != omp_proc_bind_false && omp_get_num_places() > 0) {
        std::set<int> places;
        for (int place = 0; place < omp_get_num_places(); ++place) {
            std::vector<int> ids(static_cast<std::size_t>(omp_get_place_num_procs(place)));
            if (!ids.empty()) omp_get_place_proc_ids(place, ids.data());
            places.insert(ids.begin(), ids.end());
        }
        for (const int cpu : places) {
            if (cpu < most_cpus) cpus.push_back(cpu);
        }
        return cpus;
    }
    cpu_set_t* set = CPU_ALLOC(most_cpus);
    const std::size_t bytes = CPU_ALLOC_SIZE(most_cpus);
    CPU_ZERO_S(bytes, set);
    if (::sched_getaffinity(0, bytes, set) == 0) {
        for (int cpu = 0; cpu < most_cpus; ++cpu) {
            if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set)) cpus.push_back(cpu);
        }
    }
    CPU_FREE(set);
    return cpus;
}

std::string cpu_ranges(const std::vector<int>& cpus) {
    std::string text;
    for (std::size_t k = 0; k < cpus.size();) {
        std::size_t last = k;
        while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
        if (!text.empty()) text += ',';
        text += std::to_string(cpus[k]);
        if (last > k) text += '-' + std::to_string(cpus[last]);
        k = last + 1;
    }
    return text;
}

namespace {

/// The command with another number behind --threads, where it has one: the variable would not be heeded.
std::string with_threads(const std::string& command, int threads) {
    static constexpr std::string_view option = "--threads";
    const std::size_t at = command.find(option);
    if (at == std::string::npos || at + option.size() >= command.size()) return command;
    const std::size_t value = at + option.size() + 1;
    return command.substr(0, value) + std::to_string(threads) + command.substr(std::min(command.find(' ', value), command.size()));
}

} // namespace

binding_verdict judge_binding(std::vector<rank_binding> ranks, bool launched_by_mpi, const std::string& command) {
    binding_verdict verdict;
    std::map<std::string, std::vector<const rank_binding*>> hosts;
    for (const auto& rank : ranks) hosts[rank.host].push_back(&rank);

    bool bound_too_tight = false;
    bool too_many = false;
    int cpus_on_host = 0;
    int most_ranks_on_host = 0;
    int most_threads = 1;
    for (const auto& [host, here] : hosts) {
        std::set<int> all;
        int threads = 0;
        bool crowded = false;
        for (const rank_binding* rank : here) {
            all.insert(rank->cpus.begin(), rank->cpus.end());
            threads += rank->threads;
            most_threads = std::max(most_threads, rank->threads);
            if (rank->threads > static_cast<int>(rank->cpus.size())) {
                crowded = true;
                verdict.warnings.push_back("rank " + std::to_string(rank->rank) + " on " + host + ": its " +
                                           counted(static_cast<std::size_t>(rank->threads), "thread") + " share " +
                                           counted(rank->cpus.size(), "CPU") + " (" + cpu_ranges(rank->cpus) +
                                           "): they run one after the other");
            }
        }
        cpus_on_host = std::max(cpus_on_host, here.front()->cpus_on_host);
        most_ranks_on_host = std::max(most_ranks_on_host, static_cast<int>(here.size()));
        if (threads > here.front()->cpus_on_host) {
            too_many = true;
            verdict.warnings.push_back(host + ": " + std::to_string(threads) + " threads in " + counted(here.size(), "rank") + " on " +
                                       counted(static_cast<std::size_t>(here.front()->cpus_on_host), "CPU") + ": oversubscribed");
        } else if (!crowded && threads > static_cast<int>(all.size())) {
            bound_too_tight = true;
            verdict.warnings.push_back(host + ": " + std::to_string(threads) + " threads of " + counted(here.size(), "rank") + " share " +
                                       counted(all.size(), "CPU") + ": they run one after the other");
        } else if (!crowded && launched_by_mpi && static_cast<int>(all.size()) < here.front()->cpus_on_host && here.size() == all.size()) {
            bound_too_tight = true;
            verdict.warnings.push_back(host + ": the launcher bound " + counted(here.size(), "rank") + " to one CPU each (" +
                                       cpu_ranges({all.begin(), all.end()}) +
                                       "): " + counted(static_cast<std::size_t>(here.front()->cpus_on_host) - all.size(), "CPU") +
                                       " of this node cannot be used");
        }
        bound_too_tight = bound_too_tight || crowded;
    }
    if (!verdict.warnings.empty() && cpus_on_host > 0) {
        const int fair = std::max(1, cpus_on_host / std::max(1, most_ranks_on_host));
        const int wanted = too_many || most_threads == 1 ? fair : std::min(most_threads, fair);
        if (!launched_by_mpi) {
            verdict.remedy = "OMP_NUM_THREADS=" + std::to_string(fair) + " " + with_threads(command, fair);
        } else if (cpus_on_host < most_ranks_on_host) {
            verdict.remedy = "mpirun -n " + std::to_string(cpus_on_host) + " " + command;
        } else {
            // --use-hwthread-cpus: what Linux counts as CPUs is what PE then counts in.
            verdict.remedy = "mpirun -n " + std::to_string(ranks.size()) +
                             " --use-hwthread-cpus --map-by slot:PE=" + std::to_string(wanted) +
                             " -x OMP_NUM_THREADS=" + std::to_string(wanted) + " " + with_threads(command, wanted);
        }
    }
    verdict.ranks = std::move(ranks);
    return verdict;
}

binding_verdict inspect_binding(const communicator& ranks, int threads, const std::string& command) {
    if (ranks.simulated()) return {}; // the CPUs here are not theirs
    binding_message mine{};
    ::gethostname(mine.host.data(), mine.host.size() - 1);
    mine.threads = threads;
    mine.cpus_on_host = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    for (const int cpu : allowed_cpus()) mine.mask[static_cast<std::size_t>(cpu) / 64] |= std::uint64_t{1} << (cpu % 64);

    const auto all = ranks.allgather(std::as_bytes(std::span(&mine, 1)));
    std::vector<rank_binding> bindings;
    for (int rank = 0; rank < ranks.size(); ++rank) {
        binding_message theirs{};
        std::memcpy(&theirs, all.data() + static_cast<std::size_t>(rank) * sizeof theirs, sizeof theirs);
        rank_binding binding{rank, theirs.host.data(), theirs.threads, {}, theirs.cpus_on_host};
        for (int cpu = 0; cpu < most_cpus; ++cpu) {
            if ((theirs.mask[static_cast<std::size_t>(cpu) / 64] >> (cpu % 64) & 1) != 0) binding.cpus.push_back(cpu);
        }
        bindings.push_back(std::move(binding));
    }
    return judge_binding(std::move(bindings), ranks.library() != "none", command);
}

} // namespace quadot::drivers
