// Threads, CPUs, cores, and who else wants them.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// Cores behind `cpus`.
std::set<int> cores_of(const std::vector<int>& cpus, const std::vector<cpu_place>& places) {
    std::set<int> cores;
    for (const auto& place : places) {
        if (std::binary_search(cpus.begin(), cpus.end(), place.cpu)) cores.insert(place.core);
    }
    return cores;
}

/// The same command, started so that each thread has a CPU of its own; in Slurm's own words inside one of its steps.
std::string binding_remedy(const machine_view& view) {
    if (!view.variable("SLURM_STEP_ID")) return view.binding.remedy;
    return fmt::format("srun --ntasks={} --cpus-per-task={} --cpu-bind=cores {}", view.ranks, view.threads, view.command);
}

/// Jiffies of all CPUs together.
struct processor_times {
    long long busy = 0; ///< of processes and of the kernel
    long long steal = 0;
    long long total = 0;
};

/// The line "cpu user nice system idle iowait irq softirq steal …" of /proc/stat (proc(5)). The guests' times are in the first two already.
processor_times read_times(const std::string& stat) {
    std::istringstream fields(line_after(stat, "cpu "));
    std::array<long long, 8> jiffies{};
    for (auto& each : jiffies) fields >> each;
    const auto [user, nice, system, idle, waiting, interrupts, soft_interrupts, steal] = jiffies;
    const long long busy = user + nice + system + interrupts + soft_interrupts;
    return {busy, steal, busy + idle + waiting + steal};
}

} // namespace

std::vector<finding> check_binding(const machine_view& view) {
    const rank_binding& mine = view.mine();
    const auto cpus = static_cast<int>(mine.cpus.size());
    const std::string remedy = binding_remedy(view);
    if (mine.threads > cpus) {
        return {warning(fmt::format("{} on {}: they run one after the other", counted(mine.threads, "thread"), counted(cpus, "CPU")),
                        "such a run is no faster than with one thread, and seems to scale badly", remedy)};
    }
    // Who asked for these very threads meant to leave CPUs alone.
    const std::string numbers = view.variable("OMP_NUM_THREADS").value_or("");
    const bool as_asked = view.threads_by_option || whole_number(numbers.substr(0, numbers.find(','))) == mine.threads;
    std::vector<finding> found;
    const std::string prefix = mine.host + ": ";
    for (const auto& each : view.binding.warnings) {
        if (!each.starts_with(prefix)) continue;
        const bool idle = each.find("cannot be used") != std::string::npos;
        found.push_back((idle && as_asked ? note : warning)(
            each.substr(prefix.size()), idle ? "CPUs left out do nothing" : "threads that share a CPU take turns", remedy));
    }
    return found.empty() ? all_is_well(fmt::format("{}, {} to run on", counted(mine.threads, "thread"), counted(cpus, "CPU"))) : found;
}

std::vector<finding> check_smt(const machine_view& view) {
    const auto neighbours = view.neighbours();
    std::vector<int> cpus;
    for (const rank_binding* each : neighbours) cpus.insert(cpus.end(), each->cpus.begin(), each->cpus.end());
    std::sort(cpus.begin(), cpus.end());
    cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
    const auto cores = static_cast<int>(cores_of(cpus, view.places).size());
    const auto units = static_cast<int>(cpus.size());
    if (cores == 0 || cores == units) return all_is_well("no core has two hardware threads of ours");

    const int threads = view.threads_on_node();
    const int fair = std::max(1, cores / static_cast<int>(neighbours.size()));
    const std::string remedy =
        view.under_mpi() ? fmt::format("mpirun -n {} --map-by slot:PE={} --bind-to core -x OMP_NUM_THREADS={} -x OMP_PLACES=cores {}",
                                       view.ranks, fair, fair, view.command)
                         : fmt::format("OMP_NUM_THREADS={} OMP_PLACES=cores OMP_PROC_BIND=close {}", fair, view.command);
    const std::string why = "two threads on one core share its multipliers and its path to memory";
    if (threads > cores && threads <= units) {
        return {warning(fmt::format("{} on {}: siblings compute side by side", counted(threads, "thread"), counted(cores, "core")), why,
                        remedy)};
    }
    for (const rank_binding* each : neighbours) {
        const auto own_cores = static_cast<int>(cores_of(each->cpus, view.places).size());
        if (each->threads > own_cores && each->threads <= static_cast<int>(each->cpus.size())) {
            return {warning(fmt::format("rank {}: {} on {}: siblings compute side by side", each->rank, counted(each->threads, "thread"),
                                        counted(own_cores, "core")),
                            why, remedy)};
        }
    }
    const std::string bind = view.variable("OMP_PROC_BIND").value_or(view.variable("OMP_PLACES") ? "true" : "false");
    if (bind != "false" || threads > units) return all_is_well(fmt::format("{} on {}", counted(threads, "thread"), counted(cores, "core")));
    return {note(fmt::format("{} on {} with {}, and nothing keeps two off one core", counted(threads, "thread"), counted(cores, "core"),
                             counted(units, "hardware thread")),
                 why, remedy)};
}

std::vector<finding> check_other_load(const machine_view& view) {
    const processor_times before = read_times(view.stat_before);
    const processor_times after = read_times(view.stat_after);
    const long long passed = after.total - before.total;
    const std::string average = view.file("/proc/loadavg").value_or("");
    const std::string minute = average.substr(0, average.find(' '));
    if (passed <= 0) return all_is_well("not sampled");
    // We slept: what was busy is not ours.
    const int cpus = view.cpus_on_node();
    const double others = cpus * static_cast<double>(after.busy - before.busy) / static_cast<double>(passed);
    const std::string what = fmt::format("other processes use {:.1f} of {} (load average {})", others, counted(cpus, "CPU"), minute);
    // A sample counts in hundredths of a second, and daemons always do something.
    if (others < std::max(0.5, 0.01 * cpus)) return all_is_well(what);
    const std::string why = "they take turns with our threads, and share caches and memory";
    const std::string remedy = "ps -eo pcpu,pid,user,comm --sort=-pcpu | head";
    if (others + view.threads_on_node() > cpus + 0.25) return {warning(what, why, remedy)};
    return {note(what, why, remedy)};
}

std::vector<finding> check_steal(const machine_view& view) {
    const processor_times before = read_times(view.stat_before);
    const processor_times after = read_times(view.stat_after);
    if (after.total <= 0) return all_is_well("not sampled");
    const auto percent = [](long long part, long long whole) {
        return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
    };
    const long long stolen = after.steal - before.steal;
    const double now = percent(stolen, after.total - before.total);
    const double ever = percent(after.steal, after.total);
    const std::string what = fmt::format("the hypervisor gave {:.1f} % of the CPU time to others, {:.1f} % since the start", now, ever);
    const std::string why = "the clock runs on while this machine stands still";
    const std::string remedy = "# ask for dedicated CPUs; until then many samples help: --reps 100";
    // One hundredth of a second may be bad luck.
    if (stolen >= 2 && now > 2) return {warning(what, why, remedy)};
    if (ever > 1) return {note(what, why, remedy)};
    return all_is_well(what);
}

} // namespace quadot::drivers
