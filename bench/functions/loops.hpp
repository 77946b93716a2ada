// The loops over the C library's functions, compiled once as they stand and once with -Ofast.
#pragma once

#include "bench/functions/rivals.hpp"

#include <algorithm>
#include <cmath>

namespace quadot::bench {

namespace {

template <class F>
constexpr array_function loop_of_one(F) {
    return [](const double* __restrict a, const double*, double* __restrict y, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) y[k] = F{}(a[k]);
    };
}
template <class F>
constexpr array_function loop_of_two(F) {
    return [](const double* __restrict a, const double* __restrict b, double* __restrict y, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) y[k] = F{}(a[k], b[k]);
    };
}

struct named_loop {
    std::string_view name;
    array_function function;
};

constexpr named_loop loops[] = {
    {"sin", loop_of_one([](double x) { return std::sin(x); })},
    {"cos", loop_of_one([](double x) { return std::cos(x); })},
    {"tan", loop_of_one([](double x) { return std::tan(x); })},
    {"asin", loop_of_one([](double x) { return std::asin(x); })},
    {"acos", loop_of_one([](double x) { return std::acos(x); })},
    {"atan", loop_of_one([](double x) { return std::atan(x); })},
    {"atan2", loop_of_two([](double y, double x) { return std::atan2(y, x); })},
    {"sinh", loop_of_one([](double x) { return std::sinh(x); })},
    {"cosh", loop_of_one([](double x) { return std::cosh(x); })},
    {"tanh", loop_of_one([](double x) { return std::tanh(x); })},
    {"asinh", loop_of_one([](double x) { return std::asinh(x); })},
    {"acosh", loop_of_one([](double x) { return std::acosh(x); })},
    {"atanh", loop_of_one([](double x) { return std::atanh(x); })},
    {"exp", loop_of_one([](double x) { return std::exp(x); })},
    {"exp2", loop_of_one([](double x) { return std::exp2(x); })},
    {"expm1", loop_of_one([](double x) { return std::expm1(x); })},
    {"log", loop_of_one([](double x) { return std::log(x); })},
    {"log2", loop_of_one([](double x) { return std::log2(x); })},
    {"log10", loop_of_one([](double x) { return std::log10(x); })},
    {"log1p", loop_of_one([](double x) { return std::log1p(x); })},
    {"pow", loop_of_two([](double x, double y) { return std::pow(x, y); })},
    {"sqrt", loop_of_one([](double x) { return std::sqrt(x); })},
    {"cbrt", loop_of_one([](double x) { return std::cbrt(x); })},
    {"hypot", loop_of_two([](double x, double y) { return std::hypot(x, y); })},
    {"erf", loop_of_one([](double x) { return std::erf(x); })},
    {"erfc", loop_of_one([](double x) { return std::erfc(x); })},
    {"tgamma", loop_of_one([](double x) { return std::tgamma(x); })},
    {"lgamma", loop_of_one([](double x) { return std::lgamma(x); })},
    {"abs", loop_of_one([](double x) { return std::fabs(x); })},
    {"min", loop_of_two([](double x, double y) { return std::fmin(x, y); })},
    {"max", loop_of_two([](double x, double y) { return std::fmax(x, y); })},
    {"floor", loop_of_one([](double x) { return std::floor(x); })},
    {"ceil", loop_of_one([](double x) { return std::ceil(x); })},
    {"round", loop_of_one([](double x) { return std::round(x); })},
};

array_function find_loop(std::string_view name) {
    const auto* const found = std::find_if(std::begin(loops), std::end(loops), [&](const auto& each) { return each.name == name; });
    return found == std::end(loops) ? nullptr : found->function;
}

} // namespace

} // namespace quadot::bench
