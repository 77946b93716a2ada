#include "drivers/statistics/bootstrap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Random123/philox.h>

namespace quadot::drivers {

namespace {

/// Linear interpolation between order statistics, `level` in [0, 1]; of an infinity and a number, the infinity.
double quantile(const std::vector<double>& sorted, double level) {
    const double place = level * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double part = place - std::floor(place);
    if (part == 0 || below + 1 == sorted.size() || sorted[below] == sorted[below + 1]) return sorted[below];
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

estimate middle_of(double value, std::vector<double> replicates, double tail) {
    std::sort(replicates.begin(), replicates.end());
    return {value, std::min(value, quantile(replicates, tail)), std::max(value, quantile(replicates, 1 - tail))};
}

} // namespace

std::size_t replicate_draws::below(std::size_t count) {
    const r123::Philox4x32 philox;
    const r123::Philox4x32::key_type key{{0x71756164, 0x6f740001}}; // any fixed number would do
    const std::uint32_t word = philox({{drawn_ / 4, replicate_, 0, 0}}, key)[drawn_ % 4];
    ++drawn_;
    return static_cast<std::size_t>((std::uint64_t{word} * count) >> 32);
}

estimate percentile_interval(double value, std::vector<double> replicates) { return middle_of(value, std::move(replicates), 0.025); }

estimate bootstrap(const std::vector<double>& samples, const std::function<double(const std::vector<double>&)>& statistic) {
    const double value = statistic(samples);
    const std::size_t n = samples.size();
    if (n < 2) return {value, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    std::vector<double> replicates;
    std::vector<double> again(n);
    for (std::uint32_t r = 0; r < bootstrap_replicates; ++r) {
        replicate_draws draws(r);
        for (double& sample : again) sample = samples[draws.below(n)];
        replicates.push_back(statistic(again));
    }
    const auto count = static_cast<double>(n);
    const double reach = std::sqrt(count / (count - 1)) * student_975(count - 1);
    return middle_of(value, std::move(replicates), 0.5 * std::erfc(reach / std::sqrt(2.0)));
}

double student_975(double degrees) {
    struct line {
        double degrees;
        double quantile;
    };
    constexpr std::array table{line{1, 12.706}, line{2, 4.303},  line{3, 3.182},  line{4, 2.776},  line{5, 2.571},  line{6, 2.447},
                               line{7, 2.365},  line{8, 2.306},  line{9, 2.262},  line{10, 2.228}, line{12, 2.179}, line{15, 2.131},
                               line{20, 2.086}, line{30, 2.042}, line{60, 2.000}, line{100, 1.984}};
    constexpr double normal = 1.960;
    if (!(degrees > 1)) return table.front().quantile;
    for (std::size_t k = 1; k < table.size(); ++k) {
        if (degrees > table[k].degrees) continue;
        const double part = (1 / degrees - 1 / table[k].degrees) / (1 / table[k - 1].degrees - 1 / table[k].degrees);
        return table[k].quantile + part * (table[k - 1].quantile - table[k].quantile);
    }
    return normal + (table.back().quantile - normal) * table.back().degrees / degrees;
}

double sample_median(std::vector<double> samples) {
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    if (samples.size() % 2 == 1) return *middle;
    return (*std::max_element(samples.begin(), middle) + *middle) / 2;
}

double sample_quantile(std::vector<double> samples, double level) {
    std::sort(samples.begin(), samples.end());
    return quantile(samples, level);
}

} // namespace quadot::drivers
