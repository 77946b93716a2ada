// min |A c - b| with c >= 0, exactly, for up to three columns.
#pragma once

#include <array>
#include <vector>

namespace quadot::drivers {

/// One equation: coefficients of the unknowns and the right side.
struct weighted_equation {
    std::array<double, 3> columns;
    double right;
};

/// The coefficients; unused ones (from `unknowns` on) are 0. The solution is the ordinary least squares over the columns where it is
/// positive (C. L. Lawson, R. J. Hanson: Solving Least Squares Problems, 1974, chapter 23), so with at most 2^3 sets of columns the
/// best of those whose ordinary solution is non-negative is it. Columns that depend on others are left out of a set.
std::array<double, 3> non_negative_least_squares(const std::vector<weighted_equation>& equations, int unknowns);

} // namespace quadot::drivers
