// sin, cos, exp and log of batches against MPFR, on every instruction set that runs here: at most an ulp,
// special values as C99's Annex F has them, no influence of neighbouring lanes, and the bits of one scalar
// lane.
#include "math/elementary.hpp"
#include "math/one_lane.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/elementary_kernels.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace quadot::tests {

#if defined(__x86_64__)
extern const elementary_kernels elementary_kernels_sse2;
extern const elementary_kernels elementary_kernels_avx2;
extern const elementary_kernels elementary_kernels_avx512;
#else
extern const elementary_kernels elementary_kernels_neon64;
#endif

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double smallest_normal = std::numeric_limits<double>::min();
constexpr double pi = std::numbers::pi;

const elementary_kernels& kernels_for(isa_kind isa) {
    switch (isa) {
#if defined(__x86_64__)
    case isa_kind::sse2:
        return elementary_kernels_sse2;
    case isa_kind::avx2:
        return elementary_kernels_avx2;
    case isa_kind::avx512:
        return elementary_kernels_avx512;
    default:
        throw std::logic_error("no such instruction set here");
#else
    default:
        return elementary_kernels_neon64;
#endif
    }
}

/// One of the four functions, as everyone here computes it.
struct function {
    std::string name;
    elementary_kernels::variants elementary_kernels::*kernels;
    int (*reference)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    double (*fused_lane)(double);
    double (*unfused_lane)(double);

    friend void PrintTo(const function& f, std::ostream* out) { *out << f.name; }
};

#define QUADOT_FUNCTION(name)                                                                                                               \
    function {                                                                                                                              \
#name, &elementary_kernels::name, mpfr_##name,                                                                                      \
            [](double                                                                                                                       \
                   x) { return math::name(math::fused_scalar(x)).value(); },                                                                \
                                                                          [](double                                                         \
                                                                                 x) { return math::name(math::unfused_scalar(x)).value(); } \
    }
const function all_functions[] = {QUADOT_FUNCTION(sin), QUADOT_FUNCTION(cos), QUADOT_FUNCTION(exp), QUADOT_FUNCTION(log)};
#undef QUADOT_FUNCTION

class elementary : public testing::TestWithParam<function> {};
INSTANTIATE_TEST_SUITE_P(functions, elementary, testing::ValuesIn(all_functions), [](const auto& instance) { return instance.param.name; });

std::vector<double> evaluated(array_function f, std::vector<double> x) {
    const std::size_t count = x.size();
    x.resize((count + elementary_step - 1) / elementary_step * elementary_step, 1.0);
    std::vector<double> y(x.size());
    f(x.data(), y.data(), x.size());
    y.resize(count);
    return y;
}

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || bits(a) == bits(b); }

double next(double x, int steps) {
    for (; steps > 0; --steps) x = std::nextafter(x, infinity);
    for (; steps < 0; ++steps) x = std::nextafter(x, -infinity);
    return x;
}

/// Where special values, branches and hard cases are, with neighbours.
std::vector<double> landmarks() {
    std::vector<double> points;
    for (const double x :
         {0.0, smallest, smallest_normal, 1e-300, 0x1p-60, 0x1p-54, 0x1p-27, 0.5, std::numbers::sqrt2 / 2, 1.0, std::numbers::sqrt2, 2.0,
          std::numbers::e, pi / 4, pi / 2, 3 * pi / 4, pi, 2 * pi, 10.0, 22.0, 355.0, 103993.0,
          // exp's range and fast path
          708.0, 708.3964185322641, 709.0895657128241, 709.782712893384, 710.0, 745.1332191019411, 745.1332191019412, 746.0, 1000.0,
          // the end of the fast reduction, and a round number above
          0x1p22, 1e6, 1e9, 1e15, 1e17, 1e22, 0x1p53, 0x1p120, 1e300, 0x1p1023, largest,
          // near multiples of pi/2: the nearest of all doubles (Muller, table 11.1), and others
          0x1.6ac5b262ca1ffp849, 0x1.921fb54442d18p0, 0x1.6c6cbc45dc8dep5, 0x1.c463abeccb2bbp2, 0x1.fffffffffffffp22,
          0x1.dfe9f1a4b0c17p99}) {
        for (int steps = -20; steps <= 20; ++steps) {
            points.push_back(next(x, steps));
            points.push_back(-next(x, steps));
        }
    }
    for (const double x : {infinity, -infinity, nan, -nan, 0.0, -0.0}) points.push_back(x);
    return points;
}

/// Point k of a mixture that is dense where the function is delicate.
double sample(const std::string& name, std::uint64_t k) {
    const double unit = random_unit(1, k);
    const double sign = (random_bits(2, k) & 1) != 0 ? -1.0 : 1.0;
    const auto any = [&] { return std::bit_cast<double>(random_bits(3, k)); };
    if (name == "sin" || name == "cos") {
        switch (k % 8) {
        case 0:
            return sign * 2 * pi * unit;
        case 1:
            return sign * 100 * unit;
        case 2:
            return sign * 0x1p22 * unit;
        case 3: { // beside multiples of pi/2
            const double multiple = static_cast<double>(random_below(2670176, 4, k)) * (pi / 2);
            return multiple * (1 + sign * std::exp2(-52 * unit));
        }
        case 4: { // odd multiples of pi/4, where the quadrant changes
            const double multiple = (2 * static_cast<double>(random_below(300, 4, k)) + 1) * (pi / 4);
            return multiple * (1 + sign * std::exp2(-4 - 20 * unit));
        }
        case 5:
            return sign * std::exp2(-60 + 82 * unit);
        case 6:
            return sign * std::exp2(22 + 40 * unit);
        default:
            return k % 16 == 7 ? any() : sign * pi / 4 * unit;
        }
    }
    if (name == "exp") {
        switch (k % 6) {
        case 0:
            return sign * unit / 2;
        case 1:
            return sign * 750 * unit;
        case 2:
            return -700 - 46 * unit;
        case 3:
            return 708 + 2 * unit;
        case 4: // half-way between multiples of log 2, where k changes
            return (static_cast<double>(random_below(2000, 4, k)) - 999.5) * std::numbers::ln2 * (1 + sign * 1e-4 * unit);
        default:
            return k % 12 == 5 ? any() : sign * std::exp2(-60 + 70 * unit);
        }
    }
    switch (k % 6) {
    case 0:
        return 0.5 + 1.5 * unit;
    case 1:
        return 0.7 + 0.72 * unit;
    case 2:
        return std::ldexp(0.7 + 0.015 * unit, static_cast<int>(random_below(7, 4, k)) - 3);
    case 3:
        return 1 + sign * std::exp2(-50 * random_unit(5, k)) * unit;
    case 4:
        return std::bit_cast<double>(random_bits(6, k) >> (12 + random_below(50, 4, k))); // subnormal
    default:
        return std::fabs(any());
    }
}

/// |computed - truth| in units of the last place of the truth's binade, subnormal numbers' included.
class ruler {
  public:
    ruler() { mpfr_inits2(160, truth_, error_, static_cast<mpfr_ptr>(nullptr)); }
    ruler(const ruler&) = delete;
    ruler& operator=(const ruler&) = delete;
    ~ruler() { mpfr_clears(truth_, error_, static_cast<mpfr_ptr>(nullptr)); }

    void set(const function& f, double x) {
        mpfr_set_d(error_, x, MPFR_RNDN);
        f.reference(truth_, error_, MPFR_RNDN);
        rounded_ = mpfr_get_d(truth_, MPFR_RNDN);
    }
    double ulps(double computed) {
        if (std::isnan(rounded_)) return std::isnan(computed) ? 0 : infinity;
        if (!std::isfinite(rounded_) || !std::isfinite(computed) || mpfr_zero_p(truth_) != 0) {
            return computed == rounded_ ? 0 : infinity;
        }
        mpfr_sub_d(error_, truth_, computed, MPFR_RNDN);
        const long unit = std::max<long>(mpfr_get_exp(truth_) - 53, -1074);
        mpfr_mul_2si(error_, error_, -unit, MPFR_RNDN);
        return std::fabs(mpfr_get_d(error_, MPFR_RNDN));
    }

  private:
    mpfr_t truth_;
    mpfr_t error_;
    double rounded_ = 0;
};

TEST_P(elementary, is_within_an_ulp_of_mpfr_and_has_the_bits_of_one_lane) {
    const function& f = GetParam();
    std::vector<double> x = landmarks();
    for (std::uint64_t k = 0; x.size() < 1'000'000; ++k) x.push_back(sample(f.name, k));

    struct results {
        isa_kind isa;
        bool fused;
        std::vector<double> batches;
        std::vector<double> packs;
        double largest = 0;
        double where = 0;
    };
    std::vector<results> all;
    for (const isa_kind isa : runnable_isas()) {
        const auto& variants = kernels_for(isa).*f.kernels;
        all.push_back({isa, describe(isa).fused_multiply_add, evaluated(variants.batches, x), evaluated(variants.packs, x)});
    }
    ruler truth;
    std::size_t different = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        truth.set(f, x[k]);
        const double fused = f.fused_lane(x[k]);
        const double unfused = f.unfused_lane(x[k]);
        const double fused_ulps = truth.ulps(fused);
        for (results& each : all) {
            const double expected = each.fused ? fused : unfused;
            if ((!same(each.batches[k], expected) || !same(each.packs[k], expected)) && ++different < 20) {
                ADD_FAILURE() << f.name << " " << describe(each.isa).name << " at " << std::hexfloat << x[k] << ": batch "
                              << each.batches[k] << ", pack " << each.packs[k] << ", one lane " << expected;
            }
            const double ulps = bits(each.batches[k]) == bits(fused) ? fused_ulps : truth.ulps(each.batches[k]);
            if (!(ulps <= each.largest)) {
                each.largest = ulps;
                each.where = x[k];
            }
        }
    }
    EXPECT_EQ(different, 0u);
    for (const results& each : all) {
        std::cout << f.name << " " << describe(each.isa).name << ": at most " << each.largest << " ulp, at " << std::hexfloat << each.where
                  << std::defaultfloat << "\n";
        // Without FMA the multiples of pi/2 and of log 2 are subtracted in more, shorter parts.
        EXPECT_LE(each.largest, each.fused ? 1.0 : 1.5) << f.name << " " << describe(each.isa).name;
    }
}

TEST_P(elementary, does_not_depend_on_the_neighbours) {
    const function& f = GetParam();
    const std::vector<double> neighbours = {1.0, 0.0, -0.0, nan, infinity, -infinity, 1e300, -1e9, smallest, -745.0, 0x1p23};
    std::vector<double> points = landmarks();
    for (std::uint64_t k = 0; k < 200; ++k) points.push_back(sample(f.name, k));
    for (const isa_kind isa : runnable_isas()) {
        const auto& variants = kernels_for(isa).*f.kernels;
        for (const array_function evaluate : {variants.batches, variants.packs}) {
            const std::vector<double> expected = evaluated(evaluate, points);
            for (std::size_t k = 0; k < points.size(); ++k) {
                std::array<double, elementary_step> x;
                std::array<double, elementary_step> y;
                const std::size_t place = random_below(x.size(), 8, k);
                for (const double neighbour : neighbours) {
                    x.fill(neighbour);
                    x[place] = points[k];
                    evaluate(x.data(), y.data(), x.size());
                    ASSERT_TRUE(same(y[place], expected[k])) << f.name << " " << describe(isa).name << " of " << std::hexfloat << points[k]
                                                             << " beside " << neighbour << ": " << y[place] << ", not " << expected[k];
                }
            }
            // Every place of a batch.
            for (std::size_t place = 0; place < elementary_step; ++place) {
                std::array<double, elementary_step> x;
                std::array<double, elementary_step> y;
                x.fill(1e300);
                x[place] = 0.7;
                evaluate(x.data(), y.data(), x.size());
                ASSERT_TRUE(same(y[place], evaluated(evaluate, {0.7})[0])) << f.name << " in lane " << place;
            }
        }
    }
}

// C99 Annex F.9.
TEST(elementary_functions, have_the_special_values_of_annex_f) {
    struct special {
        const char* name;
        double x;
        double value;
    };
    const special table[] = {{"sin", 0.0, 0.0},
                             {"sin", -0.0, -0.0},
                             {"sin", infinity, nan},
                             {"sin", -infinity, nan},
                             {"sin", nan, nan},
                             {"sin", smallest, smallest},
                             {"sin", -smallest, -smallest},
                             {"cos", 0.0, 1.0},
                             {"cos", -0.0, 1.0},
                             {"cos", infinity, nan},
                             {"cos", -infinity, nan},
                             {"cos", nan, nan},
                             {"exp", 0.0, 1.0},
                             {"exp", -0.0, 1.0},
                             {"exp", infinity, infinity},
                             {"exp", -infinity, 0.0},
                             {"exp", nan, nan},
                             {"exp", 710.0, infinity},
                             {"exp", largest, infinity},
                             {"exp", -746.0, 0.0},
                             {"exp", -largest, 0.0},
                             {"exp", -745.0, smallest},
                             {"log", 1.0, 0.0},
                             {"log", 0.0, -infinity},
                             {"log", -0.0, -infinity},
                             {"log", infinity, infinity},
                             {"log", -infinity, nan},
                             {"log", -1.0, nan},
                             {"log", -smallest, nan},
                             {"log", -largest, nan},
                             {"log", nan, nan},
                             {"log", -nan, nan},
                             {"exp", std::bit_cast<double>(0x7ff8000000000fff), nan},
                             {"log", std::bit_cast<double>(0x7fffffffffffffff), nan},
                             {"exp", std::bit_cast<double>(0xffffffffffffffff), nan},
                             {"log", std::bit_cast<double>(0xffffffffffffffff), nan}};
    for (const function& f : all_functions) {
        for (const isa_kind isa : runnable_isas()) {
            const auto& variants = kernels_for(isa).*f.kernels;
            for (const special& each : table) {
                if (f.name != each.name) continue;
                EXPECT_TRUE(same(evaluated(variants.batches, {each.x})[0], each.value))
                    << f.name << "(" << each.x << ") on " << describe(isa).name << ": " << evaluated(variants.batches, {each.x})[0];
                EXPECT_TRUE(same(evaluated(variants.packs, {each.x})[0], each.value))
                    << f.name << "(" << each.x << ") on " << describe(isa).name << ", packs";
            }
        }
    }
}

// Scalars and long doubles get the C library's functions.
TEST(elementary_functions, leave_scalars_to_the_c_library) {
    EXPECT_EQ(bits(math::sin(0.5)), bits(std::sin(0.5)));
    EXPECT_EQ(math::cos(0.5L), std::cos(0.5L));
    EXPECT_EQ(math::exp(0.5L), std::exp(0.5L));
    EXPECT_EQ(bits(math::log(0.5)), bits(std::log(0.5)));
}

} // namespace
} // namespace quadot::tests
