#include "compiled/source.hpp"

#include "compiled/refusal.hpp"
#include "math/all.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace quadot::compiled {

namespace {

std::string local(std::uint32_t node) { return "v" + std::to_string(node); }

/// Not printf's %a, which writes the locale's decimal point.
std::string constant(double value) {
    std::array<char, 64> digits{};
    const auto text_of = [&](std::to_chars_result written) { return std::string(digits.data(), written.ptr); };
    if (!std::isfinite(value)) {
        return "from_bits(0x" +
               text_of(std::to_chars(digits.data(), digits.data() + digits.size(), std::bit_cast<std::uint64_t>(value), 16)) + ")";
    }
    const std::string magnitude =
        text_of(std::to_chars(digits.data(), digits.data() + digits.size(), std::abs(value), std::chars_format::hex));
    return std::string(std::signbit(value) ? "value(-0x" : "value(0x") + magnitude + ")";
}

/// The right-hand side for one node. Variables from `own` on are shared values.
std::string formula(const expression_node& node, std::uint32_t own) {
    const std::string a = local(node.operands[0]);
    const std::string b = local(node.operands[1]);
    const auto call = [&](const char* name) { return std::string(name) + "(" + a + ", " + b + ")"; };
    switch (node.what) {
    case operation::constant:
        return constant(node.value);
    case operation::variable:
        return node.variable < own ? "variable(" + std::to_string(node.variable) + ")"
                                   : "shared(" + std::to_string(node.variable - own) + ")";
    case operation::negate:
        return "negate(" + a + ")";
    case operation::logical_not:
        return "logical_not(" + a + ")";
    case operation::add:
        return a + " + " + b;
    case operation::subtract:
        return a + " - " + b;
    case operation::multiply:
        return a + " * " + b;
    case operation::divide:
        return a + " / " + b;
    case operation::less:
        return call("less");
    case operation::less_equal:
        return call("less_equal");
    case operation::greater:
        return call("greater");
    case operation::greater_equal:
        return call("greater_equal");
    case operation::equal:
        return call("equal");
    case operation::not_equal:
        return call("not_equal");
    case operation::logical_and:
        return call("logical_and");
    case operation::logical_or:
        return call("logical_or");
    case operation::select:
        return "choose(" + a + ", " + b + ", " + local(node.operands[2]) + ")";
    case operation::function: {
        const auto& function = math::functions::descriptions[node.function];
        const std::string name = "call<\"" + std::string(function.name) + "\">";
        return function.arity == 1 ? name + "(" + a + ")" : call(name.c_str());
    }
    }
    throw refusal("an operation that run-time compilation does not know");
}

/// One local a node.
std::string body_of(std::span<const expression_node> nodes, std::uint32_t own) {
    std::string text;
    for (std::uint32_t k = 0; k < nodes.size(); ++k) text += "        const value " + local(k) + " = " + formula(nodes[k], own) + ";\n";
    return text + "        return " + local(static_cast<std::uint32_t>(nodes.size() - 1)) + ";\n";
}

std::string exported(const char* symbol, const char* parameters, const char* statement) {
    return "extern \"C\" __attribute__((visibility(\"default\"))) void " + std::string(symbol) + "(" + parameters + ") {\n    " +
           statement + "\n}\n";
}

} // namespace

std::string source_of(std::span<const expression_node> nodes) {
    std::uint32_t variables = 0;
    for (const auto& node : nodes) {
        if (node.what == operation::variable) variables = std::max(variables, node.variable + 1);
    }
    if (variables > most_variables) {
        throw refusal("the formula has more than " + std::to_string(most_variables) + " variables");
    }
    return "#include \"block/compiled_formula.hpp\"\n\n"
           "namespace {\n\n"
           "using namespace quadot::compiled_formula;\n\n"
           "struct formula {\n"
           "    static constexpr std::size_t variables = " +
           std::to_string(variables) +
           ";\n\n"
           "    template <class Variable>\n"
           "    [[gnu::always_inline]] static value at(const Variable& variable) {\n"
           "        (void)variable;\n" +
           body_of(nodes, variables) +
           "    }\n"
           "};\n\n"
           "} // namespace\n\n" +
           exported(function_symbol, "const double* const* variables, double* y, std::size_t count",
                    "evaluate<formula>(variables, y, count);");
}

std::string source_of(std::span<const expression_node> nodes, const expressions::split_program& parts) {
    return source_of(nodes) +
           "\nnamespace {\n\n"
           "struct rest {\n"
           "    static constexpr std::size_t shared_values = " +
           std::to_string(parts.of_x.size()) +
           ";\n\n"
           "    template <class Variable, class Shared>\n"
           "    [[gnu::always_inline]] static value at(const Variable& variable, const Shared& shared) {\n"
           "        (void)variable;\n"
           "        (void)shared;\n" +
           body_of(parts.graph, static_cast<std::uint32_t>(parts.of_p.size())) +
           "    }\n"
           "};\n\n"
           "} // namespace\n\n" +
           exported(rows_symbol, "const double* const* variables, const double* shared, std::size_t rows, double* y, std::size_t count",
                    "evaluate_rows<rest>(variables, shared, rows, y, count);");
}

std::string identity_source(std::string_view identity) {
    const std::string declaration =
        "extern \"C\" __attribute__((visibility(\"default\"))) const char " + std::string(identity_symbol) + "[]";
    return declaration + ";\n" + declaration + " = \"" + std::string(identity) + "\";\n";
}

} // namespace quadot::compiled
