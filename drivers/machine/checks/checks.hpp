// The checks themselves; drivers/machine/findings.cpp lists them with what each is for.
#pragma once

#include "drivers/machine/findings.hpp"
#include "drivers/report/counted.hpp"

#include <string>
#include <utility>
#include <vector>

namespace quadot::drivers {

inline std::vector<finding> all_is_well(std::string what) { return {{"", severity::ok, std::move(what), "", ""}}; }
inline finding note(std::string what, std::string why, std::string remedy = "") {
    return {"", severity::note, std::move(what), std::move(why), std::move(remedy)};
}
inline finding warning(std::string what, std::string why, std::string remedy = "") {
    return {"", severity::warning, std::move(what), std::move(why), std::move(remedy)};
}

// processors.cpp
std::vector<finding> check_binding(const machine_view& view);
std::vector<finding> check_smt(const machine_view& view);
std::vector<finding> check_other_load(const machine_view& view);
std::vector<finding> check_steal(const machine_view& view);
// clocks.cpp
std::vector<finding> check_governor(const machine_view& view);
std::vector<finding> check_boost(const machine_view& view);
std::vector<finding> check_throttling(const machine_view& view);
std::vector<finding> check_clock(const machine_view& view);
// memory.cpp
std::vector<finding> check_numa(const machine_view& view);
std::vector<finding> check_numa_balancing(const machine_view& view);
std::vector<finding> check_huge_pages(const machine_view& view);
std::vector<finding> check_swap(const machine_view& view);
// containers.cpp
std::vector<finding> check_quota(const machine_view& view);
std::vector<finding> check_cpuset(const machine_view& view);
std::vector<finding> check_memory_limit(const machine_view& view);
std::vector<finding> check_limits(const machine_view& view);
std::vector<finding> check_perf(const machine_view& view);
// build.cpp
std::vector<finding> check_isa(const machine_view& view);
std::vector<finding> check_floating_point(const machine_view& view);
std::vector<finding> check_variables(const machine_view& view);
std::vector<finding> check_build(const machine_view& view);
// openmp.cpp
std::vector<finding> check_openmp(const machine_view& view);
// mpi.cpp
std::vector<finding> check_mpi_shared_memory(const machine_view& view);
std::vector<finding> check_mpi_single_copy(const machine_view& view);
std::vector<finding> check_mpi_network(const machine_view& view);
std::vector<finding> check_mpi_settings(const machine_view& view);

} // namespace quadot::drivers
