// Error-free transformations survive the compiler: nothing is contracted that was written as two operations.
#include <gtest/gtest.h>

namespace quadot {

#define QUADOT_DECLARE_PROBE(name)                                                                                                         \
    namespace name {                                                                                                                       \
    double sum_and_product(double s, double w, double v);                                                                                  \
    double sum_and_product_of_a_class(double s, double w, double v);                                                                       \
    double product_error(double a, double b);                                                                                              \
    double product_error_by_splitting(double a, double b);                                                                                 \
    double product_error_of_double_double(double a, double b);                                                                             \
    }
QUADOT_DECLARE_PROBE(as_the_library)
QUADOT_DECLARE_PROBE(contracted)
#undef QUADOT_DECLARE_PROBE

} // namespace quadot

namespace {

/// (1 + 2^-30)^2 = 1 + 2^-29 + 2^-60, of which a double holds all but 2^-60.
constexpr double factor = 1 + 0x1p-30;
constexpr double product = 1 + 0x1p-29;
constexpr double error = 0x1p-60;

class contraction : public ::testing::Test {
    void SetUp() override {
#if defined(__x86_64__)
        if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2"))
            GTEST_SKIP() << "this CPU has no FMA; codegen_test.py reads the same off the objects";
#endif
    }
};

TEST_F(contraction, is_off_in_the_library) {
    using namespace quadot::as_the_library;
    EXPECT_EQ(sum_and_product(-product, factor, factor), 0.0);
    EXPECT_EQ(sum_and_product_of_a_class(-product, factor, factor), 0.0);
    EXPECT_EQ(product_error(factor, factor), error);
    EXPECT_EQ(product_error_by_splitting(factor, factor), error);
    EXPECT_EQ(product_error_of_double_double(factor, factor), error);
}

TEST_F(contraction, is_seen_by_this_test) {
    using namespace quadot::contracted;
    EXPECT_EQ(sum_and_product(-product, factor, factor), error);
    EXPECT_EQ(sum_and_product_of_a_class(-product, factor, factor), error);
}

} // namespace
