// From nodes to instructions: pairs of operations joined, an order that needs few registers, registers given out.
#pragma once

#include "integrands/expression/expression.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace quadot::expressions {

/// Samples in the registers of a run, at most: what is left of L1 beside a chunk's abscissae and values.
inline constexpr std::size_t preferred_scratch = 2048;

/// Variables from this number on have one value for a whole run.
inline constexpr std::size_t all_are_runs = static_cast<std::size_t>(-1);

/// nodes: as graph::reachable gives them. Variables numbered `runs` and higher become operand_kind::shared; no operation has these and constants alone
/// for operands. nullopt: more than program::most_registers values are needed at a time.
std::optional<program> compile(std::span<const expression_node> nodes, std::size_t runs = all_are_runs);

} // namespace quadot::expressions
