// quadot scale plan: job scripts that run `quadot scale` on some numbers of nodes, ready to be submitted.
#pragma once

#include "drivers/commands.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace quadot::drivers {

enum class scheduler : std::uint8_t { slurm, pbs, lsf, local };

struct plan_request {
    drivers::scheduler scheduler = scheduler::local;
    std::vector<int> nodes; ///< one job each
    int ranks_per_node = 1;
    int threads = 1;                ///< a rank
    std::string threads_origin;     ///< said in the scripts where nobody chose them
    int seconds = 1800;             ///< of wall clock that each job may take
    std::string queue;              ///< partition or queue; empty: the site's default
    std::string account;            ///< or project; empty: the user's default
    bool strict = false;            ///< what the doctor warns of ends a job
    std::string program = "quadot"; ///< path
    std::vector<std::string> words; ///< what to measure: dot or integrate, and its options
};

struct planned_file {
    std::string name;
    std::string text;
    bool executable;
};

/// A script for each number of nodes, submit.sh, which submits them all, and README, which says how to merge what they write. Throws error:
/// usage for words that are neither dot nor integrate, that name an output file, and for names that no scheduler would take.
std::vector<planned_file> render_plan(const plan_request& request);

/// "01:30:00", "90min", "1.5h" -> seconds, rounded up. Throws error: usage for anything else and for more than 365 days.
int parse_wall_time(const std::string& text);

/// Throws error: usage if `quadot scale` would not take the words on so many ranks of so many threads.
using words_check = std::function<void(const std::vector<std::string>& words, int ranks, int threads)>;

/// Adds `plan` to the command `scale`.
command add_scale_plan(CLI::App& scale, const words_check& check);

} // namespace quadot::drivers
