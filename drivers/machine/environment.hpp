// Where a run took place: what a reader needs to judge its figures or to repeat it.
#pragma once

#include "ranks/communicator.hpp"

#include <string>
#include <vector>

namespace quadot::drivers {

struct cache_level {
    std::string type; ///< Data, Instruction, Unified
    int level;
    long bytes;
    int sharing; ///< CPUs
};

struct environment {
    std::string host;
    std::string cpu;
    std::string operating_system;
    int cpus;         ///< online on this node
    double megahertz; ///< nominal or current, 0 if unknown
    bool scaling;     ///< a frequency governor other than "performance" is active
    std::vector<cache_level> caches;
    std::string compiler;
    std::string flags;
    std::string build_type;
    std::string version; ///< of Quadot, with the commit where known
    std::string mpi;
    bool simulated;   ///< the ranks, and with them every time
    std::string job;  ///< "SLURM 1234", … or empty
    std::string date; ///< ISO 8601 with zone
};

environment describe_environment(const communicator& ranks);

} // namespace quadot::drivers
