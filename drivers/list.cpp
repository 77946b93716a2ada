// quadot list: what there is to choose from.
#include "drivers/commands.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/report/output_file.hpp"
#include "errors.hpp"
#include "math/all.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"
#include "registry/dot_variants.hpp"
#include "registry/integrate_variants.hpp"
#include "rules/all.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

std::string list_variants(const std::vector<const registry::variant*>& variants) {
    std::string out;
    for (const auto* variant : variants) {
        fmt::format_to(std::back_inserter(out), "  {:<34} {}{}{}\n", variant->name, variant->summary,
                       variant->flags.empty() ? "" : "; built with ", variant->flags);
    }
    return out;
}

std::string list_dot() {
    const auto variants = registry::dot_variants<double>(default_isa());
    std::vector<const registry::variant*> plain;
    for (const auto& variant : variants) plain.push_back(&variant);
    return "dot: variants\n" + list_variants(plain);
}

std::string list_integrate() {
    const auto variants = registry::integrate_variants(default_isa(), {rule_kind::left, 0}, 1);
    std::vector<const registry::variant*> plain;
    for (const auto& variant : variants) plain.push_back(&variant);
    return "integrate: variants (with --rule left --jobs J)\n" + list_variants(plain);
}

std::string list_integrands() {
    std::string out = "integrands\n";
    for (const auto& f : integrand_descriptions()) {
        fmt::format_to(std::back_inserter(out), "  {:<11} {:<38} from {} to {}: {}\n  {:<11}   domain: {}; source: {}\n", f.name, f.formula,
                       f.lower_text, f.upper_text, f.exact_text, "", f.domain, f.source);
    }
    return out;
}

std::string list_functions() {
    std::string out = "functions of expressions (name, arguments, largest error in ulp as measured against MPFR, domain)\n";
    for (const auto& f : math::functions::descriptions) {
        fmt::format_to(std::back_inserter(out), "  {:<11} {}  {:<5} {}\n", f.name, f.arity, f.largest_error, f.domain);
    }
    return out + "  if          3  exact if(condition, yes, no), or condition ? yes : no\n";
}

std::string list_rules() {
    std::string out = "rules\n";
    for (const auto& rule : rule_descriptions) fmt::format_to(std::back_inserter(out), "  {:<11} {}\n", rule.name, rule.summary);
    return out;
}

std::string list_accumulators() {
    std::string out = "accumulators\n";
    accumulators::for_each(
        [&]<class Accumulator>() { fmt::format_to(std::back_inserter(out), "  {:<12} {}\n", Accumulator::name, Accumulator::summary); });
    return out;
}

std::string list_isa() {
    std::string out = "instruction sets (in this build: * runs here, > is the default)\n";
    for (const auto& description : isa_descriptions) {
        const bool built = is_built(description.kind);
        const char* mark = !built ? " " : default_isa() == description.kind ? ">" : runs_here(description.kind) ? "*" : " ";
        fmt::format_to(std::back_inserter(out), "{} {:<7} {}{}\n", mark, description.name, description.summary,
                       built ? "" : " (not in this build)");
    }
    return out;
}

struct topic {
    const char* name;
    std::string (*text)();
};
constexpr std::array topics{topic{"dot", list_dot},
                            topic{"integrate", list_integrate},
                            topic{"integrands", list_integrands},
                            topic{"functions", list_functions},
                            topic{"rules", list_rules},
                            topic{"accumulators", list_accumulators},
                            topic{"isa", list_isa}};

int run(const surroundings& around, const std::string& wanted) {
    agree(around.ranks, [&] {
        std::string out;
        std::vector<std::string> known;
        for (const auto& topic : topics) {
            known.emplace_back(topic.name);
            if (wanted.empty() || wanted == topic.name) out += (out.empty() ? "" : "\n") + topic.text();
        }
        if (out.empty()) throw usage_error(unknown_name_message("list", wanted, known));
        if (around.speaks()) write_standard_output(out);
    });
    return 0;
}

} // namespace

command add_list(CLI::App& program) {
    auto wanted = std::make_shared<std::string>();
    CLI::App* app = program.add_subcommand("list", "what there is: variants, integrands, functions, rules, accumulators, instruction sets");
    app->add_option("topic", *wanted, "dot, integrate, integrands, functions, rules, accumulators or isa (default: all)")
        ->type_name("TOPIC");
    app->footer("Example:\n  quadot list integrands");
    return {app, [wanted](const surroundings& around) { return run(around, *wanted); }};
}

} // namespace quadot::drivers
