#include "compiled/compiler.hpp"

#include "compiled/build_facts.hpp"
#include "compiled/files.hpp"
#include "compiled/refusal.hpp"
#include "spelling.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX

namespace quadot::compiled {

namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

std::string reason(int number) { return std::generic_category().message(number); }

/// posix_spawn's file actions and attributes, which must be destroyed.
struct spawn_settings {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    spawn_settings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~spawn_settings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;
};

struct ended {
    bool succeeded = false;
    std::string output; ///< the beginning of what it wrote
};

/// The environment, but with messages in the language that first_complaint() reads, and temporary files where they are removed if the compiler is
/// killed.
class compiler_environment {
  public:
    explicit compiler_environment(const std::string& temporary) : temporary_("TMPDIR=" + temporary) {
        for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
            const std::string_view text = *each;
            const bool ours =
                text.starts_with("LC_ALL=") || text.starts_with("LANGUAGE=") || (!temporary.empty() && text.starts_with("TMPDIR="));
            if (!ours) variables_.push_back(*each);
        }
        variables_.push_back(language_.data());
        if (!temporary.empty()) variables_.push_back(temporary_.data());
        variables_.push_back(nullptr);
    }
    compiler_environment(const compiler_environment&) = delete;
    compiler_environment& operator=(const compiler_environment&) = delete;

    [[nodiscard]] char** data() { return variables_.data(); }

  private:
    std::string language_ = "LC_ALL=C";
    std::string temporary_;
    std::vector<char*> variables_;
};

/// Waits for a process group's leader; kills the group when it is time or asked to.
class child_process {
  public:
    explicit child_process(pid_t process) : process_(process) {}
    ~child_process() { kill(); }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    /// Whether it has ended.
    bool poll(bool& succeeded) {
        int status = 0;
        const pid_t answer = ::waitpid(process_, &status, WNOHANG);
        if (answer == 0 || (answer < 0 && errno == EINTR)) return false;
        // ECHILD: the host program ignores or collects its children's ends. What was written will tell.
        succeeded = answer < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
        ended_ = true;
        return true;
    }

    void kill() {
        if (ended_) return;
        ::kill(-process_, SIGKILL);
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        ended_ = true;
    }

  private:
    pid_t process_;
    bool ended_ = false;
};

/// Runs a program; standard input is empty, and its two outputs are read, up to a limit. Throws refusal if it cannot be started, when time is
/// up, or when stopped.
ended run(const std::vector<std::string>& words, const std::string& temporary, const std::stop_token& stop,
          std::chrono::milliseconds patience) {
    constexpr std::size_t kept = 16384;
    const std::string name = printable(words.front(), 200);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw refusal(name + " was not started: " + reason(errno));
    const descriptor output(ends[0]);
    descriptor input(ends[1]);

    spawn_settings settings;
    ::posix_spawn_file_actions_addopen(&settings.actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&settings.actions, input.get(), 1);
    ::posix_spawn_file_actions_adddup2(&settings.actions, input.get(), 2);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    // Whatever else is open is not the compiler's.
    ::posix_spawn_file_actions_addclosefrom_np(&settings.actions, 3);
#endif
    // Signals as a shell would leave them; a group of its own, so that what the compiler starts ends with it.
    sigset_t none{};
    sigset_t all{};
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&settings.attributes, &none);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
    ::posix_spawnattr_setpgroup(&settings.attributes, 0);
    ::posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (auto& each : copies) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    compiler_environment variables(temporary);
    pid_t process = -1;
    const int failure =
        ::posix_spawn(&process, words.front().c_str(), &settings.actions, &settings.attributes, arguments.data(), variables.data());
    if (failure != 0) throw refusal(name + " was not started: " + reason(failure));
    child_process child(process);
    input.close();

    const auto deadline = clock::now() + patience;
    ended result;
    bool open = true;
    const auto read_more = [&] {
        std::array<char, 4096> piece{};
        const ssize_t count = ::read(output.get(), piece.data(), piece.size());
        if (count > 0 && result.output.size() < kept) result.output.append(piece.data(), static_cast<std::size_t>(count));
        if (count == 0) open = false;
    };
    for (;;) {
        pollfd waiting{output.get(), POLLIN, 0};
        // Short, since the end of the process alone may not wake it: something it left behind may keep the pipe open.
        const int ready = open ? ::poll(&waiting, 1, 20) : 0;
        if (ready > 0) read_more();
        if (!open) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (ready <= 0 && child.poll(result.succeeded)) return result;
        if (stop.stop_requested()) throw refusal("compilation was stopped");
        if (clock::now() > deadline) {
            throw refusal(name + " did not finish within " + std::to_string(std::chrono::ceil<std::chrono::seconds>(patience).count()) +
                          " s");
        }
    }
}

std::optional<fs::path> in_path(const std::string& name) {
    const char* const path = std::getenv("PATH");
    const std::string folders = path != nullptr ? path : "";
    for (std::size_t at = 0; at < folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const fs::path file = fs::path(folders.substr(at, end - at)) / name;
        // Relative folders would mean something else in every working directory.
        if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0) return file;
        at = end + 1;
    }
    return std::nullopt;
}

std::string identity_of(const fs::path& compiler, const std::stop_token& stop) {
    constexpr std::chrono::seconds patience{20};
    struct stat facts {};
    if (::stat(compiler.c_str(), &facts) != 0) throw refusal(printable(compiler.string(), 200) + ": " + reason(errno));
    const ended answer = run({compiler.string(), "--version"}, {}, stop, patience);
    if (!answer.succeeded) throw refusal(printable(compiler.string(), 200) + " --version fails");
    return compiler.string() + "\n" + std::to_string(facts.st_size) + " " + std::to_string(facts.st_mtim.tv_sec) + "." +
           std::to_string(facts.st_mtim.tv_nsec) + "\n" + answer.output;
}

/// The line of the compiler's output that a user should see.
std::string first_complaint(const std::string& output) {
    std::size_t at = output.find("error:");
    if (at == std::string::npos) at = 0;
    const std::size_t end = std::min(output.find('\n', at), output.size());
    return printable(std::string_view(output).substr(at, end - at), 160);
}

} // namespace

found_compiler find_compiler(const std::stop_token& stop) {
    const char* const chosen = std::getenv("QUADOT_CXX");
    if (chosen != nullptr && *chosen != '\0') {
        const std::string name = chosen;
        const auto path = name.find('/') == std::string::npos ? in_path(name) : fs::path(name);
        if (!path) throw refusal("QUADOT_CXX=" + printable(name, 200) + " is not in PATH");
        return {*path, identity_of(*path, stop)};
    }
    std::vector<fs::path> candidates{fs::path(build_compiler)};
    for (const char* name : {"c++", "g++", "clang++"}) {
        if (const auto path = in_path(name)) candidates.push_back(*path);
    }
    for (const auto& path : candidates) {
        try {
            return {path, identity_of(path, stop)};
        } catch (const refusal&) { // the next one, then
        }
    }
    throw refusal("no C++ compiler was found; QUADOT_CXX names one");
}

std::vector<std::string> compiler_flags(isa_kind isa, const std::string& headers) {
    std::vector<std::string> flags{"-std=c++20",
                                   "-O3",
                                   "-DNDEBUG",
                                   "-ffp-contract=off",
                                   "-fno-fast-math",
                                   "-fPIC",
                                   "-shared",
                                   "-fvisibility=hidden",
                                   "-w",
                                   "-DQUADOT_ISA=" + std::string(name_of(isa))};
    for (const auto& entry : flags_of_isa) {
        if (entry.isa != isa) continue;
        std::string_view rest = entry.flags;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            if (end > 0) flags.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    flags.push_back("-I" + headers);
    // Last, so that it takes nothing from the compiler's own headers where it is one of the usual folders.
    std::error_code ignored;
    if (fs::exists(xsimd_headers, ignored)) flags.insert(flags.end(), {"-idirafter", std::string(xsimd_headers)});
    return flags;
}

std::string compile(const found_compiler& compiler, const std::vector<std::string>& flags, const std::string& source,
                    const std::stop_token& stop, std::chrono::milliseconds patience) {
    const temporary_folder folder;
    const fs::path input = folder.path() / "formula.cpp";
    const fs::path output = folder.path() / "formula.so";
    {
        const descriptor file(::open(input.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file || !write_all(file, source)) throw refusal(printable(input.string(), 200) + " cannot be written: " + reason(errno));
    }
    std::vector<std::string> words{compiler.path.string()};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {"-o", output.string(), input.string()});
    const ended result = run(words, folder.path().string(), stop, patience);
    if (!result.succeeded) throw refusal(printable(compiler.path.string(), 200) + " fails: " + first_complaint(result.output));
    auto object = read_file(output);
    if (!object || object->empty()) throw refusal(printable(compiler.path.string(), 200) + " wrote nothing");
    return std::move(*object);
}

} // namespace quadot::compiled
