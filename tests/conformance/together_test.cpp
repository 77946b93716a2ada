// Components that share their samples, and complex integrands, against closed forms.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <mutex>
#include <numbers>
#include <set>
#include <vector>

namespace {

using namespace quadot;
using tests::bits;
using complex = std::complex<double>;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double pi = std::numbers::pi;
constexpr complex i(0, 1);

constexpr auto moments_of_exponential = [](double x) {
    std::array<double, 6> y{};
    double term = std::exp(-x);
    for (double& each : y) {
        each = term;
        term *= x;
    }
    return y;
};

TEST(Together, FindsMomentsOnOneSetOfSamples) {
    std::array<integral, 6> found;
    const auto evaluations = integrate_together(moments_of_exponential, 0, inf, found, tolerance{});
    double factorial = 1;
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (k > 0) factorial *= static_cast<double>(k);
        EXPECT_EQ(found[k].status, integral_status::ok) << explain(found[k]);
        EXPECT_LE(std::fabs(found[k].value - factorial), found[k].error) << k;
        EXPECT_LE(found[k].error, 1e-10 * factorial);
        EXPECT_LE(found[k].evaluations, evaluations);
    }
    EXPECT_LT(evaluations, 2 * found[0].evaluations);
}

TEST(Together, ComponentsMayBeHardInDifferentPlaces) {
    // Smooth; singular at both ends of pieces; a jump; a peak; nothing at all.
    std::mutex guard;
    std::multiset<double> seen;
    const auto f = [&](std::span<const double> x, std::span<double> y) {
        const std::size_t n = x.size();
        for (std::size_t k = 0; k < n; ++k) {
            y[k] = std::cos(x[k]);
            y[n + k] = std::log(x[k]);
            y[2 * n + k] = x[k] < 0.7 ? 1 : 3;
            y[3 * n + k] = 1 / (1e-6 + (x[k] - 0.4) * (x[k] - 0.4));
            y[4 * n + k] = 0;
        }
        const std::lock_guard lock(guard);
        seen.insert(x.begin(), x.end());
    };
    const double exact[] = {std::sin(1), -1, 0.7 + 3 * 0.3, 1e3 * (std::atan(600.0) + std::atan(400.0)), 0};
    std::array<integral, 5> found;
    const auto evaluations = integrate_together(components_view(f, 5), 0, 1, found, {.relative = 1e-9});
    std::uint64_t looked_at = 0;
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(found[k].status, integral_status::ok) << k << ": " << explain(found[k]);
        EXPECT_LE(std::fabs(found[k].value - exact[k]), found[k].error + 0x1p-50 * std::fabs(exact[k])) << k;
        looked_at += found[k].evaluations;
    }
    EXPECT_LT(evaluations, looked_at);
    // Each once, but for lanes that fill a register, points inspected beside singularities, and limits that lie closer than their nodes.
    std::size_t repeated = 0;
    for (auto at = seen.begin(); at != seen.end(); at = seen.upper_bound(*at)) repeated += seen.count(*at) - 1;
    EXPECT_LE(seen.size(), evaluations + evaluations / 4);
    EXPECT_LE(repeated, seen.size() / 4);
}

TEST(Together, EachFindsWhatItWouldAlone) {
    for (const double b : {1.0, 40.0}) {
        std::array<integral, 2> found;
        const auto both = [](double x) { return std::array{std::sin(x * x), std::exp(-x)}; };
        integrate_together(both, 0, b, found, {.relative = 1e-11});
        const integral first = integrate([](double x) { return std::sin(x * x); }, 0, b, {.relative = 1e-11});
        const integral second = integrate([](double x) { return std::exp(-x); }, 0, b, {.relative = 1e-11});
        EXPECT_NEAR(found[0].value, first.value, found[0].error + first.error);
        EXPECT_NEAR(found[1].value, second.value, found[1].error + second.error);
    }
}

TEST(Together, NormsDecideWhatTheToleranceIsOf) {
    // The second is 1e-8 of the first and too rough to be resolved in so few samples: no matter, where the vector counts.
    const auto f = [](double x) { return std::array{1.0 + x, 1e-14 * std::sin(1e5 * x)}; };
    std::array<integral, 2> found;
    const tolerance wanted{.relative = 1e-10, .max_evaluations = 20'000};
    integrate_together(f, 0, 1, found, wanted, vector_norm::each);
    EXPECT_EQ(found[0].status, integral_status::ok);
    EXPECT_EQ(found[1].status, integral_status::tolerance_not_reached);
    for (const vector_norm norm : {vector_norm::largest, vector_norm::euclidean}) {
        integrate_together(f, 0, 1, found, wanted, norm);
        EXPECT_EQ(found[0].status, integral_status::ok) << explain(found[0]);
        EXPECT_EQ(found[1].status, integral_status::ok) << explain(found[1]);
        EXPECT_NEAR(found[0].value, 1.5, 1e-10);
    }
}

TEST(Together, ReversesAndRefuses) {
    std::array<integral, 6> forwards;
    std::array<integral, 6> backwards;
    integrate_together(moments_of_exponential, 0, 3, forwards, tolerance{});
    integrate_together(moments_of_exponential, 3, 0, backwards, tolerance{});
    for (std::size_t k = 0; k < 6; ++k) EXPECT_EQ(bits(backwards[k].value), bits(-forwards[k].value));
    std::array<integral, 2> wrong;
    EXPECT_THROW(integrate_together(moments_of_exponential, 0, 3, wrong, tolerance{}), error);
    EXPECT_EQ(integrate_together(moments_of_exponential, 2, 2, forwards, tolerance{}), 0u);
    EXPECT_EQ(forwards[0].value, 0);
    const auto throws = [](double) -> std::array<double, 2> { throw std::runtime_error("planted"); };
    EXPECT_THROW(integrate_together(throws, 0, 3, wrong, tolerance{}), std::runtime_error);
}

TEST(Together, HasTheSameBitsForAnyThreadsAndInstructionSet) {
    const auto f = [](double x) { return std::array{1 / std::sqrt(std::fabs(x - 0.3)), std::cos(300 * x), x < 0.77 ? 1.0 : 2.0}; };
    std::array<integral, 3> expected;
    const auto evaluations = integrate_together(f, 0, 1, expected, tolerance{}, vector_norm::each, {.threads = 1});
    for (const isa_kind isa : tests::fused_isas()) {
        for (const int threads : {2, 5}) {
            std::array<integral, 3> found;
            EXPECT_EQ(integrate_together(f, 0, 1, found, tolerance{}, vector_norm::each, {.threads = threads, .isa = isa}), evaluations);
            for (std::size_t k = 0; k < found.size(); ++k) {
                EXPECT_EQ(bits(found[k].value), bits(expected[k].value)) << k << name_of(isa);
                EXPECT_EQ(bits(found[k].error), bits(expected[k].error)) << k << name_of(isa);
            }
        }
    }
}

struct complex_case {
    const char* name;
    complex (*f)(double);
    double a;
    double b;
    complex exact;
};

const complex_case complex_cases[] = {
    {"exp(ix): 2i", [](double x) { return std::exp(i * x); }, 0, pi, 2.0 * i},
    {"exp(ix) over a period: 0", [](double x) { return std::exp(i * x); }, 0, 2 * pi, 0},
    {"a real function", [](double x) { return complex(std::exp(x)); }, 0, 1, std::expm1(1.0)},
    {"exp((-1+5i)x): 1/(1-5i)", [](double x) { return std::exp((-1.0 + 5.0 * i) * x); }, 0, inf, 1.0 / (1.0 - 5.0 * i)},
    {"x^(-1/2+i): 1/(1/2+i)", [](double x) { return std::pow(complex(x), -0.5 + i); }, 0, 1, 1.0 / (0.5 + i)},
    {"exp(-x^2+6ix) on the line: sqrt(pi) exp(-9), DLMF 7.7.4", [](double x) { return std::exp(-x * x + 6.0 * i * x); }, -inf, inf,
     std::sqrt(pi) * std::exp(-9.0)},
    {"1/(x-0.3-0.001i), by its logarithm", [](double x) { return 1.0 / (x - 0.3 - 0.001 * i); }, 0, 1,
     std::log(0.7 - 0.001 * i) - std::log(-0.3 - 0.001 * i)},
};

TEST(Complex, MeetsClosedForms) {
    for (const auto& each : complex_cases) {
        const complex_integral found = integrate_complex(each.f, each.a, each.b, tolerance{});
        EXPECT_EQ(found.status, integral_status::ok) << each.name << ": " << explain(found.real) << explain(found.imaginary);
        EXPECT_LE(std::abs(found.value - each.exact), found.error + 0x1p-51 * std::abs(each.exact)) << each.name << ": " << found.value;
        EXPECT_LE(found.error, std::max(1e-10 * std::abs(each.exact), 2e-14)) << each.name;
        EXPECT_LT(found.evaluations, 30'000u) << each.name;
    }
}

TEST(Complex, TakesBlocksAndReportsTrouble) {
    const auto block = [](std::span<const double> x, std::span<complex> y) {
        for (std::size_t k = 0; k < x.size(); ++k) y[k] = std::exp(i * x[k]);
    };
    EXPECT_LE(std::abs(integrate_complex(block, 0, pi, tolerance{}).value - 2.0 * i), 1e-13);
    const complex_integral diverges = integrate_complex([](double x) { return 1.0 + i / x; }, 0, 1, tolerance{});
    EXPECT_EQ(diverges.status, integral_status::divergent_or_singular);
    EXPECT_TRUE(std::isnan(diverges.value.imag()));
    EXPECT_NE(explain(diverges.imaginary).find("does not converge"), std::string::npos);
    const complex_integral undefined = integrate_complex([](double x) { return complex(1, std::sqrt(0.5 - x)); }, 0, 1, tolerance{});
    EXPECT_EQ(undefined.status, integral_status::not_a_number);
}

// Nothing is seen of either by the first samples.
TEST(Together, ComponentsBesideTheEndOfAHugeRangeAreAllFound) {
    const auto found = integrate_complex([](double x) { return std::exp(std::complex(-x, x)); }, 0, 1e9, tolerance{});
    EXPECT_LE(std::abs(found.value - std::complex(0.5, 0.5)), 1e-10);
    EXPECT_EQ(found.status, integral_status::ok);
}

} // namespace
