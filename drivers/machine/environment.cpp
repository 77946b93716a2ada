#include "drivers/machine/environment.hpp"

#include "drivers/machine/build_facts.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include <sys/utsname.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// The value behind "key\t: value" in /proc/cpuinfo.
std::string cpuinfo(const std::string& key) {
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with(key)) continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const auto start = line.find_first_not_of(" \t", colon + 1);
        return start == std::string::npos ? "" : line.substr(start);
    }
    return "";
}

std::vector<cache_level> caches() {
    std::vector<cache_level> found;
    for (int index = 0; index < 8; ++index) {
        const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
        const std::string type = first_line(folder + "type");
        if (type.empty()) break;
        const std::string size = first_line(folder + "size"); // 32K
        long bytes = std::atol(size.c_str());
        if (size.ends_with("K")) bytes *= 1024;
        if (size.ends_with("M")) bytes *= 1024L * 1024;
        int sharing = 0;
        for (const char c : first_line(folder + "shared_cpu_map")) {
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
            sharing += __builtin_popcount(static_cast<unsigned>(digit));
        }
        found.push_back({type, std::atoi(first_line(folder + "level").c_str()), bytes, sharing});
    }
    return found;
}

std::string job_id() {
    struct scheduler {
        const char* name;
        const char* variable;
    };
    for (const auto& [name, variable] : {scheduler{"SLURM", "SLURM_JOB_ID"}, scheduler{"PBS", "PBS_JOBID"}, scheduler{"LSF", "LSB_JOBID"},
                                         scheduler{"Flux", "FLUX_JOB_ID"}}) {
        if (const char* id = std::getenv(variable)) return std::string(name) + " " + id;
    }
    return "";
}

std::string now() {
    const std::time_t seconds = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 40> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &local);
    std::string date = text.data();
    if (date.size() > 2) date.insert(date.size() - 2, ":");
    return date;
}

} // namespace

environment describe_environment(const communicator& ranks) {
    environment here;
    utsname system{};
    ::uname(&system);
    here.host = system.nodename;
    here.operating_system = std::string(system.sysname) + " " + system.release + " " + system.machine;
    here.cpu = cpuinfo("model name");
    if (here.cpu.empty()) here.cpu = system.machine;
    here.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    const std::string megahertz = cpuinfo("cpu MHz");
    here.megahertz = megahertz.empty() ? 0 : std::atof(megahertz.c_str());
    const std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    here.scaling = !governor.empty() && governor != "performance";
    here.caches = caches();
    here.compiler = build_facts::compiler;
    here.flags = build_facts::flags;
    here.build_type = build_facts::build_type;
    here.version = build_facts::version;
    here.mpi = ranks.library();
    here.simulated = ranks.simulated();
    here.job = job_id();
    here.date = now();
    return here;
}

} // namespace quadot::drivers
