#include "reduce/threads.hpp"

#include <algorithm>

#include <sched.h>

namespace quadot {

namespace {

int allowed_cpus() {
    // Where OpenMP binds its threads (OMP_PROC_BIND, OMP_PLACES), this very thread was bound to the first place before main began: its
    // own mask would leave one CPU for all of them. OpenMP counted before that.
    if (omp_get_proc_bind() != omp_proc_bind_false) return omp_get_num_procs();
    cpu_set_t set;
    CPU_ZERO(&set);
    // More than 1024 CPUs make the call fail; OpenMP's own count then stands.
    if (sched_getaffinity(0, sizeof set, &set) != 0) return omp_get_num_procs();
    return CPU_COUNT(&set);
}

} // namespace

int default_threads() {
    static const int cpus = allowed_cpus();
    return std::max(1, std::min({omp_get_max_threads(), cpus, maximum_threads}));
}

} // namespace quadot
