// Rational functions whose poles lie off the path: the nearer the pole, the slower every rule converges.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct reciprocal {
    static constexpr std::string_view name = "reciprocal";
    static constexpr std::string_view formula = "1/x";
    static constexpr std::string_view lower_text = "1";
    static constexpr std::string_view upper_text = "2";
    static constexpr double lower = 1;
    static constexpr double upper = 2;
    static constexpr std::string_view domain = "x > 0";
    static constexpr std::string_view exact_text = "log(2)";
    static constexpr long double exact = std::numbers::ln2_v<long double>;
    static constexpr std::string_view source = "DLMF 4.10: d log = 1/x";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return formula::power_of_two_over(1.0, x);
    }
    static long double antiderivative(long double x) { return std::log(x); }
};

/// Poles at +-i/5.
struct runge {
    static constexpr std::string_view name = "runge";
    static constexpr std::string_view formula = "1/(1+25*x^2)";
    static constexpr std::string_view lower_text = "-1";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = -1;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "2*atan(5)/5";
    static constexpr long double exact = 0.549360306778006344344508770577984460L;
    static constexpr std::string_view source = "C. Runge (1901): equidistant interpolation diverges; d atan(5x)/5";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return formula::power_of_two_over(1.0, formula::multiply_add(V(V(25.0) * x), x, V(1.0)));
    }
    static long double antiderivative(long double x) { return std::atan(5 * x) / 5; }
};

/// A Lorentzian of height 2^14 and half-width 2^-7, off the middle: rules with spacing above the width miss
/// it.
struct peak {
    static constexpr std::string_view name = "peak";
    static constexpr std::string_view formula = "1/((x-0.3125)^2+2^-14)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "128*(atan(40)+atan(88))";
    static constexpr long double exact = 397.470043226442540916727225655888176L;
    static constexpr std::string_view source = "A. Genz (1984), product peak in one dimension; d 128 atan(128(x-5/16))";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        const V d = x - V(0.3125);
        return formula::power_of_two_over(1.0, formula::multiply_add(d, d, V(0x1p-14)));
    }
    static long double antiderivative(long double x) { return 128 * std::atan(128 * (x - 0.3125L)); }
};

} // namespace quadot::integrands
