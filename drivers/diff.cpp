// quadot diff: is the new one slower, or wrong? Two reports, or two programs that it runs in turn.
#include "drivers/commands.hpp"
#include "drivers/compare/alternating_runs.hpp"
#include "drivers/compare/comparison.hpp"
#include "drivers/compare/render.hpp"
#include "drivers/documents/document.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/report/tint.hpp"
#include "errors.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <memory>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

struct diff_options {
    std::vector<std::string> names;
    std::string tolerance;
    std::string rounds;
    std::string time_limit;
    std::string launcher;
    std::string json;
    std::string csv;
    bool run = false;
    bool quiet = false;
};

/// `3%` or `0.03`. A bare 3 could be meant as either, so it is refused.
double parse_tolerance(const std::string& text) {
    if (text.empty()) return 0.03;
    const bool in_percent = text.ends_with('%');
    const std::string number = in_percent ? text.substr(0, text.size() - 1) : text;
    double value = 0;
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (failure != std::errc{} || end != number.data() + number.size() || !(value >= 0)) {
        throw usage_error("--tolerance " + printable(text) + ": not a tolerance; write 3% or 0.03");
    }
    if (in_percent) value /= 100;
    if (!in_percent && value >= 1)
        throw usage_error("--tolerance " + printable(text) + ": a factor or a percentage? write " + printable(text) + "%");
    if (!(value <= 10)) throw usage_error("--tolerance " + printable(text) + ": beyond 1000 %; write 3% or 0.03");
    return value;
}

/// Rounds of --run after which it looks first; while a row is AMBIGUOUS it looks again after twice as many.
constexpr int first_look = 12;
constexpr int most_rounds = 3072; // a row's interval takes the means of all pairs of rounds: 38 MB here
/// Each look may raise a false alarm, and how many there will be is not known: the levels of all that could come, 1/2 + 1/6 + 1/12 + ...,
/// add up to 5 % (Bonferroni).
constexpr double significant_at(int look) { return 0.05 / (look * (look + 1.0)); }

int parse_rounds(const std::string& text) {
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value < 1 || value > 10000) {
        throw usage_error("--rounds " + printable(text) + ": not a whole number from 1 to 10000; choose one of those");
    }
    return value;
}

/// A launcher is words between spaces; nothing is quoted, and no shell sees them.
std::vector<std::string> split_at_spaces(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

/// What stands behind the first --.
std::vector<std::string> foreign_words(const std::vector<std::string>& command_line) {
    const auto mark = std::find(command_line.begin(), command_line.end(), "--");
    return mark == command_line.end() ? std::vector<std::string>{} : std::vector<std::string>{mark + 1, command_line.end()};
}

alternation check_alternation(const diff_options& options, std::vector<std::string> words) {
    if (options.names.size() != 2) {
        throw usage_error(
            fmt::format("diff --run: programs given: {}; give two, then -- and a command, as in: quadot diff --run OLD NEW -- dot -n 1e6",
                        options.names.size()));
    }
    alternation wanted;
    wanted.old_program = options.names[0];
    wanted.new_program = options.names[1];
    wanted.words = std::move(words);
    wanted.launcher = split_at_spaces(options.launcher);
    if (wanted.words.empty())
        throw usage_error("diff --run: nothing to run; add a command, as in: quadot diff --run OLD NEW -- dot -n 1e6");
    for (const auto& word : wanted.words) {
        if (word == "--json" || word.starts_with("--json=") || word == "--dry-run") {
            throw usage_error("diff --run: " + printable(word) + " behind --: diff itself asks for a report of each run; leave it out");
        }
    }
    return wanted;
}

/// On a terminal, one line that says how far it is.
class run_counter {
  public:
    run_counter() = default;
    ~run_counter() {
        if (terminal_) fmt::print(stderr, "\r\x1b[K");
    }
    run_counter(const run_counter&) = delete;
    run_counter& operator=(const run_counter&) = delete;
    run_counter(run_counter&&) = delete;
    run_counter& operator=(run_counter&&) = delete;

    void show(int run, int all) const {
        if (terminal_) fmt::print(stderr, "\r\x1b[Krun {} of {}", run, all);
    }

  private:
    bool terminal_ = ::isatty(STDERR_FILENO) != 0;
};

struct compared { // NOLINT(bugprone-exception-escape): moving JSON throws no exception
    alternated pair;
    comparison found;
};

/// Two programs: as many rounds as asked for, or until every row is decided or the time is up.
compared run_and_compare(const diff_options& options, const std::vector<std::string>& words, double tolerance) {
    const alternation wanted = check_alternation(options, words);
    const bool once = !options.rounds.empty();
    if (once && !options.time_limit.empty()) throw usage_error("--rounds --time-limit: that many runs, or so long? leave out one of them");
    const double limit = options.time_limit.empty() ? 60 : parse_duration("--time-limit", options.time_limit);
    const auto start = std::chrono::steady_clock::now();
    const auto time_is_up = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() >= limit; };

    compared result;
    int done = 0;
    int rounds = once ? parse_rounds(options.rounds) : first_look;
    const run_counter counter;
    const auto announce = [&](int runs) { counter.show(runs + 1, 2 * rounds); };
    if (once) {
        run_alternately(wanted, 0, rounds, result.pair, announce);
        result.found = compare(result.pair.before, result.pair.after, tolerance, true);
        return result;
    }
    for (int look = 1;; ++look, rounds *= 2) {
        while (done < rounds && !(done >= first_look && time_is_up())) {
            run_alternately(wanted, done, done + 2, result.pair, announce); // two rounds: old new new old
            done += 2;
        }
        result.found = compare(result.pair.before, result.pair.after, tolerance, true, significant_at(look));
        if (result.found.count(verdict::ambiguous) == 0 || rounds == most_rounds || time_is_up()) break;
    }
    return result;
}

alternated read_pair(const diff_options& options, const std::vector<std::string>& words) {
    if (options.names.size() != 2) {
        throw usage_error(fmt::format("diff: files given: {}; give two, as in: quadot diff old.json new.json", options.names.size()));
    }
    if (!options.rounds.empty() || !options.time_limit.empty() || !options.launcher.empty() || !words.empty()) {
        throw usage_error(
            "diff: --rounds, --time-limit, --launcher and a command behind -- belong to --run; leave them out to compare two files");
    }
    return {read_document(options.names[0]), read_document(options.names[1])};
}

int run(const surroundings& around, const diff_options& options) {
    int code = 0;
    agree(around.ranks, [&] {
        if (around.ranks.size() > 1) {
            throw usage_error(fmt::format("diff: started on {} ranks, but it is one process; leave out the launcher{}", around.ranks.size(),
                                          options.run ? ", and give it as --launcher" : ""));
        }
        if (options.json == "-" && options.csv == "-") {
            throw usage_error("--json - --csv -: both to standard output; send one to a file");
        }
        const double tolerance = parse_tolerance(options.tolerance);
        if (!options.json.empty()) require_writable("--json", options.json);
        if (!options.csv.empty()) require_writable("--csv", options.csv);
        const std::vector<std::string> words = foreign_words(around.command_line);
        compared both;
        if (options.run) {
            both = run_and_compare(options, words, tolerance);
        } else {
            both.pair = read_pair(options, words);
            both.found = compare(both.pair.before, both.pair.after, tolerance, false);
        }
        const auto& [pair, found] = both;
        const compared_report before = heading_of(pair.before);
        const compared_report after = heading_of(pair.after);
        code = found.regression() ? 1 : 0;
        if (!options.json.empty()) write_whole("--json", options.json, render_json(found, before, after, around.command_line));
        if (!options.csv.empty()) write_whole("--csv", options.csv, render_csv(found));
        if (options.json == "-" || options.csv == "-") return;
        write_standard_output(render_text(found, before, after, options.quiet, color_wanted(around.ranks)));
    });
    return code;
}

} // namespace

command add_diff(CLI::App& program) {
    auto options = std::make_shared<diff_options>();
    CLI::App* app = program.add_subcommand("diff", "is the new one slower, or wrong? Two reports, or two programs run in turn");
    app->add_option("reports", options->names,
                    "two reports, of quadot --json or Google Benchmark; with --run two programs, then -- and a quadot command")
        ->type_name("OLD NEW");
    add_option_with_environment(*app, "--tolerance", options->tolerance, "differences of time up to here do not matter (default: 3%)")
        ->type_name("PERCENT");
    add_flag_with_environment(*app, "--run", options->run, "run two programs in turn and compare one median a process");
    add_option_with_environment(*app, "--rounds", options->rounds,
                                "runs of each program (default: 12, and twice as many again while a row is AMBIGUOUS)")
        ->type_name("R");
    add_option_with_environment(*app, "--time-limit", options->time_limit,
                                "start no more of them after this time, e.g. 10s (default: 60s; 12 there are always)")
        ->type_name("TIME");
    add_option_with_environment(*app, "--launcher", options->launcher, "words before each program, split at spaces, e.g. \"mpirun -n 2\"")
        ->type_name("WORDS");
    add_option_with_environment(*app, "--json", options->json, "write the comparison there (quadot-diff/1); - is standard output")
        ->type_name("FILE");
    add_option_with_environment(*app, "--csv", options->csv, "write the rows there; - is standard output")->type_name("FILE");
    add_flag_with_environment(*app, "--quiet", options->quiet, "print regressions alone");
    app->footer(
        "SLOWER, FASTER: significant at 5 % (Mann-Whitney, of runs in turn signed ranks; Holm over all rows) and beyond the tolerance. "
        "SAME: the 95 % interval lies\n"
        "within it. AMBIGUOUS: neither; more samples or a quieter machine would tell. Samples of one process share its luck: where a\n"
        "few percent matter, use --run.\n"
        "Exit codes: 0 nothing SLOWER, no error grown; 1 a regression; 2 bad input.\n"
        "Examples:\n  quadot dot -n 1e5 --json old.json; quadot dot -n 1e5 --json new.json; quadot diff old.json new.json\n"
        "  quadot diff --run old/quadot new/quadot -- dot -n 1e6 --reps 5 --compare none");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
