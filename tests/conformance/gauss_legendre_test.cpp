// Gauss–Legendre tables against MPFR at 256 bits: values, exactness on monomials, order range.
#include "rules/gauss_legendre.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace {

using quadot::rules::gauss_legendre;
using quadot::rules::gauss_legendre_table;
using quadot::tests::real;
using quadot::tests::ulps;

constexpr double unit_roundoff = 0x1p-53;

struct node_and_weight {
    real node;
    real weight;
};

/// On [0, 1], from the i-th largest zero of P_K on (−1, 1), i = 1 … K. The derivative comes from
/// P'_{j+1} = P'_{j−1} + (2j+1)P_j, not from the formula of the code under test.
node_and_weight truth(int order, int i) {
    real x = cosine(real::pi() * real(4.0 * i - 1.0) / real(4.0 * order + 2.0));
    real slope;
    for (int step = 0; step < 12; ++step) {
        real p_previous{1.0};
        real p = x;
        real slope_previous{0.0};
        slope = real{1.0};
        for (int j = 1; j < order; ++j) {
            const real p_next = (real(2.0 * j + 1.0) * x * p - real(1.0 * j) * p_previous) / real(j + 1.0);
            const real slope_next = slope_previous + real(2.0 * j + 1.0) * p;
            p_previous = p;
            p = p_next;
            slope_previous = slope;
            slope = slope_next;
        }
        x = x - p / slope;
    }
    const real one{1.0};
    return {(one - x) / real{2.0}, one / ((one - x * x) * slope * slope)};
}

real integral_of_power(const gauss_legendre_table& table, int power) {
    real sum;
    for (std::size_t i = 0; i < table.nodes.size(); ++i) {
        real term{table.weights[i]};
        for (int p = 0; p < power; ++p) term = term * real{table.nodes[i]};
        sum = sum + term;
    }
    return sum;
}

TEST(gauss_legendre, is_the_true_value_rounded_to_double) {
    double worst_node = 0.0;
    double worst_weight = 0.0;
    for (int order = 2; order <= 64; ++order) {
        const gauss_legendre_table table = gauss_legendre(order);
        ASSERT_EQ(table.nodes.size(), static_cast<std::size_t>(order));
        ASSERT_EQ(table.weights.size(), table.nodes.size());
        for (std::size_t i = 0; i < table.nodes.size(); ++i) {
            const node_and_weight expected = truth(order, static_cast<int>(i) + 1);
            EXPECT_EQ(table.nodes[i], expected.node.rounded()) << "order " << order << " node " << i;
            EXPECT_EQ(table.weights[i], expected.weight.rounded()) << "order " << order << " weight " << i;
            worst_node = std::max(worst_node, ulps(table.nodes[i], expected.node));
            worst_weight = std::max(worst_weight, ulps(table.weights[i], expected.weight));
        }
    }
    std::printf("gauss_legendre 2…64: nodes %.6f ulp, weights %.6f ulp\n", worst_node, worst_weight);
    EXPECT_LE(worst_node, 0.51);
    EXPECT_LE(worst_weight, 0.51);
}

TEST(gauss_legendre, nodes_ascend_inside_the_panel_and_weights_are_symmetric) {
    for (int order = 2; order <= 64; ++order) {
        const auto [nodes, weights] = gauss_legendre(order);
        EXPECT_GT(nodes.front(), 0.0);
        EXPECT_LT(nodes.back(), 1.0);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (i > 0) {
                EXPECT_LT(nodes[i - 1], nodes[i]) << "order " << order;
            }
            EXPECT_GT(weights[i], 0.0);
            EXPECT_EQ(std::bit_cast<std::uint64_t>(weights[i]), std::bit_cast<std::uint64_t>(weights[nodes.size() - 1 - i]));
        }
        if (order % 2 != 0) {
            EXPECT_EQ(nodes[nodes.size() / 2], 0.5);
        }
    }
}

// With every node and weight off by a factor 1 + δ, |δ| ≤ u, the exact rule returns 1/(p+1) to (p+1)u
// relative.
TEST(gauss_legendre, integrates_monomials_up_to_degree_2k_minus_1) {
    double worst = 0.0;
    for (int order = 2; order <= 64; ++order) {
        const gauss_legendre_table table = gauss_legendre(order);
        for (int power = 0; power < 2 * order; ++power) {
            const double error = abs(integral_of_power(table, power) - real{1.0} / real(power + 1.0)).rounded() / unit_roundoff;
            EXPECT_LE(error, 1.001) << "order " << order << " power " << power;
            worst = std::max(worst, error);
        }
    }
    std::printf("gauss_legendre 2…64: Σw·xᵖ − 1/(p+1) is at most %.3f u\n", worst);
}

// 1/(2K+1) − Σw·x^(2K) = (K!)⁴/((2K+1)·((2K)!)²)   (Abramowitz & Stegun 25.4.30).
TEST(gauss_legendre, misses_degree_2k_by_the_known_remainder) {
    for (int order = 2; order <= 12; ++order) {
        real remainder = real{1.0} / real(2.0 * order + 1.0);
        for (int j = 1; j <= order; ++j) {
            const real inverse_binomial_factor = real(1.0 * j) / real(1.0 * order + j);
            remainder = remainder * inverse_binomial_factor * inverse_binomial_factor;
        }
        const real missed = real{1.0} / real(2.0 * order + 1.0) - integral_of_power(gauss_legendre(order), 2 * order);
        EXPECT_LE(abs(missed - remainder).rounded(), 1.001 * unit_roundoff) << "order " << order;
    }
}

TEST(gauss_legendre, refuses_orders_outside_2_to_64) {
    for (int order : {-1, 0, 1, 65, 1 << 30}) EXPECT_THROW(gauss_legendre(order), std::invalid_argument);
}

} // namespace
