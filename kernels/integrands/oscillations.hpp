// Oscillating functions. What cancels in the sum is lost in accuracy relative to it: `osc` has condition
// number 120.
#pragma once

#include "integrands/formula.hpp"
#include "integrands/integrand.hpp"
#include "math/exponential.hpp"
#include "math/trigonometric.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <string_view>

namespace quadot::integrands {

/// Eight periods: rules with fewer than two nodes a period see nothing of it.
struct oscillation {
    static constexpr std::string_view name = "osc";
    static constexpr std::string_view formula = "cos(50*x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "sin(50)/50";
    static constexpr long double exact = -0.00524749707407857571828787293825245092L;
    static constexpr std::string_view source = "A. Genz (1984), oscillatory in one dimension; d sin(50x)/50";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::cos(V(V(50.0) * x));
    }
    static long double antiderivative(long double x) { return std::sin(50 * x) / 50; }
};

struct x_sine {
    static constexpr std::string_view name = "xsin";
    static constexpr std::string_view formula = "x*sin(x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "pi";
    static constexpr double lower = 0;
    static constexpr double upper = std::numbers::pi;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "pi";
    static constexpr long double exact = std::numbers::pi_v<long double>;
    static constexpr std::string_view source = "by parts: d(sin x - x cos x) = x sin x";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return x * math::sin(x);
    }
    static long double antiderivative(long double x) { return std::sin(x) - x * std::cos(x); }
};

struct damped {
    static constexpr std::string_view name = "damped";
    static constexpr std::string_view formula = "exp(-x)*cos(4*x)";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "5";
    static constexpr double lower = 0;
    static constexpr double upper = 5;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "(1+exp(-5)*(4*sin(20)-cos(20)))/17";
    static constexpr long double exact = 0.0601091689144765904577134997784285982L;
    static constexpr std::string_view source = "DLMF 4.26, by parts twice: d exp(-x)(4 sin 4x - cos 4x)/17";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::exp(V(-x)) * math::cos(V(V(4.0) * x));
    }
    static long double antiderivative(long double x) { return std::exp(-x) * (4 * std::sin(4 * x) - std::cos(4 * x)) / 17; }
};

/// Si(z) = int_0^z sin(t)/t dt for z > 0, to a few ulp of a long double: its power series, and beyond 2 pi/2 + Im E1(iz) by the continued
/// fraction of E1 (Abramowitz & Stegun 1964, 5.2.14, 5.1.22, 5.2.21), evaluated forwards (Lentz 1976).
inline long double sine_integral(long double z) {
    if (z <= 2) {
        long double term = z;
        long double sum = z;
        for (int k = 1; std::fabs(term) > 1e-24L * sum; ++k) {
            term *= -z * z / (2 * k * (2.0L * k + 1));
            sum += term / (2 * k + 1);
        }
        return sum;
    }
    using complex = std::complex<long double>;
    complex b(1, z);
    complex c(1e300L, 0);
    complex d = 1.0L / b;
    complex value = d;
    for (int k = 1; k < 1000; ++k) {
        b += 2;
        const long double a = -static_cast<long double>(k) * k;
        d = 1.0L / (a * d + b);
        c = b + a / c;
        const complex factor = c * d;
        value *= factor;
        if (std::abs(factor - 1.0L) < 1e-20L) break;
    }
    return std::numbers::pi_v<long double> / 2 + (value * complex(std::cos(z), -std::sin(z))).imag();
}

/// Ever faster oscillations towards 0.
struct x_sine_of_reciprocal {
    static constexpr std::string_view name = "chirp";
    static constexpr std::string_view formula = "x*sin(1/x)";
    static constexpr std::string_view lower_text = "0.125";
    static constexpr std::string_view upper_text = "1";
    static constexpr double lower = 0.125;
    static constexpr double upper = 1;
    static constexpr std::string_view domain = "x != 0";
    static constexpr std::string_view exact_text = "0.378199160479431768683587016598056727";
    static constexpr long double exact = 0.378199160479431768683587016598056727L;
    static constexpr std::string_view source = "(x^2 sin(1/x) + x cos(1/x) + Si(1/x))/2; Si: Abramowitz & Stegun (1964), 5.2.1";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        // Not power_of_two_over: the sine leaves the divider time enough.
        return x * math::sin(V(V(1.0) / x));
    }
    static long double antiderivative(long double x) {
        const long double z = 1 / std::fabs(x); // F is odd, but for a jump at 0
        const long double value = (std::sin(z) / (z * z) + std::cos(z) / z + sine_integral(z)) / 2;
        return x < 0 ? -value : value;
    }
};

/// A whole period: the trapezoid rule converges geometrically and beats every rule of higher order.
struct periodic {
    static constexpr std::string_view name = "periodic";
    static constexpr std::string_view formula = "1/(2+cos(x))";
    static constexpr std::string_view lower_text = "0";
    static constexpr std::string_view upper_text = "2*pi";
    static constexpr double lower = 0;
    static constexpr double upper = 2 * std::numbers::pi;
    static constexpr std::string_view domain = "all x";
    static constexpr std::string_view exact_text = "2*pi/sqrt(3)";
    // The double 2*pi lies 2.4e-16 below 2*pi, where the function is 1/3.
    static constexpr long double exact = 3.62759872846843561954503657212743298L;
    static constexpr std::string_view source = "Trefethen & Weideman, SIAM Review 56 (2014); closed form by t = tan(x/2)";
    static constexpr smoothness shape = smoothness::smooth;

    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        // Nor here.
        return V(1.0) / (V(2.0) + math::cos(x));
    }
    /// 2/sqrt(3) atan(tan(x/2)/sqrt(3)), with its jumps at odd multiples of pi closed.
    static long double antiderivative(long double x) {
        const long double root = std::sqrt(3.0L);
        return (x - 2 * std::atan(std::sin(x) / (2 + root + std::cos(x)))) / root;
    }
};

} // namespace quadot::integrands
