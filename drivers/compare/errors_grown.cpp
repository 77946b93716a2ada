// When a report's errors are regressions of another's, and when the two cannot be compared fairly.
#include "drivers/compare/comparison.hpp"
#include "drivers/input/suggest.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

std::optional<json> member(const json& object, const char* key) {
    if (!object.is_object()) return std::nullopt;
    const auto found = object.find(key);
    return found == object.end() ? std::nullopt : std::optional<json>(*found);
}

std::string text_of(const json& object, const char* key) {
    const auto found = member(object, key);
    return found && found->is_string() ? found->get<std::string>() : "";
}

/// Recorded, and recorded as NaN.
bool is_nan(const json& object, const char* key) {
    const auto found = member(object, key);
    return found && (found->is_number() || found->is_string()) && std::isnan(recorded_number(*found));
}

/// The bits that C's %a stands for; other C libraries spell the same number otherwise.
std::optional<std::uint64_t> bits_of(const std::string& hexadecimal) {
    char* end = nullptr;
    const double value = std::strtod(hexadecimal.c_str(), &end);
    if (hexadecimal.empty() || *end != '\0') return std::nullopt;
    return std::bit_cast<std::uint64_t>(value);
}

bool differs(const std::string& before, const std::string& after) {
    const auto old_bits = bits_of(before);
    const auto new_bits = bits_of(after);
    return old_bits && new_bits && *old_bits != *new_bits;
}

bool grew(const recorded_row& before, const recorded_row& after) {
    if (!(after.error > 2 * before.error)) return false;
    // The old bound where there is one: a looser new one would excuse what it should show.
    const double bound = std::isnan(before.bound) ? after.bound : before.bound;
    if (!std::isnan(bound)) return after.error > bound;
    const auto value = member(after.raw, "value");
    const double rounding = value ? std::numeric_limits<double>::epsilon() * std::abs(recorded_number(*value)) : 0;
    return after.error > 10 * std::max(before.error, std::isnan(rounding) ? 0 : rounding);
}

} // namespace

std::vector<std::string> errors_grown(const recorded_row& before, const recorded_row& after, bool same_problem) {
    std::vector<std::string> found;
    for (const char* key : {"value", "error"}) {
        if (is_nan(after.raw, key) && member(before.raw, key) && !is_nan(before.raw, key)) {
            found.push_back(fmt::format("{} became NaN", key));
        }
    }
    if (before.verdict == "pass" && after.verdict == "fail") {
        found.push_back(fmt::format("verdict pass became fail: error {:.3g}, bound {:.3g}", after.error, after.bound));
    }
    // Another problem has other values and other errors by right.
    if (!same_problem) return found;
    if (found.empty() && grew(before, after)) {
        found.push_back(fmt::format("error grew from {:.3g} to {:.3g}, bound {:.3g}", before.error, after.error,
                                    std::isnan(before.bound) ? after.bound : before.bound));
    }
    // There is one correctly rounded value: of two, at least one is wrong.
    const std::string old_value = text_of(before.raw, "value_hex");
    const std::string new_value = text_of(after.raw, "value_hex");
    if (after.name.find("/exact/") != std::string::npos && differs(old_value, new_value)) {
        found.push_back(fmt::format("exact value changed from {} to {}", printable(old_value), printable(new_value)));
    }
    return found;
}

std::vector<std::string> result_regressions(const document& before, const document& after, bool same_problem) {
    std::vector<std::string> found;
    const auto old_result = member(before.raw, "result");
    const auto new_result = member(after.raw, "result");
    if (!old_result || !new_result) return found;
    const std::string old_status = text_of(*old_result, "status");
    const std::string new_status = text_of(*new_result, "status");
    if (old_status == "ok" && !new_status.empty() && new_status != "ok") found.push_back("status ok became " + printable(new_status));
    const auto certified = [](const json& result) { return member(result, "certified") == std::optional<json>(true); };
    const std::string old_value = text_of(*old_result, "value_hex");
    const std::string new_value = text_of(*new_result, "value_hex");
    if (same_problem && certified(*old_result) && certified(*new_result) && differs(old_value, new_value)) {
        found.push_back(fmt::format("certified value changed from {} to {}", printable(old_value), printable(new_value)));
    }
    return found;
}

std::vector<std::string> different_circumstances(const document& before, const document& after) {
    struct circumstance {
        const char* key;
        const char* name;
        const char* consequence;
    };
    static constexpr const char* machines = "; times of two machines do not tell what the code did";
    static constexpr const char* work = "; this is not the same work";
    static constexpr const char* build = "; the program was built otherwise";
    // The first two are Google Benchmark's names, which quadot/1 writes, too.
    static constexpr std::array circumstances{
        circumstance{"host_name", "host", machines},
        circumstance{"num_cpus", "number of CPUs", machines},
        circumstance{"cpu", "CPU", machines},
        circumstance{"operating_system", "operating system", ""},
        circumstance{"problem", "problem", work},
        circumstance{"seed", "seed", work},
        circumstance{"threads", "threads", work},
        circumstance{"ranks", "ranks", work},
        circumstance{"isa", "instruction set", ""},
        circumstance{"mpi", "MPI", ""},
        circumstance{"compiler", "compiler", build},
        circumstance{"flags", "compiler flags", build},
        circumstance{"build_type", "build type", build},
        circumstance{"library_build_type", "library build type", build},
        circumstance{"cpu_scaling_enabled", "frequency scaling", ""},
    };
    std::vector<std::string> notes;
    for (const auto& each : circumstances) {
        const std::string old_text = before.context(each.key);
        const std::string new_text = after.context(each.key);
        if (old_text == new_text) continue;
        const auto shown = [](const std::string& text) { return text.empty() ? std::string("not recorded") : printable(text); };
        notes.push_back(fmt::format("{} differs: {} | {}{}", each.name, shown(old_text), shown(new_text), each.consequence));
    }
    for (const document* each : {&before, &after}) {
        if (each->context("binding_verdict") != "bad") continue;
        notes.push_back(each->path + " was measured with a bad binding of threads to CPUs (quadot doctor)");
    }
    return notes;
}

} // namespace quadot::drivers
