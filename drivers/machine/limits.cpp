#include "drivers/machine/limits.hpp"

namespace quadot::drivers {

namespace {
using json = nlohmann::ordered_json;
}

std::optional<double> machine_limits::bandwidth(double working_set_bytes, int workers) const {
    std::optional<double> found;
    double held = 0;
    for (const bandwidth_limit& limit : bandwidths) {
        if (limit.workers != workers || limit.level.find(',') != std::string::npos) continue;
        // The measured working sets are half a cache: what is twice as large still fits, and beyond all of them it is the last level's.
        const double room = limit.level == "DRAM" ? 1e300 : 2 * limit.working_set_bytes;
        if (working_set_bytes > room || (found && room >= held)) continue;
        found = limit.bytes_per_second;
        held = room;
    }
    return found;
}

std::optional<double> machine_limits::rate(std::string_view operation, std::string_view type, std::string_view isa, int workers) const {
    for (const arithmetic_limit& limit : arithmetic) {
        if (limit.operation == operation && limit.type == type && limit.isa == isa && limit.workers == workers) return limit.per_second;
    }
    return std::nullopt;
}

json to_json(const machine_limits& limits) {
    json bandwidths = json::array();
    for (const auto& each : limits.bandwidths) {
        bandwidths.push_back({{"level", each.level},
                              {"working_set_bytes", each.working_set_bytes},
                              {"threads", each.workers},
                              {"bytes_per_second", each.bytes_per_second}});
    }
    json arithmetic = json::array();
    for (const auto& each : limits.arithmetic) {
        const bool counts_flops = each.operation.starts_with("fma");
        arithmetic.push_back({{"operation", each.operation},
                              {"type", each.type},
                              {"isa", each.isa},
                              {"threads", each.workers},
                              {"per_second", each.per_second},
                              {"unit", counts_flops ? "flop/s" : "1/s"}});
    }
    json regions = json::array();
    for (const auto& each : limits.regions) regions.push_back({{"threads", each.threads}, {"seconds", each.seconds}});
    json messages = json::array();
    for (const auto& each : limits.messages) {
        messages.push_back({{"pair", each.pair},
                            {"ranks", {each.from, each.to}},
                            {"latency_seconds", each.latency_seconds},
                            {"bytes_per_second", each.bytes_per_second}});
    }
    json allreduces = json::array();
    for (const auto& each : limits.allreduces) allreduces.push_back({{"ranks", each.ranks}, {"seconds", each.seconds}});
    return {{"host", limits.host},        {"cpu", limits.cpu},
            {"date", limits.date},        {"version", limits.version},
            {"bandwidth", bandwidths},    {"arithmetic", arithmetic},
            {"parallel_region", regions}, {"timer_resolution_seconds", limits.timer_seconds},
            {"messages", messages},       {"allreduce", allreduces}};
}

std::optional<machine_limits> limits_from_json(const json& from) {
    try {
        machine_limits limits;
        limits.host = from.at("host");
        limits.cpu = from.at("cpu");
        limits.date = from.at("date");
        limits.version = from.at("version");
        for (const json& each : from.at("bandwidth")) {
            limits.bandwidths.push_back({each.at("level"), each.at("working_set_bytes"), each.at("threads"), each.at("bytes_per_second")});
        }
        for (const json& each : from.at("arithmetic")) {
            limits.arithmetic.push_back({each.at("operation"), each.at("type"), each.at("isa"), each.at("threads"), each.at("per_second")});
        }
        for (const json& each : from.at("parallel_region")) limits.regions.push_back({each.at("threads"), each.at("seconds")});
        limits.timer_seconds = from.at("timer_resolution_seconds");
        for (const json& each : from.at("messages")) {
            limits.messages.push_back(
                {each.at("pair"), each.at("ranks").at(0), each.at("ranks").at(1), each.at("latency_seconds"), each.at("bytes_per_second")});
        }
        for (const json& each : from.at("allreduce")) limits.allreduces.push_back({each.at("ranks"), each.at("seconds")});
        return limits;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

} // namespace quadot::drivers
