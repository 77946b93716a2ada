// What `quadot integrate` was asked for, by a fixed rule or to a tolerance.
#pragma once

#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/report/report.hpp"
#include "drivers/run.hpp"
#include "quadot.hpp"
#include "registry/integrate_variants.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// As typed; empty means not given.
struct integrate_options {
    common_options common;
    std::string what;
    std::vector<std::string> limits;
    std::string n;
    std::string sizes; ///< `integrate` alone
    std::string rule;
    std::string jobs;
    std::vector<std::string> parameters;
    std::string jit;
    std::string relative;
    std::string absolute;
    std::string max_evaluations;
    std::string breakpoints;
    std::string min_width;
    std::string upto;
};

/// --param k=0:10:0.001 or --upto 0:3:0.1: an integral for each value.
struct swept_parameter {
    std::string name;
    std::vector<double> values;
    std::optional<expression> family; ///< in x and the parameter; none: the values are upper limits
};

/// The problem as asked, its limits in order.
struct asked {
    named_integrand integrand{0};
    std::optional<registry::text_integrand> text; ///< in place of `integrand`
    rule which;
    double lower = 0; ///< as typed
    double upper = 0;
    std::string limits_text;
    std::uint64_t n = 0;              ///< the largest of
    std::vector<std::uint64_t> sizes; ///< of a fixed rule
    int jobs = 0;
    jit_mode jit = jit_mode::off;
    bool to_tolerance = false; ///< no n was given
    tolerance wanted;          ///< its breakpoints are those below
    std::vector<double> breakpoints;
    std::optional<swept_parameter> sweep; ///< to a tolerance only

    [[nodiscard]] std::string name() const {
        return text ? "'" + printable(text->formula.text()) + "'" : std::string(integrand.description().name);
    }
    /// What is evaluated of the text: with a parameter that is swept, a family.
    [[nodiscard]] const expression& formula() const { return sweep && sweep->family ? *sweep->family : text->formula; }
    [[nodiscard]] integrand_view view() const { return text ? integrand_view(text->formula) : integrand_view(integrand); }
    [[nodiscard]] double a() const { return std::min(lower, upper); }
    [[nodiscard]] double b() const { return std::max(lower, upper); }
    /// What LO > HI does to every value.
    [[nodiscard]] double sign() const { return lower > upper ? -1 : 1; }
};

/// WHAT LO HI, --param and --jit.
void add_integrand_options(CLI::App& app, integrate_options& options);
/// --rtol, --atol, --max-evaluations, --breakpoints and --min-width.
void add_tolerance_options(CLI::App& app, integrate_options& options);
/// -n and --rule.
void add_rule_options(CLI::App& app, integrate_options& options);

/// Whether any option that only integrals to a tolerance have was given.
bool asks_for_tolerance(const integrate_options& options);

/// Throws error: usage.
asked understand(const integrate_options& options);

/// " with k = 3, w = 2", or nothing.
std::string parameters_text(const std::vector<parameter>& parameters);

/// "cos = cos(x)", "'exp(-k*x)' with k = 3".
std::string integrand_text(const asked& problem);

/// Collective: compiles the text, or begins to, and says so where the user would wonder why it is not compiled.
void prepare_text(const surroundings& around, const asked& problem, const execution& how, report& report);

/// Collective: how the text was evaluated in the end, for the report.
void note_jit(const asked& problem, const execution& how, report& report);

/// An integral to a tolerance for each value of a parameter, or up to each of many points.
int run_sweep(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem);

} // namespace quadot::drivers
