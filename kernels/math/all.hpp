// The list of elementary functions. A new one is a struct in its family's file and a line in `list`: kernels, the text
// integrands' parser, `quadot list functions`, tests and benches iterate over it.
#pragma once

#include "math/elementary.hpp"
#include "math/function.hpp"
#include "type_list.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace quadot::math::functions {

// clang-format off
using list = type_list<
    sine,
    cosine,
    tangent,
    arcsine,
    arccosine,
    arctangent,
    arctangent_of_quotient,
    hyperbolic_sine,
    hyperbolic_cosine,
    hyperbolic_tangent,
    inverse_hyperbolic_sine,
    inverse_hyperbolic_cosine,
    inverse_hyperbolic_tangent,
    exponential,
    exponential_of_two,
    exponential_less_one,
    logarithm,
    logarithm_to_base_2,
    logarithm_to_base_10,
    logarithm_of_one_more,
    power,
    square_root,
    cube_root,
    hypotenuse,
    error_function,
    complementary_error_function,
    gamma,
    logarithm_of_gamma,
    magnitude,
    minimum,
    maximum,
    sign_of,
    round_down,
    round_up,
    round_to_nearest>;
// clang-format on

/// Facts as data; `index` is the position in the list.
struct description {
    std::string_view name;
    int arity;
    double largest_error;
    std::string_view domain;
};

template <elementary_function... Function>
constexpr auto describe_all(type_list<Function...>) {
    return std::array{description{Function::name, Function::arity, Function::largest_error, Function::domain}...};
}

inline constexpr auto descriptions = describe_all(list{});

constexpr std::optional<std::size_t> find(std::string_view name) {
    for (std::size_t k = 0; k < descriptions.size(); ++k) {
        if (descriptions[k].name == name) return k;
    }
    return std::nullopt;
}

} // namespace quadot::math::functions
