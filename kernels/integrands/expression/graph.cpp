// Which rewritings keep every bit (IEEE 754, round to nearest; NaN's sign and payload apart):
//   a + b = b + a, a b = b a; -(-a) = a; (-a) c = a (-c) for constants c, and for quotients; (-a)(-b) = a b
//   a + (-b) = a - b, (-a) + b = b - a, a - (-b) = a + b     but not -(a - b) = b - a: 0 has a sign
//   a 1 = a, a - 0 = a                                       but not a + 0 = a: -0 + 0 is 0
//   a / 2^k = a 2^-k where 2^-k is a double: both round the same real number
#include "integrands/expression/graph.hpp"

#include "integrands/expression/scalar.hpp"
#include "math/all.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace quadot::expressions {

namespace {

constexpr std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

quadot::arithmetic arithmetic_of(operation what) {
    return static_cast<quadot::arithmetic>(static_cast<int>(what) - static_cast<int>(operation::add));
}
comparison comparison_of(operation what) { return static_cast<comparison>(static_cast<int>(what) - static_cast<int>(operation::less)); }

/// The comparison with its sides exchanged.
operation mirrored(operation what) {
    switch (what) {
    case operation::less:
        return operation::greater;
    case operation::less_equal:
        return operation::greater_equal;
    case operation::greater:
        return operation::less;
    case operation::greater_equal:
        return operation::less_equal;
    default:
        return what;
    }
}

/// Whether 1 / value is exact.
bool has_exact_reciprocal(double value) {
    int exponent = 0;
    return std::isfinite(value) && std::abs(std::frexp(value, &exponent)) == 0.5 && std::isfinite(1 / value);
}

bool gives_truth(operation what) { return (what >= operation::less && what <= operation::logical_or) || what == operation::logical_not; }

} // namespace

int operand_count(const expression_node& node) {
    switch (node.what) {
    case operation::constant:
    case operation::variable:
        return 0;
    case operation::negate:
    case operation::logical_not:
        return 1;
    case operation::select:
        return 3;
    case operation::function:
        return math::functions::descriptions[node.function].arity;
    default:
        return 2;
    }
}

std::size_t graph::hash::operator()(const expression_node& node) const {
    std::uint64_t mixed = static_cast<std::uint64_t>(node.what) << 48 | static_cast<std::uint64_t>(node.function) << 32 | node.variable;
    for (const std::uint64_t part : {bits(node.value), static_cast<std::uint64_t>(node.operands[0]) << 32 | node.operands[1],
                                     static_cast<std::uint64_t>(node.operands[2])}) {
        mixed = (mixed ^ part) * 0x9e3779b97f4a7c15;
        mixed ^= mixed >> 32;
    }
    return static_cast<std::size_t>(mixed);
}

bool graph::alike::operator()(const expression_node& a, const expression_node& b) const {
    return a.what == b.what && a.function == b.function && a.variable == b.variable && bits(a.value) == bits(b.value) &&
           a.operands[0] == b.operands[0] && a.operands[1] == b.operands[1] && a.operands[2] == b.operands[2];
}

graph::position graph::add(const expression_node& node) {
    const auto [found, is_new] = known_.try_emplace(node, static_cast<position>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return found->second;
}

graph::position graph::add(operation what, position a, position b, position c) {
    expression_node node;
    node.what = what;
    node.operands[0] = a;
    node.operands[1] = b;
    node.operands[2] = c;
    return add(node);
}

graph::position graph::constant(double value) {
    expression_node node;
    node.value = value;
    return add(node);
}

graph::position graph::variable(std::uint32_t index) {
    expression_node node;
    node.what = operation::variable;
    node.variable = index;
    return add(node);
}

graph::position graph::negate(position a) {
    if (is_constant(a)) return constant(-value(a));
    if (is(operation::negate, a)) return operand(a, 0);
    if (is(operation::multiply, a) && is_constant(operand(a, 1)))
        return arithmetic(operation::multiply, operand(a, 0), constant(-value(operand(a, 1))));
    if (is(operation::divide, a) && is_constant(operand(a, 1)))
        return arithmetic(operation::divide, operand(a, 0), constant(-value(operand(a, 1))));
    if (is(operation::divide, a) && is_constant(operand(a, 0)))
        return arithmetic(operation::divide, constant(-value(operand(a, 0))), operand(a, 1));
    return add(operation::negate, a);
}

graph::position graph::arithmetic(operation what, position a, position b) {
    if (is_constant(a) && is_constant(b)) return constant(apply(arithmetic_of(what), value(a), value(b)));
    switch (what) {
    case operation::add:
        if (is(operation::negate, b)) return arithmetic(operation::subtract, a, operand(b, 0));
        if (is(operation::negate, a)) return arithmetic(operation::subtract, b, operand(a, 0));
        // The constant to the right; otherwise the older node to the left: b + a is a + b.
        if (is_constant(a) || (!is_constant(b) && b < a)) std::swap(a, b);
        if (is_constant(b) && bits(value(b)) == bits(-0.0)) return a;
        break;
    case operation::subtract:
        if (is(operation::negate, b)) return arithmetic(operation::add, a, operand(b, 0));
        if (is_constant(b) && bits(value(b)) == 0) return a;
        break;
    case operation::multiply:
        if (is_constant(a) || (!is_constant(b) && b < a)) std::swap(a, b);
        if (is(operation::negate, a) && is(operation::negate, b)) return arithmetic(what, operand(a, 0), operand(b, 0));
        if (is(operation::negate, a) && is_constant(b)) return arithmetic(what, operand(a, 0), constant(-value(b)));
        if (is_constant(b) && value(b) == 1) return a;
        if (is_constant(b) && value(b) == -1) return negate(a);
        break;
    default:
        if (is(operation::negate, a) && is(operation::negate, b)) return arithmetic(what, operand(a, 0), operand(b, 0));
        if (is(operation::negate, a) && is_constant(b)) return arithmetic(what, operand(a, 0), constant(-value(b)));
        if (is(operation::negate, b) && is_constant(a)) return arithmetic(what, constant(-value(a)), operand(b, 0));
        if (is_constant(b) && has_exact_reciprocal(value(b))) return arithmetic(operation::multiply, a, constant(1 / value(b)));
    }
    return add(what, a, b);
}

graph::position graph::compare(operation what, position a, position b) {
    if (is_constant(a) && is_constant(b)) return constant(apply(comparison_of(what), value(a), value(b)));
    if (is_constant(a)) return add(mirrored(what), b, a);
    return add(what, a, b);
}

graph::position graph::logical_not(position a) {
    if (is_constant(a)) return constant(is_true(value(a)) ? 0 : 1);
    return add(operation::logical_not, a);
}

graph::position graph::truth(position at) {
    if (is_constant(at)) return constant(is_true(value(at)) ? 1 : 0);
    return gives_truth(nodes_[at].what) ? at : compare(operation::not_equal, at, constant(0));
}

graph::position graph::logical_and(position a, position b) {
    if (is_constant(a)) std::swap(a, b);
    if (is_constant(b)) return is_true(value(b)) ? truth(a) : constant(0);
    return add(operation::logical_and, std::min(a, b), std::max(a, b));
}

graph::position graph::logical_or(position a, position b) {
    if (is_constant(a)) std::swap(a, b);
    if (is_constant(b)) return is_true(value(b)) ? constant(1) : truth(a);
    return add(operation::logical_or, std::min(a, b), std::max(a, b));
}

graph::position graph::select(position condition, position yes, position no) {
    if (is_constant(condition)) return is_true(value(condition)) ? yes : no;
    if (yes == no) return yes;
    if (is(operation::logical_not, condition)) return select(operand(condition, 0), no, yes);
    return add(operation::select, condition, yes, no);
}

graph::position graph::function(std::size_t index, position a, position b) {
    const bool binary = math::functions::descriptions[index].arity == 2;
    if (is_constant(a) && (!binary || is_constant(b))) return constant(apply_function(index, value(a), binary ? value(b) : 0));
    expression_node node;
    node.what = operation::function;
    node.function = static_cast<std::uint16_t>(index);
    node.operands[0] = a;
    if (binary) node.operands[1] = b;
    return add(node);
}

std::vector<expression_node> graph::reachable(position root) const {
    std::vector<bool> needed(root + 1);
    needed[root] = true;
    for (std::size_t at = root + 1; at-- > 0;) {
        if (!needed[at]) continue;
        for (int k = 0; k < operand_count(nodes_[at]); ++k) needed[nodes_[at].operands[k]] = true;
    }
    std::vector<position> moved(root + 1);
    std::vector<expression_node> kept;
    for (std::size_t at = 0; at <= root; ++at) {
        if (!needed[at]) continue;
        moved[at] = static_cast<position>(kept.size());
        expression_node node = nodes_[at];
        for (int k = 0; k < operand_count(node); ++k) node.operands[k] = moved[node.operands[k]];
        kept.push_back(node);
    }
    return kept;
}

} // namespace quadot::expressions
