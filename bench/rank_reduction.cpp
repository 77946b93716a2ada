// What combining ranks costs: a distributed dot product of so few terms that nothing else counts, by every accumulator, against a plain
// MPI_Allreduce of one double. Interleaved; microseconds, the slowest rank's, medians.
//
//   mpirun -n 16 --oversubscribe rank_reduction [terms]      (default 1000)
#include "drivers/measure/timing.hpp"
#include "quadot.hpp"
#include "ranks/communicator.hpp"

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

int main(int argc, char** argv) {
    using namespace quadot;
    const session mpi(&argc, &argv);
    const communicator& ranks = mpi.world();
    const std::uint64_t n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
    const slice mine = dot_slice(n, ranks.rank(), ranks.size());
    std::vector<double> x(mine.count);
    for (std::uint64_t i = 0; i < mine.count; ++i) x[i] = 1.0 / static_cast<double>(mine.first + i + 1);
    const std::span<const double> terms(x);

    std::vector<std::string> names{"one double, MPI's own sum"};
    std::vector<std::function<double()>> work{[&] { return ranks.unordered_sum(1.0); }};
    for (std::size_t k = 0; k < accumulators::size; ++k) {
        const execution how{.accumulator = static_cast<accumulator_kind>(k), .threads = 1};
        names.emplace_back(accumulator_names[k]);
        work.emplace_back([&ranks, n, terms, how] { return distributed_dot(ranks, n, terms, terms, how); });
    }
    const auto timed = drivers::time_interleaved(ranks, work, {.repetitions = 101, .maximum_seconds = 60, .target = 0});
    if (ranks.rank() != 0) return 0;
    const double plain_allreduce = timed[0].interval().median;
    fmt::print("{} ranks, {} terms\n", ranks.size(), n);
    for (std::size_t k = 0; k < names.size(); ++k) {
        const double median = timed[k].interval().median;
        fmt::print("{:<26} {:>10.2f} us {:>8.2f} x\n", names[k], 1e6 * median, median / plain_allreduce);
    }
    return 0;
}
