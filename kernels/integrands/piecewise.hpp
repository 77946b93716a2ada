// Two formulas that meet at a point, which a double holds exactly: kinks and a jump.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"
#include "math/exponential.hpp"

#include <cmath>
#include <string_view>

namespace quadot::integrands {

/// Where 8 divides the number of panels a node meets the kink, and even the trapezoid rule is exact.
struct kink {
    static constexpr std::string_view name = "kink";
    static constexpr std::string_view formula = "abs(x-0.375)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "(0.375^2+0.625^2)/2";
    static constexpr long double exact = 0.265625L;
    static constexpr std::string_view source = "two triangles";
    static constexpr smoothness shape = smoothness::lipschitz;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using std::abs;
        return abs(V(x - V(0.375)));
    }
    static long double antiderivative(long double x) { return (x - 0.375L) * std::fabs(x - 0.375L) / 2; }
};

struct cusp {
    static constexpr std::string_view name = "cusp";
    static constexpr std::string_view formula = "exp(-4*abs(x-0.375))";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "(2-exp(-1.5)-exp(-2.5))/4";
    static constexpr long double exact = 0.423696210306917843974297713692206918L;
    static constexpr std::string_view source = "A. Genz (1984), continuous in one dimension; exponentials on both sides";
    static constexpr smoothness shape = smoothness::lipschitz;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using std::abs;
        return math::exp(V(V(-4.0) * abs(V(x - V(0.375)))));
    }
    static long double antiderivative(long double x) {
        const long double d = x - 0.375L;
        return std::copysign(-std::expm1(-4 * std::fabs(d)) / 4, d);
    }
};

/// The jump is the golden section as a double: for n up to 10^7 no fraction i/n comes nearer to it than about
/// 1/(sqrt(5) n^2), so no uniform grid meets it by luck.
struct step {
    static constexpr double jump = 0.6180339887498949;

    static constexpr std::string_view name = "step";
    static constexpr std::string_view formula = "1 if x < 0.6180339887498949 else 0";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "0.6180339887498949";
    static constexpr long double exact = 0.6180339887498949025257388711906969547271728515625L;
    static constexpr std::string_view source = "A. Genz (1984), discontinuous in one dimension; the length of a segment";
    static constexpr smoothness shape = smoothness::discontinuous;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        using formula::select;
        return select(x < V(jump), V(1.0), V(0.0));
    }
    static long double antiderivative(long double x) { return x < jump ? x : jump; }
};

} // namespace quadot::integrands
