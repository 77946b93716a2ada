// Timing of variants side by side: interleaved, repeated until the median is known, the slowest rank counts.
#pragma once

#include "drivers/measure/interval.hpp"
#include "ranks/communicator.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace quadot::drivers {

struct timing_request {
    int repetitions = 0;        ///< samples of each variant; 0: until the interval is narrower than `target` or time is up
    double maximum_seconds = 2; ///< of sampling for each variant
    double target = 0.02;       ///< full width of the 95 % interval over the median
};

struct timing_result {
    std::vector<double> samples; ///< seconds a run, slowest rank
    std::uint64_t iterations;    ///< runs a sample
    double value;                ///< what the last run returned on this rank
    double processor_seconds;    ///< this rank's CPU time a run, all threads
    [[nodiscard]] median_interval interval() const { return median_of(samples); }
};

/// Collective. Runs each of `work` once to warm up and once more to choose iterations of at least 20 us a sample; then one sample of each in turn. All
/// ranks take the same decisions. `prepare`, if given, is called before each sample and not timed.
std::vector<timing_result> time_interleaved(const communicator& ranks, const std::vector<std::function<double()>>& work,
                                            const timing_request& request, const std::function<void()>& prepare = {});

} // namespace quadot::drivers
