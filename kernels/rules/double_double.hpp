// Double-double arithmetic: x = hi + lo with |lo| ≤ ulp(hi)/2, about 106 bits. Only + − × ÷ on IEEE doubles,
// so the bits are the same on every CPU and compiler; it needs neither FMA nor libm, and runs at compile
// time. Compile with -ffp-contract=off: contraction breaks the error terms of `two_prod`.
//
// Bounds are relative, u = 2⁻⁵³, barring overflow (|x| < 2⁹⁹⁶) and underflow. Algorithm numbers are those of
// M. Joldes, J.-M. Muller, V. Popescu, "Tight and rigorous error bounds for basic building blocks of
// double-word arithmetic", ACM TOMS 44(2), 2017.
#pragma once

#include <cfloat>
#include <cstdint>

#ifdef __FAST_MATH__
#error "double-double arithmetic needs strict IEEE semantics: compile without -ffast-math"
#endif

namespace quadot::rules {

static_assert(FLT_EVAL_METHOD == 0, "excess precision breaks error-free transformations");

struct double_double {
    double hi = 0.0;
    double lo = 0.0;
};

/// hi + lo = a + b exactly, for |a| ≥ |b| or a = 0 (Dekker 1971; Algorithm 1).
constexpr double_double fast_two_sum(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// hi + lo = a + b exactly (Knuth, TAOCP 2, 4.2.2; Algorithm 2).
constexpr double_double two_sum(double a, double b) {
    const double sum = a + b;
    const double b_part = sum - a;
    return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// hi + lo = a exactly, each with at most 26 bits (Veltkamp; Dekker, Numer. Math. 18, 1971, (5.6)).
constexpr double_double split(double a) {
    const double scaled = 134217729.0 * a; // 2²⁷ + 1
    const double hi = scaled - (scaled - a);
    return {hi, a - hi};
}

/// hi + lo = a·b exactly (Dekker 1971, (5.12)).
constexpr double_double two_prod(double a, double b) {
    const double product = a * b;
    const double_double x = split(a);
    const double_double y = split(b);
    return {product, ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
}

/// Exact for every n: both halves of n are doubles, and their sum has 64 bits.
constexpr double_double exact_integer(std::uint64_t n) {
    return fast_two_sum(static_cast<double>(n >> 32U) * 4294967296.0, static_cast<double>(n & 0xffffffffU));
}

constexpr double_double operator-(double_double x) { return {-x.hi, -x.lo}; }

/// Error ≤ 2u² (Algorithm 4, DWPlusFP).
constexpr double_double operator+(double_double x, double y) {
    const double_double sum = two_sum(x.hi, y);
    return fast_two_sum(sum.hi, x.lo + sum.lo);
}

/// Error ≤ 3u² + 13u³, whatever the signs (Algorithm 6, AccurateDWPlusDW).
constexpr double_double operator+(double_double x, double_double y) {
    const double_double high = two_sum(x.hi, y.hi);
    const double_double low = two_sum(x.lo, y.lo);
    const double_double sum = fast_two_sum(high.hi, high.lo + low.hi);
    return fast_two_sum(sum.hi, low.lo + sum.lo);
}

constexpr double_double operator-(double_double x, double_double y) { return x + -y; }

/// Error ≤ 3u²/2 + 4u³ (Algorithm 7, DWTimesFP1).
constexpr double_double operator*(double_double x, double y) {
    const double_double product = two_prod(x.hi, y);
    const double_double sum = fast_two_sum(product.hi, x.lo * y);
    return fast_two_sum(sum.hi, sum.lo + product.lo);
}

/// Error ≤ 7u² (Algorithm 10, DWTimesDW1).
constexpr double_double operator*(double_double x, double_double y) {
    const double_double product = two_prod(x.hi, y.hi);
    return fast_two_sum(product.hi, product.lo + (x.hi * y.lo + x.lo * y.hi));
}

/// Error ≤ 3u² (Algorithm 15, DWDivFP3).
constexpr double_double operator/(double_double x, double y) {
    const double quotient = x.hi / y;
    const double_double product = two_prod(quotient, y);
    return fast_two_sum(quotient, ((x.hi - product.hi) + (x.lo - product.lo)) / y);
}

/// Error ≤ 15u² + 56u³ (Algorithm 17, DWDivDW2).
constexpr double_double operator/(double_double x, double_double y) {
    const double quotient = x.hi / y.hi;
    const double_double product = y * quotient;
    return fast_two_sum(quotient, ((x.hi - product.hi) + (x.lo - product.lo)) / y.hi);
}

} // namespace quadot::rules
