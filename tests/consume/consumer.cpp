// A user's program: dot products and integrals through the installed headers and library alone.
#include <quadot.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <numbers>
#include <span>
#include <vector>

namespace {

int failures = 0;

void expect(const char* what, double value, double expected, double tolerance) {
    if (std::abs(value - expected) <= tolerance) return; // false for a NaN
    std::fprintf(stderr, "consumer: %s: %.17g, expected %.17g\n", what, value, expected);
    ++failures;
}

} // namespace

int main() {
    const std::size_t n = 100003;
    std::vector<double> x(n);
    std::vector<double> y(n, 2.0);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>(i);
    const double sum = static_cast<double>(n - 1) * static_cast<double>(n); // of 2 i: exact in double
    expect("dot", quadot::dot(x, y), sum, 0);
    expect("dot, plain, 2 threads", quadot::dot(x, y, {.accumulator = quadot::accumulator_kind::plain, .threads = 2}), sum, 0);
    expect("dot of nothing", quadot::dot(std::span<const double>(), std::span<const double>()), 0, 0);

    const std::vector<float> small{1, 2, 3};
    expect("dot, float", quadot::dot(small, small), 14, 0);

    const quadot::rule midpoint = *quadot::find_rule("midpoint");
    const auto scalar = [](double t) { return std::cos(t); };
    expect("integrate, scalar callable", quadot::integrate(scalar, 0, std::numbers::pi / 2, 1000, midpoint), 1, 2e-7);

    const auto block = [](std::span<const double> t, std::span<double> f) {
        for (std::size_t k = 0; k < t.size(); ++k) f[k] = 3 * t[k] * t[k];
    };
    expect("integrate, block callable", quadot::integrate(block, 0, 2, 10, *quadot::find_rule("simpson")), 8, 1e-14);

    const quadot::bounded pi = quadot::integrate_bounded(*quadot::find_integrand("pi"), 0, 1, 1000, *quadot::find_rule("gauss:5"));
    expect("integrate, by name", pi.value, std::numbers::pi, 1e-14);

    try {
        quadot::dot(x, std::span<const double>(y).first(1));
        std::fputs("consumer: dot accepted vectors of different lengths\n", stderr);
        ++failures;
    } catch (const quadot::error& e) {
        expect("exit code of a length mismatch", e.exit_code(), 2, 0);
    }
    const quadot::integral tail = quadot::integrate(quadot::expression("exp(-x^2)"), 0, HUGE_VAL, {.relative = 1e-12});
    expect("integrate to a tolerance", tail.value, std::sqrt(std::numbers::pi) / 2, 1e-12);
    expect("its status", static_cast<double>(tail.status), static_cast<double>(quadot::integral_status::ok), 0);
    std::vector<double> slopes{0, 1, 2};
    std::vector<quadot::integral> family(slopes.size());
    const auto line = [](double t, double slope) { return slope * t; };
    quadot::integrate_each(line, 0, 2, slopes, family, {.min_width = 0});
    expect("a family of integrals", family[2].value, 4, 1e-12);

    return failures == 0 ? 0 : 1;
}
