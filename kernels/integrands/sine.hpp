// sin(x): the lecture notes' second integral.
#pragma once

#include "integrands/integrand.hpp"
#include "math/trigonometric.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct sine {
    static constexpr std::string_view name = "sin";
    static constexpr std::string_view formula = "sin(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "pi";
    static constexpr double lower = 0;
    static constexpr double upper = std::numbers::pi;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "2";
    static constexpr long double exact = 2.0L;
    static constexpr std::string_view source = "the lecture notes on Python parallelism; d(-cos) = sin";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::sin(x);
    }
    static long double antiderivative(long double x) { return -std::cos(x); }
};

} // namespace quadot::integrands
