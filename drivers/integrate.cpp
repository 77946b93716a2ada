// quadot integrate: an integral by a fixed rule, by every variant, judged against an independent evaluation.
#include "drivers/commands.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/integrate_problem.hpp"
#include "drivers/integrate_rule.hpp"
#include "drivers/integrate_to_tolerance.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/run.hpp"
#include "errors.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"
#include "registry/integrate_variants.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace quadot::drivers {

std::string parameters_text(const std::vector<parameter>& parameters) {
    std::string text;
    for (const auto& each : parameters) text += fmt::format("{}{} = {}", text.empty() ? " with " : ", ", each.name, each.value);
    return text;
}

std::string integrand_text(const asked& problem) {
    return problem.name() +
           (problem.text ? parameters_text(problem.text->parameters) : fmt::format(" = {}", problem.integrand.description().formula));
}

void prepare_text(const surroundings& around, const asked& problem, const execution& how, report& report) {
    if (!problem.text) return;
    report.result.jit = prepare(problem.formula(), how);
    const auto& [state, reason] = *report.result.jit;
    if (!around.speaks() || reason.empty() || how.jit != jit_mode::on) return;
    fmt::print(stderr, "quadot: jit: {}; {}\n", reason,
               state == jit_state::interpreted ? "interpreting instead" : "compiled, but not kept for the next run");
}

void note_jit(const asked& problem, const execution& how, report& report) {
    if (!problem.text || how.jit == jit_mode::off) return;
    report.result.jit = prepare(problem.formula(), how);
    const auto& [state, reason] = *report.result.jit;
    report.notes.push_back(fmt::format("the formula was {}{}", state == jit_state::cached ? "compiled by an earlier run" : name_of(state),
                                       reason.empty() ? "" : ": " + reason));
}

namespace {

std::vector<std::string> integrand_names() {
    std::vector<std::string> names;
    for (const auto& description : integrand_descriptions()) names.emplace_back(description.name);
    return names;
}

constexpr bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// name=value, the value a constant expression.
parameter parse_parameter(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw usage_error("--param '" + printable(text) + "': no name and value; write --param k=3");
    }
    const std::string name = text.substr(0, equals);
    return {name, finite_constant_expression("--param " + printable(name), text.substr(equals + 1))};
}

/// The most integrals of a sweep: 72 bytes and some microseconds each.
constexpr std::size_t longest_sweep = 10'000'000;

/// FROM:TO:STEP, with both ends; as many values as steps fit.
std::vector<double> parse_range(const std::string& what, const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    if (second == std::string::npos || text.find(':', second + 1) != std::string::npos) {
        throw usage_error(what + " '" + printable(text) + "': no range; write FROM:TO:STEP, as in 0:10:0.5");
    }
    const double from = finite_constant_expression(what, text.substr(0, first));
    const double to = finite_constant_expression(what, text.substr(first + 1, second - first - 1));
    const double step = finite_constant_expression(what, text.substr(second + 1));
    // The last value may miss TO by the rounding of STEP.
    const double steps = std::floor((to - from) / step + 1e-6);
    if (step == 0 || !std::isfinite(to - from)) {
        throw usage_error(what + " '" + printable(text) + "': " +
                          (step == 0 ? "STEP is 0; give one above or below it"
                                     : "FROM and TO are further apart than the largest double; give nearer ones"));
    }
    if (!(steps >= 0)) throw usage_error(what + " '" + printable(text) + "': STEP does not lead from FROM to TO; give one with its sign");
    if (!(steps < static_cast<double>(longest_sweep))) {
        throw usage_error(fmt::format("{} '{}': more than {} values; take a longer STEP", what, printable(text), longest_sweep));
    }
    std::vector<double> values;
    for (std::size_t k = 0; k <= static_cast<std::size_t>(steps); ++k) values.push_back(from + static_cast<double>(k) * step);
    return values;
}

/// Every variable that an expression may name: x, y, z, and x1, x2, ... as far as the text has them; the integral's own first.
std::vector<std::string> variable_names(const std::string& text, const std::vector<parameter>& parameters) {
    std::vector<std::string> names{"x", "y", "z"};
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_name_character(text[end])) ++end;
        const std::string word = text.substr(at, end - at);
        const bool numbered = word.size() > 1 && word[0] == 'x' && word.find_first_not_of("0123456789", 1) == std::string::npos;
        if (numbered && std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
        at = std::max(end, at + 1);
    }
    const auto is_parameter = [&](const std::string& name) {
        return name != "x" && std::any_of(parameters.begin(), parameters.end(), [&](const auto& each) { return each.name == name; });
    };
    names.erase(std::remove_if(names.begin(), names.end(), is_parameter), names.end());
    return names;
}

registry::text_integrand parse_text(const std::string& text, std::vector<parameter> parameters) {
    // A lone word is a misspelt integrand rather than a formula.
    const bool lone = !text.empty() && std::all_of(text.begin(), text.end(), is_name_character) && (text[0] < '0' || text[0] > '9');
    const std::vector<std::string> variables = variable_names(text, parameters);
    const auto means_something = [&] {
        return std::find(variables.begin(), variables.end(), text) != variables.end() || text == "pi" || text == "e" || text == "inf" ||
               std::any_of(parameters.begin(), parameters.end(), [&](const auto& each) { return each.name == text; });
    };
    if (lone && !means_something()) throw usage_error(unknown_name_message("integrand", text, integrand_names()));
    const expression all(text, variables, parameters);
    for (const auto& use : all.uses()) {
        if (use.variable == 0) continue;
        const std::string& name = variables[use.variable];
        throw usage_error(
            fmt::format("integrand '{}': column {}: variable {}: this version integrates over x alone; write --param {}=VALUE "
                        "for a constant",
                        printable(text), use.column, name, name));
    }
    expression formula(text, {"x"}, parameters);
    return {std::move(formula), std::move(parameters)};
}

/// `--jit` alone, on; and what an environment variable may say besides.
jit_mode parse_jit(const std::string& text) {
    if (text.empty() || text == "off" || text == "false" || text == "0") return jit_mode::off;
    if (text == "on" || text == "true" || text == "1") return jit_mode::on;
    if (text == "auto") return jit_mode::automatic;
    throw usage_error("--jit=" + printable(text) + ": unknown choice; choose one of: on, auto, off");
}

/// Constant expressions between commas that are in no parentheses.
std::vector<double> parse_points(const char* what, const std::string& text) {
    std::vector<double> points;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size()) depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
        if (at < text.size() && (text[at] != ',' || depth > 0)) continue;
        points.push_back(finite_constant_expression(what, text.substr(start, at - start)));
        start = at + 1;
    }
    return points;
}

/// LO and the points that its integrals end at.
void understand_upto(const integrate_options& options, asked& problem) {
    if (problem.sweep) throw usage_error("--upto: with a range of --param there would be a table for each value; give one of the two");
    if (!options.n.empty() || !options.sizes.empty()) throw usage_error("--upto: needs integration to a tolerance; leave out -n");
    const bool range = options.upto.find(':') != std::string::npos;
    std::vector<double> points = range ? parse_range("--upto", options.upto) : parse_points("--upto", options.upto);
    if (!std::is_sorted(points.begin(), points.end())) throw usage_error("--upto: the points do not ascend; sort them");
    if (!options.limits.empty()) {
        problem.lower = constant_expression("LO", options.limits[0]);
        problem.limits_text = options.limits[0];
    } else {
        problem.limits_text = std::string(problem.integrand.description().lower_text);
    }
    problem.upper = points.back();
    problem.sweep.emplace(swept_parameter{"x", std::move(points), std::nullopt});
}

void understand_tolerance(const integrate_options& options, asked& problem) {
    problem.to_tolerance = true;
    for (const auto& [name, text] : {std::pair{"--rule", &options.rule}, std::pair{"--jobs", &options.jobs}}) {
        if (!text->empty()) throw usage_error(fmt::format("{}: belongs to a fixed rule; give -n PANELS too, or leave it out", name));
    }
    const auto tolerance_of = [](const char* name, const std::string& text, double otherwise) {
        if (text.empty()) return otherwise;
        const double value = finite_constant_expression(name, text);
        if (!(value >= 0)) throw usage_error(fmt::format("{} {}: negative; give a number from 0 on", name, printable(text)));
        return value;
    };
    tolerance& wanted = problem.wanted;
    wanted.relative = tolerance_of("--rtol", options.relative, wanted.relative);
    wanted.absolute = tolerance_of("--atol", options.absolute, wanted.absolute);
    wanted.min_width = tolerance_of("--min-width", options.min_width, wanted.min_width);
    if (wanted.min_width > 1 || (wanted.min_width > 0 && wanted.min_width < 1e-7)) {
        throw usage_error(fmt::format("--min-width {}: out of range; give a part of the range from 1e-7 to 1, or 0 not to search",
                                      printable(options.min_width)));
    }
    if (!options.max_evaluations.empty()) {
        wanted.max_evaluations = parse_size("--max-evaluations", options.max_evaluations);
        if (wanted.max_evaluations < 1) throw usage_error("--max-evaluations 0: nothing could be computed; give at least 1");
    }
    if (!options.breakpoints.empty()) problem.breakpoints = parse_points("--breakpoints", options.breakpoints);
    if (std::isfinite(problem.lower) && std::isfinite(problem.upper) && !std::isfinite(problem.upper - problem.lower)) {
        throw usage_error("integrate: the limits are further apart than the largest double; scale the variable");
    }
}

/// The options of integrals to a tolerance alone, as typed.
std::array<std::pair<const char*, std::string_view>, 5> tolerance_texts(const integrate_options& options) {
    return {{{"--rtol", options.relative},
             {"--atol", options.absolute},
             {"--max-evaluations", options.max_evaluations},
             {"--breakpoints", options.breakpoints},
             {"--min-width", options.min_width}}};
}

} // namespace

bool asks_for_tolerance(const integrate_options& options) {
    const auto texts = tolerance_texts(options);
    return std::any_of(texts.begin(), texts.end(), [](const auto& each) { return !each.second.empty(); });
}

asked understand(const integrate_options& options) {
    asked problem;
    problem.jit = parse_jit(options.jit);
    if (!options.upto.empty() && options.limits.size() == 2) {
        throw usage_error("--upto: says where the integrals end, and so does HI; give LO alone");
    }
    if (!options.limits.empty() && options.limits.size() != (options.upto.empty() ? 2 : 1)) {
        throw usage_error(fmt::format("integrate {}: {} limits; give LO and HI{}", printable(options.what), options.limits.size(),
                                      options.upto.empty() ? "" : ", or LO alone with --upto"));
    }
    if (const auto integrand = find_integrand(options.what)) {
        if (!options.parameters.empty()) {
            throw usage_error("--param: a named integrand has no parameters; write the formula as an expression in x");
        }
        problem.integrand = *integrand;
        problem.lower = integrand->description().lower;
        problem.upper = integrand->description().upper;
        problem.limits_text = fmt::format("{} {}", integrand->description().lower_text, integrand->description().upper_text);
    } else {
        std::vector<parameter> parameters;
        std::optional<std::pair<std::string, std::vector<double>>> swept;
        for (const auto& text : options.parameters) {
            const std::size_t equals = text.find('=');
            if (equals == std::string::npos || text.find(':', equals) == std::string::npos) {
                parameters.push_back(parse_parameter(text));
                continue;
            }
            if (swept) throw usage_error("--param: two ranges; sweep one parameter at a time");
            swept.emplace(text.substr(0, equals), parse_range("--param " + printable(text.substr(0, equals)), text.substr(equals + 1)));
        }
        const std::vector<parameter> fixed = parameters;
        if (swept) parameters.push_back({swept->first, swept->second.front()});
        problem.text.emplace(parse_text(options.what, std::move(parameters)));
        if (swept) {
            if (!options.n.empty() || !options.sizes.empty())
                throw usage_error("--param: a range needs integration to a tolerance; leave out -n, or give one value");
            expression both(options.what, {"x", swept->first}, fixed);
            problem.sweep.emplace(swept_parameter{swept->first, std::move(swept->second), std::move(both)});
        }
        if (options.limits.empty()) {
            throw usage_error("integrate " + problem.name() +
                              (options.upto.empty() ? ": no limits; give LO and HI" : ": no limit; give LO"));
        }
    }
    if (!options.upto.empty()) {
        understand_upto(options, problem);
    } else if (!options.limits.empty()) {
        problem.lower = constant_expression("LO", options.limits[0]);
        problem.upper = constant_expression("HI", options.limits[1]);
        problem.limits_text = options.limits[0] + " " + options.limits[1];
    }
    if (!options.sizes.empty()) {
        if (!options.n.empty()) throw usage_error("--sizes: many sizes and -n one; give either of them");
        problem.sizes = parse_sizes("--sizes", options.sizes);
    }
    if (options.n.empty() && problem.sizes.empty()) {
        understand_tolerance(options, problem);
        return problem;
    }
    for (const auto& [name, text] : tolerance_texts(options)) {
        if (!text.empty()) throw usage_error(fmt::format("{}: a fixed rule with -n has no tolerance; give either -n or {}", name, name));
    }
    if (problem.sizes.empty()) problem.sizes.push_back(parse_size("-n", options.n));
    problem.n = *std::max_element(problem.sizes.begin(), problem.sizes.end());
    const std::string name = options.rule.empty() ? "midpoint" : options.rule;
    const auto which = find_rule(name);
    if (!which) {
        if (name == "gauss" || name.starts_with("gauss:")) {
            throw usage_error("--rule " + printable(name) + ": no such order; choose gauss:2 ... gauss:64");
        }
        throw usage_error(unknown_name_message("rule", name, rule_names()));
    }
    problem.which = *which;
    if (!std::isfinite(problem.lower) || !std::isfinite(problem.upper)) {
        throw usage_error("integrate: infinite limits: a fixed rule takes finite ones; `integrate` without -n takes infinite ones");
    }
    if (!std::isfinite(problem.upper - problem.lower)) {
        throw usage_error("integrate: the limits are further apart than the largest double; scale the variable");
    }
    if (*std::min_element(problem.sizes.begin(), problem.sizes.end()) < 1) {
        throw usage_error(std::string(options.sizes.empty() ? "-n" : "--sizes") + " 0: a rule needs n >= 1 panels; give at least 1");
    }
    if (problem.n > maximum_terms / 64 && which->evaluations(problem.n) > maximum_terms) {
        throw usage_error(fmt::format("-n {}: ", problem.n) + which->name() + " would need more than 2^53 evaluations; take a smaller n");
    }
    if (which->kind == rule_kind::clenshaw && problem.n > maximum_clenshaw_panels) {
        throw usage_error(fmt::format("-n {}: clenshaw needs all weights at once; take n <= {} or a composite rule such as gauss:16",
                                      problem.n, maximum_clenshaw_panels));
    }
    if (!options.jobs.empty()) {
        const auto& text = options.jobs;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), problem.jobs);
        if (failure != std::errc{} || end != text.data() + text.size() || problem.jobs < 1 || problem.jobs > 1024) {
            throw usage_error("--jobs " + printable(text) + ": not a whole number from 1 to 1024; choose one of those");
        }
    }
    return problem;
}

namespace {

int run(const surroundings& around, const integrate_options& options) {
    common_settings settings{};
    asked problem;
    agree(around.ranks, [&] {
        settings = check_common_options(options.common);
        problem = understand(options);
    });
    require_writable_outputs(around, options.common);
    if (problem.sweep) return run_sweep(around, options, settings, problem);
    if (problem.to_tolerance) return run_to_tolerance(around, options, settings, problem);
    return run_rule(around, options, settings, problem);
}

} // namespace

void add_integrand_options(CLI::App& app, integrate_options& options) {
    app.add_option("what", options.what, "an integrand of `quadot list integrands`, or an expression in x")->type_name("WHAT")->required();
    app.add_option("limits", options.limits, "constant expressions: 0, pi/2, 1e-3, -inf (default: the integrand's own)")
        ->type_name("LO HI");
    app.add_option(
           "--param", options.parameters,
           "a constant of the expression, e.g. k=3 or w=2*pi; may be repeated. One may be a range, k=FROM:TO:STEP: an integral for each")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->envname("QUADOT_PARAM");
    app.add_flag("--jit{on}", options.jit,
                 "compile an expression first, with the system's C++ compiler: --jit, --jit=auto (meanwhile it is interpreted), --jit=off; "
                 "same bits")
        ->envname("QUADOT_JIT");
}

void add_tolerance_options(CLI::App& app, integrate_options& options) {
    add_option_with_environment(app, "--rtol", options.relative, "to this part of the integral (default: 1e-10)")->type_name("R");
    add_option_with_environment(app, "--atol", options.absolute, "or to this error, whichever is larger (default: 0)")->type_name("A");
    add_option_with_environment(app, "--max-evaluations", options.max_evaluations, "give up after so many samples (default: 2e6)")
        ->type_name("SIZE");
    add_option_with_environment(app, "--breakpoints", options.breakpoints,
                                "where the integrand jumps or is infinite, if known: constant expressions between commas")
        ->type_name("P,P,...");
    add_option_with_environment(app, "--min-width", options.min_width,
                                "the narrowest peak to look for, as a part of the range (default: 1e-3; 0: no search)")
        ->type_name("W");
}

void add_rule_options(CLI::App& app, integrate_options& options) {
    add_option_with_environment(app, "-n,--n", options.n, "instead: panels of a fixed rule, e.g. 1000, 1e9, 2^30")->type_name("SIZE");
    add_option_with_environment(app, "--rule", options.rule,
                                "left right midpoint trapezoid simpson boole gauss:K clenshaw (default: midpoint)")
        ->type_name("RULE");
}

command add_integrate(CLI::App& program) {
    auto options = std::make_shared<integrate_options>();
    CLI::App* app =
        program.add_subcommand("integrate", "an integral to a tolerance, or by a fixed rule and every variant, judged independently");
    add_integrand_options(*app, *options);
    add_tolerance_options(*app, *options);
    add_option_with_environment(*app, "--upto", options->upto,
                                "instead of HI: a table of the integrals from LO up to each of these points, in one pass")
        ->type_name("P,P,...|FROM:TO:STEP");
    add_rule_options(*app, *options);
    add_option_with_environment(*app, "--sizes", options->sizes, "likewise, many in one table, e.g. 1e3..1e7:x10")->type_name("LIST");
    add_option_with_environment(*app, "--jobs", options->jobs, "also run naive-jobs: J slices of n steps each (rule left)")->type_name("J");
    add_common_options(*app, options->common, true);
    app->footer("Examples:\n  quadot integrate 'exp(-x^2)*cos(3*x)' 0 inf\n  quadot integrate 'log(x)/sqrt(x)' 0 1 --rtol 1e-12\n"
                "  quadot integrate 'exp(-k*x)' 0 1 --param k=0:10:0.5 --csv -\n"
                "  quadot integrate 'exp(-x^2)' 0 --upto 0:3:0.25 --csv -\n"
                "  quadot integrate cos 0 pi/2 -n 1000 --rule left\n  quadot integrate cos 0 pi/2 --sizes 1e3..1e7:x10 --rule simpson\n  "
                "quadot integrate pi -n 1e8 --rule gauss:7 --compare none\n"
                "  quadot integrate 'exp(-x^2)*cos(k*x)' 0 2 --param k=3 -n 1e6\n"
                "  quadot integrate 'exp(-x*x)*sin(10*x)' 0 3 -n 1e8 --jit\n"
                "  mpirun -n 2 quadot integrate gauss 0 3 -n 1e8 --accumulator plain --json gauss.json");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
