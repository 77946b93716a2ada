// The first promise: bits depend on the problem and the accumulator alone. Every other way to compute is
// compared with one reference, a scalar program that spells out the order of DESIGN.md section 3.
#include "accumulators/superaccumulator.hpp"
#include "block/block_table.hpp"
#include "math/one_lane.hpp"
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cfenv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <omp.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {

using namespace quadot;
using quadot::math::fused_scalar;
using quadot::math::unfused_scalar;
using quadot::tests::accumulator_kinds;
using quadot::tests::all_rules;
using quadot::tests::bits;
using quadot::tests::fused_isas;
using quadot::tests::random_scaled;
using quadot::tests::runnable_isas;
using quadot::tests::slug;

template <class T>
std::vector<T> data(std::size_t n, std::uint64_t seed) {
    std::vector<T> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(random_scaled(20, seed, i));
    return values;
}

/// The definition of a dot product's bits, one lane at a time: term i of a block goes to lane i mod
/// L, with L lanes of 256 bytes in all; lanes fold by halves; blocks merge along the binary tree over block
/// indices.
template <class Accumulator, class T>
struct definition {
    using lane = std::conditional_t<std::is_same_v<T, float> && !Accumulator::widens_float, float, double>;
    using state = typename Accumulator::template lanes<lane, T>;
    using partial = typename Accumulator::partial;
    static constexpr std::size_t block = terms_per_block;
    static constexpr std::size_t lanes = 256 / sizeof(lane);

    static partial of_block(std::span<const T> x, std::span<const T> y) {
        std::array<state, lanes> sums;
        sums.fill(state::zero());
        for (std::size_t i = 0; i < x.size(); ++i) {
            sums[i % lanes].accumulate(static_cast<lane>(x[i]), static_cast<lane>(y[i]));
        }
        for (std::size_t half = lanes / 2; half > 0; half /= 2) {
            for (std::size_t j = 0; j < half; ++j) sums[j] = state::fold(sums[j], sums[j + half]);
        }
        return Accumulator::partial_of(sums[0]);
    }

    /// Of terms that start at a multiple of `width` blocks, a power of 2.
    static partial of_node(std::span<const T> x, std::span<const T> y, std::size_t width) {
        if (width == 1) return of_block(x, y);
        const std::size_t left = std::min(x.size(), width / 2 * block);
        const partial first = of_node(x.first(left), y.first(left), width / 2);
        if (left == x.size()) return first;
        return partial::merge(first, of_node(x.subspan(left), y.subspan(left), width / 2));
    }

    static double dot(std::span<const T> x, std::span<const T> y) { return of_node(x, y, std::bit_ceil(x.size() / block + 1)).round(); }
};

template <class T>
double defined_dot(std::span<const T> x, std::span<const T> y, accumulator_kind kind) {
    return with_accumulator(kind, [&]<class Accumulator>() {
        if constexpr (lane_accumulator<Accumulator>) {
            return definition<Accumulator, T>::dot(x, y);
        } else {
            // Defined by its value: term by term in integers.
            superaccumulator sum;
            for (std::size_t i = 0; i < x.size(); ++i) sum.add_product(static_cast<double>(x[i]), static_cast<double>(y[i]));
            return sum.round();
        }
    });
}

template <class T>
class dot_bits : public ::testing::Test {};
using element_types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(dot_bits, element_types);

TYPED_TEST(dot_bits, are_those_of_the_definition_on_any_isa_thread_count_and_alignment) {
    using T = TypeParam;
    constexpr std::size_t longest = 1000003;
    const auto x = data<T>(longest, 1);
    const auto y = data<T>(longest, 2);
    std::vector<T> shifted_x(longest + 16);
    std::vector<T> shifted_y(longest + 16);
    for (const std::size_t n : {std::size_t{1}, std::size_t{31}, std::size_t{64}, std::size_t{4095}, std::size_t{4097}, std::size_t{12288},
                                std::size_t{50000}, std::size_t{98304}, longest}) {
        const std::span<const T> left(x.data(), n);
        const std::span<const T> right(y.data(), n);
        for (const accumulator_kind accumulator : accumulator_kinds()) {
            const std::uint64_t expected = bits(defined_dot(left, right, accumulator));
            for (const isa_kind isa : fused_isas()) {
                for (int threads = 1; threads <= 8; ++threads) {
                    const execution how{.accumulator = accumulator, .threads = threads, .isa = isa};
                    const std::size_t shift = static_cast<std::size_t>(threads) % 8;
                    std::copy_n(x.begin(), n, shifted_x.begin() + static_cast<std::ptrdiff_t>(shift));
                    std::copy_n(y.begin(), n, shifted_y.begin() + static_cast<std::ptrdiff_t>(shift * 5 % 8));
                    const double value =
                        dot(std::span<const T>(shifted_x.data() + shift, n), std::span<const T>(shifted_y.data() + shift * 5 % 8, n), how);
                    ASSERT_EQ(bits(value), expected) << slug(how) << ", n " << n;
                }
            }
        }
    }
    EXPECT_EQ(dot_workers(longest, 8), 8) << "n is too small for this test: not all threads were used";
}

/// Without FMA the bits are another set, but still independent of threads and alignment.
TYPED_TEST(dot_bits, of_every_isa_are_independent_of_threads_and_alignment) {
    using T = TypeParam;
    constexpr std::size_t n = 300007;
    const auto x = data<T>(n + 8, 3);
    const auto y = data<T>(n + 8, 4);
    for (const accumulator_kind accumulator : accumulator_kinds()) {
        for (const isa_kind isa : runnable_isas()) {
            const execution alone{.accumulator = accumulator, .threads = 1, .isa = isa};
            for (std::size_t shift = 0; shift < 8; ++shift) {
                const std::span<const T> left(x.data() + shift, n);
                const std::span<const T> right(y.data() + shift, n);
                const std::vector<T> aligned_left(left.begin(), left.end());
                const std::vector<T> aligned_right(right.begin(), right.end());
                const execution how{.accumulator = accumulator, .threads = 1 + static_cast<int>(shift), .isa = isa};
                EXPECT_EQ(bits(dot(left, right, how)),
                          bits(dot(std::span<const T>(aligned_left), std::span<const T>(aligned_right), alone)))
                    << slug(how);
            }
        }
    }
}

TYPED_TEST(dot_bits, of_the_default_execution_are_the_same_again_and_again) {
    using T = TypeParam;
    const auto x = data<T>(500000, 5);
    const auto y = data<T>(500000, 6);
    // Without FMA the definition's bits are not promised, but one's own are.
    const bool fused = describe(default_table().isa).fused_multiply_add;
    const double expected =
        fused ? defined_dot<T>(x, y, execution{}.accumulator) : dot(std::span<const T>(x), std::span<const T>(y), {.threads = 1});
    for (int k = 0; k < 20; ++k) EXPECT_EQ(bits(dot(std::span<const T>(x), std::span<const T>(y))), bits(expected));
}

constexpr std::uint64_t panel_counts[] = {1, 1000, 3 * 1024, 20011};

TEST(integrate_bits, are_independent_of_threads_and_isa) {
    for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
        const named_integrand named{index};
        const auto& f = named.description();
        for (const rule& which : all_rules()) {
            for (const std::uint64_t n : panel_counts) {
                if (which.order > 7 && n > 5000) continue;
                for (const accumulator_kind accumulator : accumulator_kinds()) {
                    for (const isa_kind isa : runnable_isas()) {
                        // Those with FMA agree; SSE2 agrees with itself.
                        const isa_kind model = describe(isa).fused_multiply_add ? fused_isas()[0] : isa;
                        const double expected =
                            integrate(named, f.lower, f.upper, n, which, {.accumulator = accumulator, .threads = 1, .isa = model});
                        for (const int threads : {1, 3}) {
                            const execution how{.accumulator = accumulator, .threads = threads, .isa = isa};
                            EXPECT_EQ(bits(integrate(named, f.lower, f.upper, n, which, how)), bits(expected))
                                << f.name << " " << which.name() << ", n " << n << " " << slug(how);
                        }
                    }
                }
            }
        }
    }
}

TEST(integrate_bits, of_any_integrand_are_independent_of_threads) {
    for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
        const named_integrand named{index};
        const auto& f = named.description();
        for (const rule which : {rule{rule_kind::midpoint, 0}, rule{rule_kind::boole, 0}, rule{rule_kind::gauss, 7}}) {
            for (const accumulator_kind accumulator : accumulator_kinds()) {
                for (const isa_kind isa : runnable_isas()) {
                    const std::uint64_t n = 60013; // 59 blocks and more: worth eight threads
                    const double expected =
                        integrate(named, f.lower, f.upper, n, which, {.accumulator = accumulator, .threads = 1, .isa = isa});
                    for (const int threads : {2, 5, 8}) {
                        const execution how{.accumulator = accumulator, .threads = threads, .isa = isa};
                        EXPECT_EQ(bits(integrate(named, f.lower, f.upper, n, which, how)), bits(expected))
                            << f.name << " " << which.name() << " " << slug(how);
                    }
                }
            }
        }
    }
}

/// A named integrand's formula as a block callable, sample by sample.
template <class Integrand>
struct scalar_block {
    bool fused;

    void operator()(std::span<const double> x, std::span<double> y) const {
        for (std::size_t k = 0; k < x.size(); ++k) {
            y[k] = fused ? Integrand::value(fused_scalar(x[k])).value() : Integrand::value(unfused_scalar(x[k])).value();
        }
    }
};

// The fused path has nodes and samples in registers; a block callable with the same formula takes the
// buffers.
TEST(integrate_bits, of_the_fused_path_are_those_of_the_buffers) {
    integrands::list::for_each([]<class Integrand>() {
        const auto named = find_integrand(Integrand::name);
        ASSERT_TRUE(named);
        for (const isa_kind isa : runnable_isas()) {
            const scalar_block<Integrand> block{describe(isa).fused_multiply_add};
            for (const rule& which : all_rules()) {
                if (which.kind >= rule_kind::gauss) continue; // no fused path
                for (const std::uint64_t n : {std::uint64_t{4096}, std::uint64_t{10240}, std::uint64_t{33333}}) {
                    for (const int threads : {1, 3}) {
                        const execution how{.accumulator = accumulator_kind::plain, .threads = threads, .isa = isa};
                        EXPECT_EQ(bits(integrate(*named, Integrand::lower, Integrand::upper, n, which, how)),
                                  bits(integrate(block, Integrand::lower, Integrand::upper, n, which, how)))
                            << Integrand::name << " " << which.name() << ", n " << n << " " << slug(how);
                    }
                }
            }
        }
    });
}

// Blocks within one quadrant of a sine have a kernel of their own.
TEST(integrate_bits, of_sines_are_those_of_the_buffers_in_every_quadrant) {
    constexpr double quarter = std::numbers::pi / 2;
    const auto compare = [&]<class Integrand>(const Integrand&, double from, double to) {
        const auto named = find_integrand(Integrand::name);
        ASSERT_TRUE(named);
        for (const isa_kind isa : runnable_isas()) {
            const scalar_block<Integrand> block{describe(isa).fused_multiply_add};
            for (const rule_kind kind : {rule_kind::midpoint, rule_kind::simpson}) {
                const execution how{.accumulator = accumulator_kind::plain, .threads = 1, .isa = isa};
                EXPECT_EQ(bits(integrate(*named, from, to, 40002, {kind, 0}, how)), bits(integrate(block, from, to, 40002, {kind, 0}, how)))
                    << Integrand::name << " from " << from << " to " << to << " " << slug(how);
            }
        }
    };
    const auto compare_all = [&](double from, double to) {
        compare(integrands::cosine{}, from, to);
        compare(integrands::sine{}, from, to);
        compare(integrands::damped{}, from, to);
        compare(integrands::periodic{}, from, to);
        compare(integrands::x_sine_of_reciprocal{}, from, to);
    };
    for (const double quadrant :
         {-1000001.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 2670176.0, 2670177.0}) {
        const double middle = quadrant * quarter;
        compare_all(middle - 0.78, middle + 0.78);   // one quadrant
        compare_all(middle - 0.01, middle + 0.01);   // around what the sine or cosine is zero at
        compare_all(middle + 0.70, middle + 0.87);   // some blocks cross into the next one
        compare_all(middle + 1e-300, middle + 5e-9); // all but one point
    }
    compare_all(-1e-3, 1e-3);
    compare_all(-0.0, 0.1);
}

/// Calls that cover every way to a result: one block, one thread, several threads, every kind of rule.
std::vector<double> all_kinds_of_results(const std::vector<double>& x, const std::vector<double>& y) {
    std::vector<double> values;
    const std::span<const double> left(x);
    const std::span<const double> right(y);
    for (const accumulator_kind accumulator : accumulator_kinds()) {
        for (const int threads : {1, 4}) {
            const execution how{.accumulator = accumulator, .threads = threads};
            for (const std::size_t n : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{9000}, x.size()}) {
                const auto result = dot_bounded(left.first(n), right.first(n), how);
                values.insert(values.end(), {result.value, result.bound, dot(left.first(n), right.first(n), how)});
                values.push_back(distributed_dot(single_process(), n, left.first(n), right.first(n), how));
            }
            // Some cost per sample, so that threads are worth their while.
            const auto f = [](double at) { return 1 / (std::sqrt(at) + 0.1) / std::sqrt(3 + at); };
            for (const rule& which : all_rules()) {
                for (const std::uint64_t n : {std::uint64_t{7}, std::uint64_t{3000}}) {
                    const auto result = integrate_bounded(f, 0.1, 0.7, n, which, how);
                    values.insert(values.end(), {result.value, result.bound});
                }
                const auto denormal = integrate_bounded([](double at) { return at * 1e-310; }, 0, 3, 3000, which, how);
                values.insert(values.end(), {denormal.value, denormal.bound});
            }
            values.push_back(integrate(*find_integrand("pi"), 0, 1, 30000, {rule_kind::simpson, 0}, how));
        }
    }
    return values;
}

struct extreme_data {
    std::vector<double> x;
    std::vector<double> y;

    extreme_data() : x(200000), y(200000) {
        for (std::size_t i = 0; i < x.size(); ++i) {
            // Every other product is denormal, as are some factors.
            x[i] = i % 2 == 0 ? random_scaled(20, 7, i) : std::ldexp(random_scaled(3, 7, i), -1060);
            y[i] = i % 2 == 0 ? random_scaled(20, 8, i) : random_scaled(10, 8, i);
        }
    }
};

void expect_same(const std::vector<double>& values, const std::vector<double>& expected, const std::string& mode) {
    ASSERT_EQ(values.size(), expected.size());
    std::size_t different = 0;
    for (std::size_t k = 0; k < values.size(); ++k) different += bits(values[k]) != bits(expected[k]);
    EXPECT_EQ(different, 0u) << mode << ": of " << values.size() << " results";
}

TEST(floating_point_mode, of_the_caller_changes_no_rounding_and_is_given_back) {
    const extreme_data made;
    const auto expected = all_kinds_of_results(made.x, made.y);
    for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        ASSERT_EQ(std::fesetround(mode), 0);
        const auto values = all_kinds_of_results(made.x, made.y);
        const int after = std::fegetround();
        std::fesetround(FE_TONEAREST);
        EXPECT_EQ(after, mode);
        expect_same(values, expected, "rounding mode " + std::to_string(mode));
    }
}

#if defined(__x86_64__)
TEST(floating_point_mode, flush_to_zero_of_the_caller_changes_nothing_and_is_given_back) {
    const extreme_data made;
    const auto expected = all_kinds_of_results(made.x, made.y);
    const unsigned ordinary = _mm_getcsr();
    for (const unsigned flags : {0x8000u, 0x0040u, 0x8040u}) { // flush to zero, denormals are zero, both
        _mm_setcsr(ordinary | flags);
        const auto values = all_kinds_of_results(made.x, made.y);
        const unsigned after = _mm_getcsr();
        _mm_setcsr(ordinary);
        EXPECT_EQ(after & 0x8040u, flags);
        expect_same(values, expected, "control bits " + std::to_string(flags));
    }
    // Threads that exist already, with a mode of their own.
#pragma omp parallel num_threads(4)
    _mm_setcsr(ordinary | 0x8040u | 0x6000u); // and towards zero
    const auto values = all_kinds_of_results(made.x, made.y);
#pragma omp parallel num_threads(4)
    _mm_setcsr(ordinary);
    expect_same(values, expected, "threads that flush and chop");
}
#endif

TEST(openmp, settings_and_nesting_change_nothing) {
    const auto x = data<double>(200000, 9);
    const auto y = data<double>(200000, 10);
    const auto compute = [&](int threads) {
        const execution how{.threads = threads};
        const auto f = [](double at) { return 1 / (std::sqrt(at) + 0.1); };
        return std::array{dot(std::span<const double>(x), std::span<const double>(y), how),
                          integrate(f, 0, 1, 50000, {rule_kind::simpson, 0}, how)};
    };
    const auto expected = compute(1);
    const auto expect_expected = [&](const std::array<double, 2>& values) {
        EXPECT_EQ(bits(values[0]), bits(expected[0]));
        EXPECT_EQ(bits(values[1]), bits(expected[1]));
    };
    const int dynamic = omp_get_dynamic();
    const int levels = omp_get_max_active_levels();
    for (const int active_levels : {1, 2}) {
        for (const int use_dynamic : {0, 1}) {
            omp_set_max_active_levels(active_levels);
            omp_set_dynamic(use_dynamic);
            for (const int threads : {0, 1, 2, 7}) {
                expect_expected(compute(threads));
                std::array<std::array<double, 2>, 3> inside{};
                inside.fill(expected);
#pragma omp parallel num_threads(3)
                inside[static_cast<std::size_t>(omp_get_thread_num())] = compute(threads);
                for (const auto& values : inside) expect_expected(values);
            }
        }
    }
    omp_set_dynamic(dynamic);
    omp_set_max_active_levels(levels);
}

// Called from the user's own threads at once: no state is shared.
TEST(threads_of_the_caller, compute_at_the_same_time) {
    const auto x = data<double>(100000, 11);
    const auto y = data<double>(100000, 12);
    const std::span<const double> left(x);
    const std::span<const double> right(y);
    const double expected = dot(left, right, {.threads = 1});
    const double expected_integral = integrate(*find_integrand("runge"), -1, 1, 30000, {rule_kind::gauss, 3}, {.threads = 1});
    std::array<int, 4> wrong{};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int k = 0; k < 10; ++k) {
                wrong[t] += bits(dot(left, right, {.threads = 2})) != bits(expected);
                wrong[t] += bits(integrate(*find_integrand("runge"), -1, 1, 30000, {rule_kind::gauss, 3}, {.threads = 2})) !=
                            bits(expected_integral);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

// ctest runs this program once more for every QUADOT_ISA.
TEST(dispatch, the_default_is_quadot_isa_or_the_widest_that_runs) {
    const char* wanted = std::getenv("QUADOT_ISA");
    if (wanted == nullptr || *wanted == '\0') {
        EXPECT_EQ(default_table().isa, runnable_isas().back());
        return;
    }
    const auto isa = find_isa(wanted);
    if (isa && runs_here(*isa)) {
        EXPECT_EQ(default_table().isa, *isa);
        return;
    }
    for (int attempt = 0; attempt < 2; ++attempt) { // not resolved by a failure
        try {
            static_cast<void>(default_table());
            ADD_FAILURE() << "QUADOT_ISA=" << wanted << " was accepted";
        } catch (const error& problem) {
            EXPECT_EQ(problem.kind(), isa ? error_kind::environment : error_kind::usage);
            EXPECT_NE(std::string(problem.what()).find(wanted), std::string::npos) << problem.what();
        }
    }
}

TEST(dispatch, tables_say_what_they_are) {
    for (const block_table* table : built_tables()) {
        if (!runs_here(table->isa)) continue;
        EXPECT_EQ(&table_for(table->isa), table);
        EXPECT_EQ(find_isa(name_of(table->isa)), table->isa);
    }
    EXPECT_FALSE(find_isa("avx"));
    EXPECT_FALSE(find_isa(""));
}

} // namespace
