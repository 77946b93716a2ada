#include "load_only.hpp"

#include "block/block_table.hpp"
#include "dot.hpp"
#include "reduce/slices.hpp"
#include "reduce/workers.hpp"

#include <algorithm>

namespace quadot {

std::uint64_t load_only(std::span<const double> x, std::span<const double> y, const execution& how) {
    check_threads(how.threads);
    const block_table& table = how.isa ? table_for(*how.isa) : default_table();
    const std::uint64_t n = std::min(x.size(), y.size());
    const int workers = dot_workers(n, how.threads);
    if (workers == 1) return table.load_only(x.data(), y.data(), n);
    std::uint64_t digest = 0;
#pragma omp parallel num_threads(workers) reduction(^ : digest)
    {
        const slice mine = dot_worker_slice({0, n}, omp_get_thread_num(), omp_get_num_threads());
        digest ^= table.load_only(x.data() + mine.first, y.data() + mine.first, mine.count);
    }
    return digest;
}

} // namespace quadot
