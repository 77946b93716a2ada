// The functions of math::functions::list by the C library, in double and long double: for rivals and references, not for speed.
#pragma once

#include "integrands/expression/expression.hpp"
#include "math/all.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

namespace quadot::expressions {

template <class T>
struct c_function {
    std::string_view name;
    T (*value)(T, T); ///< of one argument: the second is ignored
};

template <class T>
inline constexpr std::array c_functions{
    c_function<T>{"sin", [](T a, T) { return std::sin(a); }},
    c_function<T>{"cos", [](T a, T) { return std::cos(a); }},
    c_function<T>{"tan", [](T a, T) { return std::tan(a); }},
    c_function<T>{"asin", [](T a, T) { return std::asin(a); }},
    c_function<T>{"acos", [](T a, T) { return std::acos(a); }},
    c_function<T>{"atan", [](T a, T) { return std::atan(a); }},
    c_function<T>{"atan2", [](T a, T b) { return std::atan2(a, b); }},
    c_function<T>{"sinh", [](T a, T) { return std::sinh(a); }},
    c_function<T>{"cosh", [](T a, T) { return std::cosh(a); }},
    c_function<T>{"tanh", [](T a, T) { return std::tanh(a); }},
    c_function<T>{"asinh", [](T a, T) { return std::asinh(a); }},
    c_function<T>{"acosh", [](T a, T) { return std::acosh(a); }},
    c_function<T>{"atanh", [](T a, T) { return std::atanh(a); }},
    c_function<T>{"exp", [](T a, T) { return std::exp(a); }},
    c_function<T>{"exp2", [](T a, T) { return std::exp2(a); }},
    c_function<T>{"expm1", [](T a, T) { return std::expm1(a); }},
    c_function<T>{"log", [](T a, T) { return std::log(a); }},
    c_function<T>{"log2", [](T a, T) { return std::log2(a); }},
    c_function<T>{"log10", [](T a, T) { return std::log10(a); }},
    c_function<T>{"log1p", [](T a, T) { return std::log1p(a); }},
    c_function<T>{"sqrt", [](T a, T) { return std::sqrt(a); }},
    c_function<T>{"cbrt", [](T a, T) { return std::cbrt(a); }},
    c_function<T>{"pow", [](T a, T b) { return std::pow(a, b); }},
    c_function<T>{"hypot", [](T a, T b) { return std::hypot(a, b); }},
    c_function<T>{"abs", [](T a, T) { return std::fabs(a); }},
    // NaN beside NaN, unlike fmin and fmax.
    c_function<T>{"min", [](T a, T b) { return std::isnan(a) || a < b ? a : b; }},
    c_function<T>{"max", [](T a, T b) { return std::isnan(a) || a > b ? a : b; }},
    c_function<T>{"floor", [](T a, T) { return std::floor(a); }},
    c_function<T>{"ceil", [](T a, T) { return std::ceil(a); }},
    c_function<T>{"round", [](T a, T) { return std::round(a); }},
    c_function<T>{"erf", [](T a, T) { return std::erf(a); }},
    c_function<T>{"erfc", [](T a, T) { return std::erfc(a); }},
    c_function<T>{"tgamma", [](T a, T) { return std::tgamma(a); }},
    c_function<T>{"lgamma",
                  [](T a, T) {
                      // std::lgamma writes the sign to a global variable.
                      int sign = 0;
                      if constexpr (sizeof(T) == sizeof(double)) {
                          return ::lgamma_r(a, &sign);
                      } else {
                          return ::lgammal_r(a, &sign);
                      }
                  }},
    c_function<T>{"sign", [](T a, T) { return a > 0   ? T(1)
                                              : a < 0 ? T(-1)
                                                      : a; }},
};

/// Function `index` of math::functions::list; nullptr where the C library has none.
template <class T>
auto find_c_function(std::size_t index) -> T (*)(T, T) {
    const auto& all = c_functions<T>;
    const auto found = std::ranges::find(all, math::functions::descriptions[index].name, &c_function<T>::name);
    return found == all.end() ? nullptr : found->value;
}

/// A graph evaluated node by node, one point at a time.
template <class T>
class walker {
  public:
    explicit walker(const expression& formula) : nodes_(formula.nodes().begin(), formula.nodes().end()) {
        for (const auto& node : nodes_)
            functions_.push_back(node.what == operation::function ? find_c_function<T>(node.function) : nullptr);
    }

    /// variable(index): that variable's value. `values`: room for one value a node, which is left there.
    template <class Variable>
    T operator()(const Variable& variable, std::vector<T>& values) const {
        values.resize(nodes_.size());
        for (std::size_t k = 0; k < nodes_.size(); ++k) {
            const expression_node& node = nodes_[k];
            const T a = values[node.operands[0]];
            const T b = values[node.operands[1]];
            values[k] = node.what == operation::variable   ? static_cast<T>(variable(node.variable))
                        : node.what == operation::function ? functions_[k](a, b)
                                                           : apply(node, a, b, values[node.operands[2]]);
        }
        return values.back();
    }

    [[nodiscard]] const std::vector<expression_node>& nodes() const { return nodes_; }
    [[nodiscard]] T call(std::size_t node, T a, T b) const { return functions_[node](a, b); }

    static T apply(const expression_node& node, T a, T b, T c) {
        switch (node.what) {
        case operation::constant:
            return static_cast<T>(node.value);
        case operation::negate:
            return -a;
        case operation::logical_not:
            return a == 0 ? 1 : 0;
        case operation::add:
            return a + b;
        case operation::subtract:
            return a - b;
        case operation::multiply:
            return a * b;
        case operation::divide:
            return a / b;
        case operation::less:
            return a < b ? 1 : 0;
        case operation::less_equal:
            return a <= b ? 1 : 0;
        case operation::greater:
            return a > b ? 1 : 0;
        case operation::greater_equal:
            return a >= b ? 1 : 0;
        case operation::equal:
            return a == b ? 1 : 0;
        case operation::not_equal:
            return a != b ? 1 : 0;
        case operation::logical_and:
            return a != 0 && b != 0 ? 1 : 0;
        case operation::logical_or:
            return a != 0 || b != 0 ? 1 : 0;
        default:
            return a != 0 ? b : c;
        }
    }

  private:
    std::vector<expression_node> nodes_;
    std::vector<T (*)(T, T)> functions_;
};

} // namespace quadot::expressions
