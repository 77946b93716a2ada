#include "drivers/options/common_options.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"
#include "execution.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace quadot::drivers {

namespace {

/// "-n,--n" or "--max-time" -> QUADOT_N, QUADOT_MAX_TIME.
std::string environment_name(const std::string& names) {
    std::string last = names.substr(names.rfind(',') + 1);
    last.erase(0, last.find_first_not_of('-'));
    for (char& c : last) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return "QUADOT_" + last;
}

template <class Integer>
Integer parse_integer(const std::string& option, const std::string& text, Integer least, Integer most) {
    Integer value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        throw usage_error(option + " " + printable(text) + ": not a whole number from " + std::to_string(least) + " to " +
                          std::to_string(most) + "; choose one of those");
    }
    return value;
}

/// libgomp would ignore what it cannot read and crash on what it cannot start; both are refused here.
std::optional<int> openmp_threads() {
    const char* text = std::getenv("OMP_NUM_THREADS");
    if (text == nullptr || *text == '\0') return std::nullopt;
    // A list gives the numbers for nested levels; the first one is ours.
    const std::string first = std::string(text).substr(0, std::string(text).find(','));
    return parse_integer<int>("OMP_NUM_THREADS", first, 1, maximum_threads);
}

} // namespace

CLI::Option* add_option_with_environment(CLI::App& command, const std::string& names, std::string& value, const std::string& description) {
    // Of an empty shell variable: not what was meant, and not the default.
    const auto not_empty = [](const std::string& text) {
        return text.empty() ? std::string("empty; give a value or leave it out") : std::string();
    };
    return command.add_option(names, value, description)->envname(environment_name(names))->check(CLI::Validator(not_empty, ""));
}

CLI::Option* add_flag_with_environment(CLI::App& command, const std::string& name, bool& value, const std::string& description) {
    return command.add_flag(name, value, description)->envname(environment_name(name));
}

void add_common_options(CLI::App& command, common_options& options, bool with_compare) {
    const auto option = [&](const std::string& names, std::string& value, const std::string& description) {
        return add_option_with_environment(command, names, value, description);
    };
    const auto flag = [&](const std::string& name, bool& value, const std::string& description) {
        add_flag_with_environment(command, name, value, description);
    };
    std::string accumulator_list;
    for (const auto name : accumulator_names) accumulator_list += (accumulator_list.empty() ? "" : "|") + std::string(name);
    option("--threads", options.threads, "threads a rank (default: OpenMP's, at most the CPUs the rank may run on)")->type_name("T");
    option("--isa", options.isa, "instruction set, see `quadot list isa` (default: the widest that runs here)")->type_name("NAME");
    option("--accumulator", options.accumulator, "how terms are added (default: compensated)")->type_name(accumulator_list);
    if (with_compare) {
        option("--compare", options.compare, "variants to run side by side: names, all or none (default: all)")->type_name("LIST|all|none");
    }
    option("--json", options.json, "write a quadot/1 report there; - is standard output")->type_name("FILE");
    option("--csv", options.csv, "write the rows there; - is standard output")->type_name("FILE");
    option("--seed", options.seed, "of generated data (default: 1)")->type_name("S");
    option("--reps", options.repetitions, "samples of each variant (default: until the 95 % interval is narrower than 2 %)")
        ->type_name("R");
    option("--max-time", options.maximum_time, "sampling time of each variant at most, e.g. 10s (default: 2s)")->type_name("TIME");
    flag("--quiet", options.quiet, "print the value alone, 17 significant digits");
    flag("--verbose", options.verbose, "print all ranks, all values and how each variant was built");
    flag("--strict", options.strict, "make environment warnings errors (exit 3)");
    flag("--result-lines", options.result_lines, "also print a line RESULT key=value ... for each row, for scripts");
    flag("--dry-run", options.dry_run, "print memory, work and time estimates; run nothing");
}

double parse_duration(const std::string& option, const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string unit(end, text.data() + text.size());
    double scale = 0;
    if (unit.empty() || unit == "s") scale = 1;
    if (unit == "ms") scale = 1e-3;
    if (unit == "m" || unit == "min") scale = 60;
    if (unit == "h") scale = 3600;
    if (failure != std::errc{} || scale == 0 || !(value > 0) || !std::isfinite(value * scale)) {
        throw usage_error(option + " " + printable(text) + ": not a duration; write 10s, 500ms or 2min");
    }
    return value * scale;
}

common_settings check_common_options(const common_options& options) {
    common_settings settings{};
    const auto from_openmp = openmp_threads();
    settings.threads_chosen = !options.threads.empty() || from_openmp.has_value();
    settings.threads = default_threads();
    if (!options.threads.empty()) {
        settings.threads = parse_integer<int>("--threads", options.threads, 1, maximum_threads);
    }
    if (options.isa.empty()) {
        settings.isa = default_isa();
    } else if (const auto isa = find_isa(options.isa)) {
        require_isa(*isa);
        settings.isa = *isa;
    } else {
        std::vector<std::string> known;
        for (const auto& description : isa_descriptions) known.emplace_back(description.name);
        throw usage_error(unknown_name_message("instruction set", options.isa, known));
    }
    settings.accumulator = accumulator_kind::compensated;
    if (!options.accumulator.empty()) {
        const auto found = std::find(accumulator_names.begin(), accumulator_names.end(), options.accumulator);
        if (found == accumulator_names.end()) {
            const std::vector<std::string> known(accumulator_names.begin(), accumulator_names.end());
            throw usage_error(unknown_name_message("accumulator", options.accumulator, known));
        }
        settings.accumulator = static_cast<accumulator_kind>(found - accumulator_names.begin());
    }
    settings.seed =
        options.seed.empty() ? 1 : parse_integer<std::uint64_t>("--seed", options.seed, 0, std::numeric_limits<std::uint64_t>::max());
    if (!options.repetitions.empty()) {
        settings.timing.repetitions = parse_integer<int>("--reps", options.repetitions, 1, 1000000);
        settings.timing.maximum_seconds = std::numeric_limits<double>::infinity(); // as many as asked, unless --max-time says otherwise
    }
    settings.maximum_time_chosen = !options.maximum_time.empty();
    if (settings.maximum_time_chosen) settings.timing.maximum_seconds = parse_duration("--max-time", options.maximum_time);
    return settings;
}

std::vector<std::string> parse_comparison(const std::string& text, const std::vector<std::string>& known) {
    if (text.empty() || text == "all") return known;
    if (text == "none") return {};
    std::vector<std::string> wanted;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string name = text.substr(at, comma - at);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw usage_error(unknown_name_message("variant for --compare", name, known));
        }
        wanted.push_back(name);
        at = comma + 1;
    }
    std::vector<std::string> in_order;
    for (const auto& name : known) {
        if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) in_order.push_back(name);
    }
    return in_order;
}

} // namespace quadot::drivers
