// Quotients that share a division and roots by iteration against IEEE 754's, which the compiler's scalar operations are: bit for bit, where
// rounding is decided and elsewhere, beside neighbours of all sizes.
#include "tests/support/rounded_operations.hpp"

#include "block/isa.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/hard_roundings.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace quadot::tests {

#if defined(__x86_64__)
extern const rounded_operations rounded_operations_sse2, rounded_operations_avx2, rounded_operations_avx512;
#else
extern const rounded_operations rounded_operations_neon64;
#endif

namespace {

struct compiled_for {
    isa_kind isa;
    const rounded_operations* own;
};
const compiled_for all_compiled[] = {
#if defined(__x86_64__)
    {isa_kind::sse2, &rounded_operations_sse2},
    {isa_kind::avx2, &rounded_operations_avx2},
    {isa_kind::avx512, &rounded_operations_avx512},
#else
    {isa_kind::neon64, &rounded_operations_neon64},
#endif
};

/// 2^low to 2^high, with random mantissas; every eighth a power of 2 and every eighth one with all bits set.
std::vector<double> spread(int low, int high, std::size_t count, std::uint64_t seed) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        double mantissa = 1 + random_unit(seed, i);
        if (i % 8 == 3) mantissa = 1;
        if (i % 8 == 6) mantissa = 0x1.fffffffffffffp0;
        values[i] = std::ldexp(mantissa, low + static_cast<int>(random_below(static_cast<std::uint64_t>(high - low), seed + 100, i)));
    }
    return values;
}

void expect_quotients(rounded_operations::quotients compute, double power, const std::vector<double>& x) {
    std::vector<double> y(x.size());
    compute(power, x.data(), y.data(), x.size());
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        if (bits(y[k]) == bits(power / x[k]) || ++wrong > 3) continue;
        ADD_FAILURE() << power << " / " << std::hexfloat << x[k] << " is " << power / x[k] << ", not " << y[k];
    }
    EXPECT_EQ(wrong, 0u);
}

void expect_roots(rounded_operations::roots compute, const std::vector<double>& x) {
    std::vector<double> y(x.size());
    compute(x.data(), y.data(), x.size());
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        const double truth = std::sqrt(x[k]);
        if (bits(y[k]) == bits(truth) || (std::isnan(truth) && std::isnan(y[k])) || ++wrong > 3) continue;
        ADD_FAILURE() << "root of " << std::hexfloat << x[k] << " is " << truth << ", not " << y[k];
    }
    EXPECT_EQ(wrong, 0u);
}

template <class Check>
void on_each_isa(Check check) {
    for (const compiled_for& each : all_compiled) {
        SCOPED_TRACE(std::string(name_of(each.isa)));
        if (runs_here(each.isa)) check(*each.own);
    }
}

/// `hard` in every place of a pack, among `others`.
std::vector<double> among(std::vector<double> others, const std::vector<double>& hard) {
    for (std::size_t k = 0; k < others.size(); k += 5) others[k] = hard[k / 5 % hard.size()];
    return others;
}

constexpr std::size_t many = 320000;

TEST(rounded_operations, quotients_are_those_of_a_division) {
    on_each_isa([](const rounded_operations& own) {
        for (const double power : {0.125, 1.0, 4.0, 8.0}) {
            std::vector<double> x = spread(-250, 250, many, 1);
            expect_quotients(own.near_quotients, power, x);
            for (double& each : x) each = -each;
            expect_quotients(own.near_quotients, power, x);
            expect_quotients(own.near_quotients, power, spread(0, 2, many, 2));
            expect_quotients(own.near_quotients, power, std::vector<double>(rounded_operations::step, 0x1p250));
            expect_quotients(own.near_quotients, power, std::vector<double>(rounded_operations::step, -0x1p-250));
            expect_quotients(own.any_quotients, power, spread(-1022, 1023, many, 3));
            EXPECT_EQ(own.stand_in_for_quotient(power, 3.0), power / 3.0);
        }
    });
}

TEST(rounded_operations, quotients_round_right_where_a_midpoint_is_near) {
    std::vector<double> hard;
    for (const std::uint64_t mantissa : hard_divisors) {
        for (const int exponent : {-250, -1, 0, 1, 200}) hard.push_back(std::ldexp(static_cast<double>(mantissa), exponent - 52));
        hard.push_back(-std::ldexp(static_cast<double>(mantissa), -52));
    }
    on_each_isa([&](const rounded_operations& own) {
        for (const std::uint64_t seed : {4u, 5u, 6u}) {
            expect_quotients(own.near_quotients, 1.0, among(spread(0, 2, many, seed), hard));
            expect_quotients(own.near_quotients, 4.0, among(spread(-250, 250, many, seed), hard));
        }
    });
}

TEST(rounded_operations, roots_are_the_machines) {
    on_each_isa([](const rounded_operations& own) {
        expect_roots(own.near_roots, spread(-900, 1000, many, 7));
        expect_roots(own.near_roots, spread(0, 2, many, 8));
        expect_roots(own.any_roots, spread(-1022, 1023, many, 9));
        std::vector<double> squares(many);
        for (std::size_t k = 0; k < many; ++k) squares[k] = static_cast<double>(k + 1) * static_cast<double>(k + 1);
        expect_roots(own.near_roots, squares);
    });
}

TEST(rounded_operations, roots_round_right_where_a_midpoint_is_near) {
    std::vector<double> hard;
    for (const double a : hard_radicands) {
        for (const int exponent : {-900, -2, 0, 2, 998}) hard.push_back(std::ldexp(a, exponent));
    }
    on_each_isa([&](const rounded_operations& own) {
        for (const std::uint64_t seed : {10u, 11u}) {
            expect_roots(own.near_roots, among(spread(0, 2, many, seed), hard));
            expect_roots(own.any_roots, among(spread(-900, 1000, many, seed), hard));
        }
    });
}

TEST(rounded_operations, roots_of_all_else) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> special = {0.0,     -0.0,     5e-324,    0x1p-1022, 0x1p-901, 0x1.0000000000001p1000,
                                         1.7e308, infinity, -infinity, -1.0,      -5e-324,  std::numeric_limits<double>::quiet_NaN()};
    on_each_isa([&](const rounded_operations& own) {
        for (const double each : special) {
            for (std::size_t place = 0; place < rounded_operations::step; ++place) {
                std::vector<double> x = spread(-10, 10, rounded_operations::step, 12);
                x[place] = each;
                expect_roots(own.any_roots, x);
            }
        }
    });
}

} // namespace

} // namespace quadot::tests
