// Intervals, bindings, generated data and verdicts: what makes a figure worth believing.
#include "drivers/data/generated_vectors.hpp"
#include "drivers/machine/binding.hpp"
#include "drivers/measure/timing.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/reference/rule_reference.hpp"
#include "drivers/reference/text_reference.hpp"
#include "drivers/report/report.hpp"
#include "errors.hpp"
#include "quadot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace quadot::drivers {
namespace {

TEST(median_interval, takes_order_statistics) {
    std::vector<double> samples(101);
    std::iota(samples.begin(), samples.end(), 1.0);
    std::reverse(samples.begin(), samples.end());
    const auto interval = median_of(samples);
    EXPECT_EQ(interval.median, 51);
    // n = 101: floor((101 - 1.96 sqrt 101) / 2) = 40, 1 + ceil((101 + 1.96 sqrt 101) / 2) = 62 (worked by hand).
    EXPECT_EQ(interval.lower, 40);
    EXPECT_EQ(interval.upper, 62);
    EXPECT_TRUE(interval.covers);
    EXPECT_DOUBLE_EQ(interval.relative_half_width(), 11.0 / 51);
}

TEST(median_interval, does_not_claim_what_few_samples_cannot_show) {
    const auto few = median_of({3, 1, 2});
    EXPECT_EQ(few.median, 2);
    EXPECT_EQ(few.lower, 1);
    EXPECT_EQ(few.upper, 3);
    EXPECT_FALSE(few.covers);
    EXPECT_TRUE(std::isinf(few.relative_half_width()));
    EXPECT_EQ(median_of({}).median, 0);
    EXPECT_EQ(median_of({4, 2}).median, 3);
}

TEST(timing, takes_the_samples_asked_for_in_turn) {
    std::vector<int> order;
    const std::vector<std::function<double()>> work{[&] {
                                                        order.push_back(0);
                                                        return 1.5;
                                                    },
                                                    [&] {
                                                        order.push_back(1);
                                                        return 2.5;
                                                    }};
    const auto timed = time_interleaved(single_process(), work, {.repetitions = 3, .maximum_seconds = 1, .target = 0.02});
    ASSERT_EQ(timed.size(), 2u);
    EXPECT_EQ(timed[0].samples.size(), 3u);
    EXPECT_EQ(timed[1].value, 2.5);
    // After warm-ups the two alternate, a sample at a time.
    const auto first_of_last = std::find(order.rbegin(), order.rend(), 0);
    EXPECT_NE(first_of_last, order.rend());
    EXPECT_EQ(order.back(), 1);
}

rank_binding bind(int rank, int threads, std::vector<int> cpus, int on_host = 4) {
    return {rank, "node", threads, std::move(cpus), on_host};
}

TEST(binding, sees_threads_that_share_a_core) {
    const auto verdict = judge_binding({bind(0, 2, {0}), bind(1, 2, {1})}, true, "quadot dot");
    EXPECT_FALSE(verdict.good());
    EXPECT_NE(verdict.remedy.find("PE=2"), std::string::npos) << verdict.remedy;
    EXPECT_NE(verdict.remedy.find("quadot dot"), std::string::npos);
}
TEST(binding, sees_cores_that_a_launcher_took_away) {
    EXPECT_FALSE(judge_binding({bind(0, 1, {0}, 2)}, true, "quadot dot").good());
    EXPECT_TRUE(judge_binding({bind(0, 1, {0}, 2)}, false, "quadot dot").good()); // taskset: the user's own wish
}
TEST(binding, sees_overlap_and_oversubscription) {
    EXPECT_FALSE(judge_binding({bind(0, 2, {0, 1}), bind(1, 2, {0, 1})}, true, "q").good());
    EXPECT_FALSE(judge_binding({bind(0, 3, {0, 1, 2, 3}), bind(1, 3, {0, 1, 2, 3})}, true, "q").good());
}
TEST(binding, praises_what_is_right) {
    EXPECT_TRUE(judge_binding({bind(0, 2, {0, 1}), bind(1, 2, {2, 3})}, true, "q").good());
    EXPECT_TRUE(judge_binding({bind(0, 2, {0, 1, 2, 3}), bind(1, 2, {0, 1, 2, 3})}, true, "q").good());
    EXPECT_EQ(cpu_ranges({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
    EXPECT_EQ(cpu_ranges({}), "");
}

template <class T>
std::pair<std::vector<T>, std::vector<T>> make(const data_kind& kind, std::uint64_t n, std::uint64_t pieces) {
    std::vector<T> x(n);
    std::vector<T> y(n);
    for (std::uint64_t p = 0; p < pieces; ++p) {
        const slice part = share(n, p, pieces);
        generate<T>(kind, 7, n, part, x.data() + part.first, y.data() + part.first);
    }
    return {x, y};
}

TEST(generated_vectors, do_not_depend_on_who_makes_them) {
    for (const char* text : {"uniform", "normal", "cancel:1e10"}) {
        const data_kind kind = parse_data_kind(text, false);
        EXPECT_EQ(make<double>(kind, 1001, 1), make<double>(kind, 1001, 7)) << text;
    }
}

TEST(generated_vectors, have_their_distributions) {
    constexpr std::uint64_t n = 100000;
    const auto [u, v] = make<double>({distribution::uniform, 1}, n, 1);
    const auto [g, h] = make<double>({distribution::normal, 1}, n, 1);
    const auto mean = [](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    };
    const auto mean_square = [&](std::vector<double> values) {
        for (double& value : values) value *= value;
        return mean(values);
    };
    // Five standard errors each: sqrt(1/12 / n) = 9.1e-4, 1/sqrt n = 3.2e-3, sqrt(2 / n) = 4.5e-3.
    for (const auto& values : {u, v}) EXPECT_NEAR(mean(values), 0.5, 5 * 9.2e-4);
    for (const auto& values : {g, h}) {
        EXPECT_NEAR(mean(values), 0, 5 * 3.2e-3);
        EXPECT_NEAR(mean_square(values), 1, 5 * 4.5e-3);
    }
    EXPECT_TRUE(std::all_of(u.begin(), u.end(), [](double value) { return value >= 0 && value < 1; }));
    // The portable functions behind normal, against the C library's: |(g, h)|^2 = -2 ln(1 - u), angle 2 pi v. u and v of the same
    // counters; a few ulp each.
    for (std::size_t i = 0; i < 1000; ++i) {
        const double radius = std::sqrt(-2 * std::log1p(-u[i]));
        EXPECT_NEAR(g[i], radius * std::cos(2 * M_PI * v[i]), 2e-14 * (1 + radius));
        EXPECT_NEAR(h[i], radius * std::sin(2 * M_PI * v[i]), 2e-14 * (1 + radius));
    }
}

TEST(generated_vectors, cancel_to_the_condition_asked_for) {
    for (const double condition : {1.0, 1e2, 1e10, 1e30, 1e200}) {
        for (const std::uint64_t n : {std::uint64_t{1000}, std::uint64_t{1001}, std::uint64_t{50000}}) {
            const auto [x, y] = make<double>({distribution::cancel, condition}, n, 3);
            const auto reference = reference_dot<double>(single_process(), x, y, 1);
            const double seen = 2 * reference.magnitude / std::abs(reference.sum.rounded());
            EXPECT_GT(seen, 0.66 * condition) << condition << ", n " << n;
            EXPECT_LT(seen, 1.5 * condition + 2) << condition << ", n " << n;
        }
    }
    EXPECT_THROW(parse_data_kind("cancel:0.5", false), error);
    EXPECT_THROW(parse_data_kind("cancel:1e60", true), error);
    EXPECT_THROW(parse_data_kind("gaussian", false), error);
}

TEST(verdict, cannot_be_fooled_by_nan_or_infinity) {
    report_row row{};
    row.bound = 1e-10;
    row.error = 1e-11;
    EXPECT_TRUE(row.passes());
    row.error = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(row.passes());
    row.error = 0;
    row.value = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(row.passes());
    row.value = 1;
    row.bound = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(row.passes());
}

/// The judge of integrals must pass the right value, and leave no room for one that is wrong by far less than the rule's own error.
TEST(rule_judgement, passes_quadot_and_stays_tight) {
    for (const auto& f : integrand_descriptions()) {
        for (const char* name : {"left", "midpoint", "simpson", "gauss:5", "clenshaw"}) {
            const rule which = *find_rule(name);
            const auto judged = judge_rule(f, f.lower, f.upper, 500, which);
            const double value = integrate(*find_integrand(f.name), f.lower, f.upper, 500, which);
            const auto error = static_cast<double>(std::abs(value - judged.reference));
            const double summation = 64 * 0x1p-53 * judged.magnitude;
            EXPECT_LE(error, judged.bound + summation) << f.name << " " << name;
            if (f.shape != smoothness::discontinuous) {
                EXPECT_LT(judged.bound + summation, 1e-9 * (1 + judged.magnitude)) << f.name << " " << name;
            }
        }
    }
    // Beyond 2^20 samples the exact integral judges.
    for (const char* name : {"cos", "pi", "kink", "step", "sqrt", "log", "xlogx"}) {
        const auto& f = find_integrand(name)->description();
        const auto judged = judge_rule(f, f.lower, f.upper, 4000000, {rule_kind::left, 0});
        const double value = integrate(*find_integrand(name), f.lower, f.upper, 4000000, {rule_kind::left, 0});
        EXPECT_LE(static_cast<double>(std::abs(value - judged.reference)), judged.bound + 64 * 0x1p-53 * judged.magnitude) << name;
    }
}

/// Where squares overflow and exponentials underflow, double takes samples for 0 that long double does not. Right values pass, and wrong ones do not.
TEST(rule_judgement, knows_where_double_ends) {
    struct range {
        const char* name;
        const char* text;
        double a;
        double b;
    };
    constexpr std::array ranges{range{"pi", "4/(1+x^2)", 0, 1e308},         range{"pi", "4/(1+x^2)", 0, 1e155},
                                range{"pi", "4/(1+x^2)", 1e140, 1e160},     range{"pi", "4/(1+x^2)", 1e153, 1e155},
                                range{"runge", "1/(1+25*x^2)", 0, 1e308},   range{"gauss", "exp(-x^2)", 20, 40},
                                range{"decay", "exp(-x)", 700, 760},        range{"exp", "exp(x)", -800, -600},
                                range{"xexp", "x*exp(x)", -760, -700},      range{"logistic", "1/(1+exp(-x))", -800, -600},
                                range{"reciprocal", "1/x", 1e307, 1.7e308}, range{"pi", "4/(1+x^2)", 0, 1e9}};
    for (const auto& [name, text, a, b] : ranges) {
        const auto& f = find_integrand(name)->description();
        for (const char* rule_name : {"left", "midpoint", "simpson", "gauss:7"}) {
            const rule which = *find_rule(rule_name);
            // Sampled again; judged by the integral.
            for (const std::uint64_t n : {1000, 2000000}) {
                const double value = integrate(*find_integrand(name), a, b, n, which);
                for (const bool as_text : {false, true}) {
                    const rule_judgement judged =
                        as_text ? judge_text(expression(text), a, b, n, which).rule : judge_rule(f, a, b, n, which);
                    const std::string where =
                        fmt::format("{} from {} to {}, {}, n = {}, {}", name, a, b, rule_name, n, judged.reference_name);
                    const double allowed = judged.bound + 64 * 0x1p-53 * judged.magnitude;
                    EXPECT_LE(static_cast<double>(std::abs(value - judged.reference)), allowed) << where;
                    // Text knows nothing of 1 + x^2 at the closed rules' x = 0, which it takes for uncertain.
                    if (as_text && which.kind != rule_kind::midpoint) continue;
                    EXPECT_TRUE(std::isfinite(allowed)) << where;
                    // Where all samples are lost the bound is their sum, where none is a rounding's.
                    if (n > 1000) continue;
                    EXPECT_LE(allowed, 3 * judged.magnitude + 1e-300) << where;
                }
            }
        }
    }
    const auto& pi = find_integrand("pi")->description();
    EXPECT_LT(judge_rule(pi, 0, 1e100, 1000, {rule_kind::midpoint, 0}).bound,
              1e-12 * judge_rule(pi, 0, 1e100, 1000, {rule_kind::midpoint, 0}).magnitude);
}

} // namespace
} // namespace quadot::drivers
