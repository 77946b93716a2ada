// Square roots: continuous, yet a derivative is unbounded at one end, which costs every rule its order. IEEE
// 754 rounds the root correctly, so these are not `elementary`.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"

#include <cmath>
#include <string_view>

namespace quadot::integrands {

/// Never the root of a negative number inside the domain: x*x rounds to at most 1, fused or not.
struct semicircle {
    static constexpr std::string_view name = "semicircle";
    static constexpr std::string_view formula = "sqrt(1-x^2)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "-1 <= x <= 1";
    static constexpr std::string_view exact_text = "pi/4";
    static constexpr long double exact = 0.785398163397448309615660845819875721L;
    static constexpr std::string_view source = "the area of a quarter disc; DLMF 4.26";
    static constexpr smoothness shape = smoothness::singular_derivative;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using std::sqrt;
        return sqrt(formula::subtract_product(V(1.0), x, x));
    }
    static long double antiderivative(long double x) { return (x * std::sqrt(1 - x * x) + std::asin(x)) / 2; }
};

struct square_root {
    static constexpr std::string_view name = "sqrt";
    static constexpr std::string_view formula = "sqrt(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "x >= 0";
    static constexpr std::string_view exact_text = "2/3";
    static constexpr long double exact = 0.666666666666666666666666666666666667L;
    static constexpr std::string_view source = "D. K. Kahaner (1971), problem 3; power rule";
    static constexpr smoothness shape = smoothness::singular_derivative;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using std::sqrt;
        return sqrt(x);
    }
    static long double antiderivative(long double x) { return 2 * x * std::sqrt(x) / 3; }
};

/// The first derivative is bounded, the second is not.
struct three_halves {
    static constexpr std::string_view name = "xsqrtx";
    static constexpr std::string_view formula = "x*sqrt(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "x >= 0";
    static constexpr std::string_view exact_text = "2/5";
    static constexpr long double exact = 0.4L;
    static constexpr std::string_view source = "D. K. Kahaner (1971), problem 6; power rule";
    static constexpr smoothness shape = smoothness::lipschitz;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using std::sqrt;
        return x * sqrt(x);
    }
    static long double antiderivative(long double x) { return 2 * x * x * std::sqrt(x) / 5; }
};

} // namespace quadot::integrands
