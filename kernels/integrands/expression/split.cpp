#include "integrands/expression/split.hpp"

#include "integrands/expression/compile.hpp"
#include "integrands/expression/graph.hpp"

#include <algorithm>
#include <cstdint>

namespace quadot::expressions {

namespace {

constexpr std::uint8_t on_x = 1;
constexpr std::uint8_t on_p = 2;
constexpr std::uint8_t on_both = on_x | on_p;

/// What each node depends on.
std::vector<std::uint8_t> dependences(std::span<const expression_node> nodes) {
    std::vector<std::uint8_t> on(nodes.size());
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        if (nodes[at].what == operation::variable) on[at] = nodes[at].variable == 0 ? on_x : on_p;
        for (int k = 0; k < operand_count(nodes[at]); ++k) on[at] |= on[nodes[at].operands[k]];
    }
    return on;
}

} // namespace

std::optional<split_program> split(std::span<const expression_node> nodes) {
    const std::vector<std::uint8_t> on = dependences(nodes);
    const std::size_t root = nodes.size() - 1;
    // The largest parts of one variable: the operands of what depends on both.
    std::vector<bool> is_part(nodes.size());
    is_part[root] = on[root] != on_both;
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        if (on[at] != on_both) continue;
        for (int k = 0; k < operand_count(nodes[at]); ++k) {
            const std::uint32_t operand = nodes[at].operands[k];
            if (on[operand] != on_both && nodes[operand].what != operation::constant) is_part[operand] = true;
        }
    }
    const auto parts_of = [&](std::uint8_t variable) {
        std::size_t parts = 0;
        for (std::size_t at = 0; at < nodes.size(); ++at) parts += is_part[at] && on[at] == variable ? 1 : 0;
        return parts;
    };
    const std::size_t of_p = parts_of(on_p);
    if (of_p > split_program::most_parts || parts_of(on_x) > split_program::most_parts) return std::nullopt;

    split_program result;
    std::vector<expression_node> rest;
    std::vector<std::uint32_t> moved(nodes.size());
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        expression_node node = nodes[at];
        if (is_part[at] && on[at] != 0) {
            auto& parts = on[at] == on_x ? result.of_x : result.of_p;
            auto part = compile(nodes.first(at + 1));
            if (!part) return std::nullopt;
            node = {};
            node.what = operation::variable;
            node.variable = static_cast<std::uint32_t>(parts.size() + (on[at] == on_x ? of_p : 0));
            parts.push_back(std::move(*part));
        } else if (on[at] != on_both && node.what != operation::constant) {
            continue;
        }
        for (int k = 0; k < operand_count(node); ++k) node.operands[k] = moved[node.operands[k]];
        moved[at] = static_cast<std::uint32_t>(rest.size());
        rest.push_back(node);
    }
    auto compiled = compile(rest, of_p);
    if (!compiled) return std::nullopt;
    result.rest = std::move(*compiled);
    result.graph = std::move(rest);
    return result;
}

} // namespace quadot::expressions
