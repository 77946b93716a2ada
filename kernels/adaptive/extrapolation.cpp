#include "adaptive/extrapolation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace quadot::adaptive {

namespace {

/// Partial sums in one table: 6 geometric sequences. More only amplify rounding.
constexpr std::size_t longest_window = 13;

} // namespace

bool creeps(std::span<const double> terms) {
    // Distances of ratios from 1, two terms apart. Of a sum of geometric sequences they settle by a factor each time, of terms like 1/k^p they fall by
    // 2/k of themselves, to the end; Aitken's extrapolation of them goes half the way to 0 there.
    constexpr double certain = 0.4;  // no ratio below this one's complement creeps
    constexpr double settled = 4e-3; // half of what 1/k^p still does after 160 terms, for p = 1
    constexpr double much = 0.75;
    const std::size_t count = terms.size();
    if (count < 6) return false;
    const auto distance = [&](std::size_t k) { return 1 - std::fabs(terms[k] / terms[k - 1]); };
    const double last = distance(count - 1);
    if (!(last < certain)) return false;
    const double change = last - distance(count - 3);
    const double before = distance(count - 3) - distance(count - 5);
    // Longer sums creep more slowly at their end.
    const double least = settled * std::fmin(1.0, 160.0 / static_cast<double>(count));
    if (!(-change > least * last)) return false;
    const double factor = change / before;
    return !(factor > 0 && factor < 1) || last + change * factor / (1 - factor) < much * last;
}

limit extrapolate(std::span<const double> terms, std::span<const double> errors) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr double u = 0x1p-53;
    const std::size_t count = terms.size();
    // Sums from the end of the series, so that the small last terms keep their digits: 0, and back. The limit is relative to the last sum.
    const std::size_t window = std::min(longest_window, count);
    std::array<double, longest_window> sums{};
    std::array<double, longest_window> before{};
    sums[window - 1] = 0;
    for (std::size_t k = window - 1; k > 0; --k) sums[k - 1] = sums[k] - terms[count - window + k];

    // What the terms' errors become: a remainder last * r / (1 - r) changes by 1 / (1 - r)^2 of a change in its terms.
    const double last = std::fabs(terms[count - 1]);
    const double previous = std::fabs(terms[count - 2]);
    double rounding = 0;
    for (std::size_t k = count - window; k < count; ++k) rounding += errors[k] + u * std::fabs(terms[k]);
    const double ratio = previous > 0 ? last / previous : (last > 0 ? 1 : 0);
    if (last == 0 && previous == 0)
        return {0, *std::max_element(errors.begin() + static_cast<std::ptrdiff_t>(count - window), errors.end())};
    if (!(ratio < 1)) return {0, infinite};
    if (creeps(terms)) return {0, infinite};
    rounding = std::max(errors[count - 1] + u * last, rounding / static_cast<double>(window)) / ((1 - ratio) * (1 - ratio));

    limit best{0, infinite};
    // Columns replace those of two orders before, in place.
    double* column = sums.data();
    double* following = before.data();
    for (std::size_t order = 1; order < window; ++order) {
        const std::size_t entries = window - order;
        // Converged, or no sequence that this can sum: the even columns' entries say which.
        std::size_t level = entries;
        for (std::size_t k = entries; k > 0; --k) level = column[k] - column[k - 1] == 0 ? k - 1 : level;
        if (level < entries) {
            if (order % 2 == 1) return best.error < infinite ? best : limit{column[level + 1], rounding};
            return best;
        }
        for (std::size_t k = 0; k < entries; ++k) following[k] = following[k + 1] + 1 / (column[k + 1] - column[k]);
        std::swap(column, following);
        if (order % 2 == 0 && entries >= 2) {
            const double newest = column[entries - 1];
            double spread = std::fabs(newest - column[entries - 2]);
            if (entries >= 3) spread += std::fabs(newest - column[entries - 3]);
            const double error = 5 * spread + rounding;
            if (std::isfinite(error) && error < best.error) best = {newest, error};
        }
    }
    return best;
}

} // namespace quadot::adaptive
