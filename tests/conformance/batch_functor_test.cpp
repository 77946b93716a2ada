// User functors on lanes (batch_functor.hpp), compiled by the flags of every instruction set in turn (support/functors.cpp).
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/functors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace quadot::tests {

#if defined(__x86_64__)
extern const functors functors_sse2, functors_avx2, functors_avx512;
bool refused_sse2();
bool refused_avx2();
bool refused_avx512();
#else
extern const functors functors_neon64;
bool refused_neon64();
#endif

namespace {

struct compiled_for {
    isa_kind isa;
    const functors* own;
    bool (*refused)();
};
const compiled_for all_compiled[] = {
#if defined(__x86_64__)
    {isa_kind::sse2, &functors_sse2, refused_sse2},
    {isa_kind::avx2, &functors_avx2, refused_avx2},
    {isa_kind::avx512, &functors_avx512, refused_avx512},
#else
    {isa_kind::neon64, &functors_neon64, refused_neon64},
#endif
};

template <class Check>
void on_each_isa(Check check) {
    for (const compiled_for& each : all_compiled) {
        SCOPED_TRACE(std::string(name_of(each.isa)));
        if (runs_here(each.isa)) check(each);
    }
}

auto block(functor_on_arrays f) {
    return [f](std::span<const double> x, std::span<double> y) { f(x.data(), y.data(), x.size()); };
}

TEST(BatchFunctor, HasTheBitsOfTheTextOnItsInstructionSet) {
    const expression written("exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)");
    on_each_isa([&](const compiled_for& each) {
        for (const std::uint64_t n : {1u, 31u, 512u, 513u, 100003u}) {
            EXPECT_EQ(bits(integrate(block(each.own->formula), 0, 3, n, {rule_kind::midpoint}, {.isa = each.isa})),
                      bits(integrate(written, 0, 3, n, {rule_kind::midpoint}, {.isa = each.isa})))
                << n;
        }
    });
}

TEST(BatchFunctor, AgreesWithTheScalarOne) {
    const auto scalar = [](double x) { return std::exp(-x * x) * std::sin(10 * x) + std::sqrt(1 + x * x) / (1 + x); };
    const double expected = integrate(scalar, 0, 3, 10000, {rule_kind::simpson});
    on_each_isa([&](const compiled_for& each) {
        // Samples below 2 off by at most 5 ulp, over a length of 3: 5 u 2 3 = 3.4e-15.
        EXPECT_NEAR(integrate(block(each.own->formula), 0, 3, 10000, {rule_kind::simpson}), expected, 3.4e-15);
    });
}

TEST(BatchFunctor, SeesEveryAbscissaAndNoOther) {
    on_each_isa([](const compiled_for& each) {
        for (std::size_t count = 0; count < 100; ++count) {
            std::vector<double> x(count), y(count + 1, 7.0);
            for (std::size_t k = 0; k < count; ++k) x[k] = static_cast<double>(k) / 64;
            each.own->chosen(x.data(), y.data(), count);
            for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(bits(y[k]), bits(x[k] > 0.5 ? 1.0 : -x[k])) << k << " of " << count;
            EXPECT_EQ(y[count], 7.0);
        }
    });
}

TEST(BatchFunctor, MinusZeroIsMinusZero) {
    on_each_isa([](const compiled_for& each) {
        const std::vector<double> x(40, 0.0);
        std::vector<double> y(40);
        each.own->negated_reciprocal(x.data(), y.data(), x.size());
        for (const double value : y) EXPECT_EQ(value, -std::numeric_limits<double>::infinity());
    });
}

TEST(BatchFunctor, MayTakeXsimdBatchesAndParameters) {
    on_each_isa([](const compiled_for& each) {
        EXPECT_NEAR(integrate(block(each.own->square), 0, 3, 1000, {rule_kind::simpson}), 9, 1e-13);
        EXPECT_NEAR(integrate(block(each.own->three_times), 0, 2, 1000, {rule_kind::midpoint}), 6, 1e-13);
    });
}

TEST(BatchFunctor, ExceptionsReachTheCaller) {
    on_each_isa([](const compiled_for& each) {
        for (const int threads : {1, 4}) {
            EXPECT_THROW((void)integrate(block(each.own->failing), 0, 2, 1000000, {rule_kind::midpoint}, {.threads = threads}),
                         std::runtime_error)
                << threads;
        }
    });
}

TEST(BatchFunctor, ContractionIsRefusedWhereThereIsAny) {
    on_each_isa([](const compiled_for& each) { EXPECT_EQ(each.refused(), describe(each.isa).fused_multiply_add); });
}

} // namespace
} // namespace quadot::tests
