// integrate() for every rule, accumulator, instruction set and named integrand, against MPFR and closed
// forms.
#include "block/block_table.hpp"
#include "math/one_lane.hpp"
#include "quadot.hpp"
#include "reduce/planned_rule.hpp"
#include "rules/clenshaw_curtis.hpp"
#include "rules/gauss_legendre.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace quadot;
using quadot::math::fused_scalar;
using quadot::math::unfused_scalar;
using quadot::tests::all_rules;
using quadot::tests::bits;
using quadot::tests::exact_degree;
using quadot::tests::for_each_execution;
using quadot::tests::real;
using quadot::tests::runnable_isas;
using quadot::tests::slug;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double u = 0x1p-53;

/// Around a chunk (512 samples), a block (1024) and its groups of lanes (32); one and few panels.
constexpr std::uint64_t panel_counts[] = {1, 2, 3, 31, 33, 511, 513, 1023, 1024, 1025, 2050};

struct range {
    double a;
    double b;
};

std::string text_of(const rule& which, range over, std::uint64_t n) {
    std::ostringstream text;
    text.precision(17);
    text << which.name() << " over " << over.a << " ... " << over.b << ", n " << n;
    return text.str();
}

/// What a callable was asked for.
struct recorder {
    std::vector<double> x;
    std::vector<double> y;
    std::size_t longest = 0;
    std::size_t empty = 0;

    template <class F>
    auto recording(const F& f) {
        return [this, f](std::span<const double> at, std::span<double> values) {
            longest = std::max(longest, at.size());
            if (at.empty() || at.size() != values.size()) ++empty;
            for (std::size_t k = 0; k < at.size(); ++k) {
                values[k] = f(at[k]);
                x.push_back(at[k]);
                y.push_back(values[k]);
            }
        };
    }
};

/// The rule as its description states it, in 256 bits.
class rule_reference {
  public:
    rule_reference(const rule& which, range over, std::uint64_t n) : which_(which), a_(over.a), width_(real(over.b) - real(over.a)), n_(n) {
        if (which.kind == rule_kind::gauss) {
            auto table = rules::gauss_legendre(which.order);
            nodes_ = std::move(table.nodes);
            weights_ = std::move(table.weights);
        } else if (which.kind == rule_kind::clenshaw) {
            auto table = rules::clenshaw_curtis(static_cast<int>(n));
            nodes_ = std::move(table.nodes);
            weights_ = std::move(table.weights);
        }
    }

    [[nodiscard]] real node(std::uint64_t i) const { return a_ + width_ * position(i); }

    /// Of the integral, so that the constant 1 has integral b - a.
    [[nodiscard]] real weight(std::uint64_t i) const {
        const auto panels = static_cast<double>(n_);
        if (which_.kind == rule_kind::gauss) return width_ * real(weights_[i % weights_.size()]) / real(panels);
        if (which_.kind == rule_kind::clenshaw) return width_ * real(weights_[i]);
        const auto& description = which_.description();
        const auto period = static_cast<std::uint64_t>(description.nodes_per_panel);
        const real whole = width_ * real(description.weights[i % period]) / (real(panels) * real(description.denominator));
        const bool end = description.closed && (i == 0 || i + 1 == which_.evaluations(n_));
        return end ? whole / real(2.0) : whole;
    }

    [[nodiscard]] real sum(const std::vector<double>& samples) const {
        real total;
        for (std::size_t i = 0; i < samples.size(); ++i) total = total + weight(i) * real(samples[i]);
        return total;
    }

  private:
    /// In [0, 1].
    [[nodiscard]] real position(std::uint64_t i) const {
        const auto panels = static_cast<double>(n_);
        if (which_.kind == rule_kind::clenshaw) return real(nodes_[i]);
        if (which_.kind == rule_kind::gauss) {
            return (real(static_cast<double>(i / nodes_.size())) + real(nodes_[i % nodes_.size()])) / real(panels);
        }
        const auto& description = which_.description();
        return (real(static_cast<double>(i)) + real(description.offset)) /
               (real(panels) * real(static_cast<double>(description.nodes_per_panel)));
    }

    rule which_;
    real a_;
    real width_;
    std::uint64_t n_;
    std::vector<double> nodes_;
    std::vector<double> weights_;
};

/// |value − truth| <= bound, where neither is NaN.
bool within(double value, const real& truth, double bound) {
    return std::isfinite(value) && mpfr_cmp_d(abs(real(value) - truth).get(), bound) <= 0;
}

/// A parabola over any range, so mild that sums of it never overflow: values in [0.1, 2.25].
struct parabola {
    range over;
    double operator()(double x) const {
        const double t = (x / 2 - over.a / 2) / (over.b / 2 - over.a / 2);
        return std::fma(std::fma(3, t, -1), t, 0.25);
    }
};

constexpr range ordinary_ranges[] = {{0, 1}, {-1, 2}, {1e6, 1e6 + 1}, {-3e-5, 1e10}, {-5e307, 0}, {1e-300, 1e300}, {-1e-290, 1e-280}};

// The rule's own weighted sum: nodes, weights, order and scale are as described.
TEST(integrate, is_the_weighted_sum_of_the_rule) {
    for (const rule& which : all_rules()) {
        for (const range over : ordinary_ranges) {
            for (const std::uint64_t n : panel_counts) {
                if (which.evaluations(n) > (over.a == 0 ? 20000u : 1500u)) continue; // 256-bit arithmetic takes its time
                const rule_reference reference(which, over, n);
                // b - a, the step (two roundings), its product with an index on SSE2 (up to two), table
                // entries: 1 u of b - a each; node and panel edge are rounded to at most max(|a|, |b|).
                const double node_error = 6 * u * (over.b - over.a) + 3 * u * std::max(std::fabs(over.a), std::fabs(over.b));
                real truth;
                std::vector<double> truth_of;
                for_each_execution([&](const execution& how) {
                    const auto where = [&] { return slug(how) + " " + text_of(which, over, n); };
                    recorder seen;
                    const auto f = seen.recording(parabola{over});
                    const double value = integrate(f, over.a, over.b, n, which, how);
                    ASSERT_EQ(seen.x.size(), which.evaluations(n)) << where();
                    for (std::size_t i = 0; i < seen.x.size() && how.accumulator == accumulator_kind{}; ++i) {
                        ASSERT_TRUE(within(seen.x[i], reference.node(i), node_error)) << where() << ", node " << i;
                    }
                    if (seen.y != truth_of) {
                        truth_of = seen.y;
                        truth = reference.sum(seen.y);
                    }
                    recorder again;
                    const auto g = again.recording(parabola{over});
                    const bounded result = integrate_bounded(g, over.a, over.b, n, which, how);
                    ASSERT_EQ(bits(result.value), bits(value)) << where();
                    ASSERT_TRUE(within(value, truth, result.bound))
                        << where() << ": " << value << " for " << truth.rounded() << ", bound " << result.bound;
                    // Plain sums of 2e4 terms are 32 + 1 + 5 additions high in a block, 5 above: 2 · 43 u;
                    // scaling adds 2 u.
                    ASSERT_LE(result.bound, 100 * u * 2.25 * (over.b - over.a)) << where();
                });
            }
        }
    }
}

/// 1 + x + x² + … + x^degree.
struct geometric {
    int degree;
    double operator()(double x) const {
        long double sum = 1;
        for (int k = 0; k < degree; ++k) sum = sum * x + 1;
        return static_cast<double>(sum);
    }
    [[nodiscard]] real integral(range over) const {
        real sum;
        real upper{1.0};
        real lower{1.0};
        for (int k = 1; k <= degree + 1; ++k) {
            upper = upper * real(over.b);
            lower = lower * real(over.a);
            sum = sum + (upper - lower) / real(k);
        }
        return sum;
    }
};

TEST(integrate, polynomials_up_to_the_exact_degree_have_only_rounding_errors) {
    constexpr range over{-0.75, 1};
    for (const rule& which : all_rules()) {
        for (const std::uint64_t n : panel_counts) {
            if (which.evaluations(n) > 20000) continue;
            const int most = std::min(exact_degree(which, n), 127);
            for (const int degree : {0, 1, 2, 3, 5, most}) {
                if (degree > most) continue;
                const geometric f{degree};
                const real truth = f.integral(over);
                // On [-1, 1]: |f| <= degree + 1, |f'| <= degree (degree + 1) / 2. Samples are rounded (u), as
                // are table weights (u); nodes err as in the test above.
                const double peak = degree + 1;
                const double slope = degree * (degree + 1) / 2.0;
                const double node_error = 6 * u * (over.b - over.a) + 3 * u;
                const double samples = (over.b - over.a) * (2 * u * peak + node_error * slope);
                for_each_execution([&](const execution& how) {
                    const bounded result = integrate_bounded(f, over.a, over.b, n, which, how);
                    EXPECT_TRUE(within(result.value, truth, result.bound + samples))
                        << slug(how) << " " << text_of(which, over, n) << ", degree " << degree << ": " << result.value - truth.rounded();
                });
            }
        }
    }
}

TEST(integrate, exact_degrees_are_sharp) {
    for (const rule& which : all_rules()) {
        if (which.order > 7) continue; // their next degree is below the rounding errors
        for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}}) {
            const geometric f{exact_degree(which, n) + 1};
            const double value = integrate(f, -1, 1, n, which);
            EXPECT_GT(abs(real(value) - f.integral({-1, 1})).rounded(), 1e-8) << which.name() << ", n " << n;
        }
    }
}

TEST(integrate, halving_the_panels_gains_the_order) {
    const auto f = [](double x) { return 1 / (x + 2); };
    const double truth = std::log(1.5);
    for (const rule& which : all_rules()) {
        if (which.kind == rule_kind::clenshaw || which.order > 3) continue; // geometric; below rounding at once
        const int degree = exact_degree(which, 1);
        const std::uint64_t n = degree > 3 ? 4 : 32; // errors of 1e-9 and more, h small enough for the leading term
        const double coarse = std::fabs(integrate(f, 0, 1, n, which) - truth);
        const double fine = std::fabs(integrate(f, 0, 1, 2 * n, which) - truth);
        EXPECT_NEAR(std::log2(coarse / fine), degree + 1, 0.1) << which.name() << ": " << coarse << ", " << fine;
    }
}

/// Total variation of f^(k) over the default limits, by differences in long double on 2^13 panels: a lower
/// estimate that refinement raises by a few percent at most, hence 1.1.
double variation(const integrand_description& f, int k) {
    constexpr std::size_t panels = 8192;
    const long double h = (static_cast<long double>(f.upper) - f.lower) / panels;
    std::vector<long double> samples(panels + 1);
    for (std::size_t i = 0; i <= panels; ++i) {
        samples[i] = f.wide_value(std::min<long double>(static_cast<long double>(i) * h + f.lower, f.upper));
    }
    for (int order = 0; order < k; ++order) {
        for (std::size_t i = 0; i + 1 < samples.size(); ++i) samples[i] = (samples[i + 1] - samples[i]) / h;
        samples.pop_back();
    }
    long double total = 0;
    for (std::size_t i = 0; i + 1 < samples.size(); ++i) total += std::fabs(samples[i + 1] - samples[i]);
    return 1.1 * static_cast<double>(total);
}

double peak_of(const integrand_description& f) {
    double peak = 0;
    for (int i = 0; i <= 4096; ++i) {
        peak = std::max(peak, std::fabs(f.value(std::min(f.lower + i * (f.upper - f.lower) / 4096, f.upper))));
    }
    return peak;
}

/// Bound on |rule − integral| from V = the total variation of f^(k), k <= the rule's exact degree, all
/// weights positive.
///
/// Composite: inside a panel of width h, Taylor around its middle gives f = (polynomial of degree k) + R with
/// |R| <= (h/2)^k V_panel / k!; rule and integral each change by at most h |R|, so in all 2 h (h/2)^k V / k!.
///
/// Clenshaw-Curtis, on [-1, 1]: Chebyshev coefficients obey |a_j| <= 2 V / (pi j (j-1) … (j-k)) (Trefethen
/// 2008, Theorem 4.2) and the rule errs on T_j by at most 2 + 2/3; summed over j > n: 2 · 2.67 V / (pi k
/// (n-k)^k) <= 1.7 V / (k (n-k)^k). [a, b] scales by ((b-a)/2)^(k+1). For k = 0, Koksma: V times the largest
/// |sum of weights so far − node position|, at most a weight and its asymmetry, pi / (2n) each on [0, 1].
double method_error(const rule& which, range over, std::uint64_t n, int k, double total_variation) {
    const double width = over.b - over.a;
    const auto panels = static_cast<double>(n);
    if (which.kind == rule_kind::clenshaw) {
        if (k == 0) return width * 3.15 / panels * total_variation;
        return std::pow(width / 2, k + 1) * 1.7 * total_variation / (k * std::pow(panels - k, k));
    }
    const double h = width / panels;
    return 2 * h * std::pow(h / 2, k) / std::tgamma(k + 1) * total_variation;
}

TEST(integrate, every_named_integrand_converges_as_its_smoothness_promises) {
    for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
        const named_integrand named{index};
        const auto& f = named.description();
        const range over{f.lower, f.upper};
        const int most = f.shape == smoothness::smooth ? 3 : f.shape == smoothness::lipschitz ? 1 : 0;
        const double peak = peak_of(f);
        std::map<int, double> variations;
        for (const int k : {0, 1, 3}) {
            if (k <= most) variations[k] = variation(f, k);
        }
        for (const rule& which : all_rules()) {
            for (const std::uint64_t n : {std::uint64_t{50}, std::uint64_t{2000}}) {
                const int degree = std::min(most, exact_degree(which, n));
                const int k = degree >= 3 ? 3 : degree >= 1 ? 1 : 0;
                const double method = method_error(which, over, n, k, variations[k]);
                // Samples: elementary functions to 16 ulp (measured at most 2), nodes 6 u (b-a) + 3 u
                // max(|a|, |b|) as above, whose effect adds up to at most that times the mean slope, V /
                // (b-a); jumps count as part of V.
                const double samples = 32 * u * peak * (over.b - over.a) +
                                       9 * u * std::max({over.b - over.a, std::fabs(over.a), std::fabs(over.b)}) * variations[0] *
                                           static_cast<double>(f.shape == smoothness::discontinuous ? n : 2);
                for_each_execution([&](const execution& how) {
                    const bounded result = integrate_bounded(named, over.a, over.b, n, which, how);
                    const double error = std::fabs(static_cast<double>(result.value - f.exact));
                    EXPECT_LE(error, method + samples + result.bound) << f.name << " " << slug(how) << " " << text_of(which, over, n);
                });
            }
        }
    }
}

// Smooth integrands on high orders: nothing but rounding is left. (All poles are at least 1/128 away: 2000
// panels of 16 nodes.)
TEST(integrate, high_orders_reach_full_accuracy_on_smooth_integrands) {
    for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
        const named_integrand named{index};
        const auto& f = named.description();
        if (f.shape != smoothness::smooth) continue;
        const double scale = peak_of(f) * (f.upper - f.lower);
        const double slope = variation(f, 0) * std::max(f.upper - f.lower, std::fabs(f.upper));
        for_each_execution([&](const execution& how) {
            const double value = integrate(named, f.lower, f.upper, 2000, rule{rule_kind::gauss, 16}, how);
            // As above: 16 ulp a sample, 9 u a node; plain sums of 32000 terms 2 · 43 u.
            EXPECT_LE(std::fabs(static_cast<double>(value - f.exact)), (120 * scale + 18 * slope) * u) << f.name << " " << slug(how);
        });
    }
}

// A formula of correctly rounded operations and of math/'s functions, which are made of such, does not depend in
// its bits on who evaluates it: library batches (fused and buffered), a scalar callable or a block callable.
TEST(integrate, named_scalar_and_block_callables_agree_to_the_bit) {
    integrands::list::for_each([]<class Integrand>() {
        const auto named = find_integrand(Integrand::name);
        ASSERT_TRUE(named);
        for (const rule& which : all_rules()) {
            for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{5000}}) {
                if (which.evaluations(n) > 50000) continue;
                for_each_execution([&](const execution& how) {
                    const bool fused = describe(*how.isa).fused_multiply_add;
                    const auto scalar = [fused](double x) {
                        return fused ? Integrand::value(fused_scalar(x)).value() : Integrand::value(unfused_scalar(x)).value();
                    };
                    const auto block = [&](std::span<const double> x, std::span<double> y) {
                        std::transform(x.begin(), x.end(), y.begin(), scalar);
                    };
                    const double expected = integrate(*named, Integrand::lower, Integrand::upper, n, which, how);
                    const double by_scalar = integrate(scalar, Integrand::lower, Integrand::upper, n, which, how);
                    const double by_block = integrate(block, Integrand::lower, Integrand::upper, n, which, how);
                    EXPECT_EQ(bits(by_scalar), bits(expected)) << Integrand::name << " " << slug(how) << " " << which.name();
                    EXPECT_EQ(bits(by_block), bits(expected)) << Integrand::name << " " << slug(how) << " " << which.name();
                });
            }
        }
    });
}

TEST(integrate, reversed_limits_negate_and_equal_limits_give_zero) {
    const auto f = [](double x) { return 1 / (2 + x); };
    for (const rule& which : all_rules()) {
        for_each_execution([&](const execution& how) {
            for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1100}}) {
                EXPECT_EQ(bits(integrate(f, 3, -1, n, which, how)), bits(-integrate(f, -1, 3, n, which, how)))
                    << slug(how) << " " << which.name();
                EXPECT_EQ(integrate_bounded(f, 3, -1, n, which, how).bound, integrate_bounded(f, -1, 3, n, which, how).bound);
            }
            for (const double at : {0.0, -0.0, 1.5, largest, -smallest}) {
                EXPECT_EQ(integrate(f, at, at, 7, which, how), 0.0) << which.name() << " at " << at;
                EXPECT_EQ(integrate_bounded(f, at, at, 7, which, how).value, 0.0);
                EXPECT_EQ(integrate_bounded(f, at, at, 7, which, how).bound, 0.0);
            }
        });
    }
}

template <class Call>
std::string usage_error_of(Call&& call) {
    try {
        call();
    } catch (const error& problem) {
        EXPECT_EQ(problem.kind(), error_kind::usage) << problem.what();
        return problem.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(integrate, bad_calls_are_usage_errors) {
    const auto f = [](double) -> double { throw std::logic_error("evaluated"); };
    const auto call = [&](double a, double b, std::uint64_t n, const rule& which, int threads = 1) {
        return usage_error_of([&] { static_cast<void>(integrate(f, a, b, n, which, {.threads = threads})); });
    };
    for (const rule& which : all_rules()) {
        EXPECT_NE(call(0, 1, 0, which).find(which.name()), std::string::npos);
        call(1, 1, 0, which);
        for (const double bad : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
            call(bad, 1, 10, which);
            call(0, bad, 10, which);
            call(bad, bad, 10, which);
        }
        call(0, 1, maximum_terms + 1, which);
        call(0, 1, std::numeric_limits<std::uint64_t>::max(), which);
        for (const int threads : {-1, 1025, 100000}) {
            EXPECT_NE(call(0, 1, 10, which, threads).find(std::to_string(threads)), std::string::npos);
        }
    }
    call(0, 1, maximum_terms / 2 + 1, {rule_kind::simpson, 0});
    call(0, 1, maximum_clenshaw_panels + 1, {rule_kind::clenshaw, 0});
    for (const int order : {-1, 0, 1, 65, std::numeric_limits<int>::max()}) call(0, 1, 10, {rule_kind::gauss, order});
}

/// Only what the nodes' promises need: 10^6 nodes are not kept.
struct node_watch {
    double least = infinity;
    double most = -infinity;
    double first = 0;
    double last = 0;
    std::uint64_t count = 0;
    std::size_t longest = 0;
    bool ordered = true; ///< and no NaN among them

    void see(std::span<const double> x) {
        if (count == 0) first = x.front();
        for (const double at : x) {
            if (!(count == 0 ? at == at : at >= last)) ordered = false;
            least = std::min(least, at);
            most = std::max(most, at);
            last = at;
            ++count;
        }
        longest = std::max(longest, x.size());
    }
};

TEST(integrate, no_node_lies_outside_of_any_range) {
    const double tiny = std::numeric_limits<double>::min();
    const range ranges[] = {
        {0, 1},
        {-1, 3},
        {-8e307, 8e307},
        {-1.7e308, 1},
        {1e-300, 1.7e308},
        {1, std::nextafter(1, 2)},
        {std::nextafter(1, 0), 1},
        {-1, std::nextafter(-1, 0)},
        {1, 1 + 0x1p-50}, // 4 ulp
        {1 - 0x1.8p-51, 1 + 0x1.4p-50},
        {1e300, 1e300 * (1 + 0x1p-48)},
        {0.1, 0.1 + 1e-12},
        {1, 1 + 0x1.92p-30}, // 10^6 panels of four ulp
        {1e6, 1e6 + 1e-3},
        {0, smallest},
        {-smallest, smallest},
        {0, 1000 * smallest},
        {0, 20600000 * smallest}, // a step of 20.6 denormals
        {tiny, tiny + 1e6 * smallest},
        {-1e-310, 3e-310},
        {-smallest, 1},
    };
    for (const rule& which : all_rules()) {
        for (const range over : ranges) {
            for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1000}, std::uint64_t{1000000}}) {
                if (which.kind == rule_kind::clenshaw) n = std::min<std::uint64_t>(n, 10000);
                if (which.order > 3) n = std::min<std::uint64_t>(n, 10000);
                for (const isa_kind isa : runnable_isas()) {
                    node_watch seen;
                    const auto f = [&](std::span<const double> x, std::span<double> y) {
                        seen.see(x);
                        std::fill(y.begin(), y.end(), 1.0);
                    };
                    const double value = integrate(f, over.a, over.b, n, which, {.threads = 1, .isa = isa});
                    const auto where = [&] { return std::string(name_of(isa)) + " " + text_of(which, over, n); };
                    EXPECT_GE(seen.least, over.a) << where();
                    EXPECT_LE(seen.most, over.b) << where();
                    // Panels of gauss round each edge by itself: neighbouring nodes may swap by an ulp.
                    if (which.kind != rule_kind::gauss) {
                        EXPECT_TRUE(seen.ordered) << where();
                    }
                    EXPECT_EQ(seen.count, which.evaluations(n)) << where();
                    EXPECT_LE(seen.longest, 512u) << where();
                    if (which.kind != rule_kind::gauss && which.description().offset == 0) {
                        EXPECT_EQ(seen.first, over.a) << where();
                    }
                    if (which.description().closed || which.kind == rule_kind::clenshaw) {
                        EXPECT_EQ(seen.last, over.b) << where();
                    }
                    // The constant 1 has integral b - a: 10^6 weights, each u off, and the default
                    // accumulator. Where b - a overflows, infinity is its nearest double.
                    const double width = over.b - over.a;
                    if (std::isfinite(width)) {
                        EXPECT_NEAR(value, width, 8 * u * width) << where();
                    } else {
                        EXPECT_EQ(value, infinity) << where();
                    }
                }
            }
        }
    }
}

// Their distance would overflow, and every node with it.
TEST(integrate, limits_further_apart_than_the_largest_double_throw) {
    for (const range over : {range{-1e308, 1e308}, range{largest, -largest}}) {
        EXPECT_THROW(static_cast<void>(integrate([](double) { return 1.0; }, over.a, over.b, 10, {rule_kind::left, 0})), error);
    }
}

// More panels than can be summed here: the kernels' last blocks, directly.
TEST(integrate, the_last_nodes_of_huge_sums_stay_inside) {
    const range ranges[] = {{0, 1}, {-1, 1e-20}, {0.3, 1.7}, {-1e-3, 1}, {1, 2}};
    for (rule which : all_rules()) {
        if (which.kind == rule_kind::clenshaw) continue;
        for (const int log2_panels : {30, 40, 43, 45, 46, 47, 50}) {
            for (const std::uint64_t less : {0, 1, 117, 1001}) {
                const std::uint64_t n = (std::uint64_t{1} << log2_panels) - less;
                if (which.evaluations(n) > maximum_terms) continue;
                for (const range over : ranges) {
                    const planned_rule planned(which, over.a, over.b, n);
                    const std::uint64_t samples = planned.plan().samples;
                    const std::uint64_t from = (samples - 1) / 1024 * 1024 - 4 * 1024;
                    for (const block_table* table : built_tables()) {
                        if (!runs_here(table->isa)) continue;
                        node_watch seen;
                        const auto watch = [](const void* context, const double* x, double* y, std::size_t count) {
                            static_cast<node_watch*>(const_cast<void*>(context))->see({x, count});
                            std::fill_n(y, count, 1.0);
                        };
                        for (std::uint64_t first = from; first < samples; first += 1024) {
                            const std::uint64_t count = std::min<std::uint64_t>(1024, samples - first);
                            static_cast<void>(table->of<plain>().integrate(planned.plan(), first, count, watch, &seen));
                        }
                        EXPECT_GE(seen.least, over.a) << name_of(table->isa) << " " << text_of(which, over, n);
                        EXPECT_LE(seen.most, over.b) << name_of(table->isa) << " " << text_of(which, over, n);
                    }
                }
            }
        }
    }
}

// Scaling by (b - a) / n: huge and tiny factors, values among the denormals and next to overflow.
TEST(integrate, extreme_scales_are_within_the_bound) {
    struct extreme {
        range over;
        double sample;
    };
    const extreme cases[] = {{{-8e307, 8e307}, 0.7},       {{-8e307, 8e307}, 1e-300}, {{-0.49 * largest, 0.49 * largest}, 0.33},
                             {{0, 1e-320}, 1.0 / 3},       {{0, 1e-310}, 1e-5},       {{0, 1e300}, 1e7},
                             {{1, 1 + 0x1p-52}, 1e-310},   {{0, 1}, 1e-310},          {{0, 1e-300}, 1e300 / 3},
                             {{-1e300, 1e300}, 1e-308 / 7}};
    for (const rule& which : all_rules()) {
        for (const extreme& each : cases) {
            const range over = each.over; // Clang before 16 cannot capture a structured binding
            const double sample = each.sample;
            for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1025}}) {
                const rule_reference reference(which, over, n);
                const std::vector<double> samples(which.evaluations(n), sample);
                if (samples.size() > 5000) continue;
                const real truth = reference.sum(samples);
                const auto f = [sample](double) { return sample; };
                for_each_execution([&](const execution& how) {
                    const bounded result = integrate_bounded(f, over.a, over.b, n, which, how);
                    EXPECT_TRUE(within(result.value, truth, result.bound))
                        << slug(how) << " " << text_of(which, over, n) << ", f " << sample << ": " << result.value << " for "
                        << truth.rounded() << ", bound " << result.bound;
                });
            }
        }
    }
}

TEST(integrate, samples_that_are_no_number_show) {
    for (const rule& which : all_rules()) {
        const std::uint64_t n = which.order > 3 ? 100 : 1100;
        for_each_execution([&](const execution& how) {
            for (const double special : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
                const auto f = [&](double x) { return x > 0.5 && x < 0.52 ? special : 1.0; };
                const auto [value, bound] = integrate_bounded(f, 0, 1, n, which, how);
                if (std::isnan(special)) {
                    EXPECT_TRUE(std::isnan(value)) << slug(how) << " " << which.name();
                } else {
                    EXPECT_EQ(value, special) << slug(how) << " " << which.name();
                }
                EXPECT_FALSE(bound < infinity) << slug(how) << " " << which.name();
            }
        });
    }
}

struct unlike_any_other : std::runtime_error {
    using std::runtime_error::runtime_error;
    int code = 42;
};

// 50 us a block: worth several threads, so that the exception crosses them.
TEST(integrate, exceptions_keep_their_type) {
    for (const int threads : {1, 4}) {
        for (const accumulator_kind accumulator : quadot::tests::accumulator_kinds()) {
            for (const double where : {0.0001, 0.4, 0.99}) {
                const execution how{.accumulator = accumulator, .threads = threads};
                const auto wait = [] {
                    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(25);
                    while (std::chrono::steady_clock::now() < end) {
                    }
                };
                const auto typed = [&](std::span<const double> x, std::span<double> y) {
                    wait();
                    if (x.front() <= where && x.back() >= where) throw unlike_any_other("at last");
                    std::fill(y.begin(), y.end(), 1.0);
                };
                try {
                    static_cast<void>(integrate(typed, 0, 1, 32 * 1024, {rule_kind::midpoint, 0}, how));
                    ADD_FAILURE() << "nothing was thrown";
                } catch (const unlike_any_other& problem) {
                    EXPECT_STREQ(problem.what(), "at last");
                    EXPECT_EQ(problem.code, 42);
                }
                const auto untyped = [&](double x) -> double {
                    if (x >= where) throw 17;
                    return x;
                };
                EXPECT_THROW(static_cast<void>(integrate(untyped, 0, 1, 32 * 1024, {rule_kind::simpson, 0}, how)), int);
            }
        }
    }
    // The library is as good as new.
    EXPECT_EQ(integrate([](double) { return 1.0; }, 0, 1, 5000, {rule_kind::midpoint, 0}, {.threads = 4}), 1.0);
}

TEST(integrate, callables_that_throw_leave_the_floating_point_mode_alone) {
    const auto f = [](double) -> double { throw 1; };
    for (const int threads : {1, 3}) {
        try {
            static_cast<void>(integrate(f, 0, 1, 9000, {rule_kind::left, 0}, {.threads = threads}));
        } catch (int) {
        }
        volatile double smallest_normal = std::numeric_limits<double>::min();
        EXPECT_GT(smallest_normal / 2, 0.0);
    }
}

TEST(evaluate_only, evaluates_as_often_as_it_says_and_where) {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<bool> outside{false};
    const auto f = [&](double x) {
        calls.fetch_add(1, std::memory_order_relaxed);
        if (!(x > -1 && x < 2)) outside = true;
        return x;
    };
    for (const std::uint64_t evaluations :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{512}, std::uint64_t{513}, std::uint64_t{100000}}) {
        for (const int threads : {1, 2, 3}) {
            calls = 0;
            static_cast<void>(evaluate_only(f, -1, 2, evaluations, {.threads = threads}));
            EXPECT_EQ(calls, (evaluations + 511) / 512 * 512) << evaluations << " " << threads;
        }
    }
    EXPECT_FALSE(outside);
    EXPECT_THROW(static_cast<void>(evaluate_only([](double) -> double { throw 1; }, 0, 1, 100000, {.threads = 3})), int);
}

TEST(rules, names_round_trip) {
    for (const rule& which : all_rules()) {
        const auto found = find_rule(which.name());
        ASSERT_TRUE(found) << which.name();
        EXPECT_EQ(*found, which);
    }
    for (const char* unknown : {"", "gauss", "gauss:", "gauss:K", "gauss:1", "gauss:65", "gauss:7 ", "gauss:+7",
                                "gauss:99999999999999999999", "Simpson", "simpson:3"}) {
        EXPECT_FALSE(find_rule(unknown)) << unknown;
    }
    EXPECT_EQ(rule_names().size(), rule_descriptions.size());
}

} // namespace
