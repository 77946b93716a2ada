#include "drivers/scale/plan.hpp"

#include "drivers/input/shell_word.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/machine/system_files.hpp"
#include "drivers/machine/topology.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/output_file.hpp"
#include "errors.hpp"
#include "execution.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

constexpr int most_nodes = 1'000'000;

/// What differs between the schedulers besides their directives.
struct scheduler_words {
    drivers::scheduler scheduler;
    const char* option;
    const char* submit; ///< the script's name goes in its braces
    const char* job;    ///< how a script says the job's number
};
constexpr std::array all_schedulers{
    scheduler_words{scheduler::slurm, "--slurm", "sbatch {}", "$SLURM_JOB_ID"},
    scheduler_words{scheduler::pbs, "--pbs", "qsub {}", "${PBS_JOBID%%.*}"},
    scheduler_words{scheduler::lsf, "--lsf", "bsub < {}", "$LSB_JOBID"},
    scheduler_words{scheduler::local, "--local", "bash {}", "$(date +%Y%m%dT%H%M%S)-$$"},
};

const scheduler_words& words_of(scheduler wanted) {
    return *std::find_if(all_schedulers.begin(), all_schedulers.end(), [&](const auto& each) { return each.scheduler == wanted; });
}

/// Directives are read by the scheduler, not by the shell: nothing can be quoted there.
void require_plain(const std::string& option, const std::string& name) {
    constexpr std::string_view more = "_.,:@+-/=";
    for (const char c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
        if (!plain) {
            throw usage_error(option + " " + printable(name) + ": not a name that a scheduler takes; use letters, digits and " +
                              std::string(more));
        }
    }
}

std::string clock_time(int seconds) { return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60); }

/// What a script's first lines ask of the scheduler: whole nodes, R ranks on each, T cores for a rank.
///   Slurm: sbatch(1). PBS: qsub(1B), pbs_resources(7B). LSF: bsub(1), whose slots are cores here, as its own integration of Open MPI counts.
std::string directives(const plan_request& request, int nodes, const std::string& name) {
    const int ranks = request.ranks_per_node;
    const int cores = ranks * request.threads;
    std::string out;
    const auto line = std::back_inserter(out);
    switch (request.scheduler) {
    case scheduler::slurm:
        // One thread a core: where cores have two, --cpus-per-task would count both. No memory asked for: all of a node's.
        fmt::format_to(
            line,
            "#SBATCH --job-name={}\n#SBATCH --nodes={}\n#SBATCH --ntasks-per-node={}\n#SBATCH --cpus-per-task={}\n"
            "#SBATCH --threads-per-core=1\n#SBATCH --exclusive\n#SBATCH --mem=0\n#SBATCH --time={}\n#SBATCH --output={}-%j.log\n",
            name, nodes, ranks, request.threads, clock_time(request.seconds), name);
        if (!request.queue.empty()) fmt::format_to(line, "#SBATCH --partition={}\n", request.queue);
        if (!request.account.empty()) fmt::format_to(line, "#SBATCH --account={}\n", request.account);
        break;
    case scheduler::pbs:
        // Names had to have 15 characters at most.
        fmt::format_to(line,
                       "#PBS -N quadot-{}n\n#PBS -l select={}:ncpus={}:mpiprocs={}:ompthreads={}\n#PBS -l place=scatter:excl\n"
                       "#PBS -l walltime={}\n#PBS -j oe\n",
                       nodes, nodes, cores, ranks, request.threads, clock_time(request.seconds));
        if (!request.queue.empty()) fmt::format_to(line, "#PBS -q {}\n", request.queue);
        if (!request.account.empty()) fmt::format_to(line, "#PBS -A {}\n", request.account);
        break;
    case scheduler::lsf: {
        const int minutes = (request.seconds + 59) / 60;
        fmt::format_to(line, "#BSUB -J {}\n#BSUB -n {}\n#BSUB -R \"span[ptile={}]\"\n#BSUB -x\n#BSUB -W {:02}:{:02}\n#BSUB -o {}-%J.log\n",
                       name, static_cast<long long>(nodes) * cores, cores, minutes / 60, minutes % 60, name);
        if (!request.queue.empty()) fmt::format_to(line, "#BSUB -q {}\n", request.queue);
        if (!request.account.empty()) fmt::format_to(line, "#BSUB -P {}\n", request.account);
        break;
    }
    case scheduler::local:
        break;
    }
    return out;
}

/// A shell function that starts the ranks, each bound to its cores.
std::string launcher(const plan_request& request, int nodes) {
    const int per_node = request.ranks_per_node;
    const long long ranks = static_cast<long long>(nodes) * per_node;
    const std::string environment = "-x OMP_NUM_THREADS -x OMP_PLACES -x OMP_PROC_BIND";
    if (request.scheduler == scheduler::slurm) {
        // Since 22.05 srun takes --cpus-per-task from nobody but its own command line.
        return fmt::format(
            "launch() {{\n    srun --nodes={} --ntasks={} --ntasks-per-node={} --cpus-per-task={} --cpu-bind=cores \"$@\" </dev/null\n}}\n",
            nodes, ranks, per_node, request.threads);
    }
    if (request.scheduler == scheduler::local) {
        return fmt::format("# All ranks on this machine. With more of them than cores, times say little; the answers are the same.\n"
                           "cores=$(lscpu -p=core,socket | grep -v '^#' | sort -u | wc -l)\n"
                           "if [ \"$cores\" -lt {} ]; then\n"
                           "    unset OMP_PLACES OMP_PROC_BIND\n"
                           "    open_mpi_places=(--oversubscribe --bind-to none)\n"
                           "    mpich_places=(-bind-to none)\n"
                           "else\n"
                           "    open_mpi_places=(--map-by slot:PE={} --bind-to core)\n"
                           "    mpich_places=(-bind-to core:{})\n"
                           "fi\n"
                           "launch() {{\n"
                           "    case $(mpirun --version 2>&1) in\n"
                           "    *'Open MPI'* | *open-mpi*) mpirun -n {} \"${{open_mpi_places[@]}}\" \"$@\" </dev/null ;;\n"
                           "    *) mpirun -n {} \"${{mpich_places[@]}}\" \"$@\" </dev/null ;;\n"
                           "    esac\n"
                           "}}\n",
                           ranks * request.threads, request.threads, request.threads, ranks, ranks);
    }
    return fmt::format("launch() {{\n"
                       "    case $(mpirun --version 2>&1) in\n"
                       "    *'Open MPI'* | *open-mpi*) mpirun -n {} --map-by ppr:{}:node:PE={} --bind-to core {} \"$@\" </dev/null ;;\n"
                       "    *) mpirun -n {} -ppn {} -bind-to core:{} \"$@\" </dev/null ;; # MPICH and its kin\n"
                       "    esac\n"
                       "}}\n",
                       ranks, per_node, request.threads, environment, ranks, per_node, request.threads);
}

std::string job_script(const plan_request& request, int nodes, const std::string& name) {
    const long long ranks = static_cast<long long>(nodes) * request.ranks_per_node;
    std::string measured;
    for (const auto& word : request.words) measured += " " + shell_word(word);
    const bool has_mode = std::any_of(request.words.begin(), request.words.end(),
                                      [](const std::string& word) { return word == "--mode" || word.starts_with("--mode="); });
    if (!has_mode) measured += " --mode strong,weak";

    std::string out = "#!/bin/bash\n" + directives(request, nodes, name);
    const auto line = std::back_inserter(out);
    fmt::format_to(line, "# {} node{} x {} rank{} x {} thread{}{}\n", nodes, nodes == 1 ? "" : "s", request.ranks_per_node,
                   request.ranks_per_node == 1 ? "" : "s", request.threads, request.threads == 1 ? "" : "s", request.threads_origin);
    out += "set -euo pipefail\n";
    if (request.scheduler == scheduler::pbs) out += "cd \"$PBS_O_WORKDIR\"\n";
    if (request.scheduler != scheduler::local) out += "\n# module load ...   # the compiler and the MPI that Quadot was built with\n";
    if (request.scheduler == scheduler::slurm)
        out += "# export SLURM_MPI_TYPE=pmix   # if srun starts ranks that know nothing of each other\n";
    fmt::format_to(line, "\nquadot=${{QUADOT_PROGRAM:-{}}}\njob={}\nexport OMP_NUM_THREADS={} OMP_PLACES=cores OMP_PROC_BIND=close\n",
                   shell_word(request.program), words_of(request.scheduler).job, request.threads);
    out += launcher(request, nodes);
    fmt::format_to(line,
                   "\ndoctor=quadot-doctor-{}nodes-$job.json\n"
                   "launch \"$quadot\" doctor --strict --quiet --threads {} --json \"$doctor\" || {{\n"
                   "    echo \"quadot scale plan: the doctor found trouble, see above and $doctor{}\" >&2\n{}"
                   "}}\n",
                   nodes, request.threads, request.strict ? "; nothing is measured" : "; measured all the same",
                   request.strict ? "    exit 3\n" : "");
    // Without its scheduler's MPI plug-in each process believes to be alone, and all of them would write one file.
    fmt::format_to(line,
                   "if ! grep -q '\"ranks\": {},' \"$doctor\"; then\n"
                   "    echo \"quadot scale plan: no {} rank{} in one run: the launcher and Quadot's MPI do not match; load the MPI it was "
                   "built with{}\" "
                   ">&2\n"
                   "    exit 3\n"
                   "fi\n",
                   ranks, ranks, ranks == 1 ? "" : "s", request.scheduler == scheduler::slurm ? ", or choose one of: srun --mpi=list" : "");
    fmt::format_to(line, "launch \"$quadot\" scale{} --json \"{}-$job.json\"\n", measured, name);
    return out;
}

} // namespace

int parse_wall_time(const std::string& text) {
    constexpr double most = 365.0 * 24 * 3600;
    std::array<int, 3> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const auto [after, failure] = std::from_chars(at, end, parts[k]);
        const bool last = k + 1 == parts.size();
        if (failure != std::errc{} || parts[k] < 0 || parts[k] > (k == 0 ? 8760 : 59) ||
            (last ? after != end : after == end || *after != ':')) {
            break;
        }
        const int seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
        if (last && seconds > 0 && seconds <= most) return seconds;
        at = after + (last ? 0 : 1);
    }
    if (text.find(':') == std::string::npos) {
        const double seconds = std::ceil(parse_duration("--time", text));
        if (seconds <= most) return static_cast<int>(seconds);
    }
    throw usage_error("--time " + printable(text) + ": not a wall-clock time of at most a year; write 00:30:00, 30min or 2h");
}

std::vector<planned_file> render_plan(const plan_request& request) {
    const std::vector<std::string> known{"dot", "integrate"};
    if (request.words.empty()) {
        throw usage_error("scale plan: nothing to measure; put it behind --, as in: quadot scale plan --nodes 1,2 --slurm -- dot -n 2^30");
    }
    if (std::find(known.begin(), known.end(), request.words.front()) == known.end()) {
        throw usage_error(unknown_name_message("kind of run", request.words.front(), known));
    }
    for (const auto& word : request.words) {
        for (const std::string option : {"--json", "--csv"}) {
            if (word == option || word.starts_with(option + "=")) {
                throw usage_error(option + ": each job names its file after its nodes and its number; leave the option out");
            }
        }
        if (word.find('\0') != std::string::npos) throw usage_error("scale plan: a word with a zero byte; no shell can pass it on");
    }
    require_plain("--partition", request.queue);
    require_plain("--account", request.account);

    std::vector<planned_file> files;
    std::string submit =
        "#!/bin/bash\n# Submits every job of this folder; what they write comes here, too.\nset -euo pipefail\ncd \"$(dirname \"$0\")\"\n";
    for (const int nodes : request.nodes) {
        const std::string name = fmt::format("quadot-scale-{}nodes", nodes);
        files.push_back({name + ".sh", job_script(request, nodes, name), true});
        submit += fmt::format(fmt::runtime(words_of(request.scheduler).submit), name + ".sh") + "\n";
    }
    files.push_back({"submit.sh", submit, true});
    files.push_back({"README",
                     "./submit.sh submits the jobs. When they have run, merge their reports by\n"
                     "    " +
                         shell_word(request.program) + " report quadot-scale-*nodes-*.json -o quadot-scale.html\n",
                     false});
    return files;
}

namespace {

struct plan_options {
    std::string nodes;
    std::string ranks_per_node;
    std::string threads;
    std::string time;
    std::string queue;
    std::string account;
    std::string folder;
    std::array<bool, all_schedulers.size()> chosen{};
    bool strict = false;
    std::vector<std::string> words;
};

int small_number(const std::string& option, const std::string& text, int most) {
    const std::uint64_t value = parse_size(option, text);
    if (value < 1 || value > static_cast<std::uint64_t>(most)) {
        throw usage_error(fmt::format("{} {}: not from 1 to {}; choose one of those", option, printable(text), most));
    }
    return static_cast<int>(value);
}

/// This program's own path: what a job's shell would find by the name may be another.
std::string own_path() {
    std::error_code failure;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", failure);
    return failure ? "quadot" : path.string();
}

/// The one that is named. What stands in the command goes before what the environment says, as it does for options with a value.
scheduler scheduler_of(const plan_options& options, const std::vector<std::string>& command_line) {
    const auto own_end = std::find(command_line.begin(), command_line.end(), "--");
    std::vector<scheduler> named;
    std::vector<scheduler> typed;
    for (std::size_t k = 0; k < options.chosen.size(); ++k) {
        if (!options.chosen[k]) continue;
        named.push_back(all_schedulers[k].scheduler);
        if (std::find(command_line.begin(), own_end, all_schedulers[k].option) != own_end) typed.push_back(named.back());
    }
    const std::vector<scheduler>& wanted = typed.empty() ? named : typed;
    if (wanted.size() != 1) {
        throw usage_error(fmt::format("scale plan: {}; give one of --slurm, --pbs, --lsf, --local",
                                      wanted.empty() ? "no scheduler named" : "several schedulers named"));
    }
    return wanted.front();
}

plan_request request_of(const plan_options& options, const std::vector<std::string>& command_line) {
    plan_request request;
    request.scheduler = scheduler_of(options, command_line);
    if (options.nodes.empty()) throw usage_error("scale plan: no numbers of nodes; give --nodes 1,2,4 or --nodes 1..64");
    for (const std::uint64_t nodes : parse_sizes("--nodes", options.nodes)) {
        if (nodes < 1 || nodes > most_nodes)
            throw usage_error(fmt::format("--nodes {}: not from 1 to {}; choose one of those", nodes, most_nodes));
        if (std::find(request.nodes.begin(), request.nodes.end(), static_cast<int>(nodes)) == request.nodes.end()) {
            request.nodes.push_back(static_cast<int>(nodes));
        }
    }
    if (!options.ranks_per_node.empty()) request.ranks_per_node = small_number("--ranks-per-node", options.ranks_per_node, 4096);
    if (!options.threads.empty()) {
        request.threads = small_number("--threads", options.threads, maximum_threads);
    } else {
        std::set<int> cores;
        for (const auto& place : places_here()) cores.insert(place.core);
        request.threads = std::max(1, static_cast<int>(cores.size()) / request.ranks_per_node);
        request.threads_origin = fmt::format(": the {} core{} of the machine where this was planned; --threads T says otherwise",
                                             cores.size(), cores.size() == 1 ? "" : "s");
    }
    if (!options.time.empty()) request.seconds = parse_wall_time(options.time);
    request.queue = options.queue;
    request.account = options.account;
    request.strict = options.strict;
    request.program = own_path();
    request.words = options.words;
    return request;
}

/// A single script as it is, to be piped into sbatch; several with a line above each.
std::string printed(const std::vector<planned_file>& files, std::size_t scripts) {
    if (scripts == 1) return files.front().text;
    std::string out;
    for (const auto& file : files) out += "# ======== " + file.name + "\n" + file.text + "\n";
    return out;
}

void write_files(const std::string& folder, const std::vector<planned_file>& files) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) throw environment_error("-o " + folder + ": cannot be made: " + failure.message() + "; choose another folder");
    for (const auto& file : files) {
        const std::string path = folder + "/" + file.name;
        require_writable("-o", path);
        // An earlier plan may be replaced, and nothing else.
        if (const auto there = read_text(path); there && there->find("quadot-scale-") == std::string::npos) {
            throw usage_error("-o " + path + ": there already, and no plan's; choose another folder");
        }
    }
    for (const auto& file : files) {
        const std::string path = folder + "/" + file.name;
        write_whole("-o", path, file.text);
        if (file.executable) std::filesystem::permissions(path, std::filesystem::perms(0755), failure);
    }
}

int run(const surroundings& around, const plan_options& options, const words_check& check) {
    agree(around.ranks, [&] {
        const plan_request request = request_of(options, around.command_line);
        const auto files = render_plan(request);
        check(request.words, request.nodes.back() * request.ranks_per_node, request.threads);
        if (!around.speaks()) return;
        if (options.folder.empty()) {
            write_standard_output(printed(files, request.nodes.size()));
            return;
        }
        write_files(options.folder, files);
        write_standard_output(fmt::format("{} written to {}; submit with {}\n",
                                          fmt::format("{} job script{}", request.nodes.size(), request.nodes.size() == 1 ? "" : "s"),
                                          options.folder, shell_word(options.folder + "/submit.sh")));
    });
    return 0;
}

} // namespace

command add_scale_plan(CLI::App& scale, const words_check& check) {
    auto options = std::make_shared<plan_options>();
    CLI::App* app = scale.add_subcommand("plan", "job scripts for a scaling study, ready to be submitted");
    const auto option = [&](const std::string& names, std::string& value, const char* type, const std::string& description) {
        add_option_with_environment(*app, names, value, description)->type_name(type);
    };
    option("--nodes", options->nodes, "LIST", "a job for each number of nodes: 1,2,4 or 1..64");
    constexpr std::array<const char*, all_schedulers.size()> descriptions{"for Slurm", "for PBS", "for LSF", "all ranks on this machine"};
    for (std::size_t k = 0; k < all_schedulers.size(); ++k) {
        add_flag_with_environment(*app, all_schedulers[k].option, options->chosen[k], descriptions[k]);
    }
    option("--ranks-per-node", options->ranks_per_node, "R", "ranks on each node (default: 1)");
    option("--threads", options->threads, "T", "threads, each with a core, of each rank (default: this machine's cores over R)");
    option("--time", options->time, "TIME", "wall-clock time of each job, as 00:30:00, 30min or 2h (default: 00:30:00)");
    option("--partition,--queue", options->queue, "NAME", "partition or queue (default: the site's)");
    option("--account", options->account, "NAME", "account or project (default: yours)");
    option("-o,--output", options->folder, "DIR", "write the scripts, submit.sh and README there (default: print them)");
    add_flag_with_environment(*app, "--strict", options->strict,
                              "jobs end with code 3 where the doctor warns, instead of measuring all the same");
    app->add_option("words", options->words, "what to measure, behind --: dot or integrate with the options of quadot scale")
        ->type_name("-- WHAT");
    app->footer("Example:\n  quadot scale plan --nodes 1,2,4 --slurm --ranks-per-node 2 --threads 8 --time 00:20:00 -- dot -n 2^30 "
                "--accumulator exact");
    return {app, [options, check](const surroundings& around) { return run(around, *options, check); }};
}

} // namespace quadot::drivers
