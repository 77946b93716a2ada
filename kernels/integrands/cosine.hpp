// cos(x): the lecture notes' first integral.
#pragma once

#include "integrands/integrand.hpp"
#include "math/trigonometric.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct cosine {
    static constexpr std::string_view name = "cos";
    static constexpr std::string_view formula = "cos(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "pi/2";
    static constexpr double lower = 0;
    static constexpr double upper = std::numbers::pi / 2;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "1";
    static constexpr long double exact = 1.0L;
    static constexpr std::string_view source = "the lecture notes on Python parallelism; d sin = cos";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::cos(x);
    }
    static long double antiderivative(long double x) { return std::sin(x); }
};

} // namespace quadot::integrands
