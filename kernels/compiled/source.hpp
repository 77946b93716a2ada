// A text integrand's graph as C++.
#pragma once

#include "integrands/expression/expression.hpp"
#include "integrands/expression/split.hpp"

#include <span>
#include <string>
#include <string_view>

namespace quadot::compiled {

/// At most this many variables: the code keeps a copy of each one's last abscissae on the stack.
inline constexpr std::size_t most_variables = 64;

/// The names of what the compiled code exports: the function (a formula_function), many of it at a time, and the text that says what it was made of.
inline constexpr const char* function_symbol = "quadot_compiled";
inline constexpr const char* rows_symbol = "quadot_compiled_rows"; ///< of families: a rows_function
inline constexpr const char* identity_symbol = "quadot_compiled_identity";

/// The translation unit's text, without its identity: depends on the graph alone. One local a node, operations in the graph's order, and
/// nothing of what the user typed but numbers. Throws refusal beyond most_variables.
std::string source_of(std::span<const expression_node> nodes);

/// The same for a family, whose second variable is its parameter, with `rest` of its parts besides.
std::string source_of(std::span<const expression_node> nodes, const expressions::split_program& parts);

/// What follows it in the file: the identity, a word of letters and digits, as data.
std::string identity_source(std::string_view identity);

} // namespace quadot::compiled
