#include "evaluate_only.hpp"

#include "ranks/agreement.hpp"
#include "reduce/evaluator.hpp"
#include "reduce/slices.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <array>

namespace quadot {

namespace {

/// Fewer chunks than these take less time than a team of threads.
constexpr std::uint64_t chunks_of_one_worker = 32;

} // namespace

double evaluate_only(integrand_view f, double a, double b, std::uint64_t evaluations, const execution& how) {
    check_threads(how.threads);
    const communicator& ranks = how.ranks != nullptr ? *how.ranks : single_process();
    const evaluator evaluate = evaluator_of(with_compiled_text(f, how), table_of(how));
    const std::uint64_t chunks = (evaluations + chunk_samples - 1) / chunk_samples;
    const std::uint64_t mine = share(chunks, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size())).count;
    double seen = 0;
    const auto work = [&](int worker, int team) {
        alignas(64) std::array<double, chunk_samples> x{};
        alignas(64) std::array<double, chunk_samples> y{};
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = a + (b - a) * (static_cast<double>(k) + 0.5) / static_cast<double>(x.size());
        const std::uint64_t count = share(mine, static_cast<std::uint64_t>(worker), static_cast<std::uint64_t>(team)).count;
        for (std::uint64_t k = 0; k < count; ++k) {
            evaluate.function(evaluate.context, x.data(), y.data(), x.size());
            asm volatile("" : : "m"(y) : "memory"); // each chunk must happen
        }
        if (worker == 0) seen = y[0];
    };
    agree(ranks, [&] { on_team(mine < chunks_of_one_worker ? 1 : default_or(how.threads), work); });
    return seen;
}

} // namespace quadot
