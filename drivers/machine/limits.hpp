// What this machine showed it can do at best: the roof of every measurement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace quadot::drivers {

/// Loads from one level of the memory, by all workers of a node together.
struct bandwidth_limit {
    std::string level;          ///< L1, L2, L3, DRAM; DRAM of one NUMA domain: "DRAM, domain 1"
    double working_set_bytes{}; ///< of one worker
    int workers{};              ///< threads of all ranks on a node
    double bytes_per_second{};
};

struct arithmetic_limit {
    std::string operation; ///< fma, fma+add, division, square_root
    std::string type;      ///< f64, f32
    std::string isa;
    int workers{};
    double per_second{}; ///< operations, a multiply-add counting two

    /// flop/s for multiply-adds, 1/s for what takes more than a flop.
    [[nodiscard]] const char* unit() const { return operation.starts_with("fma") ? "flop/s" : "1/s"; }
};

/// Starting a team of threads and waiting for all of it.
struct region_limit {
    int threads{};
    double seconds{};
};

/// Ping-pong between two ranks: half a round trip of 8 bytes, and the rate of long messages.
struct message_limit {
    std::string pair; ///< same node, other node
    int from{};
    int to{};
    double latency_seconds{};
    double bytes_per_second{};
};

/// A sum of one double over the first `ranks` ranks.
struct allreduce_limit {
    int ranks{};
    double seconds{};
};

struct machine_limits {
    std::string host;
    std::string cpu;
    std::string date; ///< ISO 8601
    std::string version;
    std::vector<bandwidth_limit> bandwidths;
    std::vector<arithmetic_limit> arithmetic;
    std::vector<region_limit> regions;
    double timer_seconds{}; ///< the shortest time that the clock tells apart
    std::vector<message_limit> messages;
    std::vector<allreduce_limit> allreduces;

    /// Bytes a second that `workers` can load of a working set of so many bytes each: of the smallest level measured that holds it. Nothing
    /// where that number of workers was not measured.
    [[nodiscard]] std::optional<double> bandwidth(double working_set_bytes, int workers) const;
    [[nodiscard]] std::optional<double> rate(std::string_view operation, std::string_view type, std::string_view isa, int workers) const;
};

nlohmann::ordered_json to_json(const machine_limits& limits);
/// What to_json() wrote, here or elsewhere: nothing if it is no object. Whatever else is missing stays empty or 0, and entries that lack
/// something, count less than one worker or have no finite positive rate are left out: nothing would be a limit by them.
std::optional<machine_limits> limits_from_json(const nlohmann::ordered_json& from);

} // namespace quadot::drivers
