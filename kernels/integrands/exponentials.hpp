// Exponentials, with and without a polynomial beside them.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"
#include "math/exponential.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct exponential {
    static constexpr std::string_view name = "exp";
    static constexpr std::string_view formula = "exp(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "e-1";
    static constexpr long double exact = 1.71828182845904523536028747135266250L;
    static constexpr std::string_view source = "D. K. Kahaner (1971), problem 1; d exp = exp";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::exp(x);
    }
    static long double antiderivative(long double x) { return std::exp(x); }
};

struct x_exponential {
    static constexpr std::string_view name = "xexp";
    static constexpr std::string_view formula = "x*exp(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "1";
    static constexpr long double exact = 1.0L;
    static constexpr std::string_view source = "by parts: d (x-1)exp(x) = x exp(x)";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return x * math::exp(x);
    }
    static long double antiderivative(long double x) { return (x - 1) * std::exp(x); }
};

struct decay {
    static constexpr std::string_view name = "decay";
    static constexpr std::string_view formula = "exp(-x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "10";
    static constexpr double lower = 0;
    static constexpr double upper = 10;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "1-exp(-10)";
    static constexpr long double exact = 0.999954600070237515148464408484439449L;
    static constexpr std::string_view source = "d(-exp(-x)) = exp(-x)";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::exp(V(-x));
    }
    static long double antiderivative(long double x) { return -std::exp(-x); }
};

struct gaussian {
    static constexpr std::string_view name = "gauss";
    static constexpr std::string_view formula = "exp(-x^2)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "3";
    static constexpr double lower = 0;
    static constexpr double upper = 3;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "sqrt(pi)/2*erf(3)";
    static constexpr long double exact = 0.886207348259521233894484577911845580L;
    static constexpr std::string_view source = "DLMF 7.2.1: the definition of erf";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::exp(formula::negative_product(x, x));
    }
    static long double antiderivative(long double x) { return std::erf(x) / std::numbers::inv_sqrtpi_v<long double> / 2; }
};

} // namespace quadot::integrands
