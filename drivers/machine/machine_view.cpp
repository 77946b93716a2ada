#include "drivers/machine/machine_view.hpp"

#include "block/isa.hpp"
#include "drivers/machine/build_facts.hpp"
#include "drivers/machine/system_files.hpp"
#include "errors.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace quadot::drivers {

namespace {

std::map<std::string, std::string> all_variables() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

/// Of the calling thread.
floating_point_state floating_point_here() {
#if defined(__x86_64__)
    const unsigned control = _mm_getcsr();
    return {(control & 0x8000U) != 0, (control & 0x0040U) != 0, (control & 0x6000U) == 0};
#else
    std::uint64_t control = 0;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    const bool flushes = (control & (std::uint64_t{1} << 24)) != 0; // operands and results alike
    return {flushes, flushes, (control & (std::uint64_t{3} << 22)) == 0};
#endif
}

/// Threads started later may differ from the one that starts them.
floating_point_state floating_point_of_all(int threads) {
    bool flushes = false;
    bool ignores = false;
    bool nearest = true;
#pragma omp parallel num_threads(threads) reduction(|| : flushes, ignores) reduction(&& : nearest)
    {
        const floating_point_state here = floating_point_here();
        flushes = flushes || here.flushes_results;
        ignores = ignores || here.ignores_denormals;
        nearest = nearest && here.rounds_to_nearest;
    }
    return {flushes, ignores, nearest};
}

std::uint64_t soft_limit(decltype(RLIMIT_STACK) which) {
    rlimit limit{};
    if (::getrlimit(which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return machine_view::unlimited;
    return limit.rlim_cur;
}

} // namespace

std::optional<std::string> machine_view::file(const std::string& path) const { return read_text(root + path); }

bool machine_view::exists(const std::string& path) const {
    std::error_code failure;
    return std::filesystem::exists(root + path, failure);
}

std::vector<std::string> machine_view::folder(const std::string& path) const {
    std::vector<std::string> names;
    std::error_code failure;
    for (std::filesystem::directory_iterator at(root + path, failure), end; !failure && at != end; at.increment(failure)) {
        names.push_back(at->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::string> machine_view::variable(const std::string& name) const {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

const rank_binding& machine_view::mine() const { return binding.ranks.at(static_cast<std::size_t>(rank)); }

std::vector<const rank_binding*> machine_view::neighbours() const {
    std::vector<const rank_binding*> here;
    for (const auto& each : binding.ranks) {
        if (each.host == mine().host) here.push_back(&each);
    }
    return here;
}

int machine_view::threads_on_node() const {
    int sum = 0;
    for (const rank_binding* each : neighbours()) sum += each->threads;
    return sum;
}

int machine_view::nodes() const {
    std::set<std::string> hosts;
    for (const auto& each : binding.ranks) hosts.insert(each.host);
    return static_cast<int>(hosts.size());
}

int machine_view::cpus_on_node() const { return mine().cpus_on_host; }

machine_view look_cheaply(const communicator& ranks, const binding_verdict& binding, int threads, const std::string& command) {
    machine_view view;
    view.variables = all_variables();
    view.rank = ranks.rank();
    view.ranks = ranks.size();
    view.threads = threads;
    view.mpi = ranks.library();
    view.command = command;
    view.binding = binding;
    view.build_type = build_facts::build_type;
    view.build_flags = build_facts::flags;
    view.sanitizers = build_facts::sanitizers;
    for (const auto& description : isa_descriptions) {
        view.isas.push_back({std::string(description.name), is_built(description.kind), runs_here(description.kind)});
    }
    try {
        view.isa_selected = name_of(default_isa());
    } catch (const error& failure) {
        view.isa_failure = failure.what();
    }
    view.floating_point = floating_point_here();
    return view;
}

machine_view look_thoroughly(const communicator& ranks, const binding_verdict& binding, int threads, const std::string& command) {
    machine_view view = look_cheaply(ranks, binding, threads, command);
    view.floating_point = floating_point_of_all(threads);
    view.places = places_here();
    struct statvfs shared {};
    if (::statvfs("/dev/shm", &shared) == 0) {
        view.shared_memory_total = static_cast<std::uint64_t>(shared.f_blocks) * shared.f_frsize;
        view.shared_memory_free = static_cast<std::uint64_t>(shared.f_bavail) * shared.f_frsize;
        view.shared_memory_writable = ::access("/dev/shm", W_OK | X_OK) == 0;
    } else {
        view.shared_memory_total = view.shared_memory_free = 0;
        view.shared_memory_writable = false;
    }
    view.stack_limit = soft_limit(RLIMIT_STACK);
    view.locked_limit = soft_limit(RLIMIT_MEMLOCK);
    // Ranks that wait for each other inside MPI poll, and would be taken for somebody else's load: all sleep together. The first 20 ms let
    // those that come last arrive.
    ranks.barrier();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    view.stat_before = view.file("/proc/stat").value_or("");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    view.stat_after = view.file("/proc/stat").value_or("");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return view;
}

} // namespace quadot::drivers
