// sum, asum and nrm2 against MPFR, for every accumulator, instruction set and element type.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace {

using namespace quadot;
using quadot::tests::bits;
using quadot::tests::exact_sum;
using quadot::tests::for_each_execution;
using quadot::tests::random_below;
using quadot::tests::random_scaled;
using quadot::tests::random_signed;
using quadot::tests::real;
using quadot::tests::slug;

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T>
class sums_of : public ::testing::Test {};
using element_types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(sums_of, element_types);

template <class T>
std::vector<T> vector_of(std::size_t n, int spread, std::uint64_t seed) {
    std::vector<T> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(random_scaled(spread, seed, i));
    return values;
}

template <class T>
exact_sum truth_of(const std::vector<T>& x, bool magnitudes) {
    exact_sum truth;
    for (const T value : x) truth.add(magnitudes ? std::fabs(static_cast<double>(value)) : static_cast<double>(value), 1);
    return truth;
}

/// A sum is the dot product with ones: bit for bit, and `exact` to the last bit of MPFR.
TYPED_TEST(sums_of, are_dot_products_with_ones_and_signs) {
    using T = TypeParam;
    for (const std::size_t n : {0, 1, 2, 15, 16, 17, 63, 64, 65, 1000, 8191, 8192, 8193, 100003}) {
        const auto x = vector_of<T>(n, 12, 1);
        const std::vector<T> ones(n, T(1));
        std::vector<T> sizes(n);
        for (std::size_t i = 0; i < n; ++i) sizes[i] = std::fabs(x[i]);
        const double exact_value = truth_of(x, false).rounded();
        const double exact_size = truth_of(x, true).rounded();
        for_each_execution([&](execution how) {
            for (const int threads : {1, 3}) {
                how.threads = threads;
                const std::span<const T> whole(x);
                ASSERT_EQ(bits(sum(whole, how)), bits(dot(whole, std::span<const T>(ones), how))) << slug(how) << ", " << n;
                ASSERT_EQ(bits(asum(whole, how)), bits(dot(std::span<const T>(sizes), std::span<const T>(ones), how)))
                    << slug(how) << ", " << n;
                if (how.accumulator != accumulator_kind::exact) continue;
                ASSERT_EQ(bits(sum(whole, how)), bits(exact_value)) << slug(how) << ", " << n;
                ASSERT_EQ(bits(asum(whole, how)), bits(exact_size)) << slug(how) << ", " << n;
            }
        });
    }
}

TYPED_TEST(sums_of, exact_ones_are_rounded_correctly_when_they_cancel) {
    using T = TypeParam;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const std::size_t n = random_below(seed % 500 == 0 ? 20000 : 80, seed, 0);
        std::vector<T> x = vector_of<T>(n, seed % 3 == 0 ? 100 : 20, seed);
        for (std::size_t i = 1; i < n; i += 2) {
            if (random_below(3, seed, i) != 0) x[i] = -x[i - 1];
        }
        const double expected = truth_of(x, false).rounded();
        for (const isa_kind isa : tests::runnable_isas()) {
            const execution how{.accumulator = accumulator_kind::exact, .isa = isa};
            ASSERT_EQ(bits(sum(std::span<const T>(x), how)), bits(expected)) << slug(how) << ", seed " << seed;
        }
    }
}

/// sqrt of the true sum of squares, 256 bits.
template <class T>
real norm_of(const std::vector<T>& x) {
    real sum;
    for (const T value : x) sum = sum + real(static_cast<double>(value)) * real(static_cast<double>(value));
    mpfr_sqrt(sum.get(), sum.get(), MPFR_RNDN);
    return sum;
}

TYPED_TEST(sums_of, norms_are_accurate_at_every_magnitude) {
    using T = TypeParam;
    constexpr int top = std::numeric_limits<T>::max_exponent;
    constexpr int bottom = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits + 1;
    double worst = 0;
    for (const int exponent :
         {0, 10, top / 2, top / 2 + 5, top - 12, bottom / 2 + 20, bottom / 2, bottom / 2 - 30, bottom + 60, bottom + 30}) {
        for (const std::size_t n : {1, 3, 100, 20000}) {
            std::vector<T> x(n);
            for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<T>(std::ldexp(random_signed(9, i), exponent));
            const real truth = norm_of(x); // of 256 bits and any exponent
            for_each_execution([&](const execution& how) {
                const double value = nrm2(std::span<const T>(x), how);
                if (truth.rounded() < 0x1p-1022) {
                    // The norm itself is subnormal: 2^-1074 is its unit.
                    EXPECT_LE(abs(real(value) - truth).rounded(), 0x1p-1074) << slug(how) << ", exponent " << exponent << ", n " << n;
                    return;
                }
                const double error = tests::ulps(value, truth);
                // Half of the sum's relative error, m u with m = n / lanes + folds, and the root's half unit. The sum of squares is well conditioned.
                const bool single = std::is_same_v<T, float> && how.accumulator == accumulator_kind::plain;
                const double height = static_cast<double>(n) / (single ? 64 : 32) + 8;
                const double allowed = how.accumulator == accumulator_kind::exact ? 0.86
                                       : how.accumulator == accumulator_kind::compensated && std::is_same_v<T, double>
                                           ? 0.9
                                           : 1 + height * (single ? 0x1p29 : 1.0);
                EXPECT_LE(error, allowed) << slug(how) << ", exponent " << exponent << ", n " << n << ": " << value;
                if (how.accumulator == accumulator_kind::exact) worst = std::max(worst, error);
            });
        }
    }
    std::printf("nrm2, exact: at most %.3f ulp\n", worst);
    EXPECT_GT(worst, 0.3);
}

TYPED_TEST(sums_of, special_values) {
    using T = TypeParam;
    constexpr T inf = std::numeric_limits<T>::infinity();
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    for_each_execution([&](const execution& how) {
        const auto norm = [&](std::vector<T> x) { return nrm2(std::span<const T>(x), how); };
        const auto add = [&](std::vector<T> x) { return sum(std::span<const T>(x), how); };
        EXPECT_EQ(bits(norm({})), bits(0.0));
        EXPECT_EQ(bits(norm({T(0), T(-0.0)})), bits(0.0));
        EXPECT_EQ(norm({T(3), T(4)}), 5.0);
        EXPECT_EQ(norm({T(1), -inf}), infinity);
        EXPECT_TRUE(std::isnan(norm({inf, nan})));
        EXPECT_EQ(norm({std::numeric_limits<T>::denorm_min()}), static_cast<double>(std::numeric_limits<T>::denorm_min()));
        EXPECT_EQ(norm({std::numeric_limits<T>::max()}), static_cast<double>(std::numeric_limits<T>::max()));
        EXPECT_EQ(add({T(1), inf}), infinity);
        EXPECT_TRUE(std::isnan(add({-inf, inf})));
        EXPECT_EQ(bits(add({T(-0.0)})), bits(0.0));
    });
    const std::vector<double> largest{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    EXPECT_EQ(nrm2(std::span<const double>(largest)), infinity) << "the norm itself is too large";
}

TYPED_TEST(sums_of, bad_calls_are_usage_errors) {
    const std::vector<TypeParam> x(10, TypeParam(1));
    const std::span<const TypeParam> whole(x);
    EXPECT_THROW(static_cast<void>(sum(whole, {.threads = -1})), error);
    EXPECT_THROW(static_cast<void>(nrm2(whole, {.threads = 5000})), error);
    EXPECT_THROW(static_cast<void>(distributed_sum(single_process(), 11, whole)), error);
    EXPECT_EQ(distributed_asum(single_process(), 10, whole), 10.0);
    EXPECT_EQ(distributed_nrm2(single_process(), 10, whole.first(10)), std::sqrt(10.0));
}

} // namespace
