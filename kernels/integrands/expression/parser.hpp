// Text to graph: a Pratt parser, each operator with the powers with which it binds to its left and right.
#pragma once

#include "integrands/expression/expression.hpp"
#include "integrands/expression/graph.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quadot::expressions {

struct parsed {
    std::vector<expression_node> nodes; ///< see graph::reachable
    std::vector<variable_use> uses;
};

/// What constants may become. `written`: no operation may make NaN of them, or infinity of finite ones (1/0, exp(1000)).
enum class values { any, written };

/// Throws error: usage, beginning with `what`, as expression's constructor does.
parsed parse(std::string_view what, std::string_view text, std::span<const std::string> variables, std::span<const parameter> parameters,
             values which = values::any);

/// "what 'text'", the text shortened and fit for one line.
std::string quoted(std::string_view what, std::string_view text);

} // namespace quadot::expressions
