// Every rival computes what it claims: the lecture notes' digits to the last bit, dot products within the
// bound for any order of summation, rules within the rounding of their own sum and within the rule's bound of
// the integral.
#include "baselines/baselines.hpp"
#include "rules/clenshaw_curtis.hpp"
#include "rules/gauss_legendre.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using quadot::find_integrand;
using quadot::find_rule;
using quadot::integrand_description;
using quadot::rule;
using quadot::rule_kind;
using quadot::smoothness;
using quadot::baselines::dot_baselines;
using quadot::baselines::integrate_baseline;
using quadot::baselines::integrate_baselines;

constexpr long double u = std::numeric_limits<double>::epsilon() / 2;

/// n u / (1 - n u): Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., lemma 3.1.
long double gamma(std::uint64_t n, long double unit) {
    const long double relative = static_cast<long double>(n) * unit;
    return relative / (1 - relative);
}

std::vector<int> worker_counts(bool threaded) { return threaded ? std::vector<int>{1, 2, 3, 4} : std::vector<int>{1}; }

// --- The lecture notes
// ------------------------------------------------------------------------------------------------------

double by_left_rule(std::string_view baseline, std::string_view integrand, std::uint64_t n, int workers) {
    const auto f = *find_integrand(integrand);
    for (const auto& each : integrate_baselines()) {
        if (each.name != baseline) continue;
        return each.run(f.index, *find_rule("left"), f.description().lower, f.description().upper, n, workers);
    }
    return std::numeric_limits<double>::quiet_NaN();
}

// cos over 0 ... pi/2, sin over 0 ... pi: their default limits.
TEST(LectureNotes, NaiveHasTheirDigits) {
    EXPECT_EQ(by_left_rule("naive", "cos", 1000, 1), 1.0007851925466296);
    EXPECT_EQ(by_left_rule("naive", "sin", 1000, 1), 1.9999983550656637);
}

TEST(LectureNotes, JobsOfAThousandStepsEachHaveTheirDigits) {
    EXPECT_EQ(by_left_rule("naive-jobs", "cos", 1000, 2), 1.0003926476775074);
    EXPECT_EQ(by_left_rule("naive-jobs", "sin", 1000, 2), 1.9999995887664657);
}

TEST(LectureNotes, JobsOfAThousandStepsInAllHaveTheirDigits) {
    EXPECT_EQ(by_left_rule("naive-jobs", "cos", 500, 2), 1.0007851925466305);
    EXPECT_EQ(by_left_rule("naive-jobs", "sin", 500, 2), 1.9999983550656624);
}

TEST(LectureNotes, OneJobIsTheNaiveLoop) {
    for (const auto& f : quadot::integrand_descriptions()) {
        EXPECT_EQ(by_left_rule("naive-jobs", f.name, 1000, 1), by_left_rule("naive", f.name, 1000, 1)) << f.name;
    }
}

// --- Lists
// ------------------------------------------------------------------------------------------------------------------

template <class List>
void expect_described(const List& list) {
    std::set<std::string_view> names;
    for (const auto& each : list) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
        EXPECT_FALSE(each.summary.empty()) << each.name;
        EXPECT_TRUE(each.flags.starts_with("-O")) << each.name << ": " << each.flags;
    }
    EXPECT_TRUE(names.contains("naive"));
}

TEST(Baselines, AreDescribed) {
    expect_described(dot_baselines());
    expect_described(integrate_baselines());
}

// --- Dot products
// -----------------------------------------------------------------------------------------------------------

template <class T>
std::vector<T> numbers(std::size_t n, unsigned seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<T> uniform(-1, 1);
    std::vector<T> all(n);
    for (T& each : all) each = uniform(engine);
    return all;
}

/// Any order of n products and n additions, fused or not, errs by at most gamma_n sum |x_i y_i| (Higham,
/// (3.5)), plus what adding t partial sums to 0 may cost.
template <class T>
void expect_dot_within_bound(double (*quadot::baselines::dot_baseline::*function)(const T*, const T*, std::uint64_t, int)) {
    for (const std::size_t n : {0, 1, 2, 63, 64, 65, 4096, 4097, 100003}) {
        // One element further, so that alignment is that of T alone.
        const auto x = numbers<T>(n + 1, 1);
        const auto y = numbers<T>(n + 1, 2);
        long double sum = 0;
        long double magnitude = 0;
        for (std::size_t i = 1; i <= n; ++i) {
            const long double product = static_cast<long double>(x[i]) * y[i];
            sum += product;
            magnitude += std::fabs(product);
        }
        for (const auto& each : dot_baselines()) {
            for (const int threads : worker_counts(each.threaded)) {
                const long double bound = (gamma(n + static_cast<std::uint64_t>(threads), std::numeric_limits<T>::epsilon() / 2) +
                                           gamma(n + 1, std::numeric_limits<long double>::epsilon() / 2)) *
                                          magnitude;
                const double value = (each.*function)(x.data() + 1, y.data() + 1, n, threads);
                EXPECT_LE(std::fabs(value - sum), bound) << each.name << ", n = " << n << ", " << threads << " threads";
            }
        }
    }
}

TEST(DotBaselines, AreWithinTheBoundOfAnyOrderF64) { expect_dot_within_bound(&quadot::baselines::dot_baseline::f64); }
TEST(DotBaselines, AreWithinTheBoundOfAnyOrderF32) { expect_dot_within_bound(&quadot::baselines::dot_baseline::f32); }

/// 8 GiB of address space, nearly all of it the kernel's page of zeros; only the last elements differ.
TEST(DotBaselines, CountBeyondThirtyTwoBits) {
    constexpr std::size_t n = (std::size_t{1} << 31) + 5;
    void* pages = mmap(nullptr, n * sizeof(float), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) GTEST_SKIP() << "no 8 GiB of address space";
    auto* x = static_cast<float*>(pages);
    constexpr std::size_t chunk = std::size_t{1} << 30; // of the BLAS rival
    x[0] = 1;
    x[chunk - 1] = 2;
    x[chunk] = 3;
    x[n - 1] = 4;
    for (const auto& each : dot_baselines()) EXPECT_EQ(each.f32(x, x, n, 2), 30) << each.name;
    munmap(pages, n * sizeof(float));
}

// --- Rules
// ------------------------------------------------------------------------------------------------------------------

struct weighted_node {
    long double position; ///< in [0, 1], ascending
    long double weight;   ///< all add up to 1
};

/// The rule on n panels of [0, 1], from its description alone.
std::vector<weighted_node> nodes_of(const rule& which, std::uint64_t n) {
    std::vector<weighted_node> all;
    const auto panels = static_cast<long double>(n);
    if (which.kind == rule_kind::clenshaw) {
        const auto table = quadot::rules::clenshaw_curtis(static_cast<int>(n));
        for (std::size_t k = 0; k <= n; ++k) all.push_back({table.nodes[k], table.weights[k]});
        return all;
    }
    if (which.kind == rule_kind::gauss) {
        const auto table = quadot::rules::gauss_legendre(which.order);
        for (std::uint64_t panel = 0; panel < n; ++panel) {
            for (std::size_t k = 0; k < table.nodes.size(); ++k) {
                all.push_back({(static_cast<long double>(panel) + table.nodes[k]) / panels, table.weights[k] / panels});
            }
        }
        return all;
    }
    const auto& description = which.description();
    const auto period = static_cast<std::uint64_t>(description.nodes_per_panel);
    for (std::uint64_t i = 0; i < n * period; ++i) {
        all.push_back({(static_cast<long double>(i) + description.offset) / static_cast<long double>(n * period),
                       description.weights[i % period] / description.denominator / panels});
    }
    if (description.closed) {
        all.front().weight /= 2;
        all.push_back({1, all.front().weight});
    }
    return all;
}

/// With W(t) the weight of all nodes below t, the rule on [0, 1] misses the integral of g by
///     integral of g' (W - t) = integral of g'' K(t), K(t) = integral over 0 ... t of s - W(s), if linear
///     functions are exact:
/// at most max |t - W| times the variation of g (Koksma's inequality), at most max |K| times that of g'
/// (Peano's).
struct peano_constants {
    long double first = 0;
    long double second = 0;
};

peano_constants peano(const std::vector<weighted_node>& nodes) {
    peano_constants constants;
    long double weight = 0; // W
    long double kernel = 0; // K
    long double last = 0;
    const auto advance = [&](long double t) {
        constants.first = std::max({constants.first, std::fabs(last - weight), std::fabs(t - weight)});
        const auto at = [&](long double s) { return kernel + (s - last) * ((s + last) / 2 - weight); };
        if (last < weight && weight < t) constants.second = std::max(constants.second, std::fabs(at(weight)));
        kernel = at(t);
        constants.second = std::max(constants.second, std::fabs(kernel));
        last = t;
    };
    for (const auto& node : nodes) {
        advance(node.position);
        weight += node.weight;
    }
    advance(1);
    return constants;
}

/// Variations over the default limits, from a grid of 2^14 intervals and rounded up by a tenth for what lies
/// between its points.
struct variations {
    long double of_value = 0;
    long double of_derivative = 0;
    long double greatest = 0;

    explicit variations(const integrand_description& f) {
        constexpr int intervals = 1 << 14;
        const long double step = (static_cast<long double>(f.upper) - f.lower) / intervals;
        long double last_slope = 0;
        long double last = f.wide_value(f.lower);
        greatest = std::fabs(last);
        for (int i = 1; i <= intervals; ++i) {
            const long double value = f.wide_value(i == intervals ? f.upper : f.lower + i * step);
            const long double slope = (value - last) / step;
            of_value += 1.1L * std::fabs(value - last);
            if (i > 1) of_derivative += 1.1L * std::fabs(slope - last_slope);
            greatest = std::max(greatest, std::fabs(value));
            last = value;
            last_slope = slope;
        }
    }
};

struct expected_sum {
    long double value = 0;    ///< of the rule, in long double
    long double rounding = 0; ///< how far from it any order of double operations may end
};

expected_sum rule_sum(const integrand_description& f, const std::vector<weighted_node>& nodes, long double greatest) {
    const long double a = f.lower;
    const long double b = f.upper;
    const long double width = b - a;
    // a + (i + c) h: roundings of h, i + c, the product and the sum, on numbers up to 2 max(|a|, |b|).
    const long double shift = 8 * u * std::max(std::fabs(a), std::fabs(b));
    expected_sum expected;
    long double magnitude = 0;
    for (const auto& node : nodes) {
        const long double x = a + node.position * width;
        const long double value = f.wide_value(x);
        const long double below = f.wide_value(std::max(a, x - shift));
        const long double above = f.wide_value(std::min(b, x + shift));
        expected.value += node.weight * width * value;
        magnitude += node.weight * width * std::fabs(value);
        expected.rounding += node.weight * width * std::max(std::fabs(above - value), std::fabs(below - value));
    }
    // Products and sums in any order; the formula itself, with elementary functions of up to 4 ulp.
    expected.rounding += gamma(nodes.size() + 8, u) * magnitude + 64 * u * width * greatest;
    return expected;
}

void expect_right(const rule& which, std::uint64_t n) {
    const auto integrands = quadot::integrand_descriptions();
    static const std::vector<variations> all_variations(integrands.begin(), integrands.end());
    for (std::size_t index = 0; index < integrands.size(); ++index) {
        const integrand_description& f = integrands[index];
        const variations& variation = all_variations[index];
        const long double width = static_cast<long double>(f.upper) - f.lower;
        const bool rough = f.shape == smoothness::discontinuous || f.shape == smoothness::singular_derivative;
        const bool linear_exact = which.kind != rule_kind::left && which.kind != rule_kind::right;
        for (const int jobs : {1, 2, 3, 4}) {
            const auto nodes = nodes_of(which, n * static_cast<std::uint64_t>(jobs));
            const auto [first, second] = peano(nodes);
            const long double truncation =
                rough || !linear_exact ? first * width * variation.of_value : second * width * width * variation.of_derivative;
            const expected_sum expected = rule_sum(f, nodes, variation.greatest);
            const auto expect = [&](const integrate_baseline& each, int workers) {
                const double value = each.run(index, which, f.lower, f.upper, n, workers);
                const std::string what = std::string(each.name) + ' ' + which.name() + ' ' + std::string(f.name) +
                                         ", n = " + std::to_string(n) + ", " + std::to_string(workers) + " workers";
                EXPECT_LE(std::fabs(value - expected.value), expected.rounding) << what;
                EXPECT_LE(std::fabs(value - f.exact), truncation + expected.rounding) << what;
            };
            for (const auto& each : integrate_baselines()) {
                if (!each.supports(which)) continue;
                const bool multiplies_steps = each.name == "naive-jobs";
                if (multiplies_steps) expect(each, jobs);
                if (multiplies_steps || jobs > 1) continue;
                for (const int workers : worker_counts(each.threaded)) expect(each, workers);
            }
            if (which.kind != rule_kind::left) break;
        }
    }
}

class RuleBaselines : public testing::TestWithParam<std::string> {};

TEST_P(RuleBaselines, AreWithinTheBounds) {
    const rule which = *find_rule(GetParam());
    for (const std::uint64_t n : {1, 7, 1000}) {
        if (which.evaluations(n) < 10000) expect_right(which, n);
    }
}

std::vector<std::string> every_rule() {
    std::vector<std::string> names = quadot::rule_names();
    std::erase(names, "gauss:K");
    for (const char* gauss : {"gauss:2", "gauss:5", "gauss:64"}) names.emplace_back(gauss);
    return names;
}

INSTANTIATE_TEST_SUITE_P(All, RuleBaselines, testing::ValuesIn(every_rule()), [](const auto& chosen) {
    std::string name = chosen.param;
    std::replace(name.begin(), name.end(), ':', '_');
    return name;
});

// --- The process
// ------------------------------------------------------------------------------------------------------------

/// -Ofast on a link line would flush subnormal numbers to 0 everywhere.
TEST(Process, KeepsSubnormalNumbers) {
    for (const auto& each : dot_baselines()) {
        const double one = 1;
        each.f64(&one, &one, 1, 1);
        volatile double smallest = DBL_MIN;
        EXPECT_GT(smallest / 2, 0) << each.name;
    }
}

} // namespace
