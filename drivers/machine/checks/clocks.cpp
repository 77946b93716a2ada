// How fast the CPUs' clocks run, and what time is read from.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

constexpr const char* processors = "/sys/devices/system/cpu/";

/// The folder cpuN/ of the first CPU that this rank uses: the others' clocks are managed alike.
std::string own_cpu(const machine_view& view) {
    const auto& cpus = view.mine().cpus;
    return processors + fmt::format("cpu{}/", cpus.empty() ? 0 : cpus.front());
}

} // namespace

std::vector<finding> check_governor(const machine_view& view) {
    const std::string folder = own_cpu(view) + "cpufreq/";
    const auto governor = view.file(folder + "scaling_governor");
    if (!governor) return all_is_well("the clock is not managed here");
    const std::string driver = view.file(folder + "scaling_driver").value_or("unknown driver");
    const auto gigahertz = [&](const char* name) {
        return static_cast<double>(whole_number(view.file(folder + name).value_or("")).value_or(0)) * 1e-6; // kHz
    };
    const std::string what = fmt::format("governor {} ({}), {:.2f} to {:.2f} GHz", *governor, driver, gigahertz("scaling_min_freq"),
                                         gigahertz("scaling_max_freq"));
    if (*governor == "performance") return all_is_well(what);
    const std::string remedy = "sudo cpupower frequency-set -g performance";
    // Drivers that let the processor choose call that powersave, too; elsewhere it is the lowest clock for good.
    const bool processor_chooses = driver == "intel_pstate" || driver.starts_with("amd-pstate");
    if (*governor == "powersave" && !processor_chooses) {
        return {warning(what, "the clock stays at its lowest", remedy)};
    }
    return {note(what, "a run begins before the clock has risen: short runs seem slow", remedy)};
}

std::vector<finding> check_boost(const machine_view& view) {
    const auto boost = view.file(std::string(processors) + "cpufreq/boost");
    const auto no_turbo = view.file(std::string(processors) + "intel_pstate/no_turbo");
    if (!boost && !no_turbo) return all_is_well("not visible here");
    const bool on = boost ? *boost == "1" : *no_turbo == "0";
    if (!on) return all_is_well("off: the clock is steady, and below what this CPU can do");
    return {note("on: the clock rises while few cores work and the CPU is cool", "speed-ups against one thread look worse than they are",
                 boost ? "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"
                       : "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo")};
}

std::vector<finding> check_throttling(const machine_view& view) {
    const auto count = whole_number(view.file(own_cpu(view) + "thermal_throttle/package_throttle_count").value_or(""));
    if (!count) return all_is_well("not counted here");
    if (*count == 0) return all_is_well("never since the start");
    return {note(fmt::format("heat lowered the clock {} since the start", counted(*count, "time")),
                 "long runs may be slower than short ones", "watch it: turbostat --interval 5")};
}

std::vector<finding> check_clock(const machine_view& view) {
    const std::string folder = "/sys/devices/system/clocksource/clocksource0/";
    const auto source = view.file(folder + "current_clocksource");
    if (!source) return all_is_well("not visible here");
    for (const char* quick : {"tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter"}) {
        if (*source == quick) return all_is_well(*source);
    }
    const bool has_tsc = (" " + view.file(folder + "available_clocksource").value_or("") + " ").find(" tsc ") != std::string::npos;
    return {warning("time is read from " + *source, "each reading is a system call to a slow device: small problems seem slow",
                    has_tsc ? "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource"
                            : "dmesg | grep -i clocksource")};
}

} // namespace quadot::drivers
