// The machine as hwloc sees it: also right where /sys is hidden or wrong, and on systems that number CPUs in their own way.
#include "drivers/machine/topology.hpp"

#include <memory>

#include <hwloc.h>

namespace quadot::drivers {

std::vector<cpu_place> places_here() {
    hwloc_topology_t loaded = nullptr;
    if (hwloc_topology_init(&loaded) != 0) return places_in("");
    const std::unique_ptr<hwloc_topology, decltype(&hwloc_topology_destroy)> topology(loaded, hwloc_topology_destroy);
    // CPUs outside this process's cpuset are other processes', but siblings of ours.
    if (hwloc_topology_set_flags(loaded, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) != 0 || hwloc_topology_load(loaded) != 0) {
        return places_in("");
    }
    std::vector<cpu_place> places;
    for (int cpu = hwloc_bitmap_first(hwloc_topology_get_topology_cpuset(loaded)); cpu >= 0;
         cpu = hwloc_bitmap_next(hwloc_topology_get_topology_cpuset(loaded), cpu)) {
        const auto index = static_cast<unsigned>(cpu);
        hwloc_obj_t unit = hwloc_get_pu_obj_by_os_index(loaded, index);
        if (unit == nullptr) continue;
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(loaded, HWLOC_OBJ_CORE, unit);
        int node = 0;
        hwloc_obj_t memory = nullptr;
        while ((memory = hwloc_get_next_obj_by_type(loaded, HWLOC_OBJ_NUMANODE, memory)) != nullptr) {
            if (hwloc_bitmap_isset(memory->cpuset, index) != 0) {
                node = static_cast<int>(memory->os_index);
                break;
            }
        }
        places.push_back({cpu, core == nullptr ? cpu : hwloc_bitmap_first(core->cpuset), node});
    }
    return places;
}

} // namespace quadot::drivers
