// Every named integrand against MPFR: its constant, its antiderivative, its samples, its declared smoothness,
// its texts. The formulas are templates, so the reference evaluates the very same formula with 192 bits.
#include "integrands/all.hpp"
#include "quadot.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using quadot::smoothness;
using quadot::integrands::list;

constexpr mpfr_prec_t bits = 192;

/// A number of 192 bits that formulas accept in place of a double.
class real {
  public:
    real(double x = 0) {
        mpfr_init2(value_, bits);
        mpfr_set_d(value_, x, MPFR_RNDN);
    }
    explicit real(long double x) : real() { mpfr_set_ld(value_, x, MPFR_RNDN); }
    real(const real& other) : real() { mpfr_set(value_, other.value_, MPFR_RNDN); }
    real& operator=(const real& other) {
        mpfr_set(value_, other.value_, MPFR_RNDN);
        return *this;
    }
    ~real() { mpfr_clear(value_); }

    [[nodiscard]] double rounded() const { return mpfr_get_d(value_, MPFR_RNDN); }

    friend real operator+(const real& a, const real& b) { return apply(mpfr_add, a, b); }
    friend real operator-(const real& a, const real& b) { return apply(mpfr_sub, a, b); }
    friend real operator*(const real& a, const real& b) { return apply(mpfr_mul, a, b); }
    friend real operator/(const real& a, const real& b) { return apply(mpfr_div, a, b); }
    friend real operator-(const real& a) { return apply(mpfr_neg, a); }
    friend real abs(const real& a) { return apply(mpfr_abs, a); }
    friend real sqrt(const real& a) { return apply(mpfr_sqrt, a); }
    friend real exp(const real& a) { return apply(mpfr_exp, a); }
    friend real log(const real& a) { return apply(mpfr_log, a); }
    friend real sin(const real& a) { return apply(mpfr_sin, a); }
    friend real cos(const real& a) { return apply(mpfr_cos, a); }
    friend real atan(const real& a) { return apply(mpfr_atan, a); }
    friend real tanh(const real& a) { return apply(mpfr_tanh, a); }
    friend real select(bool condition, const real& yes, const real& no) { return condition ? yes : no; }
    friend bool operator<(const real& a, const real& b) { return mpfr_less_p(a.value_, b.value_) != 0; }
    friend bool operator>(const real& a, const real& b) { return b < a; }
    friend bool operator<=(const real& a, const real& b) { return mpfr_lessequal_p(a.value_, b.value_) != 0; }
    friend bool operator==(const real& a, const real& b) { return mpfr_equal_p(a.value_, b.value_) != 0; }

  private:
    static real apply(int (*operation)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t), const real& a) {
        real result;
        operation(result.value_, a.value_, MPFR_RNDN);
        return result;
    }
    static real apply(int (*operation)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t), const real& a, const real& b) {
        real result;
        operation(result.value_, a.value_, b.value_, MPFR_RNDN);
        return result;
    }

    mpfr_t value_;
};

/// Half the spacing of T around 1.
template <class T>
constexpr long double unit_roundoff = std::numeric_limits<T>::epsilon() / 2;

/// `difference` is at most `tolerance`; a NaN is not.
testing::AssertionResult within(const real& difference, const real& tolerance) {
    if (abs(difference) <= tolerance) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "difference " << difference.rounded() << ", tolerance " << tolerance.rounded();
}

struct gauss_rule {
    static constexpr int order = 30;
    std::vector<real> nodes; ///< in [-1, 1]
    std::vector<real> weights;

    /// Newton's iteration on the Legendre polynomial: the first guess has three digits, eight steps reach 192
    /// bits.
    gauss_rule() {
        for (int k = 0; k < order; ++k) {
            real x = std::cos(3.14159265358979 * (k + 0.75) / (order + 0.5));
            real slope;
            for (int iteration = 0; iteration < 8; ++iteration) {
                real previous = 1.0;
                real value = x;
                for (int n = 2; n <= order; ++n) {
                    const real next = (real(2.0 * n - 1) * x * value - real(n - 1.0) * previous) / real(1.0 * n);
                    previous = value;
                    value = next;
                }
                slope = real(1.0 * order) * (previous - x * value) / (real(1.0) - x * x);
                x = x - value / slope;
            }
            nodes.push_back(x);
            weights.push_back(real(2.0) / ((real(1.0) - x * x) * slope * slope));
        }
    }
};

struct integral {
    real value;
    real magnitude; ///< of |f|
    real doubt;     ///< sum of the differences between accepted panels and their halves
};

template <class Integrand>
integral gauss_panel(const real& a, const real& b) {
    static const gauss_rule rule;
    const real half = (b - a) / real(2.0);
    const real middle = a + half;
    integral sum;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
        const real term = half * rule.weights[i] * Integrand::value(middle + half * rule.nodes[i]);
        sum.value = sum.value + term;
        sum.magnitude = sum.magnitude + abs(term);
    }
    return sum;
}

/// Bisection until a panel and its halves agree, which knows nothing of kinks, jumps and singular ends: it
/// walks towards them, and stops when what is left is too narrow to matter.
template <class Integrand>
integral refine(const real& a, const real& b, const integral& whole, const real& tolerance, int depth = 0) {
    const real middle = (a + b) / real(2.0);
    integral left = gauss_panel<Integrand>(a, middle);
    integral right = gauss_panel<Integrand>(middle, b);
    const real doubt = abs(whole.value - (left.value + right.value));
    constexpr int deepest = 128; // a jump ends at its double's last bit, a root's end where h^1.5 < 2^-120
    if (doubt > tolerance && depth < deepest) {
        left = refine<Integrand>(a, middle, left, tolerance, depth + 1);
        right = refine<Integrand>(middle, b, right, tolerance, depth + 1);
        return {left.value + right.value, left.magnitude + right.magnitude, left.doubt + right.doubt};
    }
    return {left.value + right.value, left.magnitude + right.magnitude, doubt};
}

template <class Integrand>
integral reference() {
    const real lower = Integrand::lower;
    const real upper = Integrand::upper;
    const integral whole = gauss_panel<Integrand>(lower, upper);
    return refine<Integrand>(lower, upper, whole, whole.magnitude * real(0x1p-120));
}

/// The integral's doubt, what rounding to long double may change, and 1e-32 for the digits given where long
/// double has 113 bits.
template <class Integrand>
testing::AssertionResult constant_agrees_with_quadrature() {
    const integral expected = reference<Integrand>();
    const real rounding = real(std::max(unit_roundoff<long double>, 1e-32L)) * abs(expected.value);
    if (!(expected.doubt <= real(1e-32) * expected.magnitude)) {
        return testing::AssertionFailure() << "the reference did not converge: doubt " << expected.doubt.rounded();
    }
    return within(real(static_cast<long double>(Integrand::exact)) - expected.value, rounding + expected.doubt);
}

/// F(upper) - F(lower): each F is a few long double operations (8 roundings), and feels the rounding of
/// products like 50 x as a change of x, hence |x f(x)|.
template <class Integrand>
testing::AssertionResult constant_agrees_with_antiderivative() {
    const long double lower = Integrand::lower;
    const long double upper = Integrand::upper;
    const long double at_lower = Integrand::antiderivative(lower);
    const long double at_upper = Integrand::antiderivative(upper);
    const long double scale =
        std::fabs(at_lower) + std::fabs(at_upper) + std::fabs(lower * Integrand::value(lower)) + std::fabs(upper * Integrand::value(upper));
    const long double tolerance =
        8 * std::max(unit_roundoff<long double>, 1e-32L) * scale + unit_roundoff<long double> * std::fabs(Integrand::exact);
    return within(real(at_upper - at_lower - Integrand::exact), real(tolerance));
}

/// Samples in T against 192 bits at the same points: at most 4 roundings of the value, and as many of the
/// argument, which change the value by |x f'(x)| each.
template <class Integrand, class T>
testing::AssertionResult samples_agree() {
    std::mt19937_64 random(20240601);
    const T width = static_cast<T>(Integrand::upper) - static_cast<T>(Integrand::lower);
    for (int i = 0; i < 2000; ++i) {
        const T x = static_cast<T>(Integrand::lower) + width * static_cast<T>(random() >> 11) * static_cast<T>(0x1p-53);
        const real at = real(static_cast<long double>(x));
        const real expected = Integrand::value(at);
        const real towards_zero = Integrand::value(at * real(1 - 0x1p-40));
        const real slope = (expected - towards_zero) * real(0x1p40);
        const real tolerance = real(4 * unit_roundoff<T>) * (abs(expected) + abs(slope));
        const auto agrees = within(real(static_cast<long double>(Integrand::template value<T>(x))) - expected, tolerance);
        if (!agrees) return testing::AssertionFailure() << "x = " << x << ": " << agrees.message();
    }
    return testing::AssertionSuccess();
}

/// max |k-th difference| / h^k over `panels` panels: an estimate of max |k-th derivative|, which stays put as
/// h shrinks where that derivative is bounded, and grows where it is not.
template <class Integrand>
long double steepest(int k, std::size_t panels) {
    const long double h = (static_cast<long double>(Integrand::upper) - Integrand::lower) / static_cast<long double>(panels);
    std::vector<long double> samples(panels + 1);
    for (std::size_t i = 0; i <= panels; ++i) {
        const long double x = std::fma(static_cast<long double>(i), h, static_cast<long double>(Integrand::lower));
        samples[i] = Integrand::value(std::min<long double>(x, Integrand::upper));
    }
    for (int order = 0; order < k; ++order) {
        for (std::size_t i = 0; i + 1 < samples.size(); ++i) samples[i] = (samples[i + 1] - samples[i]) / h;
        samples.pop_back();
    }
    long double largest = 0;
    for (const long double sample : samples) largest = std::max(largest, std::fabs(sample));
    return largest;
}

/// How much the k-th derivative's estimate grows when the grid is halved, beyond the rounding errors, which a
/// k-th difference magnifies by (2/h)^k.
template <class Integrand>
long double growth(int k) {
    constexpr std::size_t panels = 8192; // 64 for the half-width of `peak`
    const long double width = static_cast<long double>(Integrand::upper) - Integrand::lower;
    const long double noise = 8 * unit_roundoff<long double> * steepest<Integrand>(0, panels) *
                              std::pow(4.0L * static_cast<long double>(panels) / width, static_cast<long double>(k));
    const long double fine = steepest<Integrand>(k, 2 * panels);
    return fine <= noise ? 0 : (fine - noise) / steepest<Integrand>(k, panels);
}

/// The strongest class that holds. 2 %: x log x, whose slope grows by log 2 in 9 when the grid is halved, is
/// the slowest to tell from a bounded one.
template <class Integrand>
smoothness observed_smoothness() {
    constexpr long double bounded = 1.02L;
    if (growth<Integrand>(1) > bounded) {
        constexpr std::size_t panels = 8192;
        const long double jump = steepest<Integrand>(1, panels);
        return steepest<Integrand>(1, 2 * panels) > 1.99L * jump ? smoothness::discontinuous : smoothness::singular_derivative;
    }
    for (const int k : {2, 3, 4}) {
        if (growth<Integrand>(k) > bounded) return smoothness::lipschitz;
    }
    return smoothness::smooth;
}

/// Calls check.operator()<Integrand>() for every named integrand, its name in every failure message.
template <class Check>
void for_each_integrand(Check check) {
    list::for_each([&]<class Integrand>() {
        SCOPED_TRACE(std::string(Integrand::name));
        check.template operator()<Integrand>();
    });
}

template <class... Integrand>
constexpr bool all_conform(quadot::type_list<Integrand...>) {
    return (quadot::integrands::integrand_family<Integrand> && ...);
}
static_assert(all_conform(list{}));
static_assert(list::size >= 20);

TEST(Integrands, ConstantAgreesWithQuadrature) {
    for_each_integrand([]<class Integrand>() { EXPECT_TRUE(constant_agrees_with_quadrature<Integrand>()); });
}

TEST(Integrands, ConstantAgreesWithAntiderivative) {
    for_each_integrand([]<class Integrand>() { EXPECT_TRUE(constant_agrees_with_antiderivative<Integrand>()); });
}

TEST(Integrands, SamplesAgreeWithTheirFormulaIn192Bits) {
    for_each_integrand([]<class Integrand>() {
        EXPECT_TRUE((samples_agree<Integrand, double>()));
        EXPECT_TRUE((samples_agree<Integrand, long double>()));
    });
}

TEST(Integrands, SmoothnessIsAsDeclared) {
    for_each_integrand([]<class Integrand>() { EXPECT_EQ(observed_smoothness<Integrand>(), Integrand::shape); });
}

TEST(Integrands, FiniteBetweenAndAtTheLimits) {
    for_each_integrand([]<class Integrand>() {
        EXPECT_LT(Integrand::lower, Integrand::upper);
        for (const double x : {Integrand::lower, Integrand::upper, std::nextafter(Integrand::lower, Integrand::upper),
                               std::nextafter(Integrand::upper, Integrand::lower)}) {
            EXPECT_TRUE(std::isfinite(Integrand::value(x))) << x;
        }
    });
}

TEST(Integrands, NamesAreUniqueAndSafeOnACommandLine) {
    std::set<std::string_view> names;
    for_each_integrand([&]<class Integrand>() {
        ASSERT_FALSE(Integrand::name.empty());
        EXPECT_TRUE(Integrand::name[0] >= 'a' && Integrand::name[0] <= 'z');
        EXPECT_EQ(Integrand::name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-"), std::string_view::npos);
        EXPECT_TRUE(names.insert(Integrand::name).second) << "twice in the list";
    });
}

TEST(Integrands, TextsSayWhatTheNumbersAre) {
    for_each_integrand([]<class Integrand>() {
        using quadot::constant_expression;
        EXPECT_FALSE(Integrand::formula.empty());
        EXPECT_FALSE(Integrand::domain.empty());
        EXPECT_FALSE(Integrand::source.empty());
        EXPECT_EQ(constant_expression("LO", Integrand::lower_text), Integrand::lower);
        EXPECT_EQ(constant_expression("HI", Integrand::upper_text), Integrand::upper);
        // Only `gauss` needs a function that limits do not know. 1e-14: a dozen operations in double, and the
        // terms of a few closed forms cancel by a factor of ten.
        if (Integrand::exact_text == "sqrt(pi)/2*erf(3)") return;
        const double exact = static_cast<double>(Integrand::exact);
        EXPECT_NEAR(constant_expression("EXACT", Integrand::exact_text), exact, 1e-14 * std::fabs(exact));
    });
}

// What the checks above would let pass if they were blunt.
struct sine_to_seventeen_digits : quadot::integrands::sine {
    static constexpr long double exact = 2.0000000000000001L;
};
struct gaussian_in_double : quadot::integrands::gaussian {
    static constexpr long double exact = 0.88620734825952123;
};
struct sample_off_by_ten_ulps : quadot::integrands::exponential {
    template <class V>
    static V value(const V& x) {
        if constexpr (std::same_as<V, double>)
            return quadot::integrands::exponential::value(x) * (1 + 0x1.4p-49);
        else
            return quadot::integrands::exponential::value(x);
    }
};

TEST(Integrands, ChecksSeeWhatIsWrong) {
    EXPECT_FALSE(constant_agrees_with_quadrature<sine_to_seventeen_digits>());
    EXPECT_FALSE(constant_agrees_with_antiderivative<sine_to_seventeen_digits>());
    EXPECT_FALSE(constant_agrees_with_quadrature<gaussian_in_double>());
    EXPECT_FALSE(constant_agrees_with_antiderivative<gaussian_in_double>());
    EXPECT_FALSE((samples_agree<sample_off_by_ten_ulps, double>()));
}

} // namespace
