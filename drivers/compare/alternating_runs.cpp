#include "drivers/compare/alternating_runs.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

/// A folder that goes when this does.
class temporary_folder {
  public:
    temporary_folder() {
        std::error_code failure;
        std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
        if (failure) parent = "/tmp";
        path_ = (parent / "quadot-diff.XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr) {
            throw environment_error(parent.string() + ": no temporary folder can be made there: " + std::strerror(errno) +
                                    "; set TMPDIR to another place");
        }
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    temporary_folder(temporary_folder&&) = delete;
    temporary_folder& operator=(temporary_folder&&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

/// This process's, without the options of `diff`, which the program's command would take for its own.
std::vector<std::string> environment_for_runs() {
    static constexpr std::array<std::string_view, 8> ours{"QUADOT_JSON=",   "QUADOT_CSV=",      "QUADOT_QUIET=",     "QUADOT_RUN=",
                                                          "QUADOT_ROUNDS=", "QUADOT_LAUNCHER=", "QUADOT_TOLERANCE=", "QUADOT_TIME_LIMIT="};
    std::vector<std::string> kept;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view text = *each;
        if (std::none_of(ours.begin(), ours.end(), [text](std::string_view name) { return text.starts_with(name); }))
            kept.emplace_back(text);
    }
    return kept;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// The last line that says anything: what a failed program complained of.
std::string last_line(const std::string& path) {
    std::ifstream file(path);
    std::string last;
    for (std::string line; std::getline(file, line);) {
        if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
    }
    return printable(last, 300);
}

/// Owns what posix_spawn is told to do with files.
class file_actions {
  public:
    file_actions() { ::posix_spawn_file_actions_init(&actions_); }
    ~file_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    file_actions(const file_actions&) = delete;
    file_actions& operator=(const file_actions&) = delete;
    file_actions(file_actions&&) = delete;
    file_actions& operator=(file_actions&&) = delete;

    void open(int descriptor, const char* path, int flags) { ::posix_spawn_file_actions_addopen(&actions_, descriptor, path, flags, 0600); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

/// Runs `words` to its end; standard error goes to `complaints`. Returns the status that waitpid gives.
int run_to_end(std::vector<std::string> words, const std::string& complaints) {
    file_actions files;
    files.open(STDIN_FILENO, "/dev/null", O_RDONLY);
    files.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
    files.open(STDERR_FILENO, complaints.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
    std::vector<std::string> environment = environment_for_runs();
    const std::string program = words.front();
    const std::vector<char*> arguments = pointers_to(words);
    const std::vector<char*> variables = pointers_to(environment);
    pid_t child = 0;
    const int failure = ::posix_spawnp(&child, program.c_str(), files.get(), nullptr, arguments.data(), variables.data());
    if (failure != 0) {
        throw usage_error("diff --run " + printable(program) + ": cannot be started: " + std::strerror(failure) +
                          "; give the path of a program");
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) throw internal_error("diff --run " + printable(program) + ": lost: " + std::strerror(errno) + "; run it alone");
    }
    return status;
}

/// One run's report.
document run_once(const alternation& wanted, const std::string& program, const temporary_folder& folder) {
    const std::string report = folder.file("report.json");
    const std::string complaints = folder.file("complaints.txt");
    std::error_code ignored;
    std::filesystem::remove(report, ignored);
    std::vector<std::string> words = wanted.launcher;
    words.push_back(program);
    words.insert(words.end(), wanted.words.begin(), wanted.words.end());
    words.insert(words.end(), {"--json", report});
    const int status = run_to_end(std::move(words), complaints);
    const std::string who = "diff --run " + printable(program);
    const std::string said = last_line(complaints);
    const std::string reason = said.empty() ? "it said nothing" : "it said: " + said;
    if (WIFSIGNALED(status)) {
        throw internal_error(
            fmt::format("{}: ended by signal {} ({}): {}; run it alone", who, WTERMSIG(status), ::strsignal(WTERMSIG(status)), reason));
    }
    const int code = WEXITSTATUS(status);
    if (code > 1) {
        const auto kind = code == 2 ? error_kind::usage : code == 3 ? error_kind::environment : error_kind::internal;
        throw error(kind, fmt::format("{}: exit code {}: {}; run it alone", who, code, reason));
    }
    if (!std::filesystem::exists(report, ignored)) {
        throw usage_error(
            fmt::format("{}: exit code {}, but no report by --json: {}; give a quadot program, and after -- a command that measures", who,
                        code, reason));
    }
    document read = read_document(report);
    read.path = program;
    return read;
}

/// Each row's median as one sample more.
void add_run(document& all, document run) {
    for (auto& row : run.rows) row.samples = {row.seconds};
    if (all.rows.empty()) {
        all = std::move(run);
        return;
    }
    for (auto& row : run.rows) {
        const auto known = std::find_if(all.rows.begin(), all.rows.end(), [&](const recorded_row& each) { return each.name == row.name; });
        if (known == all.rows.end()) {
            all.rows.push_back(std::move(row));
        } else {
            known->add_repetition(row);
        }
    }
    // As with rows, one run that went wrong is the one to show.
    const auto failed = [](const document& each) {
        const auto result = each.raw.find("result");
        return result != each.raw.end() && result->is_object() && result->value("status", std::string("ok")) != "ok";
    };
    if (failed(run) && !failed(all)) all.raw = std::move(run.raw);
}

} // namespace

void run_alternately(const alternation& wanted, int done, int rounds, alternated& found, const std::function<void(int)>& announce) {
    const temporary_folder folder;
    for (int k = 2 * done; k < 2 * rounds; ++k) {
        announce(k);
        const bool is_new = k % 4 == 1 || k % 4 == 2; // old new new old
        add_run(is_new ? found.after : found.before, run_once(wanted, is_new ? wanted.new_program : wanted.old_program, folder));
    }
}

} // namespace quadot::drivers
