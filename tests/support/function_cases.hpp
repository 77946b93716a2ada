// What each elementary function is held against: MPFR's function, and where to look closely.
#pragma once

#include "tests/support/random.hpp"

#include <mpfr.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string_view>
#include <vector>

namespace quadot::tests {

/// Numbers between two limits of one sign, or around zero.
struct domain {
    double from;
    double to;
    /// Every binade between them gets as many points as any other; otherwise uniform.
    bool by_exponent = false;
};

struct function_case {
    std::string_view name;
    int (*of_one)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    int (*of_two)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
    /// Visited in turn; besides, every double (by its bits), and neighbours of the landmarks and their negatives.
    std::vector<domain> x;
    std::vector<domain> y; ///< of equal length, for functions of two arguments
    std::vector<double> landmarks;
    /// A part of the points that functions quick to verify get: MPFR takes some 2 us for a sine, 100 for a gamma function.
    double effort = 1;
    /// Where the result grows with x, as far as it is said here.
    domain increases = {0, 0};
    /// Largest error without FMA.
    double unfused_error = 1.5;
};

constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

inline int mpfr_lgamma_alone(mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t rounding) {
    int sign = 0;
    return mpfr_lgamma(to, &sign, x, rounding);
}
inline int mpfr_sign(mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t rounding) {
    if (mpfr_nan_p(x) != 0 || mpfr_zero_p(x) != 0) return mpfr_set(to, x, rounding);
    return mpfr_set_si(to, mpfr_sgn(x), rounding);
}
inline int mpfr_absolute(mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_abs(to, x, rounding); }
inline int mpfr_square_root(mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_sqrt(to, x, rounding); }
template <int (*Choose)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t)>
int mpfr_chosen(mpfr_ptr to, mpfr_srcptr x, mpfr_srcptr y, mpfr_rnd_t rounding) {
    if (mpfr_nan_p(x) != 0) return mpfr_set(to, x, rounding);
    return mpfr_nan_p(y) != 0 ? mpfr_set(to, y, rounding) : Choose(to, x, y, rounding);
}

/// One for each function of math::functions::list; a test says where one is missing.
inline const std::vector<function_case>& function_cases() {
    constexpr double pi = std::numbers::pi;
    // The nearest of all doubles to a multiple of pi/2 (Muller, Elementary Functions, 3rd ed., table 11.1), and others near one.
    static const std::vector<double> near_multiples = {0x1.6ac5b262ca1ffp849,
                                                       0x1.921fb54442d18p0,
                                                       0x1.6c6cbc45dc8dep5,
                                                       0x1.c463abeccb2bbp2,
                                                       0x1.fffffffffffffp22,
                                                       0x1.dfe9f1a4b0c17p99,
                                                       pi / 4,
                                                       3 * pi / 4,
                                                       22.0,
                                                       355.0,
                                                       103993.0,
                                                       0x1p22,
                                                       1e9,
                                                       1e22};
    static const std::vector<domain> circle = {
        {-2 * pi, 2 * pi}, {-100, 100}, {-0x1p22, 0x1p22}, {1e-20, 0x1p22, true}, {0x1p22, largest, true}, {-0x1p22, -largest, true}};
    static const std::vector<domain> positive = {
        {0.5, 2}, {0.99, 1.01}, {smallest, largest, true}, {smallest, 0x1p-1022, true}, {0.7, 1.42}};
    static const std::vector<domain> around_zero = {{-1, 1}, {smallest, 1, true}, {-smallest, -1, true}};
    static const std::vector<double> exponents = {708.0, 708.3964185322641, 709.0895657128241, 709.782712893384,
                                                  710.0, 710.4758600739439, 745.1332191019411, 746.0};
    static const std::vector<function_case> cases = {
        {"sin", mpfr_sin, nullptr, circle, {}, near_multiples},
        {"cos", mpfr_cos, nullptr, circle, {}, near_multiples},
        {"tan", mpfr_tan, nullptr, circle, {}, near_multiples},
        {"asin",
         mpfr_asin,
         nullptr,
         {{-1, 1}, {smallest, 1, true}, {-smallest, -1, true}, {0.49, 0.51}, {0.999, 1}},
         {},
         {0.5, 1},
         1,
         {-1, 1}},
        {"acos",
         mpfr_acos,
         nullptr,
         {{-1, 1}, {smallest, 1, true}, {-smallest, -1, true}, {0.49, 0.51}, {-0.51, -0.49}, {0.999, 1}},
         {},
         {0.5, 1}},
        {"atan",
         mpfr_atan,
         nullptr,
         {{-1, 1}, {-5, 5}, {smallest, largest, true}, {-smallest, -largest, true}},
         {},
         {0.4142135623730951, 2.414213562373095, 0.4375, 0.6875, 1.1875, 2.4375, 1},
         1,
         {-100, 100}},
        {"atan2",
         nullptr,
         mpfr_atan2,
         {{-1, 1}, {smallest, largest, true}, {-smallest, -largest, true}, {smallest, 1e-300, true}, {1e290, largest, true}},
         {{-1, 1}, {smallest, largest, true}, {smallest, largest, true}, {-smallest, -1e-300, true}, {1e290, largest, true}},
         {1.0, 0x1p-600, 0x1p600}},
        {"sinh", mpfr_sinh, nullptr, {{-1, 1}, {-5, 5}, {-711, 711}, {smallest, 711, true}}, {}, exponents, 1, {-710, 710}},
        {"cosh", mpfr_cosh, nullptr, {{-1, 1}, {-5, 5}, {-711, 711}, {smallest, 711, true}}, {}, exponents, 1, {0, 710}},
        {"tanh", mpfr_tanh, nullptr, {{-1, 1}, {-5, 5}, {-25, 25}, {smallest, 25, true}}, {}, {0.35, 19.06, 22}, 1, {-15, 15}},
        {"asinh",
         mpfr_asinh,
         nullptr,
         {{-1, 1}, {-5, 5}, {smallest, largest, true}, {-smallest, -largest, true}},
         {},
         {0.5, 1},
         1,
         {-100, 100}},
        {"acosh", mpfr_acosh, nullptr, {{1, 2}, {1, 1.001}, {1, largest, true}}, {}, {1, 2}, 1, {1, 100}},
        {"atanh",
         mpfr_atanh,
         nullptr,
         {{-1, 1}, {smallest, 1, true}, {-smallest, -1, true}, {0.999, 1}},
         {},
         {0.17157287525380990, 0.5, 1},
         1,
         {-0.999, 0.999}},
        {"exp",
         mpfr_exp,
         nullptr,
         {{-1, 1}, {-746, 710}, {-746, -708}, {700, 709.79}, {1e-18, 700, true}, {-1e-18, -740, true}},
         {},
         exponents,
         1,
         {-700, 700}},
        {"exp2",
         mpfr_exp2,
         nullptr,
         {{-1, 1}, {-1075, 1024}, {-1075, -1021}, {1e-18, 1000, true}},
         {},
         {1021, 1022, 1023, 1024, 1074, 1075},
         1,
         {-1000, 1000}},
        {"expm1",
         mpfr_expm1,
         nullptr,
         {{-1, 1}, {-50, 50}, {600, 709.79}, {smallest, 700, true}, {-smallest, -100, true}, {0.3, 0.7}, {-0.4, -0.3}},
         {},
         exponents,
         1,
         {-30, 700}},
        {"log", mpfr_log, nullptr, positive, {}, {0.70710678118654757, 1, 1.4142135623730951, 2}, 1, {0, 1e300}},
        {"log2", mpfr_log2, nullptr, positive, {}, {0.70710678118654757, 1, 1.4142135623730951, 2}, 1, {0, 1e300}},
        {"log10", mpfr_log10, nullptr, positive, {}, {0.70710678118654757, 1, 1.4142135623730951, 2, 1e10, 1e22}, 1, {0, 1e300}},
        {"log1p",
         mpfr_log1p,
         nullptr,
         {{-1, 1}, {smallest, largest, true}, {-smallest, -1, true}, {-1, -0.999}},
         {},
         {0.29289321881345243, 0.41421356237309503, 1},
         1,
         {-1, 1e300}},
        {"pow",
         nullptr,
         mpfr_pow,
         {{0.5, 2}, {0, 100}, {smallest, largest, true}, {0.7, 1.42}, {0.9999, 1.0001}, {1e-3, 1e-2}, {-10, 0}},
         {{-1000, 1000}, {-10, 10}, {-3, 3}, {-2100, 2100}, {-7e6, 7e6}, {90, 170}, {-10, 10}},
         {1, 2, 3, 0.5, 1.5, 0x1p52, 0x1p53}},
        {"sqrt", mpfr_square_root, nullptr, positive, {}, {1, 2, 4}, 1, {0, largest}, 0.5},
        {"cbrt",
         mpfr_cbrt,
         nullptr,
         {{-8, 8}, {smallest, largest, true}, {-smallest, -largest, true}},
         {},
         {1, 2, 4, 8, 27},
         1,
         {-1e300, 1e300}},
        {"hypot",
         nullptr,
         mpfr_hypot,
         {{-1, 1}, {smallest, largest, true}, {1e-310, 1e-307, true}, {1e307, largest, true}},
         {{-1, 1}, {smallest, largest, true}, {1e-310, 1e-307, true}, {1e307, largest, true}},
         {3, 4, 0x1p500, 0x1p-400}},
        {"erf", mpfr_erf, nullptr, {{-1, 1}, {-6, 6}, {smallest, 6, true}, {0.9, 1.1}, {5.8, 6}}, {}, {0.5, 1, 2, 5.92, 6}, 0.3, {-5, 5}},
        {"erfc",
         mpfr_erfc,
         nullptr,
         {{-1, 1}, {-6, 27.3}, {25, 27.3}, {0.4, 0.6}, {smallest, 27, true}},
         {},
         {0.5, 1, 2, 6, 26.5, 27.2},
         0.3},
        {"tgamma",
         mpfr_gamma,
         nullptr,
         {{0, 10}, {-20, 0}, {0, 171.7}, {-185, 0}, {smallest, 171, true}, {-smallest, -1, true}},
         {},
         {1, 2, 3, 8, 23, 171.62437695630272},
         0.03,
         {0, 0},
         3},
        {"lgamma",
         mpfr_lgamma_alone,
         nullptr,
         {{0, 10}, {0.9, 2.1}, {0, 1000}, {smallest, largest, true}},
         {},
         {1, 2, 3, 8},
         0.03,
         {2, 1e300},
         3},
        {"abs", mpfr_absolute, nullptr, {{-10, 10}}, {}, {}, 0.1},
        {"min", nullptr, mpfr_chosen<mpfr_min>, {{-10, 10}}, {{-10, 10}}, {}, 0.1},
        {"max", nullptr, mpfr_chosen<mpfr_max>, {{-10, 10}}, {{-10, 10}}, {}, 0.1},
        {"sign", mpfr_sign, nullptr, {{-10, 10}}, {}, {}, 0.1},
        {"floor",
         [](mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t) { return mpfr_floor(to, x); },
         nullptr,
         {{-10, 10}, {0.1, 0x1p54, true}},
         {},
         {0.5, 1, 1.5, 2.5, 0x1p51, 0x1p52, 0x1p53},
         0.1},
        {"ceil",
         [](mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t) { return mpfr_ceil(to, x); },
         nullptr,
         {{-10, 10}, {0.1, 0x1p54, true}},
         {},
         {0.5, 1, 1.5, 2.5, 0x1p51, 0x1p52, 0x1p53},
         0.1},
        {"round",
         [](mpfr_ptr to, mpfr_srcptr x, mpfr_rnd_t) { return mpfr_round(to, x); },
         nullptr,
         {{-10, 10}, {0.1, 0x1p54, true}},
         {},
         {0.5, 1, 1.5, 2.5, 0x1p51, 0x1p52, 0x1p53},
         0.1},
    };
    return cases;
}

/// Point k of stream `seed` in a domain.
inline double point(const domain& where, std::uint64_t seed, std::uint64_t k) {
    const double unit = random_unit(seed, k);
    if (!where.by_exponent) return where.from + (where.to - where.from) * unit;
    // Bits of doubles of one sign are ordered as they are, and each binade has as many.
    const auto from = std::bit_cast<std::uint64_t>(std::fabs(where.from));
    const auto to = std::bit_cast<std::uint64_t>(std::fabs(where.to));
    const double magnitude = std::bit_cast<double>(from + random_below(to - from + 1, seed, k));
    return std::copysign(magnitude, where.from);
}

} // namespace quadot::tests
