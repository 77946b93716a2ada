#include "drivers/measure/timing.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace quadot::drivers {

namespace {

/// Long against the clock's resolution (about 30 ns) and against a barrier's jitter, short against a scheduler's tick.
constexpr double shortest_sample = 20e-6;
constexpr std::size_t fewest_samples = 6;
/// Beyond, a median that still wanders says that the machine is noisy, not that more samples are needed.
constexpr std::size_t most_samples = 1000;

double processor_now() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds a run on the slowest rank.
double sample(const communicator& ranks, const std::function<double()>& work, const std::function<void()>& prepare,
              std::uint64_t iterations, double& value) {
    if (prepare) prepare();
    ranks.barrier();
    const double start = ranks.seconds();
    for (std::uint64_t k = 0; k < iterations; ++k) {
        value = work();
        asm volatile("" : : "m"(value) : "memory"); // each run must happen: neither hoisted nor dropped
    }
    return ranks.maximum(ranks.seconds() - start) / static_cast<double>(iterations);
}

bool finished(const timing_result& result, double spent, const timing_request& request) {
    if (spent >= request.maximum_seconds) return true;
    if (request.repetitions > 0) return result.samples.size() >= static_cast<std::size_t>(request.repetitions);
    const std::size_t count = result.samples.size();
    if (count >= most_samples) return true;
    // Every eighth sample: sorting at each one would cost more than the samples.
    return count >= fewest_samples && (count - fewest_samples) % 8 == 0 && 2 * result.interval().relative_half_width() < request.target;
}

} // namespace

std::vector<timing_result> time_interleaved(const communicator& ranks, const std::vector<std::function<double()>>& work,
                                            const timing_request& request, const std::function<void()>& prepare) {
    std::vector<timing_result> results(work.size(), timing_result{{}, 1, 0, 0});
    std::vector<double> spent(work.size(), 0.0);
    std::vector<double> processor_start(work.size(), 0.0);
    for (std::size_t k = 0; k < work.size(); ++k) {
        sample(ranks, work[k], prepare, 1, results[k].value); // pages, caches, clock frequency, OpenMP's threads
        const double once = sample(ranks, work[k], prepare, 1, results[k].value);
        results[k].iterations = once >= shortest_sample ? 1 : static_cast<std::uint64_t>(std::ceil(shortest_sample / std::max(once, 1e-9)));
    }
    for (bool more = true; more;) {
        more = false;
        for (std::size_t k = 0; k < work.size(); ++k) {
            timing_result& result = results[k];
            if (finished(result, spent[k], request)) continue;
            const double processor_before = processor_now();
            const double seconds = sample(ranks, work[k], prepare, result.iterations, result.value);
            const auto runs = static_cast<double>(result.iterations);
            result.processor_seconds += (processor_now() - processor_before) / runs;
            spent[k] += seconds * runs;
            result.samples.push_back(seconds);
            more = more || !finished(result, spent[k], request);
        }
    }
    for (auto& result : results) {
        if (!result.samples.empty()) result.processor_seconds /= static_cast<double>(result.samples.size());
    }
    return results;
}

} // namespace quadot::drivers
