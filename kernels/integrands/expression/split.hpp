// A formula in x and a parameter p, cut where it begins to depend on both: many p at the same x need what depends on x alone once for each x, and
// what depends on p alone once for each p.
#pragma once

#include "integrands/expression/expression.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace quadot::expressions {

struct split_program {
    /// Of x alone or p alone, at most. Formulas that people write have a few; what has more is not split.
    static constexpr std::size_t most_parts = 8;

    std::vector<program> of_x; ///< the rest's shared values, in order
    std::vector<program> of_p; ///< the rest's variables, in order
    program rest;
    std::vector<expression_node> graph; ///< of rest: its variables are those of_p, and behind them those of_x
};

/// nodes: of an expression whose variables are x and p. The operations are those of the whole, on the same operands: the same bits.
/// nullopt: there are more than most_parts, or too many registers are needed.
std::optional<split_program> split(std::span<const expression_node> nodes);

} // namespace quadot::expressions
