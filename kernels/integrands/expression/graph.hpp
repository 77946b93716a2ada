// Nodes that are folded and shared as they are added (hash-consing): what is alike is one node.
#pragma once

#include "integrands/expression/expression.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace quadot::expressions {

class graph {
  public:
    using position = std::uint32_t;

    position constant(double value);
    position variable(std::uint32_t index);
    position negate(position a);
    position logical_not(position a);
    /// add, subtract, multiply, divide.
    position arithmetic(operation what, position a, position b);
    /// less ... not_equal.
    position compare(operation what, position a, position b);
    position logical_and(position a, position b);
    position logical_or(position a, position b);
    position select(position condition, position yes, position no);
    /// b: as a, for functions of one argument.
    position function(std::size_t index, position a, position b);

    [[nodiscard]] bool is_constant(position at) const { return nodes_[at].what == operation::constant; }
    [[nodiscard]] double value(position at) const { return nodes_[at].value; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }

    /// What `root` needs, in an order that has operands before users, `root` last.
    [[nodiscard]] std::vector<expression_node> reachable(position root) const;

  private:
    struct hash {
        std::size_t operator()(const expression_node& node) const;
    };
    struct alike {
        bool operator()(const expression_node& a, const expression_node& b) const;
    };

    position add(const expression_node& node);
    position add(operation what, position a, position b = 0, position c = 0);
    [[nodiscard]] bool is(operation what, position at) const { return nodes_[at].what == what; }
    [[nodiscard]] position operand(position at, int which) const { return nodes_[at].operands[which]; }
    /// 1 where `at` is any value but 0.
    position truth(position at);

    std::vector<expression_node> nodes_;
    std::unordered_map<expression_node, position, hash, alike> known_;
};

/// How many operands a node has.
int operand_count(const expression_node& node);

} // namespace quadot::expressions
