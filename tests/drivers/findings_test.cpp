// Each trouble that `quadot doctor` knows, planted in files, variables and facts that are made up; and a machine where all is well.
#include "drivers/machine/findings.hpp"
#include "drivers/machine/system_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace {

using namespace quadot::drivers;

/// A node of two sockets with four cores each and two hardware threads a core: CPU c and c + 8 are siblings, and the cores 0-3 are near node 0.
class made_up_machine : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "quadot_findings_XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        view.root = name;
        write("/sys/devices/system/cpu/online", "0-15\n");
        write("/sys/devices/system/node/online", "0-1\n");
        write("/sys/devices/system/node/node0/cpulist", "0-3,8-11\n");
        write("/sys/devices/system/node/node1/cpulist", "4-7,12-15\n");
        for (int cpu = 0; cpu < 16; ++cpu) {
            const std::string folder = "/sys/devices/system/cpu/cpu" + std::to_string(cpu);
            write(folder + "/topology/thread_siblings_list", std::to_string(cpu % 8) + "," + std::to_string(cpu % 8 + 8) + "\n");
        }
        const std::string first = "/sys/devices/system/cpu/cpu0";
        write(first + "/cpufreq/scaling_governor", "performance\n");
        write(first + "/cpufreq/scaling_driver", "acpi-cpufreq\n");
        write(first + "/cpufreq/scaling_min_freq", "1500000\n");
        write(first + "/cpufreq/scaling_max_freq", "2600000\n");
        write(first + "/thermal_throttle/package_throttle_count", "0\n");
        write("/sys/devices/system/cpu/cpufreq/boost", "0\n");
        write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
        write("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm \n");
        write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        write("/sys/kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never\n");
        write("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
        write("/sys/fs/cgroup/job/memory.max", "max\n");
        write("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-15\n");
        write("/proc/self/cgroup", "0::/job/step\n");
        write("/proc/self/status", "Name:\tquadot\nCpus_allowed_list:\t0-15\nMems_allowed_list:\t0-1\n");
        write("/proc/self/numa_maps", "55acc3f6c000 default file=/usr/bin/quadot mapped=2 N0=2\n55acc3f6e000 default anon=1\n");
        write("/proc/self/maps", "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libucp.so.0.0.0\n");
        write("/proc/sys/kernel/numa_balancing", "0\n");
        write("/proc/sys/kernel/yama/ptrace_scope", "0\n");
        write("/proc/sys/kernel/perf_event_paranoid", "2\n");
        write("/proc/loadavg", "0.02 0.98 1.59 2/89 27273\n");
        write("/proc/meminfo",
              "MemTotal:       67108864 kB\nMemAvailable:   60000000 kB\nSwapTotal:       8388608 kB\nSwapFree:        8388608 kB\n");
        write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse2 avx2 fma avx512f avx512cd avx512dq avx512bw avx512vl\n");
        view.places = places_in(view.root);
        view.stat_before = "cpu  1000 0 100 90000 10 0 5 0 0 0\ncpu0 1 2 3 4\n";
        view.stat_after = "cpu  1001 0 100 90159 10 0 5 0 0 0\n"; // 160 jiffies, one of them busy
        view.variables = {{"HOME", "/home/somebody"}, {"OMP_NUM_THREADS", "4"}, {"OMP_PLACES", "cores"}, {"OMP_PROC_BIND", "close"}};
        view.build_flags = "-O3 -DNDEBUG";
        view.isas = {{"sse2", true, true}, {"neon64", false, false}, {"avx2", true, true}, {"avx512", true, true}};
        view.isa_selected = "avx512";
        view.command = "quadot dot";
        view.mpi = "Open MPI v4.1.4";
        view.threads = 4;
        // Two ranks, four threads each, on a socket each.
        launch({{"a", 4, {0, 1, 2, 3, 8, 9, 10, 11}}, {"a", 4, {4, 5, 6, 7, 12, 13, 14, 15}}});
    }
    void TearDown() override { std::filesystem::remove_all(view.root); }

    struct placed {
        std::string host;
        int threads;
        std::vector<int> cpus;
    };
    void launch(const std::vector<placed>& ranks) {
        std::vector<rank_binding> bindings;
        for (const auto& each : ranks) {
            bindings.push_back({static_cast<int>(bindings.size()), each.host, each.threads, each.cpus, 16});
        }
        view.ranks = static_cast<int>(ranks.size());
        view.threads = ranks.front().threads;
        view.binding = judge_binding(bindings, view.under_mpi(), view.command);
    }
    void write(const std::string& path, const std::string& text) const {
        const std::filesystem::path file(view.root + path);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    void remove(const std::string& path) const { std::filesystem::remove_all(view.root + path); }

    /// What the check of that name finds.
    [[nodiscard]] std::vector<finding> look(const std::string& name) const {
        std::vector<finding> found;
        for (auto& each : run_checks(view, true)) {
            if (each.check == name) found.push_back(each);
        }
        return found;
    }
    /// Expects one finding of `expected`, with `words` in what it says and a remedy that contains `remedy`.
    void expect_among_others(const std::string& name, severity expected, const std::vector<std::string>& words,
                             const std::string& remedy) const {
        const auto found = look(name);
        const auto trouble = std::find_if(found.begin(), found.end(), [&](const finding& each) {
            return each.severity == expected && std::all_of(words.begin(), words.end(), [&](const std::string& word) {
                       return each.what.find(word) != std::string::npos;
                   });
        });
        ASSERT_NE(trouble, found.end()) << name << ": " << testing::PrintToString(texts(found));
        EXPECT_FALSE(trouble->why.empty()) << name;
        EXPECT_NE(trouble->remedy.find(remedy), std::string::npos) << name << ": " << trouble->remedy;
    }
    /// The same, and that all else stays well.
    void expect(const std::string& name, severity expected, const std::vector<std::string>& words, const std::string& remedy) const {
        expect_among_others(name, expected, words, remedy);
        for (const auto& each : run_checks(view, true)) {
            if (each.check == name) continue;
            EXPECT_EQ(each.severity, severity::ok) << name << " also changed " << each.check << ": " << each.what;
        }
    }
    /// The first finding of that check.
    void expect_severity(const std::string& name, severity expected) const {
        const auto found = look(name);
        ASSERT_FALSE(found.empty()) << name;
        EXPECT_EQ(found[0].severity, expected) << name << ": " << found[0].what;
    }
    void expect_well(const std::string& name) const { expect_severity(name, severity::ok); }
    static std::vector<std::string> texts(const std::vector<finding>& found) {
        std::vector<std::string> all;
        for (const auto& each : found) all.push_back(std::string(name_of(each.severity)) + ": " + each.what + " | " + each.remedy);
        return all;
    }

    machine_view view;
};

TEST_F(made_up_machine, is_well) {
    const auto found = run_checks(view, true);
    for (const auto& each : found) EXPECT_EQ(each.severity, severity::ok) << each.check << ": " << each.what;
    std::set<std::string> checked;
    for (const auto& each : found) checked.insert(each.check);
    EXPECT_EQ(checked.size(), all_checks().size()) << "each check says something, under a name of its own";
    EXPECT_TRUE(run_driver_checks(view, true).empty());
}

TEST_F(made_up_machine, without_any_file_nothing_throws) {
    std::filesystem::remove_all(view.root);
    view.places = places_in(view.root);
    EXPECT_TRUE(view.places.empty());
    for (const auto& each : run_checks(view, true)) EXPECT_NE(each.severity, severity::warning) << each.check << ": " << each.what;
}

TEST_F(made_up_machine, damaged_files_are_no_trouble) {
    for (const std::string junk : {"", "\n", "abc\n", "-1\n", "99999999999999999999\n", "1-\n", ":\n::\n"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(view.root)) {
            if (entry.is_regular_file()) std::ofstream(entry.path()) << junk;
        }
        view.places = places_in(view.root);
        view.stat_before = view.stat_after = junk;
        for (auto& [name, value] : view.variables) value = junk;
        EXPECT_GE(run_checks(view, true).size(), all_checks().size());
    }
}

TEST_F(made_up_machine, node_checks_are_the_first_ranks) {
    for (const auto& each : run_checks(view, false)) EXPECT_EQ(scope_of(each.check), check_scope::rank) << each.check;
    EXPECT_LT(run_checks(view, false).size(), run_checks(view, true).size());
}

TEST_F(made_up_machine, binding) {
    launch({{"a", 4, {0}}, {"a", 4, {4}}});
    view.places.clear(); // the other checks of CPUs have their own tests
    expect("binding", severity::warning, {"4 threads on 1 CPU"}, "mpirun -n 2 --use-hwthread-cpus --map-by slot:PE=4");
    view.variables["SLURM_STEP_ID"] = "0";
    expect("binding", severity::warning, {"4 threads on 1 CPU"}, "srun --ntasks=2 --cpus-per-task=4 --cpu-bind=cores quadot dot");
    view.variables.erase("SLURM_STEP_ID");
    launch({{"a", 1, {0}}, {"a", 1, {4}}});
    expect_severity("binding", severity::warning); // four threads were wanted
    view.variables["OMP_NUM_THREADS"] = "1";
    expect("binding", severity::note, {"bound 2 ranks to one CPU each (0,4): 14 CPUs"}, "PE=8");
    view.variables.erase("OMP_NUM_THREADS");
    expect_severity("binding", severity::warning);
    view.threads_by_option = true;
    expect_severity("binding", severity::note);
    view.threads_by_option = false;
    view.variables["OMP_NUM_THREADS"] = "4";
    std::vector<int> all(16);
    for (int cpu = 0; cpu < 16; ++cpu) all[static_cast<std::size_t>(cpu)] = cpu;
    launch({{"a", 12, all}, {"a", 12, all}});
    view.variables.erase("OMP_PROC_BIND");
    view.variables.erase("OMP_PLACES");
    expect("binding", severity::warning, {"24 threads in 2 ranks on 16 CPUs"}, "PE=8");
}

TEST_F(made_up_machine, threads_that_the_binding_took_away) {
    launch({{"a", 1, {0}}, {"a", 1, {4}}}); // what four threads on one CPU each become
    const auto found = look("openmp");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, severity::warning);
    EXPECT_EQ(found[0].what, "OMP_NUM_THREADS=4, but 1 CPU to run on: 1 thread started");
    EXPECT_NE(found[0].remedy.find("mpirun -n 2 --use-hwthread-cpus --map-by slot:PE=4 -x OMP_NUM_THREADS=4 quadot dot"), std::string::npos)
        << found[0].remedy;
    view.variables["OMP_NUM_THREADS"] = "16";
    EXPECT_NE(look("openmp")[0].remedy.find("mpirun -n 1 --use-hwthread-cpus --map-by slot:PE=16"), std::string::npos);
    view.threads_by_option = true;
    expect_well("openmp");
}

TEST_F(made_up_machine, siblings) {
    const std::vector<int> four_cores{0, 1, 2, 3, 8, 9, 10, 11};
    launch({{"a", 8, four_cores}, {"a", 4, {4, 5, 6, 7, 12, 13, 14, 15}}});
    expect("smt", severity::warning, {"12 threads on 8 cores"}, "-x OMP_NUM_THREADS=4");
    launch({{"a", 2, {0, 8}}, {"a", 1, {1, 9}}}); // enough cores in all, but not for rank 0
    view.variables["OMP_NUM_THREADS"] = "2";
    expect("smt", severity::warning, {"3 threads on 2 cores"}, "--bind-to core");
    launch({{"a", 2, {0, 8}}, {"a", 1, {1, 2, 3, 9, 10, 11}}});
    expect("smt", severity::warning, {"rank 0: 2 threads on 1 core"}, "--bind-to core");
    launch({{"a", 4, four_cores}, {"a", 4, {4, 5, 6, 7, 12, 13, 14, 15}}});
    view.variables["OMP_NUM_THREADS"] = "4";
    view.variables.erase("OMP_PROC_BIND");
    view.variables.erase("OMP_PLACES");
    expect("smt", severity::note, {"8 threads on 8 cores with 16 hardware threads"}, "OMP_PLACES=cores");
}

TEST_F(made_up_machine, numa) {
    write("/proc/self/status", "Mems_allowed_list:\t1\n");
    expect("numa", severity::warning, {"CPUs of node 0, memory of node 1 only"}, "--map-by numa");
    write("/proc/self/status", "Mems_allowed_list:\t0-1\n");
    write("/proc/self/numa_maps", "55acc3f6c000 bind:1 file=/usr/bin/quadot mapped=2\n");
    expect("numa", severity::warning, {"CPUs of node 0, memory policy bind:1"}, "--map-by numa");
    write("/proc/self/numa_maps", "55acc3f6c000 bind:0-1 file=/usr/bin/quadot mapped=2\n");
    expect_well("numa");
    write("/proc/self/numa_maps", "55acc3f6c000 interleave:0-1 file=/usr/bin/quadot mapped=2\n");
    expect("numa", severity::note, {"interleave:0-1"}, "--map-by numa");
    write("/proc/self/numa_maps", "55acc3f6c000 default mapped=2\n");
    view.mpi = "none";
    view.variables["OMP_PROC_BIND"] = "false";
    view.variables.erase("OMP_PLACES");
    launch({{"a", 4, {0, 1, 4, 5}}});
    expect_among_others("numa", severity::note, {"4 threads on the nodes 0-1, free to move"}, "OMP_PROC_BIND=spread");
}

TEST_F(made_up_machine, pages_that_move) {
    write("/proc/sys/kernel/numa_balancing", "1\n");
    expect("numa-balancing", severity::note, {"2 nodes"}, "sysctl kernel.numa_balancing=0");
}

TEST_F(made_up_machine, load_of_others) {
    view.stat_after = "cpu  1040 0 100 90120 10 0 5 0 0 0\n"; // 40 of 160 jiffies busy: 4 of 16 CPUs, beside our 8 threads
    expect("other-load", severity::note, {"4.0 of 16 CPUs", "0.02"}, "ps ");
    view.stat_after = "cpu  1050 0 150 90060 10 0 5 0 0 0\n"; // 100 of 160: 10 CPUs
    expect("other-load", severity::warning, {"10.0 of 16 CPUs"}, "ps ");
}

TEST_F(made_up_machine, stolen_time) {
    view.stat_after = "cpu  1000 0 100 90150 10 0 5 10 0 0\n"; // 10 of 160 jiffies
    expect("steal", severity::warning, {"6.2 %"}, "dedicated");
    view.stat_before = "cpu  1000 0 100 90000 10 0 5 2000 0 0\n";
    view.stat_after = "cpu  1000 0 100 90160 10 0 5 2000 0 0\n"; // 2000 of 93275 since the start
    expect("steal", severity::note, {"0.0 %", "2.1 % since the start"}, "dedicated");
}

TEST_F(made_up_machine, quota) {
    write("/sys/fs/cgroup/job/cpu.max", "250000 100000\n");
    expect("quota", severity::warning, {"2.5 CPUs", "8 threads"}, "OMP_NUM_THREADS=1 quadot dot");
    write("/sys/fs/cgroup/job/cpu.max", "1200000 100000\n");
    expect("quota", severity::note, {"12 CPUs", "16 CPUs"}, "--cpus 16");
    write("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
    // Of the groups around this one the narrowest counts, and in a container the own group is the root.
    write("/sys/fs/cgroup/job/step/cpu.max", "600000 100000\n");
    write("/sys/fs/cgroup/cpu.max", "400000 100000\n");
    expect("quota", severity::warning, {"4 CPUs"}, "OMP_NUM_THREADS=2");
    remove("/sys/fs/cgroup");
    write("/proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n");
    write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n");
    write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    expect("quota", severity::warning, {"3 CPUs"}, "OMP_NUM_THREADS=1");
    write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    expect_well("quota");
}

TEST_F(made_up_machine, container) {
    write("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-3,8-11\n");
    expect("cpuset", severity::note, {"8 CPUs (0-3,8-11) of 16"}, "0-15");
    write("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-15\n");
    write("/sys/fs/cgroup/job/memory.max", "4000000000\n");
    write("/sys/fs/cgroup/job/memory.current", "1500000000\n");
    expect("memory-limit", severity::note, {"4.00 GB of 68.72 GB", "1.50 in use"}, "--mem");
}

TEST_F(made_up_machine, clock_rates) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cpufreq/";
    write(folder + "scaling_governor", "schedutil\n");
    expect("governor", severity::note, {"schedutil (acpi-cpufreq)", "1.50 to 2.60 GHz"}, "cpupower frequency-set -g performance");
    write(folder + "scaling_governor", "powersave\n");
    expect("governor", severity::warning, {"powersave"}, "cpupower");
    write(folder + "scaling_driver", "intel_pstate\n");
    expect("governor", severity::note, {"powersave (intel_pstate)"}, "cpupower");
    write(folder + "scaling_governor", "performance\n");

    write("/sys/devices/system/cpu/cpufreq/boost", "1\n");
    expect("boost", severity::note, {"on"}, "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost");
    remove("/sys/devices/system/cpu/cpufreq/boost");
    write("/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    expect("boost", severity::note, {"on"}, "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo");
    write("/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    write("/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "17\n");
    expect("throttling", severity::note, {"17 times"}, "turbostat");
}

TEST_F(made_up_machine, clock) {
    write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
    expect("clock", severity::warning, {"hpet"}, "echo tsc | sudo tee");
    write("/sys/devices/system/clocksource/clocksource0/available_clocksource", "hpet acpi_pm \n");
    expect("clock", severity::warning, {"hpet"}, "dmesg");
}

TEST_F(made_up_machine, huge_pages) {
    write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
    expect("huge-pages", severity::warning, {"never"}, "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
    write("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
    write("/sys/kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise madvise [never]\n");
    expect("huge-pages", severity::note, {"always, but defrag is never"}, "defrag");
}

TEST_F(made_up_machine, swap) {
    write("/proc/meminfo", "MemTotal: 67108864 kB\nMemAvailable: 1000000 kB\nSwapTotal: 8388608 kB\nSwapFree: 8000000 kB\n");
    expect("swap", severity::note, {"398 of 8590 MB", "1024 MB of memory available"}, "swapoff");
}

TEST_F(made_up_machine, instruction_sets) {
    view.variables["QUADOT_ISA"] = "avx2";
    view.isa_selected = "avx2";
    EXPECT_NE(look("isa")[0].what.find("QUADOT_ISA=avx2 is in force; this CPU runs avx512"), std::string::npos);
    EXPECT_EQ(look("isa")[0].remedy, "unset QUADOT_ISA");
    expect_severity("variables", severity::note);
    EXPECT_EQ(look("variables")[0].remedy, "unset QUADOT_ISA");
    view.isa_failure = "isa neon64: not in this build";
    expect_severity("isa", severity::warning);
    view.isa_failure.clear();
    view.variables.erase("QUADOT_ISA");
    view.isas[3].built = false;
    expect("isa", severity::note, {"this CPU has avx512; this build uses avx2 at most"}, "cmake --preset release");
    view.isas = {{"neon64", true, true}};
    write("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd sve sve2\n");
    EXPECT_EQ(look("isa")[0].what, "this CPU has sve; this build uses neon64 at most");
    write("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n");
    expect_well("isa");
}

TEST_F(made_up_machine, floating_point) {
    view.floating_point.flushes_results = true;
    expect("floating-point", severity::warning, {"(FTZ)"}, "-ffast-math");
    view.floating_point.ignores_denormals = true;
    view.variables["LD_PRELOAD"] = "/opt/libfast.so";
    expect("floating-point", severity::warning, {"(FTZ, DAZ)"}, "unset LD_PRELOAD   # /opt/libfast.so");
    view.floating_point = {};
    view.floating_point.rounds_to_nearest = false;
    expect("floating-point", severity::warning, {"do not round to nearest"}, "LD_PRELOAD");
}

TEST_F(made_up_machine, openmp_variables) {
    const auto with = [&](const std::map<std::string, std::string>& more, severity expected, const std::string& word,
                          const std::string& remedy) {
        auto before = view.variables;
        for (const auto& [name, value] : more) view.variables[name] = value;
        expect("openmp", expected, {word}, remedy);
        view.variables = before;
    };
    with({{"OMP_NUM_THREADS", ""}}, severity::note, "OMP_NUM_THREADS is not set under mpirun: 4 threads a rank", "-x OMP_NUM_THREADS=4");
    with({{"OMP_DYNAMIC", "TRUE"}}, severity::warning, "OMP_DYNAMIC", "unset OMP_DYNAMIC");
    with({{"OMP_THREAD_LIMIT", "3"}}, severity::warning, "OMP_THREAD_LIMIT=3 for 4 threads", "unset OMP_THREAD_LIMIT");
    with({{"OMP_MAX_ACTIVE_LEVELS", "0"}}, severity::warning, "OMP_MAX_ACTIVE_LEVELS=0", "unset");
    with({{"OMP_WAIT_POLICY", "passive"}}, severity::note, "passive", "unset OMP_WAIT_POLICY");
    with({{"OMP_PROC_BIND", "primary"}}, severity::warning, "puts 4 threads into the first one's place", "OMP_PROC_BIND=close");
    with({{"GOMP_CPU_AFFINITY", "0-7"}}, severity::note, "GOMP_CPU_AFFINITY=0-7 besides OMP_PLACES", "unset GOMP_CPU_AFFINITY");
    expect_well("openmp");
    view.variables["OMP_PROC_BIND"] = "false";
    EXPECT_NE(look("openmp")[0].what.find("OMP_PROC_BIND=false undoes OMP_PLACES=cores"), std::string::npos);
}

TEST_F(made_up_machine, ranks_whose_threads_openmp_piles_up) {
    const std::vector<int> same{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    launch({{"a", 4, same}, {"a", 4, same}});
    expect("openmp", severity::warning, {"OMP_PROC_BIND=close binds the threads of every rank to the same CPUs"},
           "--map-by slot:PE=4 --bind-to core");
    const auto in_drivers = run_driver_checks(view, true);
    ASSERT_EQ(in_drivers.size(), 1U);
    EXPECT_EQ(in_drivers[0].severity, severity::warning);
    launch({{"a", 4, same}, {"b", 4, same}}); // two nodes: nobody to share with
    expect_well("openmp");
}

TEST_F(made_up_machine, shared_memory) {
    view.shared_memory_total = 64 << 20;
    view.shared_memory_free = 7 << 20;
    expect("mpi-shared-memory", severity::warning, {"7 MB of 67 MB free", "2 ranks"}, "--shm-size 256m");
    view.shared_memory_free = 9 << 20;
    expect_well("mpi-shared-memory");
    view.shared_memory_writable = false;
    expect("mpi-shared-memory", severity::warning, {"cannot be written"}, "chmod 1777");
    view.shared_memory_total = 0;
    expect("mpi-shared-memory", severity::warning, {"no /dev/shm"}, "mount -t tmpfs");
    view.mpi = "none";
    launch({{"a", 4, {0, 1, 2, 3}}});
    expect_well("mpi-shared-memory");
}

TEST_F(made_up_machine, single_copy) {
    write("/proc/sys/kernel/yama/ptrace_scope", "1\n");
    expect("mpi-single-copy", severity::note, {"ptrace_scope 1"}, "kernel.yama.ptrace_scope=0");
}

TEST_F(made_up_machine, network) {
    const std::vector<int> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    launch({{"a", 8, all}, {"b", 8, all}});
    view.variables["OMP_NUM_THREADS"] = "8";
    expect("mpi-network", severity::note, {"2 nodes and no fast network card"}, "");
    write("/sys/class/infiniband/mlx5_0/node_guid", "1\n");
    EXPECT_EQ(look("mpi-network")[0].what, "mlx5_0 by libucp");
    expect_well("mpi-network");
    view.locked_limit = 8 << 20;
    expect("limits", severity::warning, {"locked memory of 8192 KiB"}, "ulimit -l unlimited");
    view.locked_limit = machine_view::unlimited;
    write("/etc/openmpi/openmpi-mca-params.conf", "# comment\nbtl_base_warn_component_unused=0\npml = ^ucx\n");
    expect("mpi-network", severity::warning, {"mlx5_0", "/etc/openmpi/openmpi-mca-params.conf says pml = ^ucx"},
           "--mca pml ucx quadot dot");
    view.variables["OMPI_MCA_pml"] = "ucx";
    expect_well("mpi-network");
    view.variables.erase("OMPI_MCA_pml");
    remove("/etc");
    write("/proc/self/maps", "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libc.so.6\n");
    expect("mpi-network", severity::warning, {"no library that drives it"}, "ompi_info");
}

TEST_F(made_up_machine, mca_parameters) {
    view.variables["OMPI_MCA_orte_launch"] = "1"; // the launcher's own
    expect_well("mpi-settings");
    for (const std::string list : {"tcp,self", "^vader", "^sm,vader"}) {
        view.variables["OMPI_MCA_btl"] = list;
        expect("mpi-settings", severity::warning, {"OMPI_MCA_btl: btl = " + list + " leaves out shared memory"}, "unset OMPI_MCA_btl");
    }
    for (const std::string list : {"self,vader", "self,sm", "^tcp"}) {
        view.variables["OMPI_MCA_btl"] = list;
        for (const auto& each : look("mpi-settings")) EXPECT_NE(each.severity, severity::warning) << list;
    }
    view.variables.erase("OMPI_MCA_btl");
    write("/home/somebody/.openmpi/mca-params.conf", "btl = self,tcp\n");
    expect("mpi-settings", severity::warning, {"/home/somebody/.openmpi/mca-params.conf: btl = self,tcp"}, "--mca btl self,vader,tcp");
    remove("/home");
    view.variables["UCX_TLS"] = "tcp";
    expect("mpi-settings", severity::warning, {"UCX_TLS=tcp"}, "unset UCX_TLS");
    view.variables.erase("UCX_TLS");
    view.variables["OMPI_MCA_mpi_yield_when_idle"] = "1";
    expect("mpi-settings", severity::note, {"yield_when_idle"}, "unset OMPI_MCA_mpi_yield_when_idle");
    view.variables.erase("OMPI_MCA_mpi_yield_when_idle");
    view.variables["OMPI_MCA_coll_tuned_use_dynamic_rules"] = "1";
    expect("mpi-settings", severity::note, {"OMPI_MCA_coll_tuned_use_dynamic_rules=1"}, "");
}

TEST_F(made_up_machine, limits_and_rights) {
    view.stack_limit = 512 << 10;
    expect("limits", severity::note, {"stack of 512 KiB"}, "ulimit -s");
    view.stack_limit = machine_view::unlimited;
    write("/proc/sys/kernel/perf_event_paranoid", "4\n");
    expect("perf", severity::note, {"perf_event_paranoid 4"}, "sysctl kernel.perf_event_paranoid=2");
}

TEST_F(made_up_machine, variables_in_force) {
    view.variables["QUADOT_SEED"] = "7";
    view.variables["QUADOT_REPS"] = "3";
    expect("variables", severity::note, {"QUADOT_REPS=3 QUADOT_SEED=7"}, "unset QUADOT_REPS QUADOT_SEED");
}

TEST_F(made_up_machine, builds) {
    view.build_type = "Debug";
    expect("build", severity::warning, {"build type Debug"}, "cmake --preset release");
    const auto in_drivers = run_driver_checks(view, true);
    ASSERT_EQ(in_drivers.size(), 1U);
    EXPECT_EQ(in_drivers[0].severity, severity::note) << "advice never changes a run's exit code";
    view.build_type = "Release";
    view.build_flags = "-O3";
    expect("build", severity::note, {"assertions"}, "cmake --preset release");
    view.build_flags = "-O3 -DNDEBUG";
    view.sanitizers = "address,undefined";
    expect("build", severity::warning, {"address,undefined"}, "cmake --preset release");
}

TEST(topology, the_two_sources_agree_on_this_machine) { EXPECT_EQ(places_here(), places_in("")); }

TEST(topology, knows_the_cpus_that_this_process_may_use) {
    std::set<int> known;
    for (const auto& place : places_here()) known.insert(place.cpu);
    for (const int cpu : allowed_cpus()) EXPECT_EQ(known.count(cpu), 1U) << cpu;
}

TEST_F(made_up_machine, places) {
    ASSERT_EQ(view.places.size(), 16U);
    EXPECT_EQ(view.places[5], (cpu_place{5, 5, 1}));
    EXPECT_EQ(view.places[9], (cpu_place{9, 1, 0}));
    EXPECT_EQ(view.places[15], (cpu_place{15, 7, 1}));
}

TEST(cpu_lists, are_read_as_linux_writes_them) {
    EXPECT_EQ(parse_cpu_list("0-2,5"), (std::vector<int>{0, 1, 2, 5}));
    EXPECT_EQ(parse_cpu_list("7"), (std::vector<int>{7}));
    EXPECT_EQ(parse_cpu_list(""), std::vector<int>{});
    EXPECT_EQ(parse_cpu_list("3-1"), std::vector<int>{});
    EXPECT_EQ(parse_cpu_list("1,x"), std::vector<int>{1});
    EXPECT_EQ(parse_cpu_list("0-999999999"), std::vector<int>{});
    EXPECT_EQ(parse_cpu_list(cpu_ranges({0, 1, 4, 6, 7, 8})), (std::vector<int>{0, 1, 4, 6, 7, 8}));
}

TEST(system_files, are_read_whole) {
    EXPECT_FALSE(read_text("/nonexistent/file"));
    EXPECT_FALSE(read_text("/")) << "a folder";
    const auto status = read_text("/proc/self/status"); // its size is 0 before it is read
    ASSERT_TRUE(status);
    EXPECT_EQ(number_after(*status, "Pid:"), ::getpid());
    EXPECT_EQ(whole_number(" 12\n"), 12);
    EXPECT_FALSE(whole_number("max"));
    EXPECT_FALSE(whole_number("12 13"));
    EXPECT_FALSE(whole_number(""));
}

/// Ranks of made-up findings: allgather gives what the test says the others sent.
class several_ranks final : public quadot::communicator {
  public:
    explicit several_ranks(std::vector<std::vector<finding>> all) : all_(std::move(all)) {}
    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return static_cast<int>(all_.size()); }
    void allreduce_in_order(std::span<std::byte>, append_function) const override {}
    void broadcast(std::span<std::byte>, int) const override {}
    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        if (collecting_) {
            messages_[static_cast<std::size_t>(rank_)].assign(message.begin(), message.end());
            return std::vector<std::byte>(message.size() * all_.size());
        }
        std::vector<std::byte> together;
        for (auto each : messages_) {
            each.resize(message.size());
            together.insert(together.end(), each.begin(), each.end());
        }
        return together;
    }
    [[nodiscard]] double maximum(double) const override { return 1 << 14; }
    [[nodiscard]] double unordered_sum(double value) const override { return value; }
    void barrier() const override {}
    void send(std::span<const std::byte>, int) const override { ADD_FAILURE(); }
    void receive(std::span<std::byte>, int) const override { ADD_FAILURE(); }
    void restart_count() const override { ADD_FAILURE(); }
    [[nodiscard]] std::uint64_t count() const override { return 0; }
    [[nodiscard]] std::unique_ptr<communicator> split(int) const override { return nullptr; }
    [[nodiscard]] node_position on_node() const override { return {rank_, size()}; }
    [[nodiscard]] std::string library() const override { return "made up"; }

    /// What rank 0 gathers.
    std::vector<shared_finding> gathered() {
        messages_.resize(all_.size());
        for (rank_ = 0; rank_ < size(); ++rank_) {
            try { // zeros are no message: what was sent is all that is wanted of the first round
                (void)gather_findings(*this, all_[static_cast<std::size_t>(rank_)]);
            } catch (const std::exception&) {
                continue;
            }
        }
        collecting_ = false;
        rank_ = 0;
        return gather_findings(*this, all_[0]);
    }

  private:
    std::vector<std::vector<finding>> all_;
    mutable std::vector<std::vector<std::byte>> messages_;
    int rank_ = 0;
    bool collecting_ = true;
};

finding found(const std::string& check, severity grade, const std::string& what) { return {check, grade, what, "why", "mend it"}; }

TEST(gathering, equal_findings_come_once_with_their_ranks) {
    const finding tight = found("binding", severity::warning, "2 threads on 1 CPU");
    const finding well = found("binding", severity::ok, "2 threads, 2 CPUs");
    const finding flush = found("floating-point", severity::warning, "FTZ \xff\" \n");
    const finding fine = found("floating-point", severity::ok, "to nearest");
    const finding slow = found("governor", severity::note, "powersave");
    const finding build = found("build", severity::ok, "Release");
    several_ranks ranks(
        {{well, slow, fine, build}, {tight, fine, build}, {tight, fine, build}, {well, slow, flush, build}, {tight, fine, build}});
    const auto shared = ranks.gathered();
    ASSERT_EQ(shared.size(), 4U);
    EXPECT_EQ(shared[0].finding.what, tight.what); // rank 0 is well, but others are not
    EXPECT_EQ(shared[0].ranks, (std::vector<int>{1, 2, 4}));
    EXPECT_EQ(shared[1].finding.check, "governor");
    EXPECT_EQ(shared[1].ranks, (std::vector<int>{0, 3}));
    EXPECT_EQ(shared[2].finding.check, "floating-point");
    EXPECT_EQ(shared[2].ranks, (std::vector<int>{3}));
    EXPECT_EQ(shared[3].finding.what, "Release");
    EXPECT_EQ(shared[3].ranks, (std::vector<int>{0}));

    const auto on = [](int rank, const std::string& host) { return rank_binding{rank, host, 1, {0}, 16}; };
    const std::vector<rank_binding> two_nodes{on(0, "a"), on(1, "a"), on(2, "a"), on(3, "b"), on(4, "b")};
    EXPECT_EQ(describe_where(shared[0], two_nodes), "ranks 1-2,4 on a, b");
    EXPECT_EQ(describe_where(shared[1], two_nodes), "all nodes");
    EXPECT_EQ(describe_where(shared[2], two_nodes), "rank 3 on b");
    EXPECT_EQ(describe_where({slow, {3}}, two_nodes), "node b");
    EXPECT_EQ(describe_where({tight, {0, 1, 2, 3, 4}}, two_nodes), "all ranks");
    EXPECT_EQ(describe_where({tight, {0}}, {on(0, "a")}), "");
    EXPECT_EQ(describe_where({slow, {0}}, {on(0, "a"), on(1, "a")}), "");
    std::vector<rank_binding> many;
    for (int rank = 0; rank < 6; ++rank) many.push_back(on(rank, "n" + std::to_string(rank)));
    EXPECT_EQ(describe_where({slow, {0, 1, 2, 3, 5}}, many), "nodes n0, n1, n2 and 2 more");
}

TEST(checks, are_listed_once_each) {
    std::set<std::string_view> names;
    for (const auto& each : all_checks()) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
        EXPECT_FALSE(each.summary.empty()) << each.name;
    }
    EXPECT_EQ(name_of(severity::ok), "ok");
    EXPECT_EQ(name_of(severity::note), "note");
    EXPECT_EQ(name_of(severity::warning), "warning");
}

} // namespace
