#include "drivers/machine/measure_limits.hpp"

#include "arithmetic_only.hpp"
#include "drivers/data/first_touch_array.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/machine/allreduce_doubt.hpp"
#include "drivers/machine/numa.hpp"
#include "drivers/machine/placement.hpp"
#include "drivers/measure/timing.hpp"
#include "load_only.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <omp.h>

namespace quadot::drivers {

namespace {

/// Something to time, and what is to be learnt from it.
struct probe {
    std::string name;
    int threads; ///< of a rank
    std::function<double()> run;
    double bytes;      ///< that a run moves, all workers of a node together; 0: it moves none
    double operations; ///< that a run does, likewise
    std::function<void(double median_seconds)> learn;
};

/// Collective: times the probes in turn, learns from each and appends its row.
void measure_probes(const surroundings& around, report& report, const std::vector<probe>& probes, const timing_request& timing) {
    std::vector<std::function<double()>> work;
    for (const probe& each : probes) work.push_back(each.run);
    const thread_placement placement(report.binding, around.ranks.rank());
    const auto timed = time_interleaved(around.ranks, work, timing, [&] { placement.place(); });
    for (std::size_t k = 0; k < probes.size(); ++k) {
        const median_interval time = timed[k].interval();
        report_row row{};
        row.name = "machine/" + probes[k].name;
        row.study = "machine";
        row.judged = false;
        row.threads = probes[k].threads;
        row.iterations = timed[k].iterations;
        row.samples = timed[k].samples;
        row.time = time;
        row.processor_seconds = timed[k].processor_seconds;
        row.bytes = probes[k].bytes;
        row.items = probes[k].operations;
        report.rows.push_back(std::move(row));
        probes[k].learn(time.median);
    }
}

/// Two arrays for each thread of a team, touched by it first.
class working_sets {
  public:
    working_sets(double bytes_of_one, int threads) : threads_(threads), x_(static_cast<std::size_t>(threads)), y_(x_.size()) {
        const auto elements = static_cast<std::uint64_t>(bytes_of_one / 16);
#pragma omp parallel num_threads(threads)
        {
            const auto me = static_cast<std::size_t>(omp_get_thread_num());
            x_[me] = first_touch_array<double>(elements);
            y_[me] = first_touch_array<double>(elements, 1);
            std::fill_n(x_[me].data(), elements, 1.0);
            std::fill_n(y_[me].data(), elements, 1.0);
        }
    }

    /// Every thread loads its arrays `rounds` times.
    [[nodiscard]] double load(std::uint64_t rounds, isa_kind isa) const {
        std::uint64_t digest = 0;
#pragma omp parallel num_threads(threads_) reduction(^ : digest)
        {
            const auto me = static_cast<std::size_t>(omp_get_thread_num());
            const execution how{.threads = 1, .isa = isa};
            for (std::uint64_t round = 0; round < rounds; ++round) digest ^= load_only(x_[me].view(), y_[me].view(), how) + round;
        }
        return static_cast<double>(digest);
    }

  private:
    int threads_;
    std::vector<first_touch_array<double>> x_;
    std::vector<first_touch_array<double>> y_;
};

struct memory_level {
    std::string name;
    double bytes; ///< of one worker's working set
};

/// Half of each cache, so that other users of it do not decide; of a shared one a share. The last level's neighbours may be other machines'
/// guests: four times the second level is more likely to be there than half of what the CPU's maker prints.
std::vector<memory_level> memory_levels(const environment& machine, int workers_on_node, double free_bytes) {
    double first = 32768;
    double second = 0;
    double last = 0;
    for (const cache_level& cache : machine.caches) {
        if (cache.type == "Instruction") continue;
        const auto bytes = static_cast<double>(cache.bytes);
        if (cache.level == 1) first = bytes;
        if (cache.level == 2) second = bytes / std::max(1, std::min(cache.sharing, workers_on_node));
        if (cache.level >= 3) last = bytes;
    }
    std::vector<memory_level> levels{{"L1", first / 2}};
    if (second > 0) levels.push_back({"L2", second / 2});
    if (last > 0) levels.push_back({"L3", std::min(4 * second, last / 2 / workers_on_node)});
    if (levels.back().name == "L3" && levels.back().bytes <= second) levels.pop_back();
    const double all = std::min(std::max(4 * last, 0x1p28), free_bytes / 2);
    levels.push_back({"DRAM", std::floor(all / workers_on_node / 4096) * 4096});
    return levels;
}

struct measurement {
    const surroundings& around;
    report& into;
    const common_settings& settings;
    timing_request timing;
    machine_limits& limits;

    /// Whether this rank works when only one of its node does.
    [[nodiscard]] bool first_on_node() const { return around.ranks.on_node().rank == 0; }
    [[nodiscard]] int ranks_on_node() const { return around.ranks.on_node().size; }
};

void measure_bandwidth(const measurement& in) {
    // About half a millisecond in a cache, against 1 us to start a team.
    constexpr double bytes_of_one_run = 0x1p26;
    const isa_kind isa = in.settings.isa;
    const int all = in.settings.threads * in.ranks_on_node();
    double free_bytes = 0;
    agree(in.around.ranks, [&] { free_bytes = static_cast<double>(available_memory(in.around.ranks).bytes) * in.ranks_on_node(); });
    std::vector<std::shared_ptr<working_sets>> kept;
    std::vector<probe> probes;
    for (const bool one : {true, false}) {
        if (!one && all == 1) continue;
        const int workers = one ? 1 : all;
        const int threads = one ? 1 : in.settings.threads;
        for (const memory_level& each : memory_levels(in.into.machine, workers, free_bytes)) {
            const bool works = !one || in.first_on_node();
            std::shared_ptr<working_sets> sets;
            agree(in.around.ranks, [&] {
                if (works) sets = std::make_shared<working_sets>(each.bytes, threads);
            });
            const auto rounds = static_cast<std::uint64_t>(std::max(1.0, std::ceil(bytes_of_one_run / each.bytes)));
            const double moved = each.bytes * static_cast<double>(rounds) * workers;
            probes.push_back({fmt::format("load/{}/threads:{}", each.name, workers), threads,
                              [sets, rounds, isa] { return sets ? sets->load(rounds, isa) : 0; }, moved, 0,
                              [&limits = in.limits, each, workers, moved](double seconds) {
                                  limits.bandwidths.push_back({each.name, each.bytes, workers, moved / seconds});
                              }});
        }
    }
    measure_probes(in.around, in.into, probes, in.timing);
}

/// Where there are several NUMA domains: all CPUs of each by themselves, beside memory of their own.
void measure_domains(const measurement& in) {
    const auto domains = numa_domains();
    if (domains.size() < 2 || in.around.ranks.size() > 1) return;
    for (const numa_domain& domain : domains) {
        const int threads = static_cast<int>(domain.cpus.size());
        // A thread of its own: its team inherits the CPUs that it may run on, and the program's own team keeps its.
        std::thread([&] {
            if (!run_on(domain.cpus)) return;
            const auto levels = memory_levels(in.into.machine, threads, 0x1p34);
            auto sets = std::make_shared<working_sets>(levels.back().bytes, threads);
            const double moved = levels.back().bytes * threads;
            measure_probes(in.around, in.into,
                           {{fmt::format("load/DRAM/domain:{}/threads:{}", domain.number, threads), threads,
                             [sets, isa = in.settings.isa] { return sets->load(1, isa); }, moved, 0,
                             [&, moved](double seconds) {
                                 in.limits.bandwidths.push_back(
                                     {fmt::format("DRAM, domain {}", domain.number), levels.back().bytes, threads, moved / seconds});
                             }}},
                           in.timing);
        }).join();
    }
}

void measure_arithmetic(const measurement& in, bool isa_chosen) {
    struct operation {
        arithmetic_kind kind;
        const char* name;
        std::uint64_t rounds; ///< a few tenths of a millisecond
    };
    constexpr std::array operations{
        operation{arithmetic_kind::multiply_add, "fma", 200000}, operation{arithmetic_kind::multiply_add_and_add, "fma+add", 200000},
        operation{arithmetic_kind::division, "division", 10000}, operation{arithmetic_kind::square_root, "square_root", 10000}};
    const int all = in.settings.threads * in.ranks_on_node();
    std::vector<probe> probes;
    for (const auto& description : isa_descriptions) {
        if (!runs_here(description.kind) || (isa_chosen && description.kind != in.settings.isa)) continue;
        for (const auto& [kind, name, rounds] : operations) {
            for (const bool single : {false, true}) {
                for (const bool one : {true, false}) {
                    if (!one && all == 1) continue;
                    const int workers = one ? 1 : all;
                    const execution how{.threads = one ? 1 : in.settings.threads, .isa = description.kind};
                    const bool works = !one || in.first_on_node();
                    const char* type = single ? "f32" : "f64";
                    // The count of one thread, from a run that does nothing else.
                    const double done =
                        arithmetic_only(kind, single, 1, {.threads = 1, .isa = description.kind}) * static_cast<double>(rounds) * workers;
                    probes.push_back({fmt::format("{}/{}/{}/threads:{}", name, type, description.name, workers), how.threads,
                                      [kind = kind, single, rounds = rounds, how, works] {
                                          return works ? arithmetic_only(kind, single, rounds, how) : 0;
                                      },
                                      0, done,
                                      [&limits = in.limits, name = name, type, isa = description.name, workers, done](double seconds) {
                                          limits.arithmetic.push_back({name, type, std::string(isa), workers, done / seconds});
                                      }});
                }
            }
        }
    }
    measure_probes(in.around, in.into, probes, in.timing);
}

void measure_regions(const measurement& in) {
    const int threads = in.settings.threads;
    measure_probes(in.around, in.into,
                   {{fmt::format("parallel_region/threads:{}", threads), threads,
                     [threads] {
                         int seen = 0;
#pragma omp parallel num_threads(threads) reduction(+ : seen)
                         seen += 1;
                         return static_cast<double>(seen);
                     },
                     0, 0,
                     [&](double seconds) {
                         in.limits.regions.push_back({threads, seconds});
                     }}},
                   in.timing);
}

double timer_resolution() {
    using clock = std::chrono::steady_clock;
    double shortest = 1;
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const auto start = clock::now();
        auto now = clock::now();
        while (now == start) now = clock::now();
        shortest = std::min(shortest, std::chrono::duration<double>(now - start).count());
    }
    return shortest;
}

/// 0 with a rank of its own node, and with one of another.
std::vector<message_limit> message_pairs(const report& report) {
    std::vector<message_limit> pairs;
    if (report.binding.ranks.empty()) return pairs; // simulated
    const std::string& here = report.binding.ranks.front().host;
    for (const bool same : {true, false}) {
        const auto& ranks = report.binding.ranks;
        const auto other =
            std::find_if(ranks.begin() + 1, ranks.end(), [&](const rank_binding& rank) { return (rank.host == here) == same; });
        if (other != ranks.end()) pairs.push_back({same ? "same node" : "other node", 0, other->rank, 0, 0});
    }
    return pairs;
}

void measure_messages(const measurement& in) {
    const communicator& ranks = in.around.ranks;
    constexpr std::size_t long_message = std::size_t{1} << 22;
    for (message_limit& pair : message_pairs(in.into)) {
        const auto ping_pong = [&ranks, pair](const std::shared_ptr<std::vector<std::byte>>& message) {
            return [&ranks, pair, message] {
                if (ranks.rank() == pair.from) {
                    ranks.send(*message, pair.to);
                    ranks.receive(*message, pair.to);
                } else if (ranks.rank() == pair.to) {
                    ranks.receive(*message, pair.from);
                    ranks.send(*message, pair.from);
                }
                return 0.0;
            };
        };
        const std::string name = fmt::format("message/{}", pair.pair == "same node" ? "same_node" : "other_node");
        measure_probes(in.around, in.into,
                       {{name + "/8", 1, ping_pong(std::make_shared<std::vector<std::byte>>(8)), 16, 0,
                         [&pair](double seconds) { pair.latency_seconds = seconds / 2; }},
                        {fmt::format("{}/{}", name, long_message), 1, ping_pong(std::make_shared<std::vector<std::byte>>(long_message)),
                         2.0 * long_message, 0, [&pair](double seconds) { pair.bytes_per_second = 2 * long_message / seconds; }}},
                       in.timing);
        in.limits.messages.push_back(pair);
    }
    if (ranks.size() == 1) return;
    std::vector<int> counts;
    for (int count = 2; count < ranks.size(); count *= 2) counts.push_back(count);
    counts.push_back(ranks.size());
    for (const int count : counts) {
        const std::shared_ptr<communicator> some = ranks.split(ranks.rank() < count ? 0 : -1);
        measure_probes(in.around, in.into,
                       {{fmt::format("allreduce/ranks:{}", count), 1, [some] { return some ? some->unordered_sum(1) : 0; }, 0, 0,
                         [&, count](double seconds) {
                             const allreduce_limit found{count, seconds};
                             const std::string doubt = doubt_of(found, in.limits.allreduces, in.limits.messages);
                             if (doubt.empty()) {
                                 in.limits.allreduces.push_back(found);
                             } else {
                                 in.into.notes.push_back(
                                     fmt::format("the sum over {} ranks was not measured: {}; it is left out", count, doubt));
                             }
                         }}},
                       in.timing);
    }
}

} // namespace

machine_limits measure_limits(const surroundings& around, report& report, const common_settings& settings, bool isa_chosen) {
    machine_limits limits;
    limits.host = report.machine.host;
    limits.cpu = report.machine.cpu;
    limits.date = report.machine.date;
    limits.version = report.machine.version;
    timing_request timing = settings.timing;
    if (!settings.maximum_time_chosen) timing.maximum_seconds = 0.3;
    const measurement in{around, report, settings, timing, limits};
    measure_domains(in);
    limits.timer_seconds = timer_resolution();
    measure_bandwidth(in);
    measure_arithmetic(in, isa_chosen);
    measure_regions(in);
    measure_messages(in);
    return limits;
}

} // namespace quadot::drivers
