#include "drivers/measure/interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quadot::drivers {

double median_interval::relative_half_width() const {
    if (!covers || !(median > 0)) return std::numeric_limits<double>::infinity();
    return (upper - lower) / 2 / median;
}

median_interval median_of(std::vector<double> samples) {
    if (samples.empty()) return {0, 0, 0, false};
    std::sort(samples.begin(), samples.end());
    const std::size_t n = samples.size();
    const double median = n % 2 == 1 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
    if (n < 6) return {median, samples.front(), samples.back(), false};
    const auto count = static_cast<double>(n);
    const double reach = 1.96 * std::sqrt(count);
    const auto low = static_cast<std::size_t>(std::max(1.0, std::floor((count - reach) / 2)));
    const auto high = static_cast<std::size_t>(std::min(count, 1 + std::ceil((count + reach) / 2)));
    return {median, samples[low - 1], samples[high - 1], true};
}

} // namespace quadot::drivers
