// Clenshaw–Curtis tables and the cosines they rest on against MPFR at 256 bits, by the explicit sum, without
// a DFT.
#include "rules/clenshaw_curtis.hpp"
#include "rules/rational_angle.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

namespace {

using quadot::rules::clenshaw_curtis;
using quadot::rules::clenshaw_curtis_table;
using quadot::rules::double_double;
using quadot::tests::real;
using quadot::tests::ulps;

constexpr double unit_roundoff = 0x1p-53;

real pi_times(std::uint64_t k, std::uint64_t n) {
    real angle = real::pi();
    mpfr_mul_ui(angle.get(), angle.get(), k, MPFR_RNDN);
    mpfr_div_ui(angle.get(), angle.get(), n, MPFR_RNDN);
    return angle;
}

real true_node(std::uint64_t k, std::uint64_t n) {
    const real root = sine(pi_times(k, 2 * n));
    return root * root;
}

/// c_k/(2n)·(1 − Σ b_j·cos(2jθ)/(4j² − 1)); the cosines by cos((j+1)φ) = 2cos φ·cos(jφ) − cos((j−1)φ), φ =
/// 2θ, which loses about n² of 2²⁵⁶.
real true_weight(std::uint64_t k, std::uint64_t n) {
    const real first = cosine(pi_times(2 * k, n));
    real previous{1.0};
    real current = first;
    real sum{1.0};
    real term;
    for (std::uint64_t j = 1; j <= n / 2; ++j) {
        mpfr_div_ui(term.get(), current.get(), 4 * j * j - 1, MPFR_RNDN);
        mpfr_sub(sum.get(), sum.get(), term.get(), MPFR_RNDN);
        if (2 * j != n) mpfr_sub(sum.get(), sum.get(), term.get(), MPFR_RNDN);
        mpfr_mul(term.get(), first.get(), current.get(), MPFR_RNDN);
        mpfr_mul_2ui(term.get(), term.get(), 1, MPFR_RNDN);
        mpfr_sub(previous.get(), term.get(), previous.get(), MPFR_RNDN);
        mpfr_swap(previous.get(), current.get());
    }
    mpfr_div_ui(sum.get(), sum.get(), k == 0 || k == n ? 2 * n : n, MPFR_RNDN);
    return sum;
}

struct worst_ulps {
    double node = 0.0;
    double weight = 0.0;

    void include(const clenshaw_curtis_table& table, std::uint64_t k) {
        const std::uint64_t n = table.nodes.size() - 1;
        const double node_ulps = ulps(table.nodes[k], true_node(k, n));
        const double weight_ulps = ulps(table.weights[k], true_weight(k, n));
        EXPECT_LE(node_ulps, 0.51) << "n " << n << " k " << k;
        EXPECT_LE(weight_ulps, 0.51) << "n " << n << " k " << k;
        node = std::max(node, node_ulps);
        weight = std::max(weight, weight_ulps);
    }
};

/// The ends, both sides of the switch from the direct sum to the series (k about 16), the middle, and
/// between.
std::set<std::uint64_t> samples(std::uint64_t n) {
    return {0, 1, 2, 3, 7, 14, 15, 16, 17, 31, 100, n / 7, n / 3, n / 2 - 1, n / 2, n / 2 + 1, n - 20, n - 1, n};
}

TEST(rational_angle, is_good_to_103_bits_near_the_zeros_too) {
    double worst = 0.0;
    const auto check = [&](double_double computed, const real& truth, std::uint64_t k, std::uint64_t n) {
        const real error = abs((real{computed.hi} + real{computed.lo}) / truth - real{1.0});
        EXPECT_LE(error.rounded(), 0x1p-103) << k << "/" << n;
        worst = std::max(worst, error.rounded());
    };
    constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
    for (std::uint64_t n :
         {std::uint64_t{3}, std::uint64_t{8}, std::uint64_t{97}, std::uint64_t{4194304}, std::uint64_t{1} << 53U, huge - 58, huge}) {
        for (std::uint64_t i = 0; i < 4000; ++i) {
            const std::uint64_t k = n < 1000 ? i : i * (n / 1333 + 1);
            if (k % n != 0) check(quadot::rules::sin_pi(k, n), sine(pi_times(k, n)), k, n);
            if (n % 2 != 0 || k % n != n / 2) check(quadot::rules::cos_pi(k, n), cosine(pi_times(k, n)), k, n);
        }
    }
    std::printf("rational_angle: relative error at most %.2f·2⁻¹⁰⁴\n", worst * 0x1p104);
}

TEST(rational_angle, is_exact_on_quarter_turns_and_at_compile_time) {
    using quadot::rules::cos_pi;
    using quadot::rules::sin_pi;
    static_assert(cos_pi(0, 7).hi == 1.0 && cos_pi(7, 7).hi == -1.0 && cos_pi(14, 7).hi == 1.0);
    static_assert(cos_pi(3, 6).hi == 0.0 && cos_pi(9, 6).hi == 0.0 && sin_pi(0, 6).hi == 0.0);
    static_assert(sin_pi(3, 6).hi == 1.0 && sin_pi(9, 6).hi == -1.0 && sin_pi(6, 6).hi == 0.0);
    static_assert(cos_pi(1, 3).hi == 0.5 && sin_pi(1, 6).hi == 0.5);
    EXPECT_EQ(cos_pi(0, 1).lo, 0.0);
}

TEST(clenshaw_curtis, every_node_and_weight_up_to_1000) {
    worst_ulps worst;
    const auto check_all = [&](int n) {
        const clenshaw_curtis_table table = clenshaw_curtis(n);
        ASSERT_EQ(table.nodes.size(), static_cast<std::size_t>(n) + 1);
        ASSERT_EQ(table.weights.size(), table.nodes.size());
        for (std::uint64_t k = 0; k < table.nodes.size(); ++k) worst.include(table, k);
    };
    for (int n = 1; n <= 130; ++n) check_all(n);
    for (int n : {255, 256, 509, 999, 1000}) check_all(n);
    std::printf("clenshaw_curtis, all k, n ≤ 1000: nodes %.6f ulp, weights %.6f ulp\n", worst.node, worst.weight);
}

TEST(clenshaw_curtis, sampled_nodes_and_weights_of_large_tables) {
    worst_ulps worst;
    for (int n : {4096, 10007, 99991, 100000}) {
        const clenshaw_curtis_table table = clenshaw_curtis(n);
        for (std::uint64_t k : samples(static_cast<std::uint64_t>(n))) worst.include(table, k);
    }
    for (int n : {999983, 1000000, 1 << 22}) {
        const auto start = std::chrono::steady_clock::now();
        const clenshaw_curtis_table table = clenshaw_curtis(n);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        std::printf("clenshaw_curtis(%d): %.3f s\n", n, elapsed.count());
        for (std::uint64_t k : {1U, 15U, 16U}) worst.include(table, k);
    }
    std::printf("clenshaw_curtis, sampled k, n ≤ 2²²: nodes %.6f ulp, weights %.6f ulp\n", worst.node, worst.weight);
}

TEST(clenshaw_curtis, small_tables_are_the_known_rules) {
    EXPECT_EQ(clenshaw_curtis(1).nodes, (std::vector<double>{0.0, 1.0}));
    EXPECT_EQ(clenshaw_curtis(1).weights, (std::vector<double>{0.5, 0.5}));
    EXPECT_EQ(clenshaw_curtis(2).nodes, (std::vector<double>{0.0, 0.5, 1.0}));
    EXPECT_EQ(clenshaw_curtis(2).weights, (std::vector<double>{1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}));
    EXPECT_EQ(clenshaw_curtis(3).nodes, (std::vector<double>{0.0, 0.25, 0.75, 1.0}));
    EXPECT_EQ(clenshaw_curtis(3).weights, (std::vector<double>{1.0 / 18.0, 4.0 / 9.0, 4.0 / 9.0, 1.0 / 18.0}));
}

TEST(clenshaw_curtis, nodes_ascend_and_weights_are_symmetric) {
    for (int n : {1, 2, 3, 4, 47, 48, 49, 50, 63, 64, 1000, 99991, 1 << 20}) {
        const auto [nodes, weights] = clenshaw_curtis(n);
        EXPECT_EQ(nodes.front(), 0.0);
        EXPECT_EQ(nodes.back(), 1.0);
        EXPECT_TRUE(std::is_sorted(nodes.begin(), nodes.end()));
        EXPECT_EQ(std::adjacent_find(nodes.begin(), nodes.end()), nodes.end()) << "n " << n;
        for (std::size_t k = 0; k < nodes.size(); ++k) {
            ASSERT_GT(weights[k], 0.0) << "n " << n << " k " << k;
            ASSERT_EQ(std::bit_cast<std::uint64_t>(weights[k]), std::bit_cast<std::uint64_t>(weights[nodes.size() - 1 - k]));
        }
        if (n % 2 == 0) {
            EXPECT_EQ(nodes[nodes.size() / 2], 0.5);
        }
    }
}

// With every node and weight off by a factor 1 + δ, |δ| ≤ u, the exact rule returns 1/(p+1) to (p+1)u
// relative.
TEST(clenshaw_curtis, integrates_monomials_up_to_degree_n) {
    double worst = 0.0;
    for (int n = 1; n <= 80; ++n) {
        const auto [nodes, weights] = clenshaw_curtis(n);
        std::vector<real> terms(weights.begin(), weights.end());
        const int exact_degree = n % 2 == 0 ? n + 1 : n;
        for (int power = 0; power <= exact_degree; ++power) {
            real sum;
            for (std::size_t k = 0; k < terms.size(); ++k) {
                sum = sum + terms[k];
                terms[k] = terms[k] * real{nodes[k]};
            }
            const double error = abs(sum - real{1.0} / real(power + 1.0)).rounded() / unit_roundoff;
            EXPECT_LE(error, 1.02) << "n " << n << " power " << power;
            worst = std::max(worst, error);
        }
    }
    std::printf("clenshaw_curtis 1…80: Σw·xᵖ − 1/(p+1) is at most %.3f u\n", worst);
}

TEST(clenshaw_curtis, weights_sum_to_one) {
    for (int n : {100, 999, 4097, 100000, 1000000}) {
        real sum;
        for (double weight : clenshaw_curtis(n).weights) sum = sum + real{weight};
        EXPECT_LE(abs(sum - real{1.0}).rounded(), 1.02 * unit_roundoff) << "n " << n;
    }
}

TEST(clenshaw_curtis, refuses_sizes_outside_1_to_2_to_the_22) {
    for (int n : {-1, 0, (1 << 22) + 1, std::numeric_limits<int>::max()}) EXPECT_THROW(clenshaw_curtis(n), std::invalid_argument);
}

} // namespace
