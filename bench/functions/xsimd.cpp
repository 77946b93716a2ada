#include "bench/functions/rivals.hpp"

#include <xsimd/xsimd.hpp>

#include <algorithm>

namespace quadot::bench {

namespace {

using batch = xsimd::batch<double>;

template <class F>
constexpr array_function of_one(F) {
    return [](const double* a, const double*, double* y, std::size_t count) {
        for (std::size_t k = 0; k < count; k += batch::size) F{}(batch::load_unaligned(a + k)).store_unaligned(y + k);
    };
}
template <class F>
constexpr array_function of_two(F) {
    return [](const double* a, const double* b, double* y, std::size_t count) {
        for (std::size_t k = 0; k < count; k += batch::size) {
            F{}(batch::load_unaligned(a + k), batch::load_unaligned(b + k)).store_unaligned(y + k);
        }
    };
}

struct named {
    std::string_view name;
    array_function function;
};

constexpr named functions[] = {
    {"sin", of_one([](batch x) { return xsimd::sin(x); })},
    {"cos", of_one([](batch x) { return xsimd::cos(x); })},
    {"tan", of_one([](batch x) { return xsimd::tan(x); })},
    {"asin", of_one([](batch x) { return xsimd::asin(x); })},
    {"acos", of_one([](batch x) { return xsimd::acos(x); })},
    {"atan", of_one([](batch x) { return xsimd::atan(x); })},
    {"sinh", of_one([](batch x) { return xsimd::sinh(x); })},
    {"cosh", of_one([](batch x) { return xsimd::cosh(x); })},
    {"tanh", of_one([](batch x) { return xsimd::tanh(x); })},
    {"asinh", of_one([](batch x) { return xsimd::asinh(x); })},
    {"acosh", of_one([](batch x) { return xsimd::acosh(x); })},
    {"atanh", of_one([](batch x) { return xsimd::atanh(x); })},
    {"exp", of_one([](batch x) { return xsimd::exp(x); })},
    {"exp2", of_one([](batch x) { return xsimd::exp2(x); })},
    {"expm1", of_one([](batch x) { return xsimd::expm1(x); })},
    {"log", of_one([](batch x) { return xsimd::log(x); })},
    {"log2", of_one([](batch x) { return xsimd::log2(x); })},
    {"log10", of_one([](batch x) { return xsimd::log10(x); })},
    {"log1p", of_one([](batch x) { return xsimd::log1p(x); })},
    {"sqrt", of_one([](batch x) { return xsimd::sqrt(x); })},
    {"cbrt", of_one([](batch x) { return xsimd::cbrt(x); })},
    {"erf", of_one([](batch x) { return xsimd::erf(x); })},
    {"erfc", of_one([](batch x) { return xsimd::erfc(x); })},
    {"tgamma", of_one([](batch x) { return xsimd::tgamma(x); })},
    {"lgamma", of_one([](batch x) { return xsimd::lgamma(x); })},
    {"abs", of_one([](batch x) { return xsimd::abs(x); })},
    {"floor", of_one([](batch x) { return xsimd::floor(x); })},
    {"ceil", of_one([](batch x) { return xsimd::ceil(x); })},
    {"round", of_one([](batch x) { return xsimd::round(x); })},
    {"pow", of_two([](batch x, batch y) { return xsimd::pow(x, y); })},
    {"atan2", of_two([](batch y, batch x) { return xsimd::atan2(y, x); })},
    {"hypot", of_two([](batch x, batch y) { return xsimd::hypot(x, y); })},
    {"min", of_two([](batch x, batch y) { return xsimd::min(x, y); })},
    {"max", of_two([](batch x, batch y) { return xsimd::max(x, y); })},
};

} // namespace

array_function find_xsimd(std::string_view name) {
    const auto* const found = std::find_if(std::begin(functions), std::end(functions), [&](const auto& each) { return each.name == name; });
    return found == std::end(functions) ? nullptr : found->function;
}

} // namespace quadot::bench
