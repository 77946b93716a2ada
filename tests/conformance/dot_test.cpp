// dot() for every accumulator, instruction set and element type, against the exact sum of products.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace quadot;
using quadot::tests::bits;
using quadot::tests::exact_dot;
using quadot::tests::exact_sum;
using quadot::tests::for_each_execution;
using quadot::tests::random_below;
using quadot::tests::random_scaled;
using quadot::tests::random_signed;
using quadot::tests::slug;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double u = 0x1p-53;

template <class T>
class dot_of : public ::testing::Test {};
using element_types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(dot_of, element_types);

template <class T>
std::vector<T> vector_of(std::size_t n, int spread, std::uint64_t seed) {
    std::vector<T> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(random_scaled(spread, seed, i));
    return values;
}

template <class T>
double magnitude_of(std::span<const T> x, std::span<const T> y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        sum += std::fabs(static_cast<double>(x[i]) * static_cast<double>(y[i]));
    }
    return sum;
}

/// What a bound may be at most, as a multiple of sum |x y|. Trees of 100003 terms are at most 64 (float
/// lanes) or 128 + 1 + 5 additions high in a block and 5 merges above; 2 * 145 u is 3e-14 in double and 2e-5
/// where lanes are float.
template <class T>
double sensible_share(accumulator_kind kind) {
    return std::is_same_v<T, float> && kind == accumulator_kind::plain ? 1e-4 : 1e-10;
}

TYPED_TEST(dot_of, any_length_and_alignment_is_within_its_bound) {
    using T = TypeParam;
    const std::vector<std::size_t> lengths{0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 4095, 4096, 4097, 8191, 8192, 8193, 100003};
    const std::size_t longest = lengths.back();
    const auto x = vector_of<T>(longest, 12, 1);
    const auto y = vector_of<T>(longest, 12, 2);
    std::vector<exact_sum> truth;
    exact_sum sum;
    for (std::size_t i = 0; const std::size_t n : lengths) {
        for (; i < n; ++i) sum.add(static_cast<double>(x[i]), static_cast<double>(y[i]));
        truth.push_back(sum);
    }
    std::vector<T> shifted_x(longest + 16);
    std::vector<T> shifted_y(longest + 16);
    for (std::size_t shift = 0; shift < 8; ++shift) {
        const std::size_t other_shift = (3 * shift + 1) % 8;
        std::copy(x.begin(), x.end(), shifted_x.begin() + static_cast<std::ptrdiff_t>(shift));
        std::copy(y.begin(), y.end(), shifted_y.begin() + static_cast<std::ptrdiff_t>(other_shift));
        for_each_execution([&](const execution& how) {
            for (std::size_t k = 0; k < lengths.size(); ++k) {
                const std::span<const T> left(shifted_x.data() + shift, lengths[k]);
                const std::span<const T> right(shifted_y.data() + other_shift, lengths[k]);
                const auto [value, bound] = dot_bounded(left, right, how);
                const auto where = [&] { return slug(how) + ", n " + std::to_string(lengths[k]) + ", shift " + std::to_string(shift); };
                ASSERT_EQ(bits(value), bits(dot(left, right, how))) << where();
                ASSERT_LE(truth[k].distance(value), bound) << where();
                // 2^-149 a term: what float products lose by underflow is in every bound.
                const double allowance =
                    sensible_share<T>(how.accumulator) * magnitude_of(left, right) + static_cast<double>(lengths[k]) * 0x1p-149;
                ASSERT_LE(bound, allowance) << where();
            }
        });
    }
}

TYPED_TEST(dot_of, nothing_is_zero) {
    for_each_execution([](const execution& how) {
        const std::span<const TypeParam> nothing;
        EXPECT_EQ(bits(dot(nothing, nothing, how)), bits(0.0)) << slug(how);
    });
}

template <class T>
struct problem {
    std::vector<T> x;
    std::vector<T> y;
};

/// A dot product of condition number about `condition` (Ogita, Rump & Oishi 2005, Algorithm 6.1): a first
/// half with exponents up to half of the condition's, and a second half each of whose terms cancels the sum
/// so far to a smaller and smaller rest; then shuffled.
template <class T>
problem<T> ill_conditioned(std::size_t n, double condition, std::uint64_t seed) {
    problem<T> made{std::vector<T>(n), std::vector<T>(n)};
    const double exponent = std::log2(condition) / 2;
    const std::size_t half = n / 2;
    exact_sum sum;
    for (std::size_t i = 0; i < n; ++i) {
        const auto share = static_cast<double>(i - half) / static_cast<double>(n - 1 - half);
        double scale = exponent * (1 - share);
        if (i < half) scale = i == 0 ? exponent + 1 : i == 1 ? 0 : exponent * tests::random_unit(seed + 3, i);
        const double power = std::exp2(std::round(scale));
        const auto x = static_cast<T>(random_signed(seed, i) * power);
        double y = random_signed(seed + 1, i) * power;
        if (i >= half) y = (y - sum.rounded()) / static_cast<double>(x);
        made.x[i] = x;
        made.y[i] = static_cast<T>(y);
        sum.add(static_cast<double>(made.x[i]), static_cast<double>(made.y[i]));
    }
    for (std::size_t i = n - 1; i > 0; --i) {
        const std::size_t j = random_below(i + 1, seed + 2, i);
        std::swap(made.x[i], made.x[j]);
        std::swap(made.y[i], made.y[j]);
    }
    return made;
}

TYPED_TEST(dot_of, ill_conditioned_sums_are_within_their_bound) {
    using T = TypeParam;
    double hardest = 0;
    for (const std::size_t n : {std::size_t{100}, std::size_t{2000}, std::size_t{9001}}) {
        for (double wanted = 1e4; wanted < 2e30; wanted *= 100) {
            const auto [x, y] = ill_conditioned<T>(n, wanted, 100 + n);
            const std::span<const T> left(x);
            const std::span<const T> right(y);
            const exact_sum truth = exact_dot(x, y);
            const double magnitude = magnitude_of(left, right);
            const double condition = 2 * magnitude / std::fabs(truth.rounded());
            hardest = std::max(hardest, condition);
            for_each_execution([&](const execution& how) {
                const auto [value, bound] = dot_bounded(left, right, how);
                const double error = truth.distance(value);
                EXPECT_LE(error, bound) << slug(how) << ", n " << n << ", condition " << condition;
                EXPECT_LE(bound, sensible_share<T>(how.accumulator) * magnitude) << slug(how);
                if (how.accumulator != accumulator_kind::compensated) return;
                // Rounded once from twice the precision. compensated.hpp bounds the relative error by
                // u + gamma^2 cond / 2, in double; the constant here is without the factor 2 for a rounded
                // magnitude. One merge and a block of n terms: m = 1 + n / 32 + 5 + 2, 12 for n = 100, where
                // at condition 1e14 the second part is (12 u)^2 1e14 / 2 < u.
                if (std::is_same_v<T, double> && n == 100 && condition <= 1e14) {
                    EXPECT_LE(error, 2 * u * std::fabs(truth.rounded())) << slug(how) << ", " << condition;
                }
                // float products are exact in double: plain sums of m additions.
                if (std::is_same_v<T, float> && n == 100 && condition <= 1e4) {
                    EXPECT_LE(error, (1 + 12 * condition / 2) * u * std::fabs(truth.rounded())) << slug(how);
                }
            });
        }
    }
    EXPECT_GT(hardest, (std::is_same_v<T, double>) ? 1e29 : 1e11) << "the generator is too tame";
}

/// Where an element sits decides the code that reads it: each lane of each register, full groups and the
/// tail.
template <class T>
void put_everywhere(std::size_t n, T special_x, T special_y, const auto& expected) {
    std::vector<T> x(n, T(0.5));
    std::vector<T> y(n, T(2));
    for (std::size_t at = 0; at < n; ++at) {
        x[at] = special_x;
        y[at] = special_y;
        for_each_execution([&](const execution& how) {
            const double value = dot(std::span<const T>(x), std::span<const T>(y), how);
            EXPECT_TRUE(expected(value)) << slug(how) << ", at " << at << " of " << n << ": " << value;
        });
        x[at] = T(0.5);
        y[at] = T(2);
    }
}

TYPED_TEST(dot_of, infinities_and_nans_follow_ieee) {
    using T = TypeParam;
    constexpr T inf = std::numeric_limits<T>::infinity();
    constexpr T largest = std::numeric_limits<T>::max();
    const auto is_nan = [](double v) { return std::isnan(v); };
    const auto is_infinite = [](double v) { return v == infinity; };
    const auto is_minus_infinite = [](double v) { return v == -infinity; };
    for (const std::size_t n : {std::size_t{1}, std::size_t{64}, std::size_t{149}}) {
        put_everywhere<T>(n, std::numeric_limits<T>::quiet_NaN(), T(1), is_nan);
        put_everywhere<T>(n, T(0), inf, is_nan);
        put_everywhere<T>(n, inf, T(1), is_infinite);
        put_everywhere<T>(n, T(1), -inf, is_minus_infinite);
        if (std::is_same_v<T, double>) {
            put_everywhere<T>(n, largest, T(2), is_infinite);
            put_everywhere<T>(n, -largest, largest, is_minus_infinite);
        }
    }
    // Two infinities: in one lane, in two lanes of a block, in two blocks.
    for (const std::size_t second : {std::size_t{1}, std::size_t{17}, std::size_t{64}, std::size_t{5000}}) {
        std::vector<T> x(9000, T(1));
        const std::vector<T> y(9000, T(1));
        for_each_execution([&](const execution& how) {
            const auto value = [&] { return dot(std::span<const T>(x), std::span<const T>(y), how); };
            x[0] = inf;
            x[second] = inf;
            EXPECT_EQ(value(), infinity) << slug(how);
            x[second] = -inf;
            EXPECT_TRUE(std::isnan(value())) << slug(how);
        });
    }
}

/// No bound may vouch for a value that is not a number, nor for an overflowed one.
TYPED_TEST(dot_of, values_that_are_no_number_have_no_finite_bound) {
    using T = TypeParam;
    constexpr T largest = std::numeric_limits<T>::max();
    constexpr T inf = std::numeric_limits<T>::infinity();
    for (const auto& special : {std::vector<T>{inf, T(1)}, std::vector<T>{inf, T(0)}, std::vector<T>{largest, largest},
                                std::vector<T>{std::numeric_limits<T>::quiet_NaN(), T(1)}}) {
        std::vector<T> x(100, T(1));
        std::vector<T> y(100, T(1));
        x[7] = special[0];
        y[7] = special[1];
        for_each_execution([&](const execution& how) {
            const auto [value, bound] = dot_bounded(std::span<const T>(x), std::span<const T>(y), how);
            if (std::isfinite(value)) {
                EXPECT_LE(exact_dot(x, y).distance(value), bound) << slug(how);
            } else {
                EXPECT_FALSE(bound < infinity) << slug(how) << ": " << value << " within " << bound;
            }
        });
    }
}

TYPED_TEST(dot_of, denormals_count) {
    using T = TypeParam;
    constexpr T smallest = std::numeric_limits<T>::denorm_min();
    std::vector<T> x(5000);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = smallest * static_cast<T>(random_below(1000, 5, i));
    const std::vector<T> y(x.size(), T(1));
    const double truth = exact_dot(x, y).rounded(); // sums of denormals are exact
    for_each_execution(
        [&](const execution& how) { EXPECT_EQ(dot(std::span<const T>(x), std::span<const T>(y), how), truth) << slug(how); });
}

TYPED_TEST(dot_of, products_that_underflow_are_within_the_bound) {
    using T = TypeParam;
    // Products around the smallest denormal of T, around its normal range, and errors of products below it.
    for (const int exponent : {0, 10, 24, 53, 60, 106}) {
        const int smallest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
        std::vector<T> x(300);
        std::vector<T> y(300);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = static_cast<T>(std::ldexp(random_signed(8, i), smallest / 2 + exponent));
            y[i] = static_cast<T>(std::ldexp(random_signed(9, i), smallest / 2));
        }
        const exact_sum truth = exact_dot(x, y);
        for_each_execution([&](const execution& how) {
            const auto [value, bound] = dot_bounded(std::span<const T>(x), std::span<const T>(y), how);
            EXPECT_LE(truth.distance(value), bound) << slug(how) << ", exponent " << exponent;
        });
    }
}

TYPED_TEST(dot_of, a_sum_of_zeros_is_plus_zero) {
    using T = TypeParam;
    const std::vector<T> x{T(-0.0), T(0.0), T(-1)};
    const std::vector<T> y{T(1), T(-1), T(0)};
    for_each_execution(
        [&](const execution& how) { EXPECT_EQ(bits(dot(std::span<const T>(x), std::span<const T>(y), how)), bits(0.0)) << slug(how); });
}

// Terms near the overflow threshold, where splitting a factor (without FMA) overflows beyond 2^996.
TEST(dot, huge_factors_are_within_the_bound) {
    std::vector<double> x(300);
    std::vector<double> y(300);
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = std::ldexp(random_signed(21, i), 1023);
        y[i] = std::ldexp(random_signed(22, i), -1000);
    }
    const exact_sum truth = exact_dot(x, y);
    for_each_execution([&](const execution& how) {
        const auto [value, bound] = dot_bounded(std::span<const double>(x), std::span<const double>(y), how);
        EXPECT_LE(truth.distance(value), bound) << slug(how);
    });
}

/// `count` elements whose first or last byte lies next to memory that must not be touched.
template <class T>
class fenced {
  public:
    explicit fenced(std::size_t capacity)
        : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), bytes_((capacity * sizeof(T) + page_ - 1) / page_ * page_) {
        void* mapped = mmap(nullptr, bytes_ + 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) throw std::bad_alloc();
        base_ = static_cast<std::byte*>(mapped);
        mprotect(base_, page_, PROT_NONE);
        mprotect(base_ + page_ + bytes_, page_, PROT_NONE);
        T* const all = first(bytes_ / sizeof(T)).data();
        for (std::size_t i = 0; i < bytes_ / sizeof(T); ++i) all[i] = T(1);
    }
    fenced(const fenced&) = delete;
    fenced& operator=(const fenced&) = delete;
    ~fenced() { munmap(base_, bytes_ + 2 * page_); }

    std::span<T> first(std::size_t count) { return {reinterpret_cast<T*>(base_ + page_), count}; }
    std::span<T> last(std::size_t count) { return {reinterpret_cast<T*>(base_ + page_ + bytes_) - count, count}; }

  private:
    std::size_t page_;
    std::size_t bytes_;
    std::byte* base_ = nullptr;
};

TYPED_TEST(dot_of, no_byte_beyond_either_end_is_read) {
    using T = TypeParam;
    fenced<T> x(8400);
    fenced<T> y(8400);
    std::vector<std::size_t> lengths;
    for (std::size_t r = 0; r <= 130; ++r) lengths.insert(lengths.end(), {r, 4096 + r});
    for (std::size_t r = 0; r < 64; ++r) lengths.push_back(8192 + r);
    for_each_execution([&](const execution& how) {
        for (const std::size_t n : lengths) {
            // All terms are 1: the sum also says that no term was left out or counted twice.
            const auto check = [&](std::span<const T> left, std::span<const T> right) {
                ASSERT_EQ(dot(left, right, how), static_cast<double>(n)) << slug(how) << ", n " << n;
                ASSERT_EQ(dot_bounded(left, right, how).value, static_cast<double>(n));
            };
            check(x.last(n), y.last(n));
            check(x.first(n), y.first(n));
            check(x.first(n), y.last(n));
            check(x.last(n), y.first(n));
        }
    });
}

template <class Call>
void expect_usage_error(Call&& call, const std::string& mention) {
    try {
        call();
    } catch (const error& problem) {
        EXPECT_EQ(problem.kind(), error_kind::usage) << problem.what();
        EXPECT_NE(std::string(problem.what()).find(mention), std::string::npos) << problem.what();
        return;
    }
    ADD_FAILURE() << "nothing was thrown";
}

TYPED_TEST(dot_of, bad_calls_are_usage_errors) {
    using T = TypeParam;
    const std::vector<T> x(100, T(1));
    const std::span<const T> whole(x);
    for (const std::size_t shorter : {std::size_t{0}, std::size_t{99}}) {
        const auto part = whole.first(shorter);
        expect_usage_error([&] { static_cast<void>(dot(whole, part)); }, "100");
        expect_usage_error([&] { static_cast<void>(dot(part, whole)); }, std::to_string(shorter));
        expect_usage_error([&] { static_cast<void>(dot_bounded(part, whole)); }, "length");
    }
    for (const int threads : {-1, std::numeric_limits<int>::min(), 1025, 100000}) {
        const execution how{.threads = threads};
        expect_usage_error([&] { static_cast<void>(dot(whole, whole, how)); }, std::to_string(threads));
        expect_usage_error([&] { static_cast<void>(dot_bounded(whole, whole, how)); }, "threads");
        const auto single = whole.first(0);
        expect_usage_error([&] { static_cast<void>(dot(single, single, how)); }, "threads");
    }
}

TEST(dot, an_instruction_set_of_another_architecture_is_an_environment_error) {
    const std::vector<double> x(3, 1.0);
    const std::span<const double> whole(x);
    for (const auto& description : isa_descriptions) {
        if (runs_here(description.kind)) continue;
        try {
            static_cast<void>(dot(whole, whole, {.isa = description.kind}));
            ADD_FAILURE() << description.name;
        } catch (const error& problem) {
            EXPECT_EQ(problem.kind(), error_kind::environment) << problem.what();
        }
    }
}

// Slices: whole blocks, in order, all of them, as even as blocks allow.
TEST(dot_slices, partition_the_terms_for_ranks_and_workers) {
    for (const std::uint64_t n :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4096}, std::uint64_t{4097}, std::uint64_t{100003}, maximum_terms}) {
        for (const int ranks : {1, 2, 3, 7, 64, 1000}) {
            std::uint64_t expected_first = 0;
            std::uint64_t largest = 0;
            std::uint64_t smallest = maximum_terms;
            for (int rank = 0; rank < ranks; ++rank) {
                const slice mine = dot_slice(n, rank, ranks);
                ASSERT_EQ(mine.first, expected_first) << n << " over " << ranks;
                if (mine.last() < n) {
                    ASSERT_EQ(mine.last() % terms_per_block, 0u);
                }
                expected_first = mine.last();
                largest = std::max(largest, mine.count);
                smallest = std::min(smallest, mine.count);
                std::uint64_t worker_first = mine.first;
                for (int worker = 0; worker < 5; ++worker) {
                    const slice part = dot_worker_slice(mine, worker, 5);
                    ASSERT_EQ(part.first, worker_first) << n << " over " << ranks << ", worker " << worker;
                    worker_first = part.last();
                }
                ASSERT_EQ(worker_first, mine.last());
            }
            EXPECT_EQ(expected_first, n);
            // Fewest and most blocks differ by one; the last block may be short by all but one term.
            EXPECT_LE(largest - smallest, 2 * terms_per_block - 1) << n << " over " << ranks;
        }
    }
}

TEST(dot, exactness_of_the_truth_used_here) {
    exact_sum sum;
    sum.add(0x1p1023, 2);
    sum.add(0x1p-1074, 0x1p-1074);
    sum.add(-0x1p1023, 2);
    EXPECT_EQ(sum.rounded(), 0.0);
    EXPECT_GT(sum.distance(0), 0.0);
    EXPECT_EQ(sum.distance(nan), infinity);
    EXPECT_EQ(sum.distance(1.0), 1.0);
}

} // namespace
