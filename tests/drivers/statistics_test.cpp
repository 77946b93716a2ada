// Rank tests against enumeration and printed tables, bootstrap and fits against distributions with known parameters.
#include "drivers/statistics/bootstrap.hpp"
#include "drivers/statistics/non_negative_least_squares.hpp"
#include "drivers/statistics/rank_tests.hpp"
#include "drivers/statistics/scaling_fits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace quadot::drivers {
namespace {

/// Standard normal numbers from bits: std::normal_distribution differs between libraries.
class normal_numbers {
  public:
    explicit normal_numbers(unsigned seed) : bits_(seed) {}
    double operator()() {
        const double u = (static_cast<double>(bits_()) + 1) / 4294967297.0;
        const double v = static_cast<double>(bits_()) / 4294967296.0;
        return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
    }

  private:
    std::mt19937 bits_;
};

std::vector<double> numbers(normal_numbers& draw, std::size_t count, double shift = 0) {
    std::vector<double> made(count);
    for (double& value : made) value = shift + draw();
    return made;
}

bool holds(const estimate& interval, double truth) { return interval.lower <= truth && truth <= interval.upper; }

/// Pairs with new < old, half of those with new = old: U counted as Mann and Whitney define it, without ranks.
double pairs_below(const std::vector<double>& before, const std::vector<double>& after) {
    double u = 0;
    for (const double x : before) {
        for (const double y : after) u += y < x ? 1 : y == x ? 0.5 : 0;
    }
    return u;
}

/// The p of all ways to call |before| of the pooled values old.
double enumerated_p(const std::vector<double>& before, const std::vector<double>& after) {
    std::vector<double> pool = before;
    pool.insert(pool.end(), after.begin(), after.end());
    std::vector<int> is_old(pool.size(), 0);
    std::fill(is_old.begin(), is_old.begin() + static_cast<std::ptrdiff_t>(before.size()), 1);
    const double observed = pairs_below(before, after);
    double all = 0;
    double below = 0;
    double above = 0;
    std::sort(is_old.begin(), is_old.end());
    do {
        std::vector<double> x;
        std::vector<double> y;
        for (std::size_t k = 0; k < pool.size(); ++k) (is_old[k] == 1 ? x : y).push_back(pool[k]);
        const double u = pairs_below(x, y);
        ++all;
        below += u <= observed ? 1 : 0;
        above += u >= observed ? 1 : 0;
    } while (std::next_permutation(is_old.begin(), is_old.end()));
    return std::min(1.0, 2 * std::min(below, above) / all);
}

TEST(mann_whitney, equals_the_enumeration_of_all_permutations) {
    normal_numbers draw(1);
    for (std::size_t m = 1; m <= 7; ++m) {
        for (std::size_t n = 1; n <= 7; ++n) {
            for (const double step : {0.0, 1.0}) { // 1: values rounded to whole numbers, so that most are ties
                auto x = numbers(draw, m);
                auto y = numbers(draw, n, 0.7);
                if (step > 0) {
                    for (double& value : x) value = std::round(value);
                    for (double& value : y) value = std::round(value);
                }
                EXPECT_NEAR(mann_whitney(x, y), enumerated_p(x, y), 1e-12) << m << " " << n << " ties " << step;
            }
        }
    }
}

TEST(mann_whitney, has_the_tails_that_mann_and_whitney_printed) {
    // Annals of Mathematical Statistics 18 (1947), table I: P(U <= u) of 3 and 3.
    const std::vector<double> printed{0.05, 0.1, 0.2, 0.35, 0.5};
    const std::vector<std::vector<double>> old_ranks{{4, 5, 6}, {3, 5, 6}, {2, 5, 6}, {1, 5, 6}, {1, 4, 6}};
    for (std::size_t u = 0; u < printed.size(); ++u) {
        std::vector<double> rest;
        for (double rank = 1; rank <= 6; ++rank) {
            if (std::find(old_ranks[u].begin(), old_ranks[u].end(), rank) == old_ranks[u].end()) rest.push_back(rank);
        }
        EXPECT_EQ(pairs_below(old_ranks[u], rest), 9 - static_cast<double>(u));
        EXPECT_NEAR(mann_whitney(old_ranks[u], rest), 2 * printed[u], 1e-12);
    }
}

// Hollander & Wolfe 1999, table 4.1: permeability constants of the human chorioamnion at term and at 12 to 26 weeks.
const std::vector<double> at_term{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const std::vector<double> earlier{1.15, 0.88, 0.90, 0.74, 1.21};

TEST(mann_whitney, agrees_with_a_textbook) {
    EXPECT_NEAR(mann_whitney(at_term, earlier), 2 * 0.1272, 1e-4);      // example 4.1: one-sided 0.1272
    EXPECT_NEAR(hodges_lehmann(at_term, earlier).value, -0.305, 1e-12); // example 4.3
    EXPECT_NEAR(hodges_lehmann(at_term, earlier).lower, -0.76, 1e-12);  // example 4.4
    EXPECT_NEAR(hodges_lehmann(at_term, earlier).upper, 0.15, 1e-12);
}

TEST(mann_whitney, is_normal_for_many_samples) {
    normal_numbers draw(2);
    // 30 and 30 are still counted out, and the approximation, by hand, must be near.
    const auto x = numbers(draw, 30);
    const auto y = numbers(draw, 30, 0.5);
    const double exact = mann_whitney(x, y);
    EXPECT_GT(exact, 1e-3);
    EXPECT_LT(exact, 0.5);
    const double u = pairs_below(x, y);
    const double z = (std::abs(u - 450) - 0.5) / std::sqrt(900.0 * 61 / 12);
    EXPECT_NEAR(exact, std::erfc(z / std::sqrt(2.0)), 2e-3);
    // 100 and 100 are not.
    const auto many_x = numbers(draw, 100);
    const auto many_y = numbers(draw, 100, 0.2);
    const double many_u = pairs_below(many_x, many_y);
    const double many_z = (std::abs(many_u - 5000) - 0.5) / std::sqrt(10000.0 * 201 / 12);
    EXPECT_NEAR(mann_whitney(many_x, many_y), std::erfc(many_z / std::sqrt(2.0)), 1e-9);
    EXPECT_EQ(mann_whitney(std::vector<double>(40, 1.0), std::vector<double>(40, 1.0)), 1);
}

TEST(mann_whitney, is_right_about_the_null_hypothesis) {
    normal_numbers draw(3);
    int rejected = 0;
    for (int trial = 0; trial < 2000; ++trial) rejected += mann_whitney(numbers(draw, 8), numbers(draw, 8)) <= 0.05 ? 1 : 0;
    // The exact size for 8 and 8 is 4.99 % (U <= 13); four standard errors are 2 %.
    EXPECT_NEAR(rejected / 2000.0, 0.05, 0.02);
}

TEST(mann_whitney, knows_what_few_samples_cannot_show) {
    EXPECT_EQ(smallest_mann_whitney(1, 1), 1);
    EXPECT_NEAR(smallest_mann_whitney(3, 3), 0.1, 1e-15); // 2/20
    EXPECT_NEAR(smallest_mann_whitney(8, 8), 2 / 12870.0, 1e-18);
    EXPECT_NEAR(mann_whitney({1, 2, 3, 4}, {5, 6, 7, 8, 9}), smallest_mann_whitney(4, 5), 1e-15);
    EXPECT_EQ(mann_whitney({}, {1}), 1);
}

TEST(hodges_lehmann, cuts_where_the_tables_of_critical_values_do) {
    struct line {
        std::size_t m, n, critical; ///< two-sided 5 %: reject if U <= critical
    };
    // S. Siegel, N. J. Castellan: Nonparametric Statistics for the Behavioral Sciences, 1988, table J; R. C. Milton, JASA 59 (1964) 925-934.
    for (const line& each : {line{5, 5, 2}, line{6, 6, 5}, line{7, 7, 8}, line{8, 8, 13}, line{9, 9, 17}, line{10, 10, 23}, line{5, 10, 8},
                             line{8, 12, 22}, line{12, 12, 37}, line{15, 15, 64}, line{20, 20, 127}}) {
        normal_numbers draw(static_cast<unsigned>(each.m));
        const auto x = numbers(draw, each.m);
        const auto y = numbers(draw, each.n);
        std::vector<double> differences;
        for (const double before : x) {
            for (const double after : y) differences.push_back(after - before);
        }
        std::sort(differences.begin(), differences.end());
        const estimate shift = hodges_lehmann(x, y);
        EXPECT_EQ(shift.lower, differences[each.critical]) << each.m << " " << each.n;
        EXPECT_EQ(shift.upper, differences[differences.size() - 1 - each.critical]) << each.m << " " << each.n;
    }
    EXPECT_TRUE(std::isinf(hodges_lehmann({1, 2, 3}, {1, 2, 3}).lower)); // the smallest p of 3 and 3 is 0.1
    EXPECT_EQ(hodges_lehmann({1}, {3}).value, 2);
}

TEST(hodges_lehmann, excludes_no_shift_exactly_when_the_test_rejects) {
    normal_numbers draw(5);
    int excluded = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const std::size_t m = 4 + static_cast<std::size_t>(trial) % 9;
        const auto x = numbers(draw, m);
        const auto y = numbers(draw, 10, 0.8);
        const estimate shift = hodges_lehmann(x, y);
        const bool excludes = shift.lower > 0 || shift.upper < 0;
        EXPECT_EQ(excludes, mann_whitney(x, y) <= 0.05);
        EXPECT_TRUE(holds(shift, shift.value));
        excluded += excludes ? 1 : 0;
    }
    EXPECT_GT(excluded, 30);
    EXPECT_LT(excluded, 270);
}

TEST(hodges_lehmann, covers_the_shift_of_many_samples) {
    normal_numbers draw(6);
    int covered = 0;
    for (int trial = 0; trial < 400; ++trial) covered += holds(hodges_lehmann(numbers(draw, 40), numbers(draw, 45, 3)), 3) ? 1 : 0;
    EXPECT_NEAR(covered / 400.0, 0.95, 0.035); // three standard errors
}

TEST(signed_rank, equals_the_enumeration_of_all_signs) {
    normal_numbers draw(31);
    for (std::size_t n = 0; n <= 10; ++n) {
        for (int trial = 0; trial < 20; ++trial) {
            std::vector<double> differences(n);
            // Every second trial with ties and zeros.
            for (double& each : differences) each = trial % 2 == 0 ? draw() + 0.5 : std::round(2 * draw());
            std::vector<double> sizes;
            for (const double each : differences) {
                if (each != 0) sizes.push_back(std::abs(each));
            }
            const auto rank = [&](double size) {
                double below = 0.5;
                for (const double other : sizes) below += other < size ? 1 : other == size ? 0.5 : 0;
                return below;
            };
            double observed = 0;
            for (const double each : differences) observed += each > 0 ? rank(each) : 0;
            std::size_t low = 0;
            std::size_t high = 0;
            for (std::size_t signs = 0; signs < std::size_t{1} << sizes.size(); ++signs) {
                double sum = 0;
                for (std::size_t k = 0; k < sizes.size(); ++k) sum += (signs >> k & 1) != 0 ? rank(sizes[k]) : 0;
                low += sum <= observed ? 1 : 0;
                high += sum >= observed ? 1 : 0;
            }
            const double p = std::min(1.0, 2 * static_cast<double>(std::min(low, high)) / std::ldexp(1, static_cast<int>(sizes.size())));
            EXPECT_NEAR(signed_rank(differences), p, 1e-12) << n << " " << trial;
        }
        EXPECT_EQ(smallest_signed_rank(n), std::min(1.0, std::ldexp(2, -static_cast<int>(n))));
    }
}

TEST(signed_rank, agrees_with_a_textbook) {
    // Hollander & Wolfe, 2nd edition, examples 3.1 to 3.4: Hamilton's depression scale before and after a tranquilizer. T+ = 5 of nine
    // pairs, P = 0.0195 on one side; the estimate is -0.46 and the 96.1 % interval (-0.786, -0.010).
    const std::vector<double> before{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const std::vector<double> after{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    std::vector<double> differences;
    for (std::size_t k = 0; k < before.size(); ++k) differences.push_back(after[k] - before[k]);
    EXPECT_NEAR(signed_rank(differences), 2 * 0.01953125, 1e-12);
    const estimate shift = hodges_lehmann(differences);
    EXPECT_NEAR(shift.value, -0.46, 1e-12);
    EXPECT_NEAR(shift.lower, -0.786, 1e-12);
    EXPECT_NEAR(shift.upper, -0.010, 1e-12);
}

TEST(signed_rank, excludes_no_shift_exactly_when_the_test_rejects) {
    normal_numbers draw(32);
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<double> differences(static_cast<std::size_t>(6 + trial % 20));
        for (double& each : differences) each = draw() + 0.4;
        const estimate shift = hodges_lehmann(differences);
        EXPECT_EQ(shift.lower > 0 || shift.upper < 0, signed_rank(differences) <= 0.05) << trial;
    }
    EXPECT_TRUE(std::isinf(hodges_lehmann({0.1, 0.2, 0.3, 0.4, 0.5}).upper)); // 2/32 is more than 5 %
}

TEST(signed_rank, is_normal_for_many_pairs) {
    normal_numbers draw(33);
    std::vector<double> differences(most_counted_samples);
    for (double& each : differences) each = draw() + 0.25;
    const double counted = signed_rank(differences);
    const estimate interval = hodges_lehmann(differences);
    differences.push_back(1e-9); // the smallest rank: next to nothing changes but the method
    EXPECT_NEAR(signed_rank(differences), counted, 0.05 * counted + 1e-3);
    EXPECT_NEAR(hodges_lehmann(differences).lower, interval.lower, 0.05);
    EXPECT_NEAR(hodges_lehmann(differences).upper, interval.upper, 0.05);
}

TEST(holm, corrects_as_its_paper_says) {
    // By hand: 3 · 0.01, then 2 · 0.03, then 1 · 0.04 < 0.06, so 0.06.
    const auto adjusted = holm({0.04, 0.01, 0.03});
    EXPECT_NEAR(adjusted[0], 0.06, 1e-15);
    EXPECT_NEAR(adjusted[1], 0.03, 1e-15);
    EXPECT_NEAR(adjusted[2], 0.06, 1e-15);
    EXPECT_EQ(holm({0.9, 0.8}), (std::vector<double>{1, 1}));
    EXPECT_TRUE(holm({}).empty());
}

TEST(holm, does_not_pay_for_tests_that_cannot_reject) {
    // Tarone: three rows of 8 and 8 samples, two of 3 and 3, whose smallest p is 0.1.
    const double eight = smallest_mann_whitney(8, 8);
    EXPECT_EQ(testable({eight, 0.1, eight, 0.1, eight}), (std::vector<bool>{true, false, true, false, true}));
    const auto adjusted = holm_of_testable({0.01, 0.1, 0.02, 0.1, 0.5}, {eight, 0.1, eight, 0.1, eight});
    EXPECT_NEAR(adjusted[0], 0.03, 1e-15);
    EXPECT_NEAR(adjusted[2], 0.04, 1e-15);
    EXPECT_NEAR(adjusted[4], 0.5, 1e-15);
    EXPECT_EQ(adjusted[1], 1);
    // 0.02 is below 5 % of one test and of two, but not of three.
    EXPECT_EQ(testable({0.02, 0.02}), (std::vector<bool>{true, true}));
    EXPECT_EQ(testable({0.02, 0.02, 0.02}), (std::vector<bool>{false, false, false}));
    EXPECT_TRUE(testable({}).empty());
}

TEST(student, has_the_quantiles_of_the_tables) {
    EXPECT_NEAR(student_975(1), std::tan(0.475 * std::numbers::pi), 1e-3);
    EXPECT_NEAR(student_975(2), 0.95 / std::sqrt(2 * 0.975 * 0.025), 1e-3); // closed forms for 1 and 2
    // NIST table 1.3.6.7.2, at lines that lie between the ones stored.
    for (const auto& [degrees, quantile] :
         {std::pair{11.0, 2.201}, std::pair{25.0, 2.060}, std::pair{40.0, 2.021}, std::pair{80.0, 1.990}}) {
        EXPECT_NEAR(student_975(degrees), quantile, 2e-3) << degrees;
    }
    EXPECT_NEAR(student_975(std::numeric_limits<double>::infinity()), 1.95996, 1e-4);
}

TEST(bootstrap, covers_the_truth) {
    const auto mean = [](const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); };
    for (const std::size_t count : {std::size_t{6}, std::size_t{9}, std::size_t{30}}) {
        normal_numbers draw(7);
        int means = 0;
        int medians = 0;
        double width = 0;
        for (int trial = 0; trial < 100; ++trial) {
            const auto samples = numbers(draw, count, 10);
            const estimate of_mean = bootstrap(samples, mean);
            means += holds(of_mean, 10) ? 1 : 0;
            width += (of_mean.upper - of_mean.lower) / 100;
            medians += holds(bootstrap(samples, [](const std::vector<double>& v) { return sample_median(v); }), 10) ? 1 : 0;
        }
        EXPECT_GE(means, 90) << count;
        EXPECT_GE(medians, 90) << count;
        // Student's interval of a mean of normal numbers is what an honest one looks like; wider than by a quarter would be hiding.
        const auto n = static_cast<double>(count);
        EXPECT_LT(width, 1.25 * 2 * student_975(n - 1) / std::sqrt(n)) << count;
    }
}

TEST(bootstrap, repeats_itself_and_knows_its_limits) {
    const auto median = [](const std::vector<double>& v) { return sample_median(v); };
    const std::vector<double> samples{5, 3, 8, 1, 9, 2, 7};
    const estimate first = bootstrap(samples, median);
    const estimate second = bootstrap(samples, median);
    EXPECT_EQ(first.value, 5);
    EXPECT_EQ(first.lower, second.lower);
    EXPECT_EQ(first.upper, second.upper);
    EXPECT_TRUE(std::isinf(bootstrap({1}, median).upper));
    EXPECT_EQ(sample_median({4, 1, 3, 2}), 2.5);
    std::vector<double> replicates(1001);
    std::iota(replicates.begin(), replicates.end(), 0.0);
    EXPECT_NEAR(percentile_interval(500, replicates).lower, 25, 1e-9);
    EXPECT_NEAR(percentile_interval(500, replicates).upper, 975, 1e-9);
    EXPECT_EQ(percentile_interval(2000, replicates).upper, 2000);
    EXPECT_NEAR(sample_quantile({4, 1, 3, 2}, 0.25), 1.75, 1e-15); // 1 + 0.25 · 3 = 1.75th of the sorted
    EXPECT_EQ(sample_quantile({7}, 0.9), 7);
}

TEST(replicate_draws, are_even) {
    std::vector<int> seen(7, 0);
    for (std::uint32_t replicate = 0; replicate < 700; ++replicate) {
        replicate_draws draws(replicate);
        for (int k = 0; k < 10; ++k) ++seen[draws.below(7)];
    }
    // 1000 each; chi-squared of 6 degrees of freedom is below 22.5 in 99.9 %.
    double squares = 0;
    for (const int count : seen) squares += (count - 1000.0) * (count - 1000.0) / 1000.0;
    EXPECT_LT(squares, 22.5);
    EXPECT_GT(squares, 0.1); // nor too even to be random
}

TEST(non_negative_least_squares, satisfies_the_conditions_of_karush_kuhn_and_tucker) {
    normal_numbers draw(8);
    int on_the_boundary = 0;
    for (int trial = 0; trial < 500; ++trial) {
        std::vector<weighted_equation> equations(6);
        for (auto& each : equations) each = {{draw(), 1e3 * draw(), 1e6 * draw()}, draw()};
        const auto c = non_negative_least_squares(equations, 3);
        for (std::size_t j = 0; j < 3; ++j) {
            double gradient = 0; // of half the squared residual, by the column's length
            double length = 0;
            for (const auto& each : equations) {
                const double residual = each.columns[0] * c[0] + each.columns[1] * c[1] + each.columns[2] * c[2] - each.right;
                gradient += residual * each.columns[j];
                length += each.columns[j] * each.columns[j];
            }
            gradient /= std::sqrt(length);
            EXPECT_GE(c[j], 0);
            EXPECT_GE(gradient, -1e-9);
            EXPECT_LE(c[j] > 0 ? gradient : 0, 1e-9);
            on_the_boundary += c[j] == 0 ? 1 : 0;
        }
    }
    EXPECT_GT(on_the_boundary, 300);
    // The second column is twice the first: either alone does.
    const auto c = non_negative_least_squares({{{1, 2, 0}, 4}, {{1, 2, 0}, 4}}, 2);
    EXPECT_NEAR(c[0] + 2 * c[1], 4, 1e-12);
}

struct universal_truth {
    double contention;
    double coherency;
    [[nodiscard]] double seconds(int p) const { return (1 + contention * (p - 1) + coherency * p * (p - 1.0)) / p; }
};

std::vector<scaling_point> measure(const std::function<double(int)>& seconds, const std::vector<int>& workers, std::size_t samples,
                                   double noise, normal_numbers& draw) {
    std::vector<scaling_point> points;
    for (const int p : workers) {
        points.push_back({p, {}});
        for (std::size_t k = 0; k < samples; ++k) points.back().seconds.push_back(seconds(p) * (1 + noise * draw()));
    }
    return points;
}

const std::vector<int> six{1, 2, 4, 8, 16, 32};

TEST(universal_law, has_the_truth_in_its_intervals) {
    for (const std::size_t samples : {std::size_t{9}, std::size_t{3}, std::size_t{1}}) {
        normal_numbers draw(9);
        const universal_truth truth{0.05, 0.001};
        int contention = 0;
        int coherency = 0;
        int workers = 0;
        double width = 0;
        for (int trial = 0; trial < 100; ++trial) {
            const auto fitted = fit_universal(measure([&](int p) { return truth.seconds(p); }, six, samples, 0.02, draw));
            ASSERT_TRUE(fitted.fit);
            contention += holds(fitted.fit->contention, 0.05) ? 1 : 0;
            coherency += holds(fitted.fit->coherency, 0.001) ? 1 : 0;
            width += (fitted.fit->contention.upper - fitted.fit->contention.lower) / 100;
            const auto below = fitted.fit->curve.first_below();
            // 1 + 0.05 (p - 1) + 0.001 p (p - 1) first exceeds 1.25 at p = 6: 1.28; at 5 it is 1.22.
            workers += below->lower <= 6 && 6 <= below->upper ? 1 : 0;
            EXPECT_FALSE(below->extrapolated);
        }
        EXPECT_GE(contention, 90) << samples;
        EXPECT_GE(coherency, 90) << samples;
        EXPECT_GE(workers, 90) << samples;
        EXPECT_LT(width, samples == 9 ? 0.02 : 0.04) << samples; // an interval that says anything
    }
}

TEST(universal_law, has_the_truth_in_its_intervals_where_runs_differ_as_wholes) {
    normal_numbers draw(10);
    const universal_truth truth{0.05, 0.001};
    int contention = 0;
    for (int trial = 0; trial < 100; ++trial) {
        std::vector<scaling_point> points;
        for (const int p : six) {
            const double offset = 1 + 0.02 * draw();
            points.push_back({p, {}});
            for (int k = 0; k < 9; ++k) points.back().seconds.push_back(truth.seconds(p) * offset * (1 + 0.005 * draw()));
        }
        contention += holds(fit_universal(points).fit->contention, 0.05) ? 1 : 0;
    }
    EXPECT_GE(contention, 90); // samples alone would give intervals a quarter as wide
}

TEST(universal_law, finds_exact_parameters_and_where_they_lead) {
    // σ and κ that Gunther 2007 and S. Moeding's R package usl give for the SPEC SDM91 measurements; the latter prints their peak at 96.5
    // users, which is sqrt((1 - σ)/κ).
    const universal_truth truth{0.02772985, 0.00010437};
    normal_numbers draw(16);
    const auto fitted = fit_universal(measure([&](int p) { return truth.seconds(p); }, {1, 18, 36, 72, 108, 144, 216}, 2, 0, draw));
    EXPECT_NEAR(fitted.fit->contention.value, 0.02772985, 1e-12);
    EXPECT_NEAR(fitted.fit->coherency.value, 0.00010437, 1e-14);
    EXPECT_NEAR(fitted.fit->coherency.upper, 0.00010437, 1e-12);
    const auto& curve = fitted.fit->curve;
    EXPECT_LT(curve.seconds(96.5).value, curve.seconds(95).value);
    EXPECT_LT(curve.seconds(96.5).value, curve.seconds(98).value);
    EXPECT_NEAR(curve.seconds(50).value, truth.seconds(50), 1e-12);
    // 0.02772985 (p - 1) + 0.00010437 p (p - 1) > 0.25: at 9 it is 0.2294, at 10 it is 0.2590.
    EXPECT_EQ(curve.first_below()->value, 10);
}

TEST(universal_law, refuses_what_it_cannot_know) {
    const universal_truth truth{0.05, 0.001};
    normal_numbers draw(11);
    const auto seconds = [&](int p) { return truth.seconds(p); };
    EXPECT_EQ(fit_universal(measure(seconds, {1, 2, 4, 8}, 9, 0, draw)).why, fit_refusal::too_few_points);
    EXPECT_EQ(fit_universal(measure(seconds, {1, 2, 4, 8, 8, 8}, 9, 0, draw)).why, fit_refusal::too_few_points);
    auto points = measure(seconds, six, 2, 0, draw);
    points[2].seconds[1] = 0;
    EXPECT_EQ(fit_universal(points).why, fit_refusal::unusable_time);
    points[2].seconds[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(fit_universal(points).why, fit_refusal::unusable_time);
    points[2].seconds.clear();
    EXPECT_EQ(fit_universal(points).why, fit_refusal::unusable_time);
    EXPECT_EQ(fit_universal({}).why, fit_refusal::too_few_points);
    EXPECT_EQ(describe(fit_refusal::too_few_points, scaling_law::universal), "fewer than 5 different numbers of workers");
    // p T = p (p - 1) - 1/2: one worker would need less than no time.
    EXPECT_EQ(fit_universal(measure([](int p) { return p - 1 - 0.5 / p; }, {2, 3, 4, 5, 6}, 1, 0, draw)).why, fit_refusal::another_law);
}

TEST(amdahl, has_the_truth_in_its_intervals) {
    for (const std::size_t samples : {std::size_t{9}, std::size_t{3}, std::size_t{1}}) {
        normal_numbers draw(12);
        int serial = 0;
        int one = 0;
        int ahead = 0;
        for (int trial = 0; trial < 100; ++trial) {
            const auto fitted = fit_amdahl(measure([](int p) { return 2 * (0.05 + 0.95 / p); }, six, samples, 0.02, draw));
            serial += holds(fitted.fit->serial_fraction, 0.05) ? 1 : 0;
            one += holds(fitted.fit->one_worker, 2) ? 1 : 0;
            ahead += holds(fitted.fit->curve.seconds(128), 2 * (0.05 + 0.95 / 128)) ? 1 : 0;
        }
        EXPECT_GE(serial, 90) << samples;
        EXPECT_GE(one, 90) << samples;
        EXPECT_GE(ahead, 90) << samples;
    }
}

TEST(amdahl, finds_exact_parameters_and_where_they_lead) {
    normal_numbers draw(13);
    const auto fitted = fit_amdahl(measure([](int p) { return 3 * (0.04 + 0.96 / p); }, {4, 1, 2}, 3, 0, draw));
    EXPECT_NEAR(fitted.fit->serial_fraction.value, 0.04, 1e-12);
    EXPECT_NEAR(fitted.fit->serial_fraction.upper, 0.04, 1e-9);
    EXPECT_NEAR(fitted.fit->one_worker.value, 3, 1e-12);
    EXPECT_NEAR(fitted.fit->curve.seconds(100).value, 3 * (0.04 + 0.0096), 1e-12);
    EXPECT_NEAR(fitted.fit->curve.efficiency(100).value, 1 / (0.04 * 100 + 0.96), 1e-12);
    // 1/(0.04 p + 0.96) < 0.8 from p > 7.25 on.
    const auto below = *fitted.fit->curve.first_below();
    EXPECT_EQ(below.value, 8);
    EXPECT_EQ(below.lower, 8);
    EXPECT_EQ(below.upper, 8);
    EXPECT_TRUE(below.extrapolated);
    EXPECT_EQ(fitted.fit->curve.first_below(0.99)->value, 2);
    EXPECT_FALSE(fitted.fit->curve.first_below(0.99)->extrapolated);
    const auto perfect = fit_amdahl(measure([](int p) { return 1.0 / p; }, six, 3, 0, draw));
    EXPECT_NEAR(perfect.fit->serial_fraction.value, 0, 1e-15);
    // Better than linear: no serial part, rather than a negative one.
    const auto better = fit_amdahl(measure([](int p) { return 1.0 / p / p; }, six, 3, 0, draw));
    EXPECT_EQ(better.fit->serial_fraction.value, 0);
    EXPECT_TRUE(std::isinf(better.fit->curve.first_below()->value));
    EXPECT_TRUE(better.fit->curve.first_below()->extrapolated);
}

TEST(amdahl, says_nothing_where_nothing_shows_the_noise) {
    const auto fitted = fit_amdahl({{1, {1.0}}, {2, {0.6}}});
    EXPECT_NEAR(fitted.fit->serial_fraction.value, 0.2, 1e-12);
    EXPECT_EQ(fitted.fit->serial_fraction.lower, 0);
    EXPECT_EQ(fitted.fit->serial_fraction.upper, 1);
    EXPECT_TRUE(std::isinf(fitted.fit->curve.seconds(4).upper));
    EXPECT_EQ(fit_amdahl({{2, {1.0}}, {2, {0.6}}}).why, fit_refusal::too_few_points);
}

TEST(gustafson, has_the_truth_in_its_intervals) {
    normal_numbers draw(14);
    int serial = 0;
    for (int trial = 0; trial < 100; ++trial) {
        const auto fitted = fit_gustafson(measure([](int p) { return p / (p - 0.1 * (p - 1)); }, six, 9, 0.02, draw));
        serial += holds(fitted.fit->serial_fraction, 0.1) ? 1 : 0;
    }
    EXPECT_GE(serial, 90);
    // Gustafson 1988: 0.4 % serial on 1024 processors is a scaled speed-up of 1020.
    const auto fitted = fit_gustafson(measure([](int p) { return p / (p - 0.004 * (p - 1)); }, {1, 64, 1024}, 3, 0, draw));
    EXPECT_NEAR(fitted.fit->serial_fraction.value, 0.004, 1e-9);
    EXPECT_NEAR(1024 * fitted.fit->curve.efficiency(1024).value, 1020, 0.5);
    EXPECT_TRUE(std::isinf(fitted.fit->curve.first_below()->value)); // efficiency stays above 1 - s'
    const auto poor = fit_gustafson(measure([](int p) { return p / (p - 0.3 * (p - 1)); }, six, 3, 0, draw));
    EXPECT_EQ(poor.fit->curve.first_below()->value, 4); // 1 - 0.3 (1 - 1/p) < 0.8 from p > 3 on
}

TEST(allreduce, counts_rounds) {
    normal_numbers draw(15);
    int round = 0;
    for (int trial = 0; trial < 100; ++trial) {
        const auto truth = [](int p) { return 2e-6 * std::ceil(std::log2(p)) + 5e-6; };
        const auto fitted = fit_allreduce(measure(truth, {1, 2, 3, 5, 8, 16, 33}, 9, 0.02, draw));
        round += holds(fitted.fit->round, 2e-6) && holds(fitted.fit->constant, 5e-6) ? 1 : 0;
        EXPECT_FALSE(fitted.fit->curve.first_below());
    }
    EXPECT_GE(round, 90);
    EXPECT_EQ(fit_allreduce({{1, {1.0}}, {3, {1.0}}, {4, {1.1}}}).why, fit_refusal::too_few_points); // two rounds both times
}

TEST(karp_flatt, finds_the_serial_fraction_of_amdahls_law) {
    for (const int p : {2, 3, 64}) EXPECT_NEAR(karp_flatt(speed_up(1, 0.07 + 0.93 / p), p), 0.07, 1e-14);
    EXPECT_NEAR(karp_flatt(3.2, 4), 0.0625 / 0.75, 1e-15);
    EXPECT_LT(karp_flatt(5, 4), 0);
    EXPECT_EQ(strong_efficiency(8, 2, 5), 0.8);
    EXPECT_EQ(weak_efficiency(3, 4), 0.75);
}

} // namespace
} // namespace quadot::drivers
