#include "drivers/machine/limits.hpp"

#include <cmath>
#include <utility>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

std::string text_at(const json& entry, const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : "";
}

/// 0 where there is no finite number.
double number_at(const json& entry, const char* key) {
    const auto found = entry.find(key);
    const double value = found != entry.end() && found->is_number() ? found->get<double>() : 0;
    return std::isfinite(value) ? value : 0;
}

/// A number of workers, or of a rank; -1 where there is none.
int count_of(const json& value) {
    const double count = value.is_number() ? value.get<double>() : -1;
    return count >= 0 && count <= 1e9 ? static_cast<int>(count) : -1;
}

int count_at(const json& entry, const char* key) {
    const auto found = entry.find(key);
    return found == entry.end() ? -1 : count_of(*found);
}

/// The list under `key`: of each entry what `read` makes of it, if `is_limit` says that it is one.
template <class Limit, class Read, class Check>
std::vector<Limit> entries(const json& from, const char* key, const Read& read, const Check& is_limit) {
    std::vector<Limit> found;
    const auto list = from.find(key);
    if (list == from.end() || !list->is_array()) return found;
    for (const json& each : *list) {
        if (!each.is_object()) continue;
        Limit one = read(each);
        if (is_limit(one)) found.push_back(std::move(one));
    }
    return found;
}

} // namespace

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
        arithmetic.push_back({{"operation", each.operation},
                              {"type", each.type},
                              {"isa", each.isa},
                              {"threads", each.workers},
                              {"per_second", each.per_second},
                              {"unit", each.unit()}});
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
    if (!from.is_object()) return std::nullopt;
    machine_limits limits;
    limits.host = text_at(from, "host");
    limits.cpu = text_at(from, "cpu");
    limits.date = text_at(from, "date");
    limits.version = text_at(from, "version");
    limits.timer_seconds = number_at(from, "timer_resolution_seconds");
    limits.bandwidths = entries<bandwidth_limit>(
        from, "bandwidth",
        [](const json& each) {
            return bandwidth_limit{text_at(each, "level"), number_at(each, "working_set_bytes"), count_at(each, "threads"),
                                   number_at(each, "bytes_per_second")};
        },
        [](const bandwidth_limit& one) {
            return !one.level.empty() && one.working_set_bytes > 0 && one.workers > 0 && one.bytes_per_second > 0;
        });
    limits.arithmetic = entries<arithmetic_limit>(
        from, "arithmetic",
        [](const json& each) {
            return arithmetic_limit{text_at(each, "operation"), text_at(each, "type"), text_at(each, "isa"), count_at(each, "threads"),
                                    number_at(each, "per_second")};
        },
        [](const arithmetic_limit& one) {
            return !one.operation.empty() && !one.type.empty() && !one.isa.empty() && one.workers > 0 && one.per_second > 0;
        });
    limits.regions = entries<region_limit>(
        from, "parallel_region",
        [](const json& each) {
            return region_limit{count_at(each, "threads"), number_at(each, "seconds")};
        },
        [](const region_limit& one) { return one.threads > 0 && one.seconds > 0; });
    limits.messages = entries<message_limit>(
        from, "messages",
        [](const json& each) {
            const auto ranks = each.find("ranks");
            const bool pair = ranks != each.end() && ranks->is_array() && ranks->size() == 2;
            return message_limit{text_at(each, "pair"), pair ? count_of((*ranks)[0]) : -1, pair ? count_of((*ranks)[1]) : -1,
                                 number_at(each, "latency_seconds"), number_at(each, "bytes_per_second")};
        },
        [](const message_limit& one) {
            return !one.pair.empty() && one.from >= 0 && one.to >= 0 && one.latency_seconds > 0 && one.bytes_per_second > 0;
        });
    limits.allreduces = entries<allreduce_limit>(
        from, "allreduce",
        [](const json& each) {
            return allreduce_limit{count_at(each, "ranks"), number_at(each, "seconds")};
        },
        [](const allreduce_limit& one) { return one.ranks > 0 && one.seconds > 0; });
    return limits;
}

} // namespace quadot::drivers
