// The public face of text integrands. Whatever computes runs with strict floating point, as sums do: a folded constant has its bits
// whatever the caller did to the rounding mode.
#include "integrands/expression/expression.hpp"

#include "block/block_table.hpp"
#include "errors.hpp"
#include "integrands/expression/compile.hpp"
#include "integrands/expression/parser.hpp"
#include "integrands/expression/scalar.hpp"
#include "reduce/floating_point_environment.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace quadot {

struct expression::content {
    std::string text;
    std::vector<std::string> variables;
    std::vector<expression_node> nodes;
    std::vector<variable_use> uses;
    program compiled;
    program_view view;
};

namespace {

std::string counts(std::size_t count, const std::string& what, std::size_t variables) {
    return ": " + std::to_string(count) + " " + what + " for " + std::to_string(variables) + " variables; give one a variable";
}

} // namespace

expression::expression(std::string_view text, std::vector<std::string> variables, std::vector<parameter> parameters) {
    auto parsed = strictly([&] { return expressions::parse("integrand", text, variables, parameters); });
    auto compiled = expressions::compile(parsed.nodes);
    if (!compiled) {
        throw usage_error(expressions::quoted("integrand", text) + ": column 1: more than " + std::to_string(program::most_registers) +
                          " values are needed at a time; use fewer variables or split the formula");
    }
    const auto made = std::make_shared<content>();
    made->text = text;
    made->variables = std::move(variables);
    made->nodes = std::move(parsed.nodes);
    made->uses = std::move(parsed.uses);
    made->compiled = std::move(*compiled);
    made->view = made->compiled.view();
    content_ = made;
}

const std::string& expression::text() const { return content_->text; }
std::span<const std::string> expression::variables() const { return content_->variables; }
std::span<const variable_use> expression::uses() const { return content_->uses; }
std::span<const expression_node> expression::nodes() const { return content_->nodes; }
const program& expression::compiled() const { return content_->compiled; }
const program_view& expression::compiled_view() const { return content_->view; }

double expression::at(std::span<const double> values) const {
    if (values.size() != content_->variables.size()) {
        throw usage_error(expressions::quoted("integrand", content_->text) + counts(values.size(), "values", content_->variables.size()));
    }
    return strictly([&] { return expressions::run_at(content_->compiled, values.data()); });
}

void expression::evaluate(std::span<const std::span<const double>> variables, std::span<double> y) const {
    const std::string what = expressions::quoted("integrand", content_->text);
    if (variables.size() != content_->variables.size()) {
        throw usage_error(what + counts(variables.size(), "arrays", content_->variables.size()));
    }
    std::vector<const double*> starts;
    for (const auto& each : variables) {
        if (each.size() != y.size()) {
            throw usage_error(what + ": " + std::to_string(each.size()) + " abscissae for " + std::to_string(y.size()) +
                              " values; give arrays of one length");
        }
        starts.push_back(each.data());
    }
    const block_table& table = default_table();
    strictly([&] { table.programs->evaluate(content_->view, starts.data(), y.data(), y.size()); });
}

double constant_expression(std::string_view what, std::string_view text) {
    return strictly([&] { return expressions::parse(what, text, {}, {}, expressions::values::written).nodes.back().value; });
}

double finite_constant_expression(std::string_view what, std::string_view text) {
    const double value = constant_expression(what, text);
    if (std::isinf(value)) {
        throw usage_error(expressions::quoted(what, text) + ": column 1: the value is infinite; write a finite number");
    }
    return value;
}

} // namespace quadot
