// Polynomials with integer coefficients: a rule of high enough degree has nothing but rounding errors.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"

#include <string_view>

namespace quadot::integrands {

struct square {
    static constexpr std::string_view name = "square";
    static constexpr std::string_view formula = "x^2";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "1/3";
    static constexpr long double exact = 0.333333333333333333333333333333333333L;
    static constexpr std::string_view source = "power rule; Simpson and higher rules are exact";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return x * x;
    }
    static long double antiderivative(long double x) { return x * x * x / 3; }
};

struct cube {
    static constexpr std::string_view name = "cube";
    static constexpr std::string_view formula = "x^3";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "2";
    static constexpr double lower = 0;
    static constexpr double upper = 2;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "4";
    static constexpr long double exact = 4.0L;
    static constexpr std::string_view source = "power rule; Simpson is exact though built for degree 2";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return x * x * x;
    }
    static long double antiderivative(long double x) { return x * x * x * x / 4; }
};

/// Horner's form: seven multiply-adds that depend on each other, so latency bounds a kernel without enough
/// lanes.
struct poly7 {
    static constexpr std::string_view name = "poly7";
    static constexpr std::string_view formula = "((((((8*x-7)*x+6)*x-5)*x+4)*x-3)*x+2)*x-1";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "2";
    static constexpr double lower = 0;
    static constexpr double upper = 2;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "170";
    static constexpr long double exact = 170.0L;
    static constexpr std::string_view source =
        "Horner's form of the derivative of x^8-x^7+x^6-x^5+x^4-x^3+x^2-x; four Gauss nodes are exact";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using formula::multiply_add;
        V y = multiply_add(V(8.0), x, V(-7.0));
        y = multiply_add(y, x, V(6.0));
        y = multiply_add(y, x, V(-5.0));
        y = multiply_add(y, x, V(4.0));
        y = multiply_add(y, x, V(-3.0));
        y = multiply_add(y, x, V(2.0));
        return multiply_add(y, x, V(-1.0));
    }
    static long double antiderivative(long double x) { return (((((((x - 1) * x + 1) * x - 1) * x + 1) * x - 1) * x + 1) * x - 1) * x; }
};

} // namespace quadot::integrands
