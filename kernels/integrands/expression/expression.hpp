// Integrands as text: 'exp(-x^2)*cos(k*x)'.
//
//   numbers      2  .5  1e-3        constants  pi e inf        variables, parameters: names of letters, digits and _
//   operators    from the loosest:  ?: (right)   ||   &&   == !=   < <= > >=   + -   * /   - + ! before a value   ^ (right)
//   functions    those of math::functions::list, and if(condition, yes, no)
//
// -x^2 is -(x^2); 2^-x is allowed. x^2 is x*x, any other power is pow. Comparisons, &&, || and ! give 1 or 0; any value but 0 is true, NaN too.
// if() and ?: evaluate both sides and choose, sample by sample.
//
// Values are those of the same formula in C++ on Quadot's functions, bit by bit: operations in the order written, each rounded once, nothing
// contracted. Three rewritings save time and keep all bits (but a NaN's sign and payload): constants are folded, what occurs twice is
// computed once, and signs move (a - (-b) is a + b); division by a power of two is multiplication where that is exact.
#pragma once

#include "integrands/expression/program.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quadot {

enum class operation : std::uint8_t {
    constant,
    variable,
    negate,
    logical_not,
    add,
    subtract,
    multiply,
    divide,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or,
    select,   ///< operands: condition, yes, no
    function, ///< of math::functions::list, one or two operands
};

/// A node of an expression's graph. Operands come before their users, so that a walk in order has them ready, and no two nodes are alike.
struct expression_node {
    operation what = operation::constant;
    std::uint16_t function = 0;     ///< function: its position in math::functions::list
    std::uint32_t operands[3] = {}; ///< positions of nodes, as many as the operation takes
    std::uint32_t variable = 0;     ///< variable: its position in the list of variables
    double value = 0;               ///< constant
};

/// A parameter: a constant with a name.
struct parameter {
    std::string name;
    double value = 0;
};

/// Where an expression names a variable for the first time.
struct variable_use {
    std::size_t variable; ///< position in the list of variables
    std::size_t column;   ///< from 1
};

/// An immutable formula; copies share it. All members may be called from many threads at once.
class expression {
  public:
    /// At most this many bytes of text, parentheses and operators within each other, and nodes after sharing.
    static constexpr std::size_t longest_text = 65536;
    static constexpr std::size_t deepest_nesting = 200;
    static constexpr std::size_t most_nodes = 10000;

    /// Parses, checks and compiles. Throws error: usage, one line "integrand '...': column N: why; what to do", for anything that is no
    /// expression in these variables and parameters or goes beyond the limits above; "variable 'name': ..." for a name that cannot be one.
    explicit expression(std::string_view text, std::vector<std::string> variables = {"x"}, std::vector<parameter> parameters = {});

    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] std::span<const std::string> variables() const;
    /// The variables that the text names, in the order of their first appearance.
    [[nodiscard]] std::span<const variable_use> uses() const;
    /// After folding and sharing; the last one is the value.
    [[nodiscard]] std::span<const expression_node> nodes() const;
    [[nodiscard]] const program& compiled() const;
    /// The same, as kernels take it; lives as long as any copy of this expression.
    [[nodiscard]] const program_view& compiled_view() const;

    /// The value at one point, with the bits that samples have on instruction sets with FMA. As many arguments as variables, or usage error.
    template <std::convertible_to<double>... Value>
    [[nodiscard]] double operator()(Value... value) const {
        const double values[sizeof...(value) + 1] = {static_cast<double>(value)...};
        return at(std::span(values, sizeof...(value)));
    }
    [[nodiscard]] double at(std::span<const double> values) const;

    /// y[k] = f(variables[0][k], variables[1][k], ...), by the widest instruction set that runs here (or QUADOT_ISA). All spans have one
    /// length, any; y may be one of the variables. Throws error: usage where counts or lengths differ.
    void evaluate(std::span<const std::span<const double>> variables, std::span<double> y) const;

  private:
    struct content;
    std::shared_ptr<const content> content_;
};

/// The value of a constant expression: the limits of an integral, parameters, tolerances. Infinite only where `inf` was written.
/// Throws error: usage "`what` 'text': column N: why; what to do"; also for an operation that gives no number (inf - inf) or overflows (1/0).
[[nodiscard]] double constant_expression(std::string_view what, std::string_view text);

/// As above, for what must be finite: an infinite value is refused too.
[[nodiscard]] double finite_constant_expression(std::string_view what, std::string_view text);

} // namespace quadot
