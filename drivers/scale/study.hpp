// A scaling study inside one launch: the same work on 1, 2, 4 … ranks, and on each of some numbers of threads.
#pragma once

#include "drivers/commands.hpp"
#include "drivers/measure/timing.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/report.hpp"
#include "registry/variant.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace quadot::drivers {

enum class scaling_mode { strong, weak };
constexpr const char* name_of(scaling_mode mode) { return mode == scaling_mode::strong ? "strong" : "weak"; }

/// What a study takes besides its problem. As typed; empty means not given.
struct scale_options {
    std::string modes;
    std::string threads;
    std::string ranks;
};
void add_scale_options(CLI::App& app, scale_options& options);

struct scale_plan {
    std::vector<scaling_mode> modes;
    std::vector<int> ranks;
    std::vector<int> threads;
};
/// The plan, checked; `common.threads` becomes the largest number of threads. Throws error: usage.
scale_plan understand_scale(const scale_options& options, common_options& common, int ranks);

/// "strong scaling with 1,2 ranks x 1 threads".
std::string text_of(const scale_plan& plan);

/// What --reps and --max-time asked for; else 15 samples of each point: enough for an interval and a fit, few enough for a batch job with many points.
timing_request study_timing(const common_settings& settings);

/// One point of the study.
struct configuration {
    scaling_mode mode;
    int ranks;
    int threads;
    std::uint64_t size; ///< terms or panels, of all these ranks together

    [[nodiscard]] int workers() const { return ranks * threads; }
};
/// `size` of a strong study is the problem's, of a weak one each worker's. Throws error: usage where a size grows too large.
std::vector<configuration> configurations(const scale_plan& plan, std::uint64_t size, std::uint64_t largest);

/// One variant on one configuration's ranks.
struct scaling_candidate {
    const registry::variant* variant;
    std::function<double(const communicator&)> run;
    std::function<void(report_row&)> judge; ///< fills items, bytes, error and bound
};

/// The work of one configuration on the ranks that take part.
struct prepared_work {
    std::shared_ptr<void> data; ///< kept as long as the candidates
    std::vector<scaling_candidate> candidates;
};
/// Collective over `ranks`, the configuration's.
using prepare_function = std::function<prepared_work(const configuration&, const communicator& ranks)>;

/// Collective over all ranks: everything is prepared, then timed in turn, slowest rank, and appended to the report as rows with scaling figures,
/// fits among them. `variant_count`: how many candidates each configuration has.
void run_study(const surroundings& around, report& report, const std::vector<configuration>& configurations, std::size_t variant_count,
               const prepare_function& prepare, const timing_request& timing);

} // namespace quadot::drivers
