// With xᵢ the zeros of the Legendre polynomial P_K on (−1, 1), mapped to [0, 1]:
//     node = (1 − xᵢ)/2        weight = 1/((1 − xᵢ²)·P'_K(xᵢ)²)        (Abramowitz & Stegun 25.4.29, 25.4.30)
//
// Newton's method in double-double from Tricomi's estimate (Ann. Mat. Pura Appl. 31, 1950), i = 1 … K:
//     xᵢ = (1 − 1/(8K²) + 1/(8K³))·cos(π(4i − 1)/(4K + 2)) + O(K⁻⁴)
//
// Error: double-double leaves about 2⁻¹⁰⁰ in x; relative to the smallest node, 3.5·10⁻⁴ at K = 64, that is
// 2⁻⁸⁸, and the weight depends on x with the relative slope 2x/(1 − x²) < 2¹¹. The last rounding is all that
// shows.
#include "rules/gauss_legendre.hpp"

#include "rules/double_double.hpp"
#include "rules/rational_angle.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace quadot::rules {
namespace {

// The estimate is within 2·10⁻³ (K = 2) and Newton squares the error: 10⁻⁶, 10⁻¹², 10⁻²⁴, rounding; one to
// spare.
constexpr int newton_steps = 4;

struct legendre_at {
    double_double x;
    double_double value;             // P_K(x)
    double_double scaled_derivative; // (1 − x²)·P'_K(x)
};

/// (j+1)P_{j+1} = (2j+1)·x·P_j − j·P_{j−1};  (1 − x²)P'_K = K(P_{K−1} − x·P_K)   (A&S 22.7.10, 22.8.5).
legendre_at legendre(int order, double_double x) {
    double_double previous{1.0};
    double_double current = x;
    for (int j = 1; j < order; ++j) {
        const double_double next =
            (x * current * static_cast<double>(2 * j + 1) - previous * static_cast<double>(j)) / static_cast<double>(j + 1);
        previous = current;
        current = next;
    }
    return {x, current, (previous - x * current) * static_cast<double>(order)};
}

double_double one_minus_square(double_double x) { return (double_double{1.0} - x) * (x + 1.0); }

double_double tricomi_estimate(int order, int i) {
    const double k = order;
    const auto turns = static_cast<std::uint64_t>(4 * i - 1);
    return cos_pi(turns, static_cast<std::uint64_t>(4 * order + 2)) * (1.0 - (k - 1.0) / (8.0 * k * k * k));
}

/// The i-th largest zero of P_K, i = 1 … K.
legendre_at legendre_zero(int order, int i) {
    legendre_at zero = legendre(order, tricomi_estimate(order, i));
    for (int step = 0; step < newton_steps; ++step)
        zero = legendre(order, zero.x - zero.value * one_minus_square(zero.x) / zero.scaled_derivative);
    return zero;
}

} // namespace

gauss_legendre_table gauss_legendre(int order) {
    if (order < min_gauss_legendre_order || order > max_gauss_legendre_order)
        throw std::invalid_argument("gauss_legendre: order " + std::to_string(order) + " is outside " +
                                    std::to_string(min_gauss_legendre_order) + "…" + std::to_string(max_gauss_legendre_order));

    const auto size = static_cast<std::size_t>(order);
    gauss_legendre_table table{std::vector<double>(size), std::vector<double>(size)};
    for (std::size_t i = 0; 2 * i < size; ++i) {
        const std::size_t mirror = size - 1 - i;
        const legendre_at zero = legendre_zero(order, static_cast<int>(i) + 1);
        const double_double slope = zero.scaled_derivative;
        table.nodes[mirror] = 0.5 * (zero.x + 1.0).hi;
        table.nodes[i] = 0.5 * (double_double{1.0} - zero.x).hi;
        table.weights[i] = table.weights[mirror] = (one_minus_square(zero.x) / (slope * slope)).hi;
    }
    return table;
}

} // namespace quadot::rules
