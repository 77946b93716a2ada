// Bounded, monotone functions with poles off the real axis.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"
#include "math/exponential.hpp"
#include "math/hyperbolic.hpp"
#include "math/inverse_trigonometric.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct arctangent {
    static constexpr std::string_view name = "atan";
    static constexpr std::string_view formula = "atan(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "pi/4-log(2)/2";
    static constexpr long double exact = 0.438824573117475654907044785090787437L;
    static constexpr std::string_view source = "DLMF 4.26: d(x atan x - log(1+x^2)/2) = atan x";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::atan(x);
    }
    static long double antiderivative(long double x) { return x * std::atan(x) - std::log1p(x * x) / 2; }
};

struct hyperbolic_tangent {
    static constexpr std::string_view name = "tanh";
    static constexpr std::string_view formula = "tanh(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "2";
    static constexpr double lower = 0;
    static constexpr double upper = 2;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "2+log((1+exp(-4))/2)";
    static constexpr long double exact = 1.32500274735786443093775119682957732L;
    static constexpr std::string_view source = "DLMF 4.40: d log(cosh x) = tanh x";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::tanh(x);
    }
    /// log(cosh x) without overflow.
    static long double antiderivative(long double x) {
        const long double far = std::fabs(x);
        return far + std::log1p(std::exp(-2 * far)) - std::numbers::ln2_v<long double>;
    }
};

struct logistic {
    static constexpr std::string_view name = "logistic";
    static constexpr std::string_view formula = "1/(1+exp(-x))";
    static constexpr std::string_view lower_text = "-4";
    static constexpr std::string_view upper_text = "8";
    static constexpr double lower = -4;
    static constexpr double upper = 8;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "log((1+exp(8))/(1+exp(-4)))";
    static constexpr long double exact = 7.98218547845508602847659059156827898L;
    static constexpr std::string_view source = "d log(1+exp(x)) = 1/(1+exp(-x))";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        // Not power_of_two_over: the exponential leaves the divider time enough.
        return V(1.0) / (V(1.0) + math::exp(V(-x)));
    }
    /// log(1+exp(x)) without overflow.
    static long double antiderivative(long double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
};

} // namespace quadot::integrands
