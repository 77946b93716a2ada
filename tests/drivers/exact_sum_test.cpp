// The drivers' fixed-point reference against MPFR with 4300 bits, in which sums of products of doubles are exact as well.
#include "drivers/reference/dot_reference.hpp"
#include "drivers/reference/exact_sum.hpp"

#include "tests/support/bits.hpp"
#include "tests/support/random.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <mpfr.h>

namespace quadot::drivers {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Correctly rounded sum by MPFR, subnormals included.
double truth(const std::vector<double>& x, const std::vector<double>& y) {
    mpfr_t sum;
    mpfr_t term;
    mpfr_inits2(4400, sum, term, static_cast<mpfr_ptr>(nullptr));
    mpfr_set_zero(sum, 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
        mpfr_set_d(term, x[i], MPFR_RNDN);
        mpfr_mul_d(term, term, y[i], MPFR_RNDN);
        mpfr_add(sum, sum, term, MPFR_RNDN);
    }
    const double result = mpfr_get_d(sum, MPFR_RNDN); // rounds once, also to subnormals
    mpfr_clears(sum, term, static_cast<mpfr_ptr>(nullptr));
    return result;
}

exact_sum sum_of(const std::vector<double>& x, const std::vector<double>& y) {
    exact_sum sum;
    for (std::size_t i = 0; i < x.size(); ++i) sum.add_product(x[i], y[i]);
    return sum;
}

TEST(exact_sum, equals_mpfr_over_the_whole_exponent_range) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const int spread = static_cast<int>(tests::random_below(500, 1, seed)) + 1;
        const int centre = static_cast<int>(tests::random_below(1000, 2, seed)) - 500;
        std::vector<double> x;
        std::vector<double> y;
        for (std::uint64_t i = 0; i < 40; ++i) {
            x.push_back(std::ldexp(tests::random_scaled(spread, seed, i), centre));
            y.push_back(std::ldexp(tests::random_scaled(spread, seed + 1000, i), centre));
            if (i % 2 == 1) { // near cancellation
                x.push_back(-x.back());
                y.push_back(std::nextafter(y.back(), 0.0));
            }
        }
        const double expected = truth(x, y);
        EXPECT_EQ(sum_of(x, y).rounded(), expected) << "seed " << seed;
        EXPECT_EQ(sum_of(x, y).error_of(expected + 0.0), std::abs(sum_of(x, y).error_of(expected))) << "seed " << seed;
    }
}

TEST(exact_sum, rounds_ties_to_even_and_sees_the_last_bit) {
    EXPECT_EQ(sum_of({1, 0x1p-53}, {1, 1}).rounded(), 1.0);
    EXPECT_EQ(sum_of({1, 0x1p-53, 0x1p-1000}, {1, 1, 0x1p-1000}).rounded(), 1 + 0x1p-52);
    EXPECT_EQ(sum_of({1 + 0x1p-52, 0x1p-53}, {1, 1}).rounded(), 1 + 0x1p-51);
    EXPECT_EQ(sum_of({1 + 0x1p-52, 0x1p-53, -0x1p-1000}, {1, 1, 0x1p-1000}).rounded(), 1 + 0x1p-52);
}

TEST(exact_sum, handles_the_ends_of_the_range) {
    EXPECT_EQ(sum_of({}, {}).rounded(), 0.0);
    EXPECT_FALSE(std::signbit(sum_of({-1, 1}, {1, 1}).rounded()));
    EXPECT_EQ(sum_of({0x1p-1074}, {0x1p-1074}).rounded(), 0.0);
    EXPECT_EQ(sum_of({0x1p-1074}, {0.5}).rounded(), 0.0); // a tie with 0, which is even
    EXPECT_EQ(sum_of({0x1p-1074}, {0x1.8p-1}).rounded(), 0x1p-1074);
    const double largest = std::numeric_limits<double>::max();
    EXPECT_EQ(sum_of({largest, largest, -largest}, {largest, 1, largest}).rounded(), largest); // overflows on the way only
    EXPECT_EQ(sum_of({largest, largest}, {1, 1}).rounded(), infinity);
    EXPECT_EQ(sum_of({-largest, -largest}, {1, 1}).rounded(), -infinity);
}

TEST(exact_sum, follows_ieee_for_infinities_and_nan) {
    EXPECT_EQ(sum_of({infinity, 1}, {2, 1}).rounded(), infinity);
    EXPECT_EQ(sum_of({infinity}, {-2}).rounded(), -infinity);
    EXPECT_TRUE(std::isnan(sum_of({infinity, infinity}, {1, -1}).rounded()));
    EXPECT_TRUE(std::isnan(sum_of({infinity}, {0}).rounded()));
    EXPECT_TRUE(std::isnan(sum_of({not_a_number}, {1}).rounded()));
}

TEST(exact_sum, error_of_is_exact_and_a_nan_is_never_right) {
    const exact_sum sum = sum_of({1, 0x1p-60}, {1, 1});
    EXPECT_EQ(sum.error_of(1), 0x1p-60);
    EXPECT_EQ(sum.error_of(2), 1 - 0x1p-60 > 0.9 ? 1.0 : 0.0);
    EXPECT_TRUE(std::isnan(sum.error_of(not_a_number)));
    EXPECT_TRUE(std::isnan(sum.error_of(infinity)));
    EXPECT_TRUE(std::isnan(sum_of({infinity}, {1}).error_of(1)));
    EXPECT_EQ(sum_of({infinity}, {1}).error_of(infinity), 0);
}

TEST(exact_sum, merging_parts_changes_nothing) {
    std::vector<double> x;
    std::vector<double> y;
    for (std::uint64_t i = 0; i < 5000; ++i) {
        x.push_back(tests::random_scaled(300, 5, i));
        y.push_back(tests::random_scaled(300, 6, i));
    }
    exact_sum whole = sum_of(x, y);
    exact_sum left = sum_of({x.begin(), x.begin() + 1234}, {y.begin(), y.begin() + 1234});
    const exact_sum right = sum_of({x.begin() + 1234, x.end()}, {y.begin() + 1234, y.end()});
    left.merge(right);
    EXPECT_EQ(left.rounded(), whole.rounded());
    EXPECT_EQ(left.rounded(), truth(x, y));
    for (const int threads : {1, 3}) {
        const auto reference = reference_dot<double>(single_process(), x, y, threads);
        EXPECT_EQ(reference.sum.rounded(), whole.rounded());
        double magnitude = 0;
        for (std::size_t i = 0; i < x.size(); ++i) magnitude += std::abs(x[i] * y[i]);
        EXPECT_GE(reference.magnitude, magnitude);
        EXPECT_LE(reference.magnitude, magnitude * (1 + 1e-5));
    }
}

} // namespace
} // namespace quadot::drivers
