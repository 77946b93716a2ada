// Logarithms, regular and at their singular point.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"
#include "math/logarithm.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct natural_log {
    static constexpr std::string_view name = "log";
    static constexpr std::string_view formula = "log(x)";
    static constexpr std::string_view lower_text = "1";
    static constexpr std::string_view upper_text = "e";
    static constexpr double lower = 1;
    static constexpr double upper = std::numbers::e;
    static constexpr std::string_view domain = "x > 0";
    static constexpr std::string_view exact_text = "1";
    // The double e lies 1.4e-16 below e, where log is 1: the integral up to it falls short of 1 by as much.
    static constexpr long double exact = 0.999999999999999855435310827074990189L;
    static constexpr std::string_view source = "DLMF 4.10: d(x log x - x) = log x";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::log(x);
    }
    static long double antiderivative(long double x) { return x * std::log(x) - x; }
};

/// 0 at x = 0, its limit: the logarithm is never asked for 0, so no NaN and no floating-point exception
/// arises.
struct x_log {
    static constexpr std::string_view name = "xlogx";
    static constexpr std::string_view formula = "x*log(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "x >= 0";
    static constexpr std::string_view exact_text = "-1/4";
    static constexpr long double exact = -0.25L;
    static constexpr std::string_view source = "DLMF 4.10: d(x^2 log(x)/2 - x^2/4) = x log x";
    static constexpr smoothness shape = smoothness::singular_derivative;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using formula::select;
        return x * math::log(select(x == V(0.0), V(1.0), x));
    }
    static long double antiderivative(long double x) { return x == 0 ? 0 : x * x * (std::log(x) / 2 - 0.25L); }
};

} // namespace quadot::integrands
