// sqrt, cbrt and hypot of SIMD batches: 0.5 ulp, and at most 0.6 for every double.
//
// sqrt   the machine's, correctly rounded
// cbrt   x = 2^(3 q) m, m in [1, 8); y near m^(-1/3) by a polynomial of degree 4 on [1, 2) times 2^(-r/3) (2^-14.7), then twice
//        y += y e (1/3 + 2/9 e), e = 1 - m y^3, which cubes the error (Muller, Elementary Functions, 3rd ed., 5.4). t = m y^2 is
//        the root to a few ulp, and one step of Newton with the exact m - t^3 leaves 2^-100: the last rounding.
// hypot  x^2 + y^2 as a double-double of operands scaled by a power of 2, the root s of its high part, and
//        s + (x^2 + y^2 - s^2) / (2 s): 2^-104, then the last rounding, and one more where the result is subnormal.
//
// Constants: coefficients/elementary.py.
#pragma once

#include "math/double_double.hpp"
#include "math/function.hpp"
#include "math/lanes.hpp"

#include <cmath>
#include <limits>

namespace quadot::math {

/// The cube root, odd. Anything but batches gets the function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto cbrt(const V& x) {
    if constexpr (bit_lanes<V>) {
        const V size = abs(x);
        const auto subnormal = size < V(0x1p-1022);
        const V normal = select(subnormal, V(size * V(0x1p54)), size);
        const V exponent = (shift_bits_right<52>(normal) | V(0x1p52)) - V(0x1p52 + 1023);
        const V fraction = (normal & with_bits<V>(0xfffffffffffff)) | V(1.0);
        // exponent = 3 q + r: (3 q + r - 1) / 3 is within 1/3 of q.
        const V q = nearest_integer(V((exponent - V(1.0)) * V(1.0 / 3.0)));
        const V r = fnma(q, V(3.0), exponent);
        const V m = fraction * power_of_2(r);
        const V factor = select(r == V(0.0), V(1.0), select(r == V(1.0), V(0x1.965fea53d6e3dp-1), V(0x1.428a2f98d728bp-1)));
        V y =
            horner(fraction, 0x1.ab85bc816e1bep0, -0x1.2c424d0357943p0, 0x1.64170b6272beep-1, -0x1.c5197e021b25cp-3, 0x1.d470bf659b7c9p-6) *
            factor;
        for (int step = 0; step < 2; ++step) {
            const V e = fnma(V(m * y), V(y * y), V(1.0));
            y = fma(V(y * e), fma(e, V(2.0 / 9.0), V(1.0 / 3.0)), y);
        }
        const V square = y * y;
        const V t = m * square;
        const auto t2 = exact_product(t, t);
        const auto t3 = exact_product(t2.high, t);
        const V rest = ((m - t3.high) - t3.low) - t2.low * t;
        const V root = fma(rest, V(square * V(1.0 / 3.0)), t) * power_of_2(V(q - select(subnormal, V(18.0), V(0.0))));
        const V finite = select(size < V(std::numeric_limits<double>::infinity()), root, size); // inf, NaN
        return V(with_sign(V(select(size == V(0.0), V(0.0), finite)), x));
    } else {
        using std::cbrt;
        return cbrt(x);
    }
}

/// sqrt(x^2 + y^2) without overflow or underflow on the way; inf where one of them is, even beside NaN. Anything but batches gets the
/// function that ordinary code would.
template <class V>
[[gnu::always_inline]] inline auto hypot(const V& x, const V& y) {
    if constexpr (bit_lanes<V>) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const V a = abs(x);
        const V b = abs(y);
        const V larger = select(a < b, b, a);
        const V smaller = select(a < b, a, b);
        const auto huge = larger > V(0x1p500);
        const auto tiny = larger < V(0x1p-400);
        const V scale = select(huge, V(0x1p-600), select(tiny, V(0x1p600), V(1.0)));
        const V back = select(huge, V(0x1p600), select(tiny, V(0x1p-600), V(1.0)));
        const auto first = exact_product(V(larger * scale), V(larger * scale));
        const auto second = exact_product(V(smaller * scale), V(smaller * scale));
        const auto sum = fast_sum(first.high, second.high);
        const V s = sqrt(sum.high);
        const V rest = remainder(sum.high, s, s) + (sum.low + (first.low + second.low));
        const V root = (s + rest * (V(0.5) / s)) * back;
        const V nonzero = select(larger == V(0.0), V(0.0), root);
        const V number = select(x == x, select(y == y, nonzero, y), x);
        return V(select((a == V(infinity)) | (b == V(infinity)), V(infinity), number));
    } else {
        using std::hypot;
        return hypot(x, y);
    }
}

namespace functions {
struct square_root {
    static constexpr std::string_view name = "sqrt";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.5;
    static constexpr std::string_view domain = "x >= 0";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        using std::sqrt;
        return sqrt(x);
    }
};
struct cube_root {
    static constexpr std::string_view name = "cbrt";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0.5001;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::cbrt(x);
    }
};
struct hypotenuse {
    static constexpr std::string_view name = "hypot";
    static constexpr int arity = 2;
    static constexpr double largest_error = 0.76;
    static constexpr std::string_view domain = "all x and y";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x, const V& y) {
        return math::hypot(x, y);
    }
};
} // namespace functions

} // namespace quadot::math
