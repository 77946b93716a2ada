// From nodes to instructions: pairs of operations joined, an order that needs few registers, registers given out.
#pragma once

#include "integrands/expression/expression.hpp"

#include <optional>
#include <span>

namespace quadot::expressions {

/// Samples in the registers of a run, at most: what is left of L1 beside a chunk's abscissae and values.
inline constexpr std::size_t preferred_scratch = 2048;

/// nodes: as graph::reachable gives them. nullopt: more than program::most_registers values are needed at a time.
std::optional<program> compile(std::span<const expression_node> nodes);

} // namespace quadot::expressions
