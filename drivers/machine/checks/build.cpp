// This program itself: how it was built, which instructions it uses, how its threads round, what variables tell it.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// What a CPU that runs the set lists in /proc/cpuinfo. Sets that no build has yet are known too, so that they can be missed.
struct isa_marks {
    std::string_view isa;
    std::array<std::string_view, 6> flags;
};
constexpr std::array known_marks{isa_marks{"avx2", {"avx2", "fma"}},
                                 isa_marks{"avx512", {"avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl", "fma"}},
                                 isa_marks{"sve", {"sve"}}};

bool has_all(const std::string& flags, const isa_marks& marks) {
    const std::string words = " " + flags + " ";
    return std::all_of(marks.flags.begin(), marks.flags.end(), [&](std::string_view flag) {
        return words.find(" " + std::string(flag) + " ") != std::string::npos || flag.empty();
    });
}

/// The line "flags : …" or, on ARM, "Features : …" of the first CPU.
std::string cpu_flags(const machine_view& view) {
    // Where there are hundreds of CPUs, the kernel needs milliseconds to write of them all; the first is like the others.
    const std::string text = read_text(view.root + "/proc/cpuinfo", 8192).value_or("");
    for (const char* key : {"flags", "Features"}) {
        const std::string rest = line_after(text, key);
        if (rest.starts_with(":")) return rest.substr(1);
    }
    return "";
}

} // namespace

std::vector<finding> check_isa(const machine_view& view) {
    const auto variable = view.variable("QUADOT_ISA");
    std::string widest;
    for (const auto& each : view.isas) {
        if (each.built && each.runs) widest = each.name;
    }
    if (!view.isa_failure.empty()) {
        return {
            warning("QUADOT_ISA=" + variable.value_or("") + ": " + view.isa_failure, "every run ends with that error", "unset QUADOT_ISA")};
    }
    std::vector<finding> found;
    if (variable && view.isa_selected != widest) {
        found.push_back(note(fmt::format("QUADOT_ISA={} is in force; this CPU runs {}", *variable, widest),
                             "in the caches the wider set does more a cycle", "unset QUADOT_ISA"));
    }
    const std::string flags = cpu_flags(view);
    for (const auto& marks : known_marks) {
        if (!has_all(flags, marks)) continue;
        const auto known = std::find_if(view.isas.begin(), view.isas.end(), [&](const built_isa& each) { return each.name == marks.isa; });
        if (known != view.isas.end() && known->built) continue;
        found.push_back(note(fmt::format("this CPU has {}; this build uses {} at most", marks.isa, widest), "wider instructions lie idle",
                             known == view.isas.end() ? "" : "cmake --preset release   # builds every set"));
    }
    return found.empty() ? all_is_well(view.isa_selected + ", the widest that runs here") : found;
}

std::vector<finding> check_floating_point(const machine_view& view) {
    const floating_point_state& state = view.floating_point;
    std::vector<finding> found;
    const auto preloaded = view.variable("LD_PRELOAD");
    const std::string remedy = preloaded ? "unset LD_PRELOAD   # " + *preloaded
                                         : "ldd \"$(command -v quadot)\"   # and build the one that does it without -ffast-math";
    if (state.flushes_results || state.ignores_denormals) {
        found.push_back(
            warning(fmt::format("a loaded library flushes denormal numbers to zero ({}{}{})", state.flushes_results ? "FTZ" : "",
                                state.flushes_results && state.ignores_denormals ? ", " : "", state.ignores_denormals ? "DAZ" : ""),
                    "below 2.2e-308 rivals and your own functions compute 0; Quadot's kernels undo it in every call", remedy));
    }
    if (!state.rounds_to_nearest) {
        found.push_back(warning("threads do not round to nearest",
                                "rivals and your own functions lose bits in one direction; Quadot's kernels undo it in every call",
                                remedy));
    }
    return found.empty() ? all_is_well("to nearest, denormal numbers kept, on every thread") : found;
}

std::vector<finding> check_variables(const machine_view& view) {
    std::string names;
    std::string unset;
    for (const auto& [name, value] : view.variables) {
        if (!name.starts_with("QUADOT_") || name.starts_with("QUADOT_TEST") || value.empty()) continue;
        names += (names.empty() ? "" : " ") + name + "=" + value;
        unset += " " + name;
    }
    if (names.empty()) return all_is_well("no QUADOT_* variable is set");
    return {note(names, "each sets an option of every run from here", "unset" + unset)};
}

std::vector<finding> check_build(const machine_view& view) {
    std::vector<finding> found;
    const std::string remedy = "cmake --preset release && cmake --build --preset release";
    if (!view.sanitizers.empty()) {
        found.push_back(
            warning("built with sanitizers: " + view.sanitizers, "every access to memory is checked: timings mean nothing", remedy));
    }
    if (view.build_type != "Release" && view.build_type != "RelWithDebInfo") {
        found.push_back(warning("build type " + (view.build_type.empty() ? "none" : view.build_type),
                                "drivers and kernels are not optimised: timings mean nothing", remedy));
    } else if (view.build_flags.find("-DNDEBUG") == std::string::npos) {
        found.push_back(note("assertions are compiled in", "they cost time in inner loops", remedy));
    }
    return found.empty() ? all_is_well(view.build_type) : found;
}

} // namespace quadot::drivers
