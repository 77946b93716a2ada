#include "integrands/expression/scalar.hpp"

#include "math/all.hpp"
#include "math/one_lane.hpp"

#include <array>

namespace quadot::expressions {

namespace {

using scalar_function = double (*)(double, double);

template <class... Function>
constexpr auto scalar_functions(type_list<Function...>) {
    using math::fused_scalar;
    return std::array<scalar_function, sizeof...(Function)>{[](double a, double b) {
        if constexpr (Function::arity == 1) {
            (void)b;
            return Function::value(fused_scalar(a)).value();
        } else {
            return Function::value(fused_scalar(a), fused_scalar(b)).value();
        }
    }...};
}

constexpr auto functions = scalar_functions(math::functions::list{});

} // namespace

double apply_function(std::size_t index, double a, double b) { return functions[index](a, b); }

double apply(arithmetic what, double a, double b) {
    switch (what) {
    case arithmetic::add:
        return a + b;
    case arithmetic::subtract:
        return a - b;
    case arithmetic::multiply:
        return a * b;
    default:
        return a / b;
    }
}

double apply(comparison what, double a, double b) {
    const auto holds = [&] {
        switch (what) {
        case comparison::less:
            return a < b;
        case comparison::less_equal:
            return a <= b;
        case comparison::greater:
            return a > b;
        case comparison::greater_equal:
            return a >= b;
        case comparison::equal:
            return a == b;
        default:
            return a != b;
        }
    };
    return holds() ? 1.0 : 0.0;
}

double run_at(const program& compiled, const double* variables) {
    std::array<double, program::most_registers> registers;
    const auto value = [&](const operand& from) {
        switch (from.kind) {
        case operand_kind::variable:
            return variables[compiled.variables[from.index]];
        case operand_kind::register_:
            return registers[from.index];
        case operand_kind::constant:
            return compiled.constants[from.index];
        default:
            return 0.0;
        }
    };
    double result = 0;
    for (const instruction& each : compiled.instructions) {
        const double a = value(each.a);
        const double b = value(each.b);
        const double c = value(each.c);
        switch (each.form) {
        case instruction_form::copy:
            result = a;
            break;
        case instruction_form::arithmetic:
            result = apply(each.first, a, b);
            break;
        case instruction_form::chain:
            result = apply(each.second, apply(each.first, a, b), c);
            break;
        case instruction_form::reversed_chain:
            result = apply(each.second, c, apply(each.first, a, b));
            break;
        case instruction_form::comparison:
            result = apply(each.compared, a, b);
            break;
        case instruction_form::logical_not:
            result = is_true(a) ? 0 : 1;
            break;
        case instruction_form::logical_and:
            result = is_true(a) && is_true(b) ? 1 : 0;
            break;
        case instruction_form::logical_or:
            result = is_true(a) || is_true(b) ? 1 : 0;
            break;
        case instruction_form::select:
            result = is_true(c) ? a : b;
            break;
        case instruction_form::function:
            result = apply_function(each.function, a, b);
            break;
        }
        registers[each.result] = result;
    }
    return result;
}

} // namespace quadot::expressions
