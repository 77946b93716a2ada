// kernels/math against MPFR, on every instruction set that runs here: the error declared for each function, special values as C99's Annex F
// has them, no influence of neighbouring lanes, monotone where the function is, and the bits of one scalar lane.
//
// QUADOT_TEST_POINTS=4e6 looks at that many points a function.
#include "math/all.hpp"
#include "math/one_lane.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/function_cases.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace quadot::tests {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct lane_functions {
    double (*fused)(double, double);
    double (*unfused)(double, double);
    double (*scalar)(double, double);
};

template <class Function, class V>
double on_lane(double x, double y) {
    if constexpr (Function::arity == 1) {
        return Function::value(V(x)).value();
    } else {
        return Function::value(V(x), V(y)).value();
    }
}

template <class Function>
double on_scalar(double x, double y) {
    if constexpr (Function::arity == 1) {
        return Function::value(x);
    } else {
        return Function::value(x, y);
    }
}

template <class... Function>
constexpr auto lanes_of(type_list<Function...>) {
    return std::array{
        lane_functions{on_lane<Function, math::fused_scalar>, on_lane<Function, math::unfused_scalar>, on_scalar<Function>}...};
}
constexpr auto lanes = lanes_of(math::functions::list{});

/// A function of the list, by its position.
struct listed {
    std::size_t index;
    [[nodiscard]] const math::functions::description& facts() const { return math::functions::descriptions[index]; }
    [[nodiscard]] const function_case* expected() const {
        for (const auto& each : function_cases()) {
            if (each.name == facts().name) return &each;
        }
        return nullptr;
    }
    friend void PrintTo(const listed& f, std::ostream* out) { *out << f.facts().name; }
};

std::vector<listed> all_listed() {
    std::vector<listed> all;
    for (std::size_t k = 0; k < math::functions::descriptions.size(); ++k) all.push_back({k});
    return all;
}

class elementary : public testing::TestWithParam<listed> {
  protected:
    void SetUp() override { ASSERT_NE(GetParam().expected(), nullptr) << "no reference in tests/support/function_cases.hpp"; }
    [[nodiscard]] const function_case& expected() const { return *GetParam().expected(); }
    [[nodiscard]] const math::functions::description& facts() const { return GetParam().facts(); }
};
INSTANTIATE_TEST_SUITE_P(functions, elementary, testing::ValuesIn(all_listed()),
                         [](const auto& instance) { return std::string(instance.param.facts().name); });

struct arguments {
    std::vector<double> x;
    std::vector<double> y;
    void add(double at_x, double at_y) {
        x.push_back(at_x);
        y.push_back(at_y);
    }
};

std::vector<double> evaluated(isa_kind isa, std::size_t index, arguments at) {
    const std::size_t count = at.x.size();
    const std::size_t padded = (count + function_step - 1) / function_step * function_step;
    at.x.resize(padded, 1.0);
    at.y.resize(padded, 1.0);
    std::vector<double> values(padded);
    (*table_for(isa).functions)[index](at.x.data(), at.y.data(), values.data(), padded);
    values.resize(count);
    return values;
}

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || bits(a) == bits(b); }

double next(double x, int steps) {
    for (; steps > 0; --steps) x = std::nextafter(x, infinity);
    for (; steps < 0; ++steps) x = std::nextafter(x, -infinity);
    return x;
}

/// Where special values and branches are, with neighbours; pairs of them for functions of two arguments.
arguments landmarks(const function_case& expected) {
    std::vector<double> base = {
        0.0,      smallest, std::numeric_limits<double>::min(), 1e-300, 0x1p-60, 0x1p-54, 0x1p-27, 0.5, 1.0, 2.0, 10.0, 0x1p53, 1e300,
        0x1p1023, largest};
    base.insert(base.end(), expected.landmarks.begin(), expected.landmarks.end());
    std::vector<double> points;
    const int reach = expected.of_two != nullptr ? 1 : 20;
    for (const double x : base) {
        for (int steps = -reach; steps <= reach; ++steps) {
            points.push_back(next(x, steps));
            points.push_back(-next(x, steps));
        }
    }
    for (const double x : {infinity, -infinity, nan, -nan, 0.0, -0.0}) points.push_back(x);
    arguments all;
    if (expected.of_two == nullptr) {
        for (const double x : points) all.add(x, 1.0);
    } else {
        for (const double x : points) {
            for (const double y : points) all.add(x, y);
        }
    }
    return all;
}

/// Then its domains in turn, and now and then any double at all.
arguments sampled(const function_case& expected, std::size_t count) {
    arguments at = landmarks(expected);
    for (std::uint64_t k = 0; at.x.size() < count; ++k) {
        if (k % 16 == 15) {
            at.add(std::bit_cast<double>(random_bits(3, k)), std::bit_cast<double>(random_bits(4, k)));
            continue;
        }
        const std::size_t which = k % expected.x.size();
        const double x = point(expected.x[which], 1, k);
        at.add(x, expected.of_two == nullptr ? 1.0 : point(expected.y[which], 2, k));
    }
    return at;
}

/// |computed - truth| in units of the last place of the truth's binade, subnormal numbers' included.
class ruler {
  public:
    ruler() { mpfr_inits2(160, truth_, error_, second_, static_cast<mpfr_ptr>(nullptr)); }
    ruler(const ruler&) = delete;
    ruler& operator=(const ruler&) = delete;
    ~ruler() { mpfr_clears(truth_, error_, second_, static_cast<mpfr_ptr>(nullptr)); }

    void set(const function_case& f, double x, double y) {
        mpfr_set_d(error_, x, MPFR_RNDN);
        mpfr_set_d(second_, y, MPFR_RNDN);
        if (f.of_one != nullptr) {
            f.of_one(truth_, error_, MPFR_RNDN);
        } else {
            f.of_two(truth_, error_, second_, MPFR_RNDN);
        }
        rounded_ = mpfr_get_d(truth_, MPFR_RNDN);
    }
    double ulps(double computed) {
        if (std::isnan(rounded_)) return std::isnan(computed) ? 0 : infinity;
        if (mpfr_zero_p(truth_) != 0) return computed == 0 && std::signbit(computed) == std::signbit(rounded_) ? 0 : infinity;
        if (!std::isfinite(rounded_) || !std::isfinite(computed)) return computed == rounded_ ? 0 : infinity;
        mpfr_sub_d(error_, truth_, computed, MPFR_RNDN);
        const long unit = std::max<long>(mpfr_get_exp(truth_) - 53, -1074);
        mpfr_mul_2si(error_, error_, -unit, MPFR_RNDN);
        return std::fabs(mpfr_get_d(error_, MPFR_RNDN));
    }
    [[nodiscard]] double rounded() const { return rounded_; }

  private:
    mpfr_t truth_;
    mpfr_t error_;
    mpfr_t second_;
    double rounded_ = 0;
};

/// lgamma's zeros on the negative axis lie where two large numbers cancel: the one place where the error is not relative to the result.
bool exempt(const function_case& f, double x, double truth) { return f.name == "lgamma" && x < 0 && std::fabs(truth) < 1; }

/// The infinite results of Annex F at poles have the sign that C gives them; MPFR's lgamma and gamma differ at -0 and negative integers.
bool at_a_pole(const function_case& f, double x) { return (f.name == "tgamma" || f.name == "lgamma") && x <= 0 && x == std::floor(x); }

std::size_t points_wanted(const function_case& f) {
    const char* text = std::getenv("QUADOT_TEST_POINTS");
    return static_cast<std::size_t>((text != nullptr ? std::strtod(text, nullptr) : 300'000.0) * f.effort) + 1000;
}

TEST_P(elementary, has_the_declared_error_and_the_bits_of_one_lane) {
    const std::size_t index = GetParam().index;
    const arguments at = sampled(expected(), points_wanted(expected()));
    struct results {
        isa_kind isa;
        bool fused;
        std::vector<double> values;
        double largest = 0;
        double x = 0;
        double y = 0;
    };
    std::vector<results> all;
    for (const isa_kind isa : runnable_isas()) all.push_back({isa, describe(isa).fused_multiply_add, evaluated(isa, index, at)});
    ruler truth;
    std::size_t different = 0;
    for (std::size_t k = 0; k < at.x.size(); ++k) {
        const double fused = lanes[index].fused(at.x[k], at.y[k]);
        const double unfused = lanes[index].unfused(at.x[k], at.y[k]);
        truth.set(expected(), at.x[k], at.y[k]);
        const bool measured = !at_a_pole(expected(), at.x[k]) && !exempt(expected(), at.x[k], truth.rounded());
        const double fused_ulps = measured ? truth.ulps(fused) : 0;
        for (results& each : all) {
            const double one_lane = each.fused ? fused : unfused;
            if (!same(each.values[k], one_lane) && ++different < 20) {
                ADD_FAILURE() << facts().name << " " << describe(each.isa).name << " at " << std::hexfloat << at.x[k] << ", " << at.y[k]
                              << ": " << each.values[k] << ", one lane " << one_lane;
            }
            const double ulps = !measured ? 0 : bits(each.values[k]) == bits(fused) ? fused_ulps : truth.ulps(each.values[k]);
            if (!(ulps <= each.largest)) {
                each.largest = ulps;
                each.x = at.x[k];
                each.y = at.y[k];
            }
        }
    }
    EXPECT_EQ(different, 0u);
    for (const results& each : all) {
        std::cout << facts().name << " " << describe(each.isa).name << ": at most " << each.largest << " ulp in " << at.x.size() << ", at "
                  << std::hexfloat << each.x;
        if (facts().arity == 2) std::cout << ", " << each.y;
        std::cout << std::defaultfloat << "\n";
        EXPECT_LE(each.largest, each.fused ? facts().largest_error : std::max(facts().largest_error, expected().unfused_error))
            << facts().name << " " << describe(each.isa).name;
    }
}

TEST_P(elementary, does_not_depend_on_the_neighbours) {
    const std::size_t index = GetParam().index;
    const arguments hostile = [&] {
        arguments at;
        for (const double x : {1.0, 0.0, -0.0, nan, infinity, -infinity, 1e300, -1e9, smallest, -745.0, 0x1p23, -2.5}) at.add(x, -x);
        return at;
    }();
    const arguments at = sampled(expected(), landmarks(expected()).x.size() + 500);
    for (const isa_kind isa : runnable_isas()) {
        const std::vector<double> all = evaluated(isa, index, at);
        const auto kernel = (*table_for(isa).functions)[index];
        std::array<double, function_step> x{};
        std::array<double, function_step> y{};
        std::array<double, function_step> value{};
        for (std::size_t k = 0; k < at.x.size(); k += 1 + at.x.size() / 3000) {
            const std::size_t place = random_below(function_step, 8, k);
            for (std::size_t j = 0; j < hostile.x.size(); ++j) {
                x.fill(hostile.x[j]);
                y.fill(hostile.y[j]);
                x[place] = at.x[k];
                y[place] = at.y[k];
                kernel(x.data(), y.data(), value.data(), function_step);
                ASSERT_TRUE(same(value[place], all[k]))
                    << facts().name << " " << describe(isa).name << " of " << std::hexfloat << at.x[k] << ", " << at.y[k] << " beside "
                    << hostile.x[j] << ": " << value[place] << ", not " << all[k];
            }
        }
        for (std::size_t place = 0; place < function_step; ++place) {
            x.fill(1e300);
            y.fill(1e300);
            x[place] = 0.7;
            y[place] = 0.3;
            kernel(x.data(), y.data(), value.data(), function_step);
            const double alone = describe(isa).fused_multiply_add ? lanes[index].fused(0.7, 0.3) : lanes[index].unfused(0.7, 0.3);
            ASSERT_TRUE(same(value[place], alone)) << facts().name << " in lane " << place;
        }
    }
}

// C99 Annex F.9, which the C library follows: signs of zeros, infinities and NaN exactly as it has them.
TEST_P(elementary, has_the_special_values_of_annex_f) {
    if (facts().name == "min" || facts().name == "max") return; // theirs are the next test's
    const arguments at = landmarks(expected());
    for (const isa_kind isa : runnable_isas()) {
        const std::vector<double> values = evaluated(isa, GetParam().index, at);
        for (std::size_t k = 0; k < at.x.size(); ++k) {
            const double value = values[k];
            const double theirs = lanes[GetParam().index].scalar(at.x[k], at.y[k]);
            const bool special = theirs == 0 || !std::isfinite(theirs) || value == 0 || !std::isfinite(value);
            if (!special || same(value, theirs)) continue;
            // Where it overflows or underflows is a matter of the last bit.
            const bool rounding = (std::fabs(theirs) <= 2 * smallest && std::fabs(value) <= 2 * smallest) ||
                                  (std::fabs(theirs) >= 0.999 * largest && std::fabs(value) >= 0.999 * largest);
            EXPECT_TRUE(rounding && std::signbit(theirs) == std::signbit(value) && theirs == theirs && value == value)
                << facts().name << " " << describe(isa).name << " of " << std::hexfloat << at.x[k] << ", " << at.y[k] << ": " << value
                << ", the C library has " << theirs;
        }
    }
}

TEST_P(elementary, increases_where_the_function_does) {
    const domain where = expected().increases;
    if (where.from == where.to) return;
    arguments at;
    std::vector<double> base = expected().landmarks;
    for (std::uint64_t k = 0; k < 20'000; ++k) base.push_back(point(where, 5, k));
    for (const double x : base) {
        for (const double from : {x, -x}) {
            // 64 ulp apart, so that the truth differs by an ulp or more on each side wherever the result is not flat in x.
            const double to = from + 64 * std::fabs(std::nextafter(from, infinity) - from);
            if (from < where.from || to > where.to) continue;
            at.add(from, 1.0);
            at.add(to, 1.0);
        }
    }
    ASSERT_GT(at.x.size(), 1000u);
    for (const isa_kind isa : runnable_isas()) {
        const std::vector<double> values = evaluated(isa, GetParam().index, at);
        for (std::size_t k = 0; k < values.size(); k += 2) {
            const double ulp = std::nextafter(std::fabs(values[k]), infinity) - std::fabs(values[k]);
            ASSERT_LE(values[k], values[k + 1] + (facts().largest_error > 0.6 ? ulp : 0))
                << facts().name << " " << describe(isa).name << " from " << std::hexfloat << at.x[k] << " to " << at.x[k + 1];
        }
    }
}

// Products, roots and quotients in double-double, beside lanes that take logarithms.
TEST(elementary_functions, powers_with_half_integral_exponents_are_all_but_correctly_rounded) {
    const listed pow{*math::functions::find("pow")};
    const double edge = 0x1p100;
    arguments at;
    std::vector<double> exponents = {8.0, -8.5, 0.25, 0.0, 3.3};
    for (double half = 0.5; half <= 7.5; half += 0.5) exponents.insert(exponents.end(), {half, -half});
    for (const double exponent : exponents) {
        for (std::uint64_t k = 0; k < 1500; ++k) {
            // Of results, too, most of which are normal; beyond them, 0 and infinity.
            const double range = k % 5 == 0 ? 2040 : k % 5 == 1 ? 2100 / std::fmax(1.0, std::fabs(exponent)) : 220;
            const double size = std::exp2(range * (random_unit(17, k) - 0.5));
            at.add(k % 3 == 0 ? -size : size, exponent);
            at.add(k % 2 == 0 ? 1 + random_unit(18, k) : -1 - random_unit(18, k), exponent);
        }
        for (const double x : {edge, 1 / edge, next(edge, 1), next(1 / edge, -1), 1.0, -1.0, 0.0, -0.0, infinity, -infinity, nan, smallest,
                               1e-310, largest}) {
            at.add(x, exponent);
            at.add(-x, exponent);
        }
    }
    ruler truth;
    for (const isa_kind isa : runnable_isas()) {
        const std::vector<double> together = evaluated(isa, pow.index, at);
        // Another order puts other neighbours beside each, of whole exponents and others.
        arguments mixed;
        const std::size_t count = at.x.size();
        constexpr std::size_t stride = 7919; // a prime that is no factor of the count
        ASSERT_NE(count % stride, 0u);
        for (std::size_t k = 0; k < count; ++k) mixed.add(at.x[k * stride % count], at.y[k * stride % count]);
        const std::vector<double> apart = evaluated(isa, pow.index, mixed);
        double largest_error = 0;
        double largest_special = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t from = k * stride % count;
            ASSERT_TRUE(same(apart[k], together[from])) << describe(isa).name << " " << mixed.x[k] << "^" << mixed.y[k];
            const double twice = 2 * mixed.y[k];
            const bool half_integral = std::fabs(twice) >= 1 && std::fabs(twice) <= 15 && twice == std::floor(twice);
            if (!half_integral) continue;
            truth.set(*pow.expected(), mixed.x[k], mixed.y[k]);
            double& largest = std::isnormal(apart[k]) ? largest_error : largest_special;
            largest = std::max(largest, truth.ulps(apart[k]));
        }
        EXPECT_LE(largest_error, 0.5 + 0x1p-40) << describe(isa).name;
        EXPECT_LE(largest_special, 1.0) << describe(isa).name; // subnormal results are rounded twice
    }
}

TEST(elementary_functions, minimum_and_maximum_keep_nan) {
    for (const auto& f : all_listed()) {
        const bool is_minimum = f.facts().name == "min";
        if (!is_minimum && f.facts().name != "max") continue;
        arguments at;
        for (const double x : {nan, 1.0, -0.0, 0.0, infinity}) {
            for (const double y : {nan, 2.0, -0.0, 0.0, -infinity}) at.add(x, y);
        }
        for (const isa_kind isa : runnable_isas()) {
            const std::vector<double> values = evaluated(isa, f.index, at);
            for (std::size_t k = 0; k < values.size(); ++k) {
                const double x = at.x[k];
                const double y = at.y[k];
                const bool first = is_minimum ? x < y || (x == y && std::signbit(x)) : x > y || (x == y && !std::signbit(x));
                const double wanted = std::isnan(x) || std::isnan(y) ? nan : first ? x : y;
                EXPECT_TRUE(same(values[k], wanted)) << f.facts().name << "(" << x << ", " << y << ") = " << values[k];
                EXPECT_TRUE(same(lanes[f.index].scalar(x, y), wanted)) << f.facts().name << "(" << x << ", " << y << ") of scalars";
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
    EXPECT_EQ(math::pow(0.5L, 0.3L), std::pow(0.5L, 0.3L));
}

} // namespace
} // namespace quadot::tests
