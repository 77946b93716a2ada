// `exact` against MPFR: every instruction set, every step of it, and the theorem's bound.
#include "accumulators/exact.hpp"
#include "accumulators/superaccumulator.hpp"
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace quadot;
using quadot::tests::bits;
using quadot::tests::exact_sum;
using quadot::tests::random_below;
using quadot::tests::random_bits;
using quadot::tests::random_signed;
using quadot::tests::random_unit;
using quadot::tests::runnable_isas;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();

template <class T>
struct vectors {
    std::vector<T> x;
    std::vector<T> y;

    [[nodiscard]] std::span<const T> left() const { return x; }
    [[nodiscard]] std::span<const T> right() const { return y; }
    [[nodiscard]] exact_sum truth() const { return quadot::tests::exact_dot(x, y); }
};

/// Terms as awkward as they come, by case number: narrow and full exponent ranges, cancelling pairs, zeros, denormals, terms that
/// overflow or underflow by themselves, a tiny rest behind huge terms.
template <class T>
vectors<T> awkward(std::size_t n, std::uint64_t seed) {
    constexpr int top = std::numeric_limits<T>::max_exponent - 1;
    constexpr int bottom = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
    const std::array<int, 6> spreads{0, 3, 20, top / 6, top / 3, top};
    const int spread = spreads[random_below(spreads.size(), seed, 1)];
    const int cancelling = static_cast<int>(random_below(4, seed, 2)); // of 4
    const int zeros = random_below(4, seed, 3) == 0 ? 1 : 0;           // of 4
    vectors<T> made{std::vector<T>(n), std::vector<T>(n)};
    const auto exponent = [&](std::uint64_t stream, std::uint64_t i) {
        const int e = static_cast<int>(random_below(static_cast<std::uint64_t>(2 * spread + 1), seed + stream, i)) - spread;
        return std::clamp(e, bottom, top - 1);
    };
    for (std::size_t i = 0; i < n; ++i) {
        const auto choice = static_cast<int>(random_below(4, seed + 5, i));
        if (i > 0 && choice < cancelling) {
            // The negative of an earlier term, with the last place changed now and then.
            const std::size_t j = random_below(i, seed + 6, i);
            made.x[i] = made.x[j];
            made.y[i] = -made.y[j];
            if (random_below(3, seed + 7, i) == 0) made.y[i] = std::nextafter(made.y[i], T(0));
        } else if (zeros != 0 && random_below(4, seed + 8, i) == 0) {
            made.x[i] = T(0);
            made.y[i] = static_cast<T>(std::ldexp(random_signed(seed + 9, i), exponent(10, i)));
        } else {
            made.x[i] = static_cast<T>(std::ldexp(random_signed(seed + 11, i), exponent(12, i)));
            made.y[i] = static_cast<T>(std::ldexp(random_signed(seed + 13, i), exponent(14, i)));
        }
    }
    return made;
}

template <class T>
void expect_everywhere(const vectors<T>& data, double expected, const std::string& where) {
    for (const isa_kind isa : runnable_isas()) {
        const execution how{.accumulator = accumulator_kind::exact, .threads = 1, .isa = isa};
        const double value = dot(data.left(), data.right(), how);
        ASSERT_EQ(bits(value), bits(expected)) << name_of(isa) << ": " << value << " for " << expected << ", " << where;
    }
}

template <class T>
class exact_dot_of : public ::testing::Test {};
using element_types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(exact_dot_of, element_types);

TYPED_TEST(exact_dot_of, random_sums_are_correctly_rounded) {
    using T = TypeParam;
    constexpr std::uint64_t cases = 200000; // for each type
    std::array<std::uint64_t, 3> steps{};
    for (std::uint64_t seed = 0; seed < cases; ++seed) {
        const bool long_one = seed % 1000 == 0;
        const std::size_t n = random_below(long_one ? 20000 : 60, seed, 0);
        const vectors<T> data = awkward<T>(n, seed);
        const double expected = data.truth().rounded();
        expect_everywhere(data, expected, "seed " + std::to_string(seed) + ", n " + std::to_string(n));
        if (this->HasFatalFailure()) return;
        ++steps[static_cast<std::size_t>(quadot::exact_dot(data.left(), data.right()).step)];
    }
    std::printf("%llu sums, seeds 0 ... %llu: decided by the ball %llu, to a tolerance %llu, in integers %llu\n",
                static_cast<unsigned long long>(cases), static_cast<unsigned long long>(cases - 1),
                static_cast<unsigned long long>(steps[0]), static_cast<unsigned long long>(steps[1]),
                static_cast<unsigned long long>(steps[2]));
    for (const std::uint64_t taken : steps) EXPECT_GT(taken, 100u) << "a step is hardly tested";
}

/// Sums next to the middle between two doubles: base + half a unit + rest, rests down to 2^-60 of a unit and none, hidden in noise that cancels.
TEST(exact_dot, near_ties_fall_on_the_right_side) {
    std::uint64_t taken = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const int exponent = static_cast<int>(random_below(200, seed, 1)) - 100;
        const double base = std::ldexp(1 + random_unit(seed, 2), exponent);
        const double unit = std::ldexp(1.0, exponent - 52);
        const int depth = 1 + static_cast<int>(random_below(60, seed, 3));
        const double rest = static_cast<double>(static_cast<int>(seed % 3) - 1) * std::ldexp(unit, -depth);
        const double sign = (seed & 8) != 0 ? -1 : 1;
        vectors<double> data;
        const auto add = [&](double x, double y) {
            data.x.push_back(x);
            data.y.push_back(y);
        };
        add(sign, base);
        add(sign * unit, 0.5);
        add(sign, rest);
        const std::size_t noise = random_below(seed % 100 == 0 ? 10000 : 100, seed, 4);
        for (std::size_t k = 0; k < noise; ++k) {
            const double x = std::ldexp(random_signed(seed + 5, k), exponent);
            const double y = random_signed(seed + 6, k);
            add(x, y);
            add(-x, y);
        }
        for (std::size_t i = data.x.size() - 1; i > 0; --i) {
            const std::size_t j = random_below(i + 1, seed + 7, i);
            std::swap(data.x[i], data.x[j]);
            std::swap(data.y[i], data.y[j]);
        }
        expect_everywhere(data, data.truth().rounded(), "seed " + std::to_string(seed));
        if (HasFatalFailure()) return;
        if (quadot::exact_dot(data.left(), data.right()).step != exact_step::ball) ++taken;
    }
    EXPECT_GT(taken, 1000u) << "the ties are too easy";
}

TYPED_TEST(exact_dot_of, order_and_threads_do_not_matter) {
    using T = TypeParam;
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
        vectors<T> data = awkward<T>(100003, 100 * seed);
        const double expected = data.truth().rounded();
        for (int threads = 1; threads <= 8; ++threads) {
            for (const isa_kind isa : runnable_isas()) {
                const execution how{.accumulator = accumulator_kind::exact, .threads = threads, .isa = isa};
                ASSERT_EQ(bits(dot(data.left(), data.right(), how)), bits(expected)) << seed << ", " << quadot::tests::slug(how);
            }
            for (std::size_t i = data.x.size() - 1; i > 0; --i) {
                const std::size_t j = random_below(i + 1, seed + static_cast<std::uint64_t>(threads), i);
                std::swap(data.x[i], data.x[j]);
                std::swap(data.y[i], data.y[j]);
            }
        }
    }
}

TEST(exact_dot, terms_and_partial_sums_may_overflow_where_the_sum_does_not) {
    const auto check = [](std::vector<double> x, std::vector<double> y, double expected) {
        expect_everywhere<double>({std::move(x), std::move(y)}, expected, "by hand");
    };
    check({largest, 3.0, -largest}, {largest, 1.0, largest}, 3.0);
    check({largest, largest, -largest}, {1.0, 1.0, 1.0}, largest);
    check({largest, 0x1p970}, {1.0, 1.0}, infinity); // the middle: to even, which is infinite
    check({largest, 0x1p970, -0x1p-1074}, {1.0, 1.0, 1.0}, largest);
    check({largest, 0x1p969}, {1.0, 1.0}, largest);
    check({-largest, -largest}, {2.0, 1.0}, -infinity);
    check({0x1p-1074, 0x1p-1074}, {0x1p-1, 0x1p-1}, 0x1p-1074);
    check({0x1p-1074}, {0.5}, 0.0);                           // a tie, to even
    check({0x1p-1074, 0x1p-600}, {0.5, 0x1p-600}, 0x1p-1074); // just above it
    check({0x1p-540, 0x1p-1000, -0x1p-540}, {0x1p-540, 1.0, 0x1p-540}, 0x1p-1000);
    check({0x1p-600, -0x1p-600}, {0x1p-600, 0x1p-600}, 0.0);
    check({1.0, -1.0}, {1.0, 1.0}, 0.0);
    check({-0.0, -0.0}, {1.0, 1.0}, 0.0);
    check({infinity, 1.0}, {1.0, 1.0}, infinity);
    check({infinity, largest, largest}, {-1.0, 2.0, 2.0}, -infinity);
    for (const isa_kind isa : runnable_isas()) {
        const execution how{.accumulator = accumulator_kind::exact, .threads = 1, .isa = isa};
        const auto value = [&](const std::vector<double>& x, const std::vector<double>& y) {
            return dot(std::span<const double>(x), std::span<const double>(y), how);
        };
        EXPECT_TRUE(std::isnan(value({infinity, infinity}, {1.0, -1.0})));
        EXPECT_TRUE(std::isnan(value({infinity, 1.0}, {0.0, 1.0})));
        EXPECT_TRUE(std::isnan(value({std::nan(""), infinity}, {1.0, 1.0})));
    }
}

/// The ball of every block holds the true sum, and exact parts hold it to the tolerance asked for: the theorem, with MPFR as the judge.
TYPED_TEST(exact_dot_of, no_remainder_exceeds_its_bound) {
    using T = TypeParam;
    constexpr std::uint64_t cases = 400000;
    double worst_ball = 0;
    std::uint64_t terms = 0;
    std::uint64_t balls = 0;
    std::uint64_t tolerances = 0;
    for (std::uint64_t seed = 0; seed < cases; ++seed) {
        const std::size_t n = 1 + random_below(seed % 5000 == 0 ? 8192 : 20, seed, 20);
        const vectors<T> data = awkward<T>(n, seed + 1000000);
        terms += n;
        const exact_sum truth = data.truth();
        for (const block_table* table : built_tables()) {
            if (!runs_here(table->isa)) continue;
            exact::partial ball{};
            block_parts parts{};
            const double tolerance = std::ldexp(std::fabs(truth.rounded()), -static_cast<int>(random_below(120, seed, 21)));
            if constexpr (std::is_same_v<T, double>) {
                ball = table->of<exact>().dot_f64(data.x.data(), data.y.data(), n);
                parts = table->parts<double>(term_kind::products)(data.x.data(), data.y.data(), n, tolerance);
            } else {
                ball = table->of<exact>().dot_f32(data.x.data(), data.y.data(), n);
                parts = table->parts<float>(term_kind::products)(data.x.data(), data.y.data(), n, tolerance);
            }
            if (std::isfinite(ball.radius) && std::isfinite(ball.sum)) {
                exact_sum rest = truth;
                rest.add(-1, ball.sum);
                rest.add(-1, ball.correction);
                const double remainder = rest.distance(0);
                ASSERT_LE(remainder, ball.radius) << name_of(table->isa) << ", seed " << seed;
                if (ball.radius > 0) worst_ball = std::max(worst_ball, remainder / ball.radius);
                ++balls;
            }
            if (parts.levels < 0) continue;
            exact_sum rest = truth;
            for (int level = 0; level < parts.levels; ++level) {
                // A multiple may have more than 53 bits.
                const std::int64_t multiple = parts.multiple[static_cast<std::size_t>(level)];
                const double unit = std::ldexp(1.0, parts.exponent - level * block_parts::level_bits);
                const std::int64_t low = multiple % (std::int64_t{1} << 32);
                rest.add(-static_cast<double>(multiple - low), unit);
                rest.add(-static_cast<double>(low), unit);
            }
            rest.add(-1, parts.tail);
            ASSERT_LE(rest.distance(0), tolerance) << name_of(table->isa) << ", seed " << seed << ", levels " << parts.levels;
            ++tolerances;
        }
    }
    std::printf("%llu terms: %llu balls, the largest remainder %.3f of its radius; %llu sums to a tolerance\n",
                static_cast<unsigned long long>(terms), static_cast<unsigned long long>(balls), worst_ball,
                static_cast<unsigned long long>(tolerances));
    EXPECT_GT(balls, cases);
    EXPECT_GT(tolerances, cases);
    EXPECT_GT(worst_ball, 1e-7) << "remainders this small say that the test looks at nothing";
}

/// Sums beyond what one block's bound can see: the ball of a whole forest.
TEST(exact_dot, the_steps_reach_the_conditions_that_they_claim) {
    // A first half and its negative, and one more term that makes the condition.
    const auto step_at = [](double condition) {
        constexpr std::size_t half = 50000;
        vectors<double> data;
        for (std::size_t i = 0; i < 2 * half; ++i) {
            data.x.push_back(1 + random_unit(1, i % half));
            data.y.push_back((i < half ? 1 : -1) * (1 + random_unit(2, i % half)));
        }
        data.x.push_back(1);
        data.y.push_back(2 * 2.25 * 2 * half / condition);
        const exact_value found = quadot::exact_dot(data.left(), data.right());
        EXPECT_EQ(bits(found.value), bits(data.truth().rounded())) << condition;
        return found.step;
    };
    EXPECT_EQ(step_at(1e3), exact_step::ball);
    EXPECT_EQ(step_at(1e8), exact_step::ball);
    EXPECT_EQ(step_at(1e12), exact_step::tolerance);
    EXPECT_EQ(step_at(1e25), exact_step::tolerance);
    EXPECT_EQ(step_at(1e40), exact_step::integers);
    EXPECT_EQ(step_at(1e200), exact_step::integers);
}

TEST(superaccumulator, rounds_any_sum_of_products_like_mpfr) {
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        const vectors<double> data = awkward<double>(random_below(30, seed, 0), seed + 5000000);
        superaccumulator all;
        std::array<superaccumulator, 3> shares;
        for (std::size_t i = 0; i < data.x.size(); ++i) {
            all.add_product(data.x[i], data.y[i]);
            shares[random_below(3, seed, i)].add_product(data.x[i], data.y[i]);
        }
        const double expected = data.truth().rounded();
        ASSERT_EQ(all.round(), expected) << seed;
        shares[2].merge(shares[0]);
        shares[2].merge(shares[1]);
        ASSERT_EQ(bits(shares[2].round()), bits(all.round())) << seed;
        std::array<std::int64_t, superaccumulator::words> words{};
        for (const auto* one : {&shares[0], &shares[0], &shares[1], &shares[1]}) {
            const auto more = one->normalised();
            for (std::size_t k = 0; k < words.size(); ++k) words[k] += more[k];
        }
        exact_sum twice;
        for (std::size_t i = 0; i < data.x.size(); ++i) {
            if (random_below(3, seed, i) == 2) continue;
            twice.add(data.x[i], data.y[i]);
            twice.add(data.x[i], data.y[i]);
        }
        ASSERT_EQ(superaccumulator::from_words(words).round(), twice.rounded()) << seed;
    }
}

TEST(superaccumulator, multiples_and_carries) {
    superaccumulator sum;
    exact_sum truth;
    for (std::uint64_t k = 0; k < 5000; ++k) {
        const int exponent = static_cast<int>(random_below(2900, 3, k)) - 1074;
        const auto multiple = static_cast<std::int64_t>(random_bits(4, k));
        const std::int64_t low = multiple % (std::int64_t{1} << 32);
        sum.add_multiple(multiple, exponent);
        // Factors of two at a time: 2^exponent itself may exceed the largest double.
        const double first = std::ldexp(1.0, exponent / 2);
        const double second = std::ldexp(1.0, exponent - exponent / 2);
        truth.add(static_cast<double>(multiple - low) * second, first);
        truth.add(static_cast<double>(low) * second, first);
        if (exponent < 900) {
            ASSERT_EQ(sum.round(), truth.rounded()) << k;
        }
    }
    EXPECT_EQ(sum.round(), truth.rounded());
    sum.add_multiple(std::numeric_limits<std::int64_t>::min(), 0);
    truth.add(-0x1p63, 1);
    EXPECT_EQ(sum.round(), truth.rounded());
    EXPECT_EQ(bits(superaccumulator().round()), bits(0.0));
}

/// A ball answers only where every number in it rounds to one double.
TEST(exact_ball, certifies_only_what_is_certain) {
    const auto certified = [](double sum, double correction, double radius) { return exact::partial{sum, correction, radius}.certified(); };
    EXPECT_EQ(certified(1, 0, 0x1p-54 * 0.9), 1.0);
    EXPECT_EQ(certified(1, 0, 0x1p-54), std::nullopt); // the gap below 1 is half of that above
    EXPECT_EQ(certified(1, 0x1p-55, 0x1p-54), 1.0);
    EXPECT_EQ(certified(1, 0x1p-53, 0), 1.0); // a tie, to even, of an exact sum
    EXPECT_EQ(certified(1, 0x1p-53, 0x1p-200), std::nullopt);
    EXPECT_EQ(certified(1, 0x1.8p-53, 0x1p-60), 1 + 0x1p-52);
    EXPECT_EQ(certified(0, 0, 0x1p-1074), std::nullopt);
    EXPECT_EQ(bits(*certified(0, 0, 0)), bits(0.0));
    EXPECT_EQ(certified(largest, 0, 1), std::nullopt); // next to infinity: left to the integers
    EXPECT_EQ(certified(infinity, 0, 0), std::nullopt);
    EXPECT_EQ(certified(1, 0, infinity), std::nullopt);
    EXPECT_EQ(certified(1, 0, std::nan("")), std::nullopt);
    EXPECT_EQ(certified(std::nan(""), 0, 0), std::nullopt);
}

/// Merged balls hold the sum of what each held, also where corrections round and radii are 0.
TEST(exact_ball, merging_loses_nothing) {
    std::uint64_t rounded = 0;
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        exact::partial all{0, 0, 0};
        exact_sum truth;
        for (std::uint64_t k = 0; k < 2 + seed % 20; ++k) {
            const int exponent = static_cast<int>(random_below(120, seed, 2 * k)) - 60;
            const double sum = std::ldexp(random_signed(seed, 3 * k), exponent);
            const double correction = std::ldexp(random_signed(seed, 3 * k + 1), exponent - 53);
            all = exact::partial::merge(all, {sum, correction, 0});
            truth.add(sum, 1);
            truth.add(correction, 1);
        }
        truth.add(-1, all.sum);
        truth.add(-1, all.correction);
        const double remainder = truth.distance(0);
        ASSERT_LE(remainder, all.radius) << seed;
        rounded += remainder > 0 ? 1 : 0;
    }
    EXPECT_GT(rounded, 1000u);
}

/// A rule with step 1 and weights 1: the integral is the correctly rounded sum of the samples.
TEST(exact_integral, is_the_rounded_sum_of_its_samples) {
    for (const double scale : {1.0, 1e8, 1e17, 1e40}) {
        const auto f = [scale](double x) { return scale * std::sin(x * x) + (std::fmod(x, 2) == 0 ? 1e16 : -1e16) * scale; };
        for (const std::uint64_t n : {1u, 2u, 511u, 512u, 513u, 1024u, 5000u}) {
            exact_sum truth;
            for (std::uint64_t k = 0; k < n; ++k) truth.add(f(static_cast<double>(k)), 1);
            for (const isa_kind isa : runnable_isas()) {
                for (const int threads : {1, 3}) {
                    const execution how{.accumulator = accumulator_kind::exact, .threads = threads, .isa = isa};
                    const double value = integrate(f, 0, static_cast<double>(n), n, {rule_kind::left, 0}, how);
                    EXPECT_EQ(bits(value), bits(truth.rounded())) << n << ", " << quadot::tests::slug(how);
                }
            }
        }
    }
}

} // namespace
