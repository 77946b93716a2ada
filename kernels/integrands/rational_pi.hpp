// 4 / (1 + x^2): the integral of pi, one division a sample.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

struct rational_pi {
    static constexpr std::string_view name = "pi";
    static constexpr std::string_view formula = "4/(1+x^2)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "pi";
    static constexpr long double exact = std::numbers::pi_v<long double>;
    static constexpr std::string_view source = "d 4 atan = 4/(1+x^2); the MPI tutorials' example (Gropp, Lusk & Skjellum)";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return formula::power_of_two_over(4.0, formula::multiply_add(x, x, V(1.0)));
    }
    static long double antiderivative(long double x) { return 4 * std::atan(x); }
};

} // namespace quadot::integrands
