#include "arithmetic_only.hpp"

#include "block/block_table.hpp"
#include "reduce/workers.hpp"

#include <omp.h>

namespace quadot {

double arithmetic_only(arithmetic_kind kind, bool single_precision, std::uint64_t rounds, const execution& how) {
    check_threads(how.threads);
    const block_table& table = how.isa ? table_for(*how.isa) : default_table();
    const auto& loops = single_precision ? table.arithmetic->f32 : table.arithmetic->f64;
    const arithmetic_loop loop = loops[static_cast<std::size_t>(kind)];
    const int threads = default_or(how.threads);
    // A power of two off 1, so that 1 - operand is exact in both types; volatile, so that the loops cannot be computed beforehand.
    const volatile double operand = 1 - 0x1p-20;
    double digest = 0;
    int team = 1;
    if (threads == 1) {
        digest = loop.run(rounds, operand);
    } else {
#pragma omp parallel num_threads(threads) reduction(+ : digest)
        {
            digest += loop.run(rounds, operand);
#pragma omp single
            team = omp_get_num_threads();
        }
    }
    asm volatile("" : : "m"(digest));
    return loop.operations * static_cast<double>(rounds) * team;
}

} // namespace quadot
