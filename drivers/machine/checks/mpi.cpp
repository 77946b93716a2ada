// How messages travel inside a node and between nodes.
#include "drivers/machine/checks/checks.hpp"
#include "drivers/machine/system_files.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// Open MPI's shared-memory transport reserves 4 MiB a rank (btl_vader_segment_size).
constexpr std::uint64_t segment = 4 * mebibyte;

bool names(const std::string& list, std::string_view wanted) {
    return ("," + list + ",").find("," + std::string(wanted) + ",") != std::string::npos;
}

/// "^a,b" excludes those, "a,b" leaves out all others.
bool excludes(const std::string& list, std::string_view component) {
    if (list.empty()) return false;
    return list.front() == '^' ? names(list.substr(1), component) : !names(list, component);
}

/// An MCA parameter: from the environment, or else from the files where Open MPI looks (mpirun(1)). `origin` names the place.
struct parameter {
    std::string value;
    std::string origin;
};
parameter mca(const machine_view& view, const std::string& name) {
    if (const auto value = view.variable("OMPI_MCA_" + name)) return {*value, "OMPI_MCA_" + name};
    const std::string home = view.variable("HOME").value_or("");
    for (const std::string& path : {home + "/.openmpi/mca-params.conf", std::string("/etc/openmpi/openmpi-mca-params.conf")}) {
        std::istringstream lines(view.file(path).value_or(""));
        for (std::string line; std::getline(lines, line);) {
            const std::string rest = line_after(line, name);
            if (rest.starts_with("=")) return {rest.substr(std::min(rest.find_first_not_of(" \t", 1), rest.size())), path};
        }
    }
    return {};
}

bool is_open_mpi(const machine_view& view) { return view.mpi.starts_with("Open MPI"); }

/// What mpirun sets for its own ranks, some of it out of its own options, says nothing about the user.
bool set_by_launcher(const std::string& name) {
    for (const char* prefix :
         {"OMPI_MCA_orte_", "OMPI_MCA_ess", "OMPI_MCA_pmix", "OMPI_MCA_initial_wdir", "OMPI_MCA_mpi_oversubscribe",
          "OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_shmem_RUNTIME_QUERY_hint", "OMPI_MCA_hwloc_base_binding_policy",
          "OMPI_MCA_rmaps_base_mapping_policy", "PMIX_MCA_psec", "OMPI_MCA_prte_", "PMIX_MCA_mca_base_component_show_load_errors"}) {
        if (name.starts_with(prefix)) return true;
    }
    return false;
}

} // namespace

std::vector<finding> check_mpi_shared_memory(const machine_view& view) {
    const auto ranks = static_cast<std::uint64_t>(view.neighbours().size());
    const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-6; };
    if (!view.under_mpi() || ranks == 1) return all_is_well("one rank a node: not needed");
    const std::string why = "messages inside the node take a file elsewhere or TCP, or the run does not start";
    if (view.shared_memory_total == 0) {
        return {warning("there is no /dev/shm", why, "sudo mount -t tmpfs tmpfs /dev/shm")};
    }
    if (!view.shared_memory_writable) return {warning("/dev/shm cannot be written", why, "sudo chmod 1777 /dev/shm")};
    const std::string what = fmt::format("{:.0f} MB of {:.0f} MB free in /dev/shm for {} ranks", megabytes(view.shared_memory_free),
                                         megabytes(view.shared_memory_total), ranks);
    if (view.shared_memory_free < ranks * segment) {
        return {warning(what, why,
                        fmt::format("docker run --shm-size {}m   # or remove what earlier runs left there",
                                    std::max<std::uint64_t>(256, 2 * ranks * segment / mebibyte)))};
    }
    return all_is_well(what);
}

std::vector<finding> check_mpi_single_copy(const machine_view& view) {
    if (!view.under_mpi() || view.neighbours().size() == 1) return all_is_well("one rank a node: not needed");
    const auto scope = whole_number(view.file("/proc/sys/kernel/yama/ptrace_scope").value_or("0")).value_or(0);
    if (scope == 0) return all_is_well("ranks may read each other's memory");
    return {note(fmt::format("ptrace_scope {}: ranks may not read each other's memory", scope),
                 "large messages inside a node are copied twice; Quadot's own are a few KiB", "sudo sysctl kernel.yama.ptrace_scope=0")};
}

std::vector<finding> check_mpi_network(const machine_view& view) {
    if (view.nodes() == 1) return all_is_well("one node: not needed");
    std::string devices;
    for (const char* folder : {"/sys/class/infiniband", "/sys/class/cxi"}) {
        for (const auto& name : view.folder(folder)) devices += (devices.empty() ? "" : ", ") + name;
    }
    if (devices.empty()) {
        return {note(counted(view.nodes(), "node") + " and no fast network card: messages go by TCP",
                     "a reduction takes tens of microseconds: small problems cannot scale")};
    }
    const std::string maps = view.file("/proc/self/maps").value_or("");
    std::string used;
    for (const char* library : {"libucp", "libpsm2", "libfabric", "libmpi_cray"}) {
        if (maps.find(library) != std::string::npos) used += (used.empty() ? "" : ", ") + std::string(library);
    }
    const std::string why = "messages go by TCP, at a tenth of the speed and ten times the latency";
    const parameter pml = mca(view, "pml");
    if (is_open_mpi(view) && excludes(pml.value, "ucx") && used.find("libfabric") == std::string::npos &&
        used.find("libpsm2") == std::string::npos) {
        return {warning(fmt::format("network card {}, but {} says pml = {}", devices, pml.origin, pml.value), why,
                        fmt::format("mpirun -n {} --mca pml ucx {}", view.ranks, view.command))};
    }
    if (used.empty()) {
        return {warning(fmt::format("network card {}, but no library that drives it is loaded", devices), why,
                        "module load openmpi   # one that ompi_info | grep -e ucx -e ofi finds something in")};
    }
    return all_is_well(fmt::format("{} by {}", devices, used));
}

std::vector<finding> check_mpi_settings(const machine_view& view) {
    if (!view.under_mpi()) return all_is_well("not under MPI");
    std::vector<finding> found;
    const bool shares_node = view.neighbours().size() > 1;
    std::vector<std::string> judged;
    if (is_open_mpi(view)) {
        const parameter transports = mca(view, "btl");
        const bool no_memory = excludes(transports.value, "vader") && (transports.value.starts_with('^') || !names(transports.value, "sm"));
        if (!transports.value.empty() && no_memory && shares_node) {
            found.push_back(
                warning(fmt::format("{}: btl = {} leaves out shared memory", transports.origin, transports.value),
                        "ranks on one node talk by TCP: 1000 terms on two ranks took 11 us instead of 0.6 (Zen 4, Open MPI 4.1)",
                        transports.origin.starts_with("OMPI") ? "unset OMPI_MCA_btl" : "mpirun --mca btl self,vader,tcp " + view.command));
            judged.emplace_back("OMPI_MCA_btl");
        }
        if (mca(view, "btl_vader_single_copy_mechanism").value == "none" && shares_node) {
            found.push_back(note("btl_vader_single_copy_mechanism = none", "large messages inside a node are copied twice",
                                 "unset OMPI_MCA_btl_vader_single_copy_mechanism"));
            judged.emplace_back("OMPI_MCA_btl_vader_single_copy_mechanism");
        }
        const auto yields = view.variable("OMPI_MCA_mpi_yield_when_idle").value_or("0");
        if (yields == "1" && view.threads_on_node() <= view.cpus_on_node()) {
            found.push_back(note("OMPI_MCA_mpi_yield_when_idle=1", "a waiting rank gives its CPU away and comes back late",
                                 "unset OMPI_MCA_mpi_yield_when_idle"));
            judged.emplace_back("OMPI_MCA_mpi_yield_when_idle");
        }
        if (view.variable("OMPI_MCA_mpi_oversubscribe").value_or("0") == "1" && view.threads_on_node() > view.cpus_on_node()) {
            found.push_back(note(counted(static_cast<long long>(view.neighbours().size()), "rank") + " on " +
                                     counted(view.cpus_on_node(), "CPU") + ": waiting ranks yield instead of polling",
                                 "each message costs a change of process",
                                 fmt::format("mpirun -n {} {}", view.cpus_on_node(), view.command)));
        }
    }
    const std::string ucx = view.variable("UCX_TLS").value_or("all");
    if (shares_node && ucx.find("all") == std::string::npos && ucx.find("shm") == std::string::npos &&
        ucx.find("sm") == std::string::npos && ucx.find("posix") == std::string::npos && ucx.find("sysv") == std::string::npos &&
        ucx.front() != '^') {
        found.push_back(
            warning("UCX_TLS=" + ucx + " leaves out shared memory", "ranks on one node talk through the network", "unset UCX_TLS"));
    }
    std::string others;
    for (const auto& [name, value] : view.variables) {
        const bool parameter = name.starts_with("OMPI_MCA_") || name.starts_with("PMIX_MCA_") || name.starts_with("PRTE_MCA_") ||
                               name.starts_with("I_MPI_") || name.starts_with("MPICH_");
        if (!parameter || set_by_launcher(name) || std::find(judged.begin(), judged.end(), name) != judged.end()) continue;
        others += (others.empty() ? "" : " ") + name + "=" + value;
    }
    if (!others.empty()) found.push_back(note(others, "set by hand or by a module: they change how ranks are placed and how they talk"));
    return found.empty() ? all_is_well("nothing unusual") : found;
}

} // namespace quadot::drivers
