// Integrals to a tolerance as callers see them: bits, limits, breakpoints, narrow features, errors. Values are tested in batteries_test.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace quadot;
using tests::bits;

constexpr double inf = std::numeric_limits<double>::infinity();

const char* const formulas[] = {"exp(x)",
                                "sqrt(x)",
                                "log(x)*cos(40*x)",
                                "abs(x-0.3141)^-0.4",
                                "floor(exp(3*x))",
                                "1/(1e-6+x*x)",
                                "sin(1/(x+0.01))",
                                "x^-0.97",
                                "1/(x-0.25)",
                                "sqrt(x-0.5)",
                                "cos(3e4*x*x)+2",
                                "cos(3e4*x)",
                                "cos(2e4*x)+(x<0.3)+abs(x-0.6)",
                                "if(x<0.7,x,1-x^3)",
                                "tan(x)",
                                "exp(-((x-0.4)/1e-4)^2)",
                                "sin(x)/x",
                                "cos(x*x)/(1+abs(x))^0.3",
                                "0*x"};

bool same(const integral& a, const integral& b) {
    return bits(a.value) == bits(b.value) && bits(a.error) == bits(b.error) && a.evaluations == b.evaluations && a.regions == b.regions &&
           a.status == b.status && a.trouble == b.trouble && bits(a.worst_left) == bits(b.worst_left) &&
           bits(a.worst_right) == bits(b.worst_right);
}

TEST(Tolerance, HasTheSameBitsForAnyThreadsAndInstructionSet) {
    const std::pair<double, double> ranges[] = {{0, 1}, {0, inf}, {-inf, inf}};
    for (const char* const text : formulas) {
        const expression f(text);
        for (const auto& [a, b] : ranges) {
            const tolerance wanted{.relative = 1e-9, .max_evaluations = 300'000};
            const integral expected = integrate(f, a, b, wanted, {.threads = 1});
            for (const int threads : {2, 4, 7}) {
                EXPECT_TRUE(same(integrate(f, a, b, wanted, {.threads = threads}), expected)) << text << ", " << threads << " threads";
            }
            for (const isa_kind isa : tests::fused_isas()) {
                EXPECT_TRUE(same(integrate(f, a, b, wanted, {.threads = 2, .isa = isa}), expected)) << text << " on " << name_of(isa);
            }
        }
    }
}

// Thousands of regions fail together, and descend by themselves.
TEST(Tolerance, FollowsManyOscillations) {
    for (const double w : {3e3, 5e4, 7e5}) {
        const tolerance wanted{.relative = 1e-7, .max_evaluations = 30'000'000};
        const integral lifted = integrate([=](double x) { return 2 + std::cos(w * x); }, 0, 1, wanted);
        EXPECT_EQ(lifted.status, integral_status::ok) << w << explain(lifted);
        EXPECT_LE(std::fabs(lifted.value - (2 + std::sin(w) / w)), lifted.error) << w;
        EXPECT_LE(lifted.error, 3e-7) << w;
    }
    // All but nothing is left of it: what was resolved for a value too large must be taken up again.
    const double w = 2e5;
    const integral cancelled =
        integrate([=](double x) { return std::cos(w * x); }, 0, 1, {.relative = 1e-5, .max_evaluations = 30'000'000});
    EXPECT_EQ(cancelled.status, integral_status::ok) << explain(cancelled);
    EXPECT_LE(std::fabs(cancelled.value - std::sin(w) / w), cancelled.error);
    EXPECT_LE(cancelled.error, 1e-5 / w);
    // Faster and faster: d sin(x^2).
    const double b = 150;
    const integral chirp = integrate([](double x) { return 2 * x * std::cos(x * x); }, 0, b, {.relative = 1e-6});
    EXPECT_EQ(chirp.status, integral_status::ok) << explain(chirp);
    EXPECT_LE(std::fabs(chirp.value - std::sin(b * b)), chirp.error);
    // With a jump, a kink and a singularity between them.
    const integral mixed =
        integrate([](double x) { return std::cos(2e4 * x) + (x < 0.3 ? 0 : 1) + std::fabs(x - 0.6) + 1 / std::sqrt(std::fabs(x - 0.9)); },
                  0, 1, {.relative = 1e-8});
    const double exact = std::sin(2e4) / 2e4 + 0.7 + (0.6 * 0.6 + 0.4 * 0.4) / 2 + 2 * (std::sqrt(0.9) + std::sqrt(0.1));
    EXPECT_EQ(mixed.status, integral_status::ok) << explain(mixed);
    EXPECT_LE(std::fabs(mixed.value - exact), mixed.error);
}

TEST(Tolerance, ManyOscillationsEndWhereTheyMust) {
    for (const std::uint64_t most : {3'000u, 20'000u, 300'000u}) {
        std::atomic<std::uint64_t> samples = 0;
        const auto f = [&](double x) {
            ++samples;
            return std::cos(1e6 * x) + 1;
        };
        const integral found = integrate(f, 0, 1, {.max_evaluations = most});
        EXPECT_EQ(found.status, integral_status::tolerance_not_reached) << most;
        EXPECT_EQ(found.trouble, integral_trouble::evaluations) << most;
        EXPECT_LE(found.evaluations, most);
        // Registers are filled up with copies of the last region: at most 7 in a block of at least 8.
        EXPECT_LE(samples, 2 * found.evaluations) << most;
        EXPECT_LE(std::fabs(found.value - 1 - std::sin(1e6) / 1e6), found.error) << most;
    }
    // Not a number, where many regions fail; an exception from one of them.
    const integral undefined = integrate([](double x) { return std::cos(1e5 * x) + std::sqrt(0.40001 - x); }, 0, 1, tolerance{});
    EXPECT_EQ(undefined.status, integral_status::not_a_number);
    const auto throws = [](double x) { return x > 0.7771 && x < 0.77711 ? throw std::runtime_error("planted") : std::cos(3e5 * x); };
    EXPECT_THROW(static_cast<void>(integrate(throws, 0, 1, tolerance{})), std::runtime_error);
}

TEST(Tolerance, NothingIsFoundThatOverflowsOrWasNotSearched) {
    // Squares of what rounding does overflow here.
    for (const double scale : {1e170, 1e200, 1e300}) {
        const integral found = integrate([=](double x) { return scale * std::cos(1e4 * x); }, 0, 1, tolerance{});
        EXPECT_TRUE(found.status != integral_status::ok || std::fabs(found.value - scale * std::sin(1e4) / 1e4) <= found.error) << scale;
        EXPECT_TRUE(found.status != integral_status::ok || std::isfinite(found.error)) << scale;
    }
    const auto peak = [](double x) { return 1 + 1e6 * std::exp(-std::pow((x - 0.12345) / 6e-5, 2)); };
    for (const std::uint64_t most : {1560u, 1600u}) {
        EXPECT_EQ(integrate(peak, 0, 1, {.relative = 1e-4, .max_evaluations = most}).status, integral_status::tolerance_not_reached)
            << most;
    }
    EXPECT_NEAR(integrate(peak, 0, 1, {.relative = 1e-4}).value, 1 + 60 * std::sqrt(std::acos(-1.0)), 0.02);
}

// Who means infinity by a large number finds nothing but zeros in equal regions, and so may who looks for a peak on an infinite range.
TEST(Tolerance, IntegralsBesideEndsOfHugeRangesAreSeen) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double pi = std::acos(-1.0);
    struct huge {
        std::function<double(double)> f;
        double from, to, exact;
        std::vector<double> breakpoints{};
    };
    const std::vector<huge> all = {
        {[](double x) { return std::exp(-x); }, 0, 1e9, 1},
        {[](double x) { return std::exp(-x); }, 0, 1e300, 1},
        {[](double x) { return std::exp(x); }, -1e12, 0, 1},
        {[](double x) { return std::exp(-x) / std::sqrt(x); }, 0, 1e9, std::sqrt(pi)},
        {[](double x) { return std::exp(-x * x); }, -1e8, 3e9, std::sqrt(pi)},
        {[](double x) { return 4 / (1 + x * x); }, 0, 1e308, 2 * pi},
        {[](double x) { return 4 / (1 + x * x); }, 0, 1e100, 2 * pi},
        {[](double x) { return 4 / (1 + (x - 5) * (x - 5)); }, 5, 1e100, 2 * pi},
        {[](double x) { return std::exp(-(x + 1e6)); }, -1e6, 1e10, 1},
        {[](double x) { return std::exp(-x * x); }, 0, 1e9, std::sqrt(pi) / 2, {1e9 / 64}},
        // Not a number below 1e-154, where x * x is 0: deeper than need be is not looked.
        {[](double x) { return std::exp(-1 / x - x) / (x * x); }, 0, 1e9, 2 * std::cyl_bessel_k(1, 2), {}},
        {[](double x) { return std::exp(5 - x); }, 5, 1e10, 1},
        {[](double x) { return std::exp(-std::fabs(x - 3)); }, -1e9, 1e9, 2, {3}},
        // Less than 1e-323 but for 27 to both sides: a hundredth of a percent of the distance, and of a shell.
        {[](double x) { return std::exp(-(x - 2e5) * (x - 2e5)); }, -infinity, infinity, std::sqrt(pi)},
        {[](double x) { return std::exp(-(x + 2e5) * (x + 2e5)); }, -infinity, 0, std::sqrt(pi)},
        {[](double x) { return std::exp(-std::fabs(x - 1e6)); }, 0, infinity, 2},
    };
    for (const huge& each : all) {
        const integral found = integrate(each.f, each.from, each.to, {.relative = 1e-9, .breakpoints = each.breakpoints});
        EXPECT_EQ(found.status, integral_status::ok) << each.from << " " << each.to;
        EXPECT_LE(std::fabs(found.value - each.exact), found.error) << each.from << " " << each.to;
    }
    const integral none = integrate([](double x) { return 0 * x; }, -1e9, 1e300, tolerance{});
    EXPECT_EQ(none.status, integral_status::ok);
    EXPECT_EQ(none.value, 0);
    EXPECT_EQ(integrate([](double x) { return x < 1e-9 ? std::nan("") : 0; }, 0, 1, tolerance{}).status, integral_status::not_a_number);
    EXPECT_EQ(integrate([](double x) { return x < 1e-200 ? HUGE_VAL : 0; }, 0, 1, tolerance{}).status,
              integral_status::divergent_or_singular);
    EXPECT_EQ(integrate([](double x) { return std::exp(-x); }, 0, 1e300, {.max_evaluations = 30000}).status,
              integral_status::tolerance_not_reached);
    const integral unsearched = integrate([](double x) { return std::exp(-x); }, 0, 1e9, {.min_width = 0});
    EXPECT_EQ(unsearched.value, 0) << "searched without being asked to";
}

// Closed forms: Gradshteyn & Ryzhik 3.761.4 and .9 (powers), 3.723.2 and .3 (x^2 + c^2), 3.691.1 (Fresnel), 4.421.1 (logarithm).
TEST(Tolerance, OscillationsTowardsInfinityAreSummed) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double pi = std::acos(-1.0);
    struct wave {
        std::function<double(double)> f;
        double from, to, exact;
    };
    std::vector<wave> all = {
        {[](double x) { return std::sin(x * x); }, 0, infinity, std::sqrt(pi / 8)},
        {[](double x) { return std::cos(2 * x) / (1 + x * x); }, -infinity, infinity, pi * std::exp(-2)},
        {[](double x) { return std::log(x) * std::sin(x) / x; }, 0, infinity, -0.57721566490153286 * pi / 2},
        {[](double x) { return std::pow(std::sin(x), 3) / x; }, 0, infinity, pi / 4},
        {[](double x) { return std::sin(std::sqrt(x)) / x; }, 0, infinity, pi},
        {[](double x) { return std::sin(-x) / x; }, -infinity, 0, -pi / 2},
    };
    for (const double w : {1e-3, 0.3, 1.0, 20.0, 1e3}) {
        for (const double s : {0.1, 0.5, 0.9}) {
            all.push_back({[=](double x) { return std::pow(x, s - 1) * std::cos(w * x); }, 0, infinity,
                           std::tgamma(s) * std::cos(pi * s / 2) * std::pow(w, -s)});
            all.push_back({[=](double x) { return std::pow(x, -s) * std::sin(w * x); }, 0, infinity,
                           std::tgamma(1 - s) * std::sin(pi * (1 - s) / 2) * std::pow(w, s - 1)});
        }
        const double c = 2 / w;
        all.push_back({[=](double x) { return std::cos(w * x) / (x * x + c * c); }, 0, infinity, pi / (2 * c) * std::exp(-w * c)});
        all.push_back({[=](double x) { return x * std::sin(w * x) / (x * x + c * c); }, 0, infinity, pi / 2 * std::exp(-w * c)});
    }
    int found = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
        const integral sum = integrate(all[k].f, all[k].from, all[k].to, {.relative = 1e-9});
        EXPECT_LE(std::fabs(sum.value - all[k].exact), sum.error + 1e-14 * std::fabs(all[k].exact)) << k;
        found += sum.status == integral_status::ok;
        if (sum.status != integral_status::ok) std::printf("[ refused  ] %zu: error %g of %g\n", k, sum.error, sum.value);
    }
    EXPECT_GE(found, static_cast<int>(all.size()) - 2);
    // No limit, or none that waves of one kind lead to.
    const std::vector<std::function<double(double)>> none = {
        [](double x) { return std::sin(x); },
        [](double x) { return std::sin(x) * (1 + 1 / x); },
        [](double x) { return std::sin(x) * (1 + 100 / x); },
        [](double x) { return x * std::sin(x); },
        [](double x) { return (std::sin(x) + 1) / x; },
        [](double x) { return (std::sin(x) + 1e-5) / x; },
        [](double x) { return std::sin(x) * std::sin(x) / x; },
        [](double x) { return std::sin(x) * std::log(x); },
        [](double x) { return std::sin(x * x) * x; },
    };
    for (std::size_t k = 0; k < none.size(); ++k)
        EXPECT_NE(integrate(none[k], 1, infinity, {.relative = 1e-6}).status, integral_status::ok) << k;
    // Something that does not oscillate, however little of it.
    const auto slowly = [](double c) { return [c](double x) { return (std::sin(x) + c) / x; }; };
    for (const double c : {1e-5, 1e-7, 1e-8})
        EXPECT_NE(integrate(slowly(c), 1, infinity, {.relative = 1e-8}).status, integral_status::ok) << c;
    const integral lorentzian =
        integrate([](double x) { return std::sin(x) / x + 1e-11 / (1 + x * x * 1e-12); }, 0, infinity, {.relative = 1e-8});
    EXPECT_LE(std::fabs(lorentzian.value - pi / 2 * (1 + 1e-5)), lorentzian.error);
    // Chirps that soon are faster than doubles tell: right or refused. Gamma(1/p) sin(pi/(2p)) / (p a^(1/p)): Gradshteyn & Ryzhik 3.712.1.
    for (const double p : {3.0, 4.0, 5.0, 6.0}) {
        for (double a = 0.25; a <= 5; a += 0.25) {
            const integral chirp = integrate([=](double x) { return std::sin(a * std::pow(x, p)); }, 0, infinity, {.relative = 1e-8});
            const double exact = std::tgamma(1 / p) * std::sin(pi / (2 * p)) / (p * std::pow(a, 1 / p));
            EXPECT_LE(std::fabs(chirp.value - exact), chirp.error) << a << " " << p;
        }
    }
    // A hill far out, above the waves or hidden among them.
    for (const auto& [height, place, width] : {std::tuple{0.5, 5e3, 500.0}, std::tuple{1e-3, 5e3, 500.0}, std::tuple{1e-7, 3e6, 1e6}}) {
        const auto hill = [h = height, p = place, w = width](double x) {
            return std::sin(x) / x + h * std::exp(-std::pow((x - p) / w, 2));
        };
        const integral sum = integrate(hill, 0, infinity, {.relative = 1e-6});
        const double exact = pi / 2 + height * width * std::sqrt(pi);
        EXPECT_LE(std::fabs(sum.value - exact), sum.error) << height;
        EXPECT_TRUE(sum.status != integral_status::ok || std::fabs(sum.value - exact) <= 1e-6 * exact) << height << " " << sum.value;
    }
}

// Chains towards 0 are longer there than what tells 1/(x log(x)^p) from a geometric sequence was made for.
TEST(Tolerance, LogarithmicTailsOfHugeRangesAreNotUnderestimated) {
    for (const double end : {1.0, 1e10, 1e100, 1e200, 1e300, 1e308}) {
        for (const double power : {1.0, 1.1, 1.5, 2.0, 3.0}) {
            for (const double offset : {1.0, 5.0}) {
                for (const double relative : {1e-3, 1e-6, 1e-10}) {
                    const auto f = [=](double x) { return std::pow(std::log(end) + offset - std::log(x), -power) / x; };
                    const integral found = integrate(f, 0, end, {.relative = relative});
                    if (found.status != integral_status::ok) continue;
                    const double exact = std::pow(offset, 1 - power) / (power - 1);
                    EXPECT_TRUE(power > 1 && std::fabs(found.value - exact) <= found.error)
                        << end << " " << power << " " << offset << " " << relative;
                }
            }
        }
    }
}

// What descents resolved around a singular point is taken back for the chains towards it.
TEST(Tolerance, SingularPointsAmongOscillationsAreFound) {
    int solved = 0;
    for (const double w : {1e4, 3e4, 6e4}) {
        for (int k = 0; k < 24; ++k) {
            const double c = 0.1 + 0.0371 * k;
            std::atomic<std::uint64_t> samples = 0;
            const auto f = [&](double x) {
                ++samples;
                return std::cos(w * x) + 1 / std::sqrt(std::fabs(x - c));
            };
            const integral found = integrate(f, 0, 1, {.relative = 1e-8});
            const double exact = std::sin(w) / w + 2 * std::sqrt(c) + 2 * std::sqrt(1 - c);
            EXPECT_LE(std::fabs(found.value - exact), found.error) << w << " " << c << explain(found);
            EXPECT_LE(found.error, 1e-6) << w << " " << c;
            solved += found.status == integral_status::ok ? 1 : 0;
            // All work counts, but for lanes that fill a register and a look at singular points.
            EXPECT_LE(samples, found.evaluations + found.evaluations / 4 + 2000) << w << " " << c;
        }
    }
    // A point that is off by a few units in the last place leaves half of them.
    EXPECT_GE(solved, 65) << "of 72";
}

TEST(Tolerance, ASingularPointJustBeyondALimitIsNotAtIt) {
    // As users cut off what they fear: the integral of |x - c|^p, whose point lies outside the range by `beyond`.
    const double c = 0.3;
    for (const double p : {-0.9, -0.5, 0.5}) {
        const auto f = [=](double x) { return std::pow(std::fabs(x - c), p); };
        for (const double beyond : {1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12}) {
            for (const double sign : {-1.0, 1.0}) {
                const double near = c + sign * beyond;
                const integral found = sign < 0 ? integrate(f, 0, near, {.relative = 1e-9}) : integrate(f, near, 1, {.relative = 1e-9});
                const long double far = sign < 0 ? static_cast<long double>(c) : 1 - static_cast<long double>(c);
                const long double gap = std::fabs(static_cast<long double>(near) - static_cast<long double>(c));
                const long double power = 1 + static_cast<long double>(p);
                const long double exact = (std::pow(far, power) - std::pow(gap, power)) / power;
                const auto error = static_cast<double>(std::fabs(static_cast<long double>(found.value) - exact));
                EXPECT_LE(error, found.error + 4e-16 * static_cast<double>(exact)) << p << " " << sign * beyond;
                if (p > -0.9) {
                    EXPECT_EQ(found.status, integral_status::ok) << p << " " << sign * beyond << explain(found);
                }
            }
        }
    }
    const integral arc = integrate([](double x) { return 1 / std::sqrt(1 - x); }, 0, 0.999999999999, tolerance{});
    EXPECT_EQ(arc.status, integral_status::ok) << explain(arc);
    EXPECT_NEAR(arc.value, 2 - 2e-6, 2e-10); // 1 - x is 1.00003e-12 in doubles
}

TEST(Tolerance, LimitsMayBeReversedEqualAndInfinite) {
    const auto gauss = *find_integrand("gauss");
    const integral forwards = integrate(gauss, -1.0, 2.5, tolerance{});
    const integral backwards = integrate(gauss, 2.5, -1.0, tolerance{});
    EXPECT_EQ(bits(backwards.value), bits(-forwards.value));
    EXPECT_EQ(bits(backwards.error), bits(forwards.error));
    for (const double at : {0.0, -3.0, inf, -inf}) {
        const integral nothing = integrate(gauss, at, at, tolerance{});
        EXPECT_EQ(nothing.value, 0);
        EXPECT_EQ(nothing.error, 0);
        EXPECT_EQ(nothing.evaluations, 0u);
    }
    const double root_pi = std::sqrt(std::acos(-1.0));
    EXPECT_NEAR(integrate(gauss, -inf, inf, tolerance{}).value, root_pi, 1e-10);
    EXPECT_NEAR(integrate(gauss, inf, -inf, tolerance{}).value, -root_pi, 1e-10);
    EXPECT_NEAR(integrate(gauss, 0, inf, tolerance{}).value, root_pi / 2, 1e-10);
    EXPECT_NEAR(integrate(gauss, -inf, 0, tolerance{}).value, root_pi / 2, 1e-10);
    // Half-lines from far away, where a unit is less than the last place.
    for (const double far : {1e8, 1e20, 1e100}) {
        const integral tail = integrate([=](double x) { return far / (x * x); }, far, inf, tolerance{});
        EXPECT_NEAR(tail.value, 1, 1e-9) << far;
        EXPECT_EQ(tail.status, integral_status::ok) << far << explain(tail);
        EXPECT_NEAR(integrate([=](double x) { return std::exp((x + far) / far) / far; }, -inf, -far, tolerance{}).value, 1, 1e-9) << far;
    }
    EXPECT_THROW(static_cast<void>(integrate([](double x) { return 1 / x; }, 1e300, inf, tolerance{})), error);
    // Far from 0, and narrower than its limits' units in the last place allow a start with many regions.
    EXPECT_NEAR(integrate([](double x) { return x; }, 1e15, 1e15 + 8, tolerance{}).value, 8e15 + 32, 1);
    EXPECT_NEAR(integrate([](double) { return 1.0; }, 1.0, 1.0 + 0x1p-52, tolerance{}).value, 0x1p-52, 0x1p-60);
}

// Near c the integral over a few units in the last place is above the tolerance, and the rule sees rounding alone: only chains towards c know it.
TEST(Tolerance, StrongSingularPointsWithinAreNotUnderestimated) {
    int found = 0;
    for (std::uint64_t k = 0; k < 400; ++k) {
        const double c = 0.02 + 0.96 * tests::random_unit(1, k);
        const double p = -0.6 - 0.2 * tests::random_unit(2, k);
        const double weight = 0.2 + 4 * tests::random_unit(3, k);
        const long double q = 1 + static_cast<long double>(p);
        const long double expected =
            weight * (std::pow(static_cast<long double>(c), q) + std::pow(1 - static_cast<long double>(c), q)) / q + std::sin(3.0L) / 3;
        for (const double relative : {1e-4, 1e-6}) {
            const integral result = integrate([=](double x) { return weight * std::pow(std::fabs(x - c), p) + std::cos(3 * x); }, 0, 1,
                                              tolerance{.relative = relative}, {.threads = 1});
            const auto error = static_cast<double>(std::abs(result.value - expected));
            EXPECT_TRUE(!std::isfinite(result.error) || error <= result.error) << c << " " << p << " " << weight << " " << relative;
            found += result.status == integral_status::ok ? 1 : 0;
        }
    }
    EXPECT_GE(found, 780);
}

// An infinite sample is looked at even where nothing else fails.
TEST(Tolerance, OneInfiniteSampleIsASingularPoint) {
    const integral squared = integrate([](double x) { return 1 / ((x - 0.3) * (x - 0.3)); }, 0, 1, tolerance{.relative = 1e-3});
    EXPECT_EQ(squared.status, integral_status::divergent_or_singular) << explain(squared);
    const integral logarithm = integrate([](double x) { return std::log(std::fabs(x - 0.7)); }, 0, 1, tolerance{.relative = 1e-13});
    EXPECT_EQ(logarithm.status, integral_status::ok) << explain(logarithm);
    EXPECT_NEAR(logarithm.value, 0.7 * std::log(0.7) + 0.3 * std::log(0.3) - 1, 2e-13);
}

// The first of 104 regions of [-1, 207] has its middle at 0, and so has the first of 8 of [-1, 15].
TEST(Tolerance, AFirstNodeOnAPoleIsNoSuccess) {
    const auto expect_divergent = [](auto f, double a, double b, const tolerance& wanted) {
        const integral found = integrate(f, a, b, wanted);
        EXPECT_EQ(found.status, integral_status::divergent_or_singular) << explain(found);
    };
    for (const double min_width : {1e-3, 0.0}) {
        for (const double b : {207.0, 15.0}) {
            const tolerance wanted{.min_width = min_width};
            expect_divergent([](double x) { return 1 / (x * x); }, -1, b, wanted);
            expect_divergent([](double x) { return 1 / std::fabs(x); }, -1, b, wanted);
            const integral root = integrate([](double x) { return 1 / std::sqrt(std::fabs(x)); }, -1, b, wanted);
            EXPECT_EQ(root.status, integral_status::ok) << explain(root);
            EXPECT_LE(std::fabs(root.value - (2 + 2 * std::sqrt(b))), root.error) << b;
        }
    }
}

// Beside what fails, what is resolved waits.
TEST(Tolerance, AJumpIsFollowedInFewSamples) {
    const integral jump = integrate([](double x) { return x < 0.3 ? 0.0 : 1.0; }, 0, 1, tolerance{});
    EXPECT_EQ(jump.status, integral_status::ok);
    EXPECT_LE(std::fabs(jump.value - 0.7), jump.error);
    EXPECT_LE(jump.evaluations, 3200u); // 5160 with both neighbours cut each time
}

// Beyond where f has vanished, inf * 0 counts as 0; where it has not, NaN is NaN.
TEST(Tolerance, InfinityTimesNothingFarOutIsNothing) {
    const auto bell = [](double x) { return std::exp(std::fabs(x)) * std::exp(-2 * x * x); };
    const double half = std::sqrt(std::acos(-1.0) / 8) * std::exp(0.125) * std::erfc(-std::sqrt(0.125));
    for (const auto& [a, b, expected] : {std::tuple{0.0, inf, half}, {-inf, 0.0, half}, {-inf, inf, 2 * half}}) {
        const integral found = integrate(bell, a, b, tolerance{});
        EXPECT_EQ(found.status, integral_status::ok) << explain(found);
        EXPECT_NEAR(found.value, expected, 1e-10);
        EXPECT_LE(std::fabs(found.value - expected), found.error);
    }
    const integral undefined = integrate([](double x) { return x > 1e6 ? inf - inf : 1 / (1 + x * x); }, 0, inf, tolerance{});
    EXPECT_EQ(undefined.status, integral_status::not_a_number);
}

TEST(Tolerance, RefusesWhatIsNoTolerance) {
    const auto cosine = *find_integrand("cos");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto refused = [&](double a, double b, const tolerance& wanted, const execution& how = {}) {
        try {
            static_cast<void>(integrate(cosine, a, b, wanted, how));
        } catch (const error& problem) {
            return problem.kind() == error_kind::usage;
        }
        return false;
    };
    const double points[] = {nan};
    EXPECT_TRUE(refused(nan, 1, {}));
    EXPECT_TRUE(refused(0, nan, {}));
    EXPECT_TRUE(refused(-1.7e308, 1.7e308, {}));
    EXPECT_TRUE(refused(0, 1, {.relative = -1}));
    EXPECT_TRUE(refused(0, 1, {.relative = nan}));
    EXPECT_TRUE(refused(0, 1, {.absolute = -1e-3}));
    EXPECT_TRUE(refused(0, 1, {.min_width = -1}));
    EXPECT_TRUE(refused(0, 1, {.min_width = 1.5}));
    EXPECT_TRUE(refused(0, 1, {.min_width = 1e-9}));
    EXPECT_TRUE(refused(0, 1, {.breakpoints = points}));
    EXPECT_TRUE(refused(0, 1, {}, {.threads = -1}));
}

TEST(Tolerance, OneOfTwoTolerancesIsEnough) {
    const expression f("cos(x)+1e-3*sqrt(x)");
    const integral tight = integrate(f, 0, 1, {.relative = 1e-12});
    const integral loose = integrate(f, 0, 1, {.relative = 1e-12, .absolute = 1e-6});
    EXPECT_EQ(loose.status, integral_status::ok);
    EXPECT_LT(loose.evaluations, tight.evaluations);
    EXPECT_LE(std::fabs(loose.value - tight.value), 1e-6);
    // Nothing can be as good as 0: rounding is named as what is left.
    const integral hopeless = integrate(f, 0, 1, {.relative = 0});
    EXPECT_EQ(hopeless.status, integral_status::tolerance_not_reached);
    EXPECT_EQ(hopeless.trouble, integral_trouble::rounding);
    EXPECT_LT(hopeless.error, 1e-13);
}

TEST(Tolerance, FeaturesAsWideAsPromisedAreSeen) {
    // Boxes, which have no flanks, of the promised width and just above, anywhere.
    for (std::uint64_t k = 0; k < 400; ++k) {
        const double width = 1.001e-3;
        const double left = tests::random_unit(1, k) * (1 - width);
        const auto f = [=](double x) { return 1.0 + (x >= left && x < left + width ? 1.0 : 0.0); };
        const integral found = integrate(f, 0, 1, tolerance{.relative = 1e-8});
        EXPECT_LE(std::fabs(found.value - (1 + width)), std::max(found.error, 2e-8)) << left;
        EXPECT_GT(found.value, 1 + width / 2) << left;
    }
    // A hundredth of it, with flanks that fall to nothing, on a range where there is nothing else.
    for (std::uint64_t k = 0; k < 100; ++k) {
        const double centre = 0.05 + 0.9 * tests::random_unit(2, k);
        const auto f = [=](double x) { return std::exp(-std::pow((x - centre) / 1e-5, 2)); };
        const integral found = integrate(f, 0, 1, tolerance{.min_width = 3e-4});
        EXPECT_NEAR(found.value, 1e-5 * std::sqrt(std::acos(-1.0)), 1e-13) << centre;
    }
    // On a line.
    for (const double centre : {50.0, -50.0, 300.0, -999.0, 1000.0}) {
        const auto f = [=](double x) { return std::exp(-0.5 * (x - centre) * (x - centre)); };
        EXPECT_NEAR(integrate(f, -inf, inf, tolerance{}).value, std::sqrt(2 * std::acos(-1.0)), 1e-9) << centre;
    }
}

TEST(Tolerance, WithoutASearchSamplesAreFew) {
    const auto exponential = *find_integrand("exp");
    EXPECT_LE(integrate(exponential, 0, 1, {.min_width = 0}).evaluations, 120u);
    const integral searched = integrate(exponential, 0, 1, tolerance{});
    EXPECT_LE(searched.evaluations, 1600u);
    EXPECT_NEAR(searched.value, std::expm1(1.0), 4e-15);
}

TEST(Tolerance, BreakpointsSaveTheSearch) {
    const expression f("if(x<0.123,1,exp(x))+abs(x-0.77)^-0.5");
    const double points[] = {0.77, 0.123, 5, -3, 0.123, 0, 1};
    const integral without = integrate(f, 0, 1, {.relative = 1e-9});
    const integral with = integrate(f, 0, 1, {.relative = 1e-9, .breakpoints = points});
    EXPECT_EQ(without.status, integral_status::ok);
    EXPECT_EQ(with.status, integral_status::ok);
    EXPECT_LE(std::fabs(with.value - without.value), with.error + without.error);
    EXPECT_LT(with.evaluations, without.evaluations);
    // On a line they cut the shells, however far they are, and hide nothing near 0.
    const double very_far[] = {1e200, -1e30, 1e3, 2, 0};
    const integral cauchy = integrate(expression("1/(1+x^2)"), -inf, inf, {.breakpoints = very_far});
    EXPECT_NEAR(cauchy.value, std::acos(-1.0), 1e-9);
    EXPECT_EQ(cauchy.status, integral_status::ok);
    const double jump[] = {12345.678, 3e9};
    const expression steps("if(x<12345.678,1,if(x<3e9,2,0))");
    const integral stepped = integrate(steps, 0, inf, {.breakpoints = jump});
    EXPECT_NEAR(stepped.value, 2 * 3e9 - 12345.678, 1e-9 * 6e9);
    EXPECT_EQ(stepped.status, integral_status::ok);
    const double far[] = {-2, 3};
    EXPECT_NEAR(integrate(*find_integrand("gauss"), -inf, inf, {.breakpoints = far}).value, std::sqrt(std::acos(-1.0)), 1e-10);
}

TEST(Tolerance, EvaluationsAreCountedAndLimited) {
    std::atomic<std::uint64_t> count{0};
    const auto f = [&](std::span<const double> x, std::span<double> y) {
        count += x.size();
        for (std::size_t k = 0; k < x.size(); ++k) y[k] = std::sin(1 / x[k]);
    };
    for (const std::uint64_t most : {2'000u, 20'000u, 200'000u}) {
        count = 0;
        const integral found = integrate(f, 0, 1, {.max_evaluations = most}, {.threads = 2});
        EXPECT_EQ(found.status, integral_status::tolerance_not_reached);
        EXPECT_EQ(found.trouble, integral_trouble::evaluations);
        EXPECT_LE(found.evaluations, most);
        EXPECT_LE(std::fabs(found.value - 0.504067061906928), found.error);
        // Registers are filled up: some more calls than regions need.
        EXPECT_GE(count, found.evaluations);
        EXPECT_LE(count, found.evaluations + found.evaluations / 2);
    }
}

TEST(Tolerance, NothingIsFoundWithoutTheSearchThatWasAskedFor) {
    const auto exponential = *find_integrand("exp");
    for (const std::uint64_t most : {1u, 100u, 1559u}) {
        const integral found = integrate(exponential, 0, 1, {.max_evaluations = most});
        EXPECT_EQ(found.status, integral_status::tolerance_not_reached) << most;
        EXPECT_EQ(found.trouble, integral_trouble::evaluations) << most;
        EXPECT_LE(found.evaluations, 120u);
        EXPECT_EQ(integrate(*find_integrand("gauss"), -inf, inf, {.max_evaluations = most}).status, integral_status::tolerance_not_reached);
    }
    EXPECT_EQ(integrate(exponential, 0, 1, {.max_evaluations = 1560}).status, integral_status::ok);
    EXPECT_EQ(integrate(exponential, 0, 1, {.max_evaluations = 120, .min_width = 0}).status, integral_status::ok);
}

TEST(Tolerance, TroubleIsNamedWithItsPlace) {
    const auto trouble = [](const char* text, double a, double b) { return integrate(expression(text), a, b, tolerance{}); };
    const integral nan = trouble("sqrt(x-0.25)", 0, 1);
    EXPECT_EQ(nan.status, integral_status::not_a_number);
    EXPECT_GE(nan.worst_left, 0);
    EXPECT_LT(nan.worst_right, 0.25);
    EXPECT_TRUE(std::isnan(nan.value));
    const integral pole = trouble("1/(x-0.3)", 0, 1);
    EXPECT_EQ(pole.status, integral_status::divergent_or_singular);
    EXPECT_NEAR(pole.worst_left, 0.3, 1e-6);
    EXPECT_NEAR(pole.worst_right, 0.3, 1e-6);
    EXPECT_EQ(trouble("exp(x)", 0, inf).status, integral_status::divergent_or_singular);
    EXPECT_EQ(trouble("1", 0, inf).status, integral_status::divergent_or_singular);
    EXPECT_EQ(trouble("1/x", -1, 1).status, integral_status::divergent_or_singular);
    EXPECT_EQ(trouble("cos(x)/(1+x^2)*(2+cos(1.4*x))", 0, inf).trouble, integral_trouble::oscillation);
    for (const char* const text : {"sqrt(x-0.25)", "1/(x-0.3)", "sin(1/x)"}) {
        const std::string why = explain(trouble(text, 0, 1));
        EXPECT_NE(why.find("x = "), std::string::npos) << why;
        EXPECT_NE(why.find(": "), std::string::npos) << why;
        EXPECT_EQ(why.find('\n'), std::string::npos) << why;
    }
    // One sample that is not a number, at a removable singularity, is none.
    const double centre = 0.5 + 0.5 / 104;
    const auto removable = [=](double x) { return std::sin(x - centre) / (x - centre); };
    const integral found = integrate(removable, 0, 1, tolerance{});
    EXPECT_EQ(found.status, integral_status::ok);
    EXPECT_TRUE(std::isfinite(found.value));
}

TEST(Tolerance, WhatTheIntegrandThrowsReachesTheCaller) {
    for (const int threads : {1, 4}) {
        for (const std::uint64_t after : {0u, 5u, 2'000u, 50'000u}) {
            std::atomic<std::uint64_t> count{0};
            const auto f = [&](double x) {
                if (count++ == after) throw std::runtime_error("no value");
                return std::sin(300 / (x + 1e-3));
            };
            EXPECT_THROW(static_cast<void>(integrate(f, 0, 1, tolerance{}, {.threads = threads})), std::exception) << after;
        }
    }
}

TEST(Family, EachIsItsOwnIntegral) {
    const expression f("exp(-k*x)*cos(x)+abs(x-0.5)^k", {"x", "k"});
    const auto own = [](double x, double k) { return std::sin(k * x); };
    std::vector<double> parameters;
    for (int k = 0; k < 1000; ++k) parameters.push_back(0.013 * k - 0.8);
    for (const double min_width : {0.0, 1e-2}) {
        const tolerance wanted{.relative = 1e-9, .max_evaluations = 100'000, .min_width = min_width};
        std::vector<integral> expected(parameters.size());
        integrate_each(f, 0, 1, parameters, expected, wanted, {.threads = 1});
        for (const std::size_t k : {0u, 1u, 70u, 500u, 999u}) {
            const expression one("exp(-k*x)*cos(x)+abs(x-0.5)^k", {"x"}, {{"k", parameters[k]}});
            const integral alone = integrate(one, 0, 1, wanted);
            EXPECT_LE(std::fabs(expected[k].value - alone.value), expected[k].error + alone.error) << parameters[k];
            EXPECT_EQ(expected[k].status, alone.status) << parameters[k];
        }
        for (const int threads : {2, 4, 7}) {
            for (const isa_kind isa : tests::fused_isas()) {
                std::vector<integral> found(parameters.size());
                integrate_each(f, 0, 1, parameters, found, wanted, {.threads = threads, .isa = isa});
                for (std::size_t k = 0; k < found.size(); ++k) ASSERT_TRUE(same(found[k], expected[k])) << parameters[k] << " " << threads;
            }
        }
        // Few parameters on many threads share regions instead.
        for (const std::size_t count : {1u, 2u, 3u, 6u}) {
            std::vector<integral> found(count);
            integrate_each(f, 0, 1, std::span(parameters).subspan(60, count), found, wanted, {.threads = 7});
            for (std::size_t k = 0; k < count; ++k) EXPECT_TRUE(same(found[k], expected[60 + k])) << count;
        }
        std::vector<integral> backwards(parameters.size());
        integrate_each(own, 2, 0, parameters, backwards, wanted, {.threads = 2});
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            const double exact = (std::cos(2 * parameters[k]) - 1) / parameters[k];
            EXPECT_NEAR(backwards[k].value, exact, 1e-9 * std::fabs(exact) + 1e-15) << parameters[k];
        }
    }
    std::vector<integral> few(2);
    integrate_each(own, 0, inf, std::span(parameters).first(2), few, tolerance{.max_evaluations = 20'000}, {.threads = 4});
    EXPECT_NE(few[0].status, integral_status::ok);
    integrate_each(own, 0, 1, std::span<const double>(), std::span<integral>(), tolerance{});
    EXPECT_THROW(integrate_each(own, 0, 1, parameters, few, tolerance{}), error);
    EXPECT_THROW(integrate_each(expression("x"), 0, 1, std::span(parameters).first(2), few, tolerance{}), error);
    const auto thrower = [](double, double k) -> double { throw std::runtime_error("no value at " + std::to_string(k)); };
    EXPECT_THROW(integrate_each(thrower, 0, 1, std::span(parameters).first(2), few, tolerance{}, {.threads = 2}), std::exception);
}

/// Many parameters at a time compute what does not depend on both variables once, which changes no bit.
TEST(Family, TextInPartsHasTheBitsOfTheWhole) {
    std::vector<double> parameters;
    for (int k = 0; k < 150; ++k) parameters.push_back(0.11 * k - 3);
    std::string many = "0";
    for (int k = 1; k < 12; ++k) many += "+k*cos(" + std::to_string(k) + "*x)*exp(k/" + std::to_string(k) + ")"; // more parts than are kept
    for (const std::string& text :
         {std::string("exp(-k*x)*cos(x)"), std::string("x^k"), std::string("k^x+hypot(x,k)"), std::string("if(x<0.5,k*x,k)"),
          std::string("if(k<x,sin(x),k*x)"), std::string("(x>0.25 && k>0)+(k<1 || x<0.1)+!(k*x)"), std::string("(x<k)+(k<=x)*2"),
          std::string("if(x*x>0.3,cos(x),sin(k))"), std::string("cos(x)-k/(1+x)/k"), std::string("x/3-(k+x)"), std::string("cos(x)"),
          std::string("exp(k)"), std::string("k"), std::string("7"), many}) {
        const expression f(text, {"x", "k"});
        for (const isa_kind isa : tests::fused_isas()) {
            const execution how{.threads = 1, .isa = isa};
            const auto whole = [&](std::span<const double> x, std::span<const double> p, std::span<double> y) {
                f.evaluate(std::array{x, p}, y);
            };
            std::vector<integral> expected(parameters.size());
            std::vector<integral> found(parameters.size());
            integrate_each(whole, 0, 1, parameters, expected, {.min_width = 0}, how);
            integrate_each(f, 0, 1, parameters, found, {.min_width = 0}, how);
            for (std::size_t k = 0; k < found.size(); ++k) ASSERT_TRUE(same(found[k], expected[k])) << text << " at " << parameters[k];
        }
    }
}

TEST(Family, EasyOnesTakeOneRegionAndSayWhatTheirErrorIs) {
    const expression f("exp(-k*x)*cos(x)", {"x", "k"});
    std::vector<double> parameters;
    for (int k = 0; k < 4000; ++k) parameters.push_back(0.01 * k);
    for (const double relative : {1e-6, 1e-10, 1e-13}) {
        std::vector<integral> found(parameters.size());
        integrate_each(f, 0, 1, parameters, found, {.relative = relative, .min_width = 0}, {.threads = 2});
        for (std::size_t j = 0; j < found.size(); ++j) {
            const long double k = parameters[j];
            const long double exact = (k - std::exp(-k) * (k * std::cos(1.0L) - std::sin(1.0L))) / (k * k + 1);
            EXPECT_EQ(found[j].status, integral_status::ok) << parameters[j];
            EXPECT_LE(std::fabs(static_cast<double>(found[j].value - exact)), found[j].error) << parameters[j];
            EXPECT_LE(found[j].error, relative * std::fabs(found[j].value)) << parameters[j];
            EXPECT_TRUE(relative < 1e-10 || parameters[j] > 10 || found[j].evaluations == 21) << parameters[j];
        }
    }
}

/// A node of every rule for all members together is the middle of the range.
TEST(Family, NoInfiniteSampleIsFound) {
    const expression f("k/abs(x-0.5)", {"x", "k"});
    const std::vector<double> parameters{1, 2, 3};
    std::vector<integral> found(parameters.size());
    integrate_each(f, 0, 1, parameters, found, {.min_width = 0}, {.threads = 1});
    for (const integral& each : found) EXPECT_NE(each.status, integral_status::ok) << each.value;
}

} // namespace
