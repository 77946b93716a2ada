#include "drivers/statistics/rank_tests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace quadot::drivers {

namespace {

/// Ranks from 1, of ties their mean, times two: whole numbers.
std::vector<std::size_t> doubled_midranks(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<std::size_t> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
        for (std::size_t k = first; k <= last; ++k) ranks[order[k]] = first + last + 2;
        first = last + 1;
    }
    return ranks;
}

/// The probability of each sum of `chosen` of these scores, all choices alike. Sums of positive numbers only, so each is right to a few
/// ulp.
std::vector<double> sum_distribution(const std::vector<std::size_t>& scores, std::size_t chosen) {
    const std::size_t total = std::accumulate(scores.begin(), scores.end(), std::size_t{0});
    std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(total + 1, 0.0));
    ways[0][0] = 1;
    std::size_t reached = 0;
    for (std::size_t k = 0; k < scores.size(); ++k) {
        reached += scores[k];
        for (std::size_t count = std::min(k + 1, chosen); count >= 1; --count) {
            for (std::size_t sum = scores[k]; sum <= reached; ++sum) ways[count][sum] += ways[count - 1][sum - scores[k]];
        }
    }
    std::vector<double> result = std::move(ways[chosen]);
    const double all = std::accumulate(result.begin(), result.end(), 0.0);
    for (double& probability : result) probability /= all;
    return result;
}

double twice_the_smaller_tail(const std::vector<double>& distribution, std::size_t observed) {
    double below = 0;
    double above = 0;
    for (std::size_t sum = 0; sum < distribution.size(); ++sum) {
        if (sum <= observed) below += distribution[sum];
        if (sum >= observed) above += distribution[sum];
    }
    return std::min(1.0, 2 * std::min(below, above));
}

double upper_normal_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

/// The largest k for which P(U <= k - 1) <= 2.5 %, where U counts the pairs with new < old, of samples from one distribution.
std::size_t excluded_differences(std::size_t old_count, std::size_t new_count) {
    const std::size_t total = old_count + new_count;
    if (total <= most_counted_samples) {
        std::vector<std::size_t> ranks(total);
        std::iota(ranks.begin(), ranks.end(), std::size_t{1});
        const std::vector<double> distribution = sum_distribution(ranks, old_count);
        const std::size_t smallest = old_count * (old_count + 1) / 2;
        std::size_t k = 0;
        double tail = 0;
        while ((tail += distribution[smallest + k]) <= 0.025 * (1 + 1e-12)) ++k; // a tail of just 2.5 % belongs, whatever its rounding
        return k;
    }
    const auto m = static_cast<double>(old_count);
    const auto n = static_cast<double>(new_count);
    // Hollander & Wolfe (4.25), rounded to the safe side.
    return static_cast<std::size_t>(std::max(0.0, std::floor(m * n / 2 - 1.95996 * std::sqrt(m * n * (m + n + 1) / 12))));
}

/// The probability of each sum of those scores that a coin chose.
std::vector<double> signed_distribution(const std::vector<std::size_t>& scores) {
    std::vector<double> result(std::accumulate(scores.begin(), scores.end(), std::size_t{0}) + 1, 0.0);
    result[0] = 1;
    std::size_t reached = 0;
    for (const std::size_t score : scores) {
        reached += score;
        for (std::size_t sum = reached + 1; sum-- > 0;) {
            result[sum] = (result[sum] + (sum >= score ? result[sum - score] : 0)) / 2;
        }
    }
    return result;
}

/// The largest k for which P(W <= k - 1) <= 2.5 %, W the sum of the ranks of positive differences that are as likely negative.
std::size_t excluded_means(std::size_t pairs) {
    if (pairs <= most_counted_samples) {
        std::vector<std::size_t> ranks(pairs);
        std::iota(ranks.begin(), ranks.end(), std::size_t{1});
        const std::vector<double> distribution = signed_distribution(ranks);
        std::size_t k = 0;
        double tail = 0;
        while ((tail += distribution[k]) <= 0.025 * (1 + 1e-12)) ++k;
        return k;
    }
    const auto n = static_cast<double>(pairs);
    // Hollander & Wolfe (3.41), rounded to the safe side.
    return static_cast<std::size_t>(std::max(0.0, std::floor(n * (n + 1) / 4 - 1.95996 * std::sqrt(n * (n + 1) * (2 * n + 1) / 24))));
}

} // namespace

double mann_whitney(const std::vector<double>& old_samples, const std::vector<double>& new_samples) {
    if (old_samples.empty() || new_samples.empty()) return 1;
    std::vector<double> all = old_samples;
    all.insert(all.end(), new_samples.begin(), new_samples.end());
    const std::vector<std::size_t> ranks = doubled_midranks(all);
    const auto observed = std::accumulate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(old_samples.size()), std::size_t{0});
    if (all.size() <= most_counted_samples) {
        return twice_the_smaller_tail(sum_distribution(ranks, old_samples.size()), observed);
    }
    const auto m = static_cast<double>(old_samples.size());
    const auto n = static_cast<double>(new_samples.size());
    // The ranks' variance says what ties cost (Hollander & Wolfe 4.13).
    double squares = 0;
    const double mean = (m + n + 1) / 2;
    for (const std::size_t rank : ranks) squares += std::pow(static_cast<double>(rank) / 2 - mean, 2);
    const double deviation = std::sqrt(m * n / (m + n) * squares / (m + n - 1));
    const double distance = std::abs(static_cast<double>(observed) / 2 - m * mean) - 0.5;
    if (!(deviation > 0) || distance <= 0) return 1;
    return std::min(1.0, 2 * upper_normal_tail(distance / deviation));
}

double smallest_mann_whitney(std::size_t old_count, std::size_t new_count) {
    double choices = 1;
    for (std::size_t k = 1; k <= old_count; ++k) choices *= static_cast<double>(new_count + k) / static_cast<double>(k);
    return std::min(1.0, 2 / choices);
}

estimate hodges_lehmann(const std::vector<double>& old_samples, const std::vector<double>& new_samples) {
    std::vector<double> differences;
    differences.reserve(old_samples.size() * new_samples.size());
    for (const double before : old_samples) {
        for (const double after : new_samples) differences.push_back(after - before);
    }
    std::sort(differences.begin(), differences.end());
    const std::size_t count = differences.size();
    const double middle = count % 2 == 1 ? differences[count / 2] : (differences[count / 2 - 1] + differences[count / 2]) / 2;
    const std::size_t k = excluded_differences(old_samples.size(), new_samples.size());
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (k == 0) return {middle, -infinite, infinite};
    return {middle, differences[k - 1], differences[count - k]};
}

double signed_rank(const std::vector<double>& differences) {
    std::vector<double> sizes;
    std::vector<bool> positive;
    for (const double difference : differences) {
        if (difference == 0) continue;
        sizes.push_back(std::abs(difference));
        positive.push_back(difference > 0);
    }
    const std::vector<std::size_t> ranks = doubled_midranks(sizes);
    std::size_t observed = 0;
    for (std::size_t k = 0; k < ranks.size(); ++k) observed += positive[k] ? ranks[k] : 0;
    if (ranks.size() <= most_counted_samples) {
        return twice_the_smaller_tail(signed_distribution(ranks), observed);
    }
    // Each rank is in the sum or not, one as likely as the other: ties are in the squares (Hollander & Wolfe 3.13).
    double mean = 0;
    double variance = 0;
    for (const std::size_t rank : ranks) {
        mean += static_cast<double>(rank) / 4;
        variance += std::pow(static_cast<double>(rank) / 4, 2);
    }
    const double distance = std::abs(static_cast<double>(observed) / 2 - mean) - 0.5;
    return distance <= 0 ? 1 : std::min(1.0, 2 * upper_normal_tail(distance / std::sqrt(variance)));
}

double smallest_signed_rank(std::size_t pairs) {
    return std::min(1.0, std::ldexp(2, -static_cast<int>(std::min<std::size_t>(pairs, 1000))));
}

estimate hodges_lehmann(const std::vector<double>& differences) {
    std::vector<double> means;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        for (std::size_t j = i; j < differences.size(); ++j) means.push_back((differences[i] + differences[j]) / 2);
    }
    std::sort(means.begin(), means.end());
    const std::size_t count = means.size();
    const double middle = count % 2 == 1 ? means[count / 2] : (means[count / 2 - 1] + means[count / 2]) / 2;
    const std::size_t k = excluded_means(differences.size());
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (k == 0) return {middle, -infinite, infinite};
    return {middle, means[k - 1], means[count - k]};
}

std::vector<double> holm(const std::vector<double>& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> adjusted(p.size());
    double largest = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        largest = std::max(largest, std::min(1.0, static_cast<double>(p.size() - k) * p[order[k]]));
        adjusted[order[k]] = largest;
    }
    return adjusted;
}

std::vector<bool> testable(const std::vector<double>& smallest_p, double significant) {
    std::vector<bool> chosen(smallest_p.size(), false);
    for (std::size_t k = 1; k <= smallest_p.size(); ++k) {
        const double level = significant / static_cast<double>(k) * (1 + 1e-12);
        std::size_t count = 0;
        for (std::size_t i = 0; i < smallest_p.size(); ++i) {
            chosen[i] = smallest_p[i] <= level;
            count += chosen[i] ? 1 : 0;
        }
        if (count <= k) break;
    }
    return chosen;
}

std::vector<double> holm_of_testable(const std::vector<double>& p, const std::vector<double>& smallest_p, double significant) {
    const std::vector<bool> chosen = testable(smallest_p, significant);
    std::vector<double> taken;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (chosen[i]) taken.push_back(p[i]);
    }
    taken = holm(taken);
    std::vector<double> adjusted(p.size(), 1.0);
    std::size_t next = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (chosen[i]) adjusted[i] = taken[next++];
    }
    return adjusted;
}

} // namespace quadot::drivers
