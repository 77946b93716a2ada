// User functors on lanes (batch_functor.hpp), as a user would compile them: for this machine, without contraction.
#include "batch_functor.hpp"
#include "quadot.hpp"
#include "tests/support/bits.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace quadot::tests {

/// In contracting_functor.cpp, which is compiled with contraction.
bool contraction_is_refused();

namespace {

/// One for everybody: packs, doubles.
constexpr auto formula = [](auto x) {
    using std::exp;
    using std::sin;
    using std::sqrt;
    return exp(-x * x) * sin(10 * x) + sqrt(1 + x * x) / (1 + x);
};
const char* const text = "exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)";

TEST(BatchFunctor, HasTheBitsOfTheText) {
#if !defined(__FMA__) && !defined(__aarch64__)
    GTEST_SKIP() << "this CPU has no FMA: SSE2's bits are its own";
#endif
    const expression written(text);
    const auto f = vectorized(formula);
    for (const std::uint64_t n : {1u, 31u, 512u, 513u, 100003u}) {
        EXPECT_EQ(bits(integrate(f, 0, 3, n, {rule_kind::midpoint})), bits(integrate(written, 0, 3, n, {rule_kind::midpoint}))) << n;
    }
}

TEST(BatchFunctor, AgreesWithTheScalarOne) {
    const auto scalar = [](double x) { return formula(x); };
    const double expected = integrate(scalar, 0, 3, 10000, {rule_kind::simpson});
    EXPECT_NEAR(integrate(vectorized(formula), 0, 3, 10000, {rule_kind::simpson}), expected, 1e-14 * std::fabs(expected));
}

TEST(BatchFunctor, SeesEveryAbscissaAndNoOther) {
    const auto f = vectorized([](lanes x) { return select(x > lanes(0.5), lanes(1.0), -x); });
    for (std::size_t count = 0; count < 100; ++count) {
        std::vector<double> x(count), y(count + 1, 7.0);
        for (std::size_t k = 0; k < count; ++k) x[k] = static_cast<double>(k) / 64;
        f(std::span<const double>(x), std::span<double>(y).first(count));
        for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(bits(y[k]), bits(x[k] > 0.5 ? 1.0 : -x[k])) << k << " of " << count;
        EXPECT_EQ(y[count], 7.0);
    }
}

TEST(BatchFunctor, MinusZeroIsMinusZero) {
    const auto f = vectorized([](lanes x) { return 1 / -x; });
    const std::vector<double> x(40, 0.0);
    std::vector<double> y(40);
    f(std::span<const double>(x), std::span<double>(y));
    for (const double value : y) EXPECT_EQ(value, -std::numeric_limits<double>::infinity());
}

TEST(BatchFunctor, MayTakeXsimdBatches) {
    const auto f = vectorized([](xsimd::batch<double> x) { return x * x; });
    EXPECT_NEAR(integrate(f, 0, 3, 1000, {rule_kind::simpson}), 9, 1e-13);
}

TEST(BatchFunctor, ParametersAndExceptionsPass) {
    const double k = 3;
    const auto f = vectorized([k](auto x) { return k * x; });
    EXPECT_NEAR(integrate(f, 0, 2, 1000, {rule_kind::midpoint}), 6, 1e-13);
    const auto failing = vectorized([](lanes x) -> lanes {
        if (x.part[0].get(0) > 1) throw std::runtime_error("beyond 1");
        return x;
    });
    for (const int threads : {1, 4}) {
        EXPECT_THROW((void)integrate(failing, 0, 2, 1000000, {rule_kind::midpoint}, {.threads = threads}), std::runtime_error) << threads;
    }
}

TEST(BatchFunctor, ContractionIsRefused) {
#if !defined(__FMA__) && !defined(__aarch64__)
    GTEST_SKIP() << "nothing to contract to on this CPU";
#endif
    EXPECT_TRUE(contraction_is_refused());
}

} // namespace
} // namespace quadot::tests
