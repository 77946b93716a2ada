// The integral up to many points against antiderivatives: values, errors that hold, statuses, order, bits.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace {

using namespace quadot;
using tests::bits;

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<double> steps(double from, double to, int count) {
    std::vector<double> points;
    for (int k = 0; k <= count; ++k) points.push_back(from + (to - from) * k / count);
    return points;
}

template <class F>
std::vector<integral> table(const F& f, double a, const std::vector<double>& points, const tolerance& wanted = {},
                            const execution& how = {}) {
    std::vector<integral> results(points.size());
    integrate_cumulative(f, a, points, results, wanted, how);
    return results;
}

struct antiderivative_case {
    std::string name;
    std::function<double(double)> f;
    std::function<long double(long double)> antiderivative;
    double a;
    std::vector<double> points;
};

long double x_log_x(long double u) { return u == 0 ? 0 : u * std::log(std::fabs(u)) - u; }

const antiderivative_case cases[] = {
    {"sin on both sides of a", [](double x) { return std::sin(x); }, [](long double x) { return -std::cos(x); }, 0.5, steps(-3, 3, 999)},
    {"singular at a",
     [](double x) { return 1 / std::sqrt(x); },
     [](long double x) { return 2 * std::sqrt(x); },
     0,
     {0, 1e-300, 1e-12, 1e-8, 1e-3, 0.1, 0.5, 1}},
    {"singular between points and at one",
     [](double x) { return std::log(std::fabs(x - 0.3)); },
     [](long double x) { return x_log_x(x - 0.3L); },
     0,
     {0.1, 0.25, 0.3, 0.31, 0.5, 1}},
    {"singular beside a point",
     [](double x) { return std::log(std::fabs(x - 0.3)); },
     [](long double x) { return x_log_x(x - 0.3L); },
     1,
     {0, 0.2, 0.299, 0.3001, 0.6}},
    {"a jump",
     [](double x) { return x < 0.7 ? 1.0 : -2.0; },
     [](long double x) { return x < 0.7L ? x : 0.7L - 2 * (x - 0.7L); },
     0,
     {0.2, 0.6999, 0.7001, 1}},
    {"to both infinities",
     [](double x) { return std::exp(-x * x); },
     [](long double x) { return std::sqrt(std::numbers::pi_v<long double>) / 2 * std::erf(x); },
     -inf,
     {-inf, -30, -3, -1, 0, 0.1, 3, 10, inf}},
    {"from the middle to both",
     [](double x) { return 1 / (1 + x * x); },
     [](long double x) { return std::atan(x); },
     1,
     {-inf, -1e12, -3, 0, 1, 1, 3, 1e12, inf}},
    {"narrow",
     [](double x) { return 1e-4 / (1e-8 + (x - 0.123) * (x - 0.123)); },
     [](long double x) { return std::atan((x - 0.123L) * 1e4L); },
     0,
     {0.1, 0.1229, 0.123, 0.1231, 0.2, 1}},
};

TEST(Cumulative, MeetsTheAntiderivativeWithinItsErrors) {
    for (const auto& each : cases) {
        const auto results = table(each.f, each.a, each.points);
        const long double origin = std::isinf(each.a) ? each.antiderivative(each.a) : each.antiderivative(static_cast<long double>(each.a));
        for (std::size_t k = 0; k < results.size(); ++k) {
            const long double exact = each.antiderivative(each.points[k]) - origin;
            EXPECT_EQ(results[k].status, integral_status::ok) << each.name << " at " << each.points[k] << ": " << explain(results[k]);
            // 1e-18: the antiderivative's own rounding, in long double, of numbers up to 3.
            EXPECT_LE(std::fabs(static_cast<double>(results[k].value - exact)), results[k].error + 1e-18)
                << each.name << " at " << each.points[k] << ": " << results[k].value;
            EXPECT_LE(results[k].error, 1e-9) << each.name << " at " << each.points[k];
        }
    }
}

TEST(Cumulative, AllValuesHaveTheToleranceOfTheLargest) {
    // A whole period: the last value is 0, and no relative tolerance can be asked of it alone.
    const auto results = table([](double x) { return std::cos(x); }, 0, {1, 3, 2 * std::numbers::pi}, {.relative = 1e-12});
    for (const auto& each : results) EXPECT_EQ(each.status, integral_status::ok) << explain(each);
    EXPECT_NEAR(results[2].value, 0, 1e-14);
    // And where most of it is found in great numbers: up, and down again.
    const auto ripples = [](double x) { return (x < 0.5 ? 1 : -1) * (1 + std::cos(8e4 * std::numbers::pi * x)); };
    const auto roof = table(ripples, 0, {0.25, 0.5, 1}, {.relative = 1e-9});
    for (const auto& each : roof) EXPECT_EQ(each.status, integral_status::ok) << explain(each);
    EXPECT_NEAR(roof[1].value, 0.5, 1e-9);
    EXPECT_NEAR(roof[2].value, 0, 1e-9);
    EXPECT_LE(roof[2].error, 5e-10);
}

TEST(Cumulative, PointsBeforeTheTroubleAreGood) {
    const auto pole = table([](double x) { return 1 / (1 - x); }, 0, {0.1, 0.9, 0.99, 1, 1.5});
    for (const int k : {0, 1, 2}) EXPECT_EQ(pole[static_cast<std::size_t>(k)].status, integral_status::ok) << k;
    EXPECT_NEAR(pole[2].value, std::log(100), 1e-9);
    for (const std::size_t k : {3u, 4u}) {
        EXPECT_EQ(pole[k].status, integral_status::divergent_or_singular);
        EXPECT_TRUE(std::isnan(pole[k].value));
        EXPECT_EQ(pole[k].error, inf);
        EXPECT_NE(explain(pole[k]).find("does not converge"), std::string::npos) << explain(pole[k]);
    }
    const auto undefined = table([](double x) { return std::sqrt(2 - x); }, 0, {1, 1.5, 2.5, 3});
    EXPECT_EQ(undefined[0].status, integral_status::ok);
    EXPECT_EQ(undefined[1].status, integral_status::ok);
    EXPECT_NEAR(undefined[1].value, (std::pow(2.0, 1.5) - std::pow(0.5, 1.5)) / 1.5, 1e-9);
    EXPECT_EQ(undefined[2].status, integral_status::not_a_number);
    EXPECT_TRUE(std::isnan(undefined[3].value));
    // Nothing is found without the search that min_width asks for.
    const auto short_of = table([](double x) { return x; }, 0, {0.5, 1}, {.max_evaluations = 300});
    for (const auto& each : short_of) EXPECT_EQ(each.status, integral_status::tolerance_not_reached);
}

TEST(Cumulative, TakesManyPointsInOnePass) {
    std::atomic<std::uint64_t> evaluations = 0;
    const auto f = [&](std::span<const double> x, std::span<double> y) {
        evaluations += x.size();
        for (std::size_t k = 0; k < x.size(); ++k) y[k] = std::exp(x[k]);
    };
    const auto points = steps(0, 1, 20'000);
    const auto results = table(f, 0, points);
    for (std::size_t k = 0; k < points.size(); ++k) {
        ASSERT_LE(std::fabs(results[k].value - std::expm1(points[k])), results[k].error + 0x1p-52 * std::expm1(points[k])) << points[k];
        ASSERT_EQ(results[k].status, integral_status::ok);
        ASSERT_EQ(results[k].evaluations, results[0].evaluations);
    }
    EXPECT_LE(results[0].evaluations, 15u * (20'000 + 104));
    EXPECT_LE(evaluations, results[0].evaluations + 15 * 32);
}

TEST(Cumulative, HasTheSameBitsForAnyThreadsAndInstructionSet) {
    const expression f("abs(x-0.3141)^-0.4+cos(300*x)");
    const auto points = steps(-0.5, 1, 57);
    const auto expected = table(f, 0.25, points, {}, {.threads = 1});
    for (const isa_kind isa : tests::fused_isas()) {
        for (const int threads : {1, 2, 5}) {
            const auto found = table(f, 0.25, points, {}, {.threads = threads, .isa = isa});
            for (std::size_t k = 0; k < points.size(); ++k) {
                ASSERT_EQ(bits(found[k].value), bits(expected[k].value)) << points[k] << " " << name_of(isa) << " " << threads;
                ASSERT_EQ(bits(found[k].error), bits(expected[k].error)) << points[k] << " " << name_of(isa) << " " << threads;
            }
        }
    }
}

TEST(Cumulative, ErrorsCoverWhatNoRegionEndsAt) {
    // Beyond the last link that is laid, 2^160 from the origin, points lie within the tail.
    const auto far = table([](double x) { return std::pow(1 + x, -1.1); }, 0, {1e10, 1e60, 1e100, inf});
    EXPECT_EQ(far[0].status, integral_status::ok);
    EXPECT_EQ(far[3].status, integral_status::ok);
    EXPECT_NEAR(far[3].value, 10, 1e-9);
    for (const std::size_t k : {1u, 2u}) {
        const double exact = 10 - 10 * std::pow(k == 1 ? 1e60 : 1e100, -0.1);
        EXPECT_LE(std::fabs(far[k].value - exact), far[k].error) << k;
        EXPECT_EQ(far[k].status, integral_status::tolerance_not_reached) << k;
    }
    // A jump beside the place that all integrals begin at, or beside a point, is known to neither side of it.
    for (const double beside : {-1e-8, -1e-11, 1e-11, 1e-8}) {
        const double c = 0.5 + beside;
        const auto jump = [=](double x) { return x < c ? 1.0 : 2.0; };
        const auto exact = [=](double x) { return std::min(x, c) + 2 * std::max(x - c, 0.0); };
        for (const double a : {0.5, 0.25, 1.0}) {
            const std::vector<double> points{0, 0.25, 0.5, 0.75, 1};
            const auto results = table(jump, a, points, {.relative = 1e-6});
            for (std::size_t k = 0; k < points.size(); ++k) {
                EXPECT_LE(std::fabs(results[k].value - (exact(points[k]) - exact(a))), results[k].error + 1e-15)
                    << beside << " from " << a << " to " << points[k];
            }
        }
    }
    // Sums that end in a pole say nothing about the scale of the others.
    for (const double power : {-1.0, -2.0, -4.0}) {
        const auto pole =
            table([=](double x) { return std::pow(std::fabs(1 - x), power) + std::sqrt(std::fabs(x - 0.3)); }, 0, {0.1, 0.5, 0.9, 1, 1.5});
        for (const auto& each : pole) EXPECT_TRUE(each.status != integral_status::ok || each.error <= 1e-10 * 400) << power;
    }
    // Regions of any width beside each other.
    for (const double tiny : {1e-12, 1e-40, 1e-300}) {
        const auto narrow = table([](double x) { return std::exp(x); }, 0, {tiny, 1});
        EXPECT_EQ(narrow[1].status, integral_status::ok) << tiny << explain(narrow[1]);
        EXPECT_LE(narrow[1].error, 1e-14) << tiny;
        EXPECT_NEAR(narrow[1].value, std::expm1(1), narrow[1].error + 3e-16);
    }
}

TEST(Cumulative, RefusesWhatHasNoAnswer) {
    const auto f = [](double x) { return x; };
    EXPECT_THROW(table(f, 0, {1, 0.5}), error);
    EXPECT_THROW(table(f, 0, {1, std::nan("")}), error);
    EXPECT_THROW(table(f, std::nan(""), {1}), error);
    EXPECT_THROW(table(f, 0, {1}, {.relative = -1}), error);
    std::vector<integral> one(1);
    EXPECT_THROW(integrate_cumulative(f, 0, std::vector<double>{1, 2}, one, tolerance{}), error);
    EXPECT_TRUE(table(f, 0, {}).empty());
    const auto nothing = table(f, 2, {2, 2});
    EXPECT_EQ(nothing[1].value, 0);
    EXPECT_EQ(nothing[1].evaluations, 0u);
    EXPECT_THROW(table([](double) -> double { throw std::runtime_error("planted"); }, 0, {1}), std::runtime_error);
}

} // namespace
