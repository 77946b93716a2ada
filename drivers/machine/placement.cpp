#include "drivers/machine/placement.hpp"

#include "drivers/machine/numa.hpp"

#include <algorithm>
#include <cstddef>

#include <omp.h>

namespace quadot::drivers {

std::vector<int> fair_cpus(const binding_verdict& binding, int rank) {
    const rank_binding& mine = binding.ranks[static_cast<std::size_t>(rank)];
    std::size_t first = 0;
    std::size_t needed = 0;
    for (const rank_binding& other : binding.ranks) {
        if (other.host != mine.host) continue;
        if (other.cpus == mine.cpus) {
            if (other.rank < rank) first += static_cast<std::size_t>(other.threads);
            needed += static_cast<std::size_t>(other.threads);
        } else if (std::find_first_of(mine.cpus.begin(), mine.cpus.end(), other.cpus.begin(), other.cpus.end()) != mine.cpus.end()) {
            return {};
        }
    }
    if (needed > mine.cpus.size()) return {};
    const auto begin = mine.cpus.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + mine.threads};
}

thread_placement::thread_placement(const binding_verdict& binding, int rank) : all_(allowed_cpus()) {
    if (omp_get_proc_bind() == omp_proc_bind_false && !all_.empty() && !binding.ranks.empty()) cpus_ = fair_cpus(binding, rank);
    if (cpus_.size() < 2) cpus_.clear();
}

thread_placement::~thread_placement() {
    if (!cpus_.empty()) run_on(all_);
}

void thread_placement::place() const {
    if (cpus_.empty()) return;
    // A thread that OpenMP starts inherits this one's CPUs until it has its own.
    run_on(all_);
#pragma omp parallel num_threads(static_cast <int>(cpus_.size()))
    {
        thread_local int placed_on = -1;
        const int worker = omp_get_thread_num();
        const int cpu = cpus_[static_cast<std::size_t>(worker)];
        if (placed_on != cpu || worker == 0) run_on({cpu});
        placed_on = cpu;
    }
}

} // namespace quadot::drivers
