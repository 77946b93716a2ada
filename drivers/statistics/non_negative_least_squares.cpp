#include "drivers/statistics/non_negative_least_squares.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace quadot::drivers {

namespace {

/// Below this share of its length left, a column is a combination of the earlier ones but for rounding.
constexpr double dependent = 1e-10;

/// Ordinary least squares over the columns of `set`, by modified Gram-Schmidt (squaring A would cost half the digits: the columns of
/// 1 024 workers differ by six powers of ten). Empty when they depend on each other.
std::optional<std::array<double, 3>> ordinary(const std::vector<weighted_equation>& equations, unsigned set, int unknowns) {
    const std::size_t rows = equations.size();
    std::array<std::vector<double>, 3> q;
    std::array<std::array<double, 3>, 3> r{};
    std::array<double, 3> projected{};
    std::vector<double> rest(rows);
    for (std::size_t i = 0; i < rows; ++i) rest[i] = equations[i].right;
    const auto product = [rows](const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < rows; ++i) sum += a[i] * b[i];
        return sum;
    };
    const auto in_set = [set](std::size_t column) { return (set >> column & 1U) != 0; };
    const auto columns = static_cast<std::size_t>(unknowns);
    for (std::size_t j = 0; j < columns; ++j) {
        if (!in_set(j)) continue;
        q[j].resize(rows);
        for (std::size_t i = 0; i < rows; ++i) q[j][i] = equations[i].columns[j];
        const double length = std::sqrt(product(q[j], q[j]));
        for (std::size_t k = 0; k < j; ++k) {
            if (!in_set(k)) continue;
            r[k][j] = product(q[k], q[j]);
            for (std::size_t i = 0; i < rows; ++i) q[j][i] -= r[k][j] * q[k][i];
        }
        r[j][j] = std::sqrt(product(q[j], q[j]));
        if (!(r[j][j] > dependent * length)) return std::nullopt;
        for (double& value : q[j]) value /= r[j][j];
        projected[j] = product(q[j], rest);
        for (std::size_t i = 0; i < rows; ++i) rest[i] -= projected[j] * q[j][i];
    }
    std::array<double, 3> solution{};
    for (std::size_t j = columns; j-- > 0;) {
        if (!in_set(j)) continue;
        double value = projected[j];
        for (std::size_t k = j + 1; k < columns; ++k) value -= r[j][k] * solution[k];
        solution[j] = value / r[j][j];
    }
    return solution;
}

double squared_residual(const std::vector<weighted_equation>& equations, const std::array<double, 3>& solution) {
    double sum = 0;
    for (const auto& equation : equations) {
        double rest = equation.right;
        for (std::size_t j = 0; j < solution.size(); ++j) rest -= equation.columns[j] * solution[j];
        sum += rest * rest;
    }
    return sum;
}

} // namespace

std::array<double, 3> non_negative_least_squares(const std::vector<weighted_equation>& equations, int unknowns) {
    std::array<double, 3> best{};
    double least = squared_residual(equations, best);
    for (unsigned set = 1; set < 1U << unknowns; ++set) {
        const auto solution = ordinary(equations, set, unknowns);
        if (!solution) continue;
        bool allowed = true;
        for (const double value : *solution) allowed = allowed && value >= 0;
        if (!allowed) continue;
        const double residual = squared_residual(equations, *solution);
        if (residual < least) {
            least = residual;
            best = *solution;
        }
    }
    return best;
}

} // namespace quadot::drivers
