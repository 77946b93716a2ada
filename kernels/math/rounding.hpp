// floor, ceil, round, abs, min, max and sign of SIMD batches: exact.
//
// All but sign are the CPU's where it has them, and what differs from them is mended (block/simd.hpp). Else |x| + 2^52 rounds to an integer, ties to even; what that went too far is taken back by
// comparison. Zeros keep their sign (C99 F.9.6).
// min and max differ from C's fmin and fmax in one point: beside NaN they are NaN (IEEE 754-2019's minimum and maximum), since an integral
// must not lose one; and min(0, -0) is -0, max(0, -0) is 0.
#pragma once

#include "math/function.hpp"
#include "math/lanes.hpp"

#include <algorithm>
#include <cmath>

namespace quadot::math {

namespace rounding {

/// `rounded` where x has a fraction at all, with the sign of x.
template <class V>
[[gnu::always_inline]] inline V where_fractional(const V& rounded, const V& x) {
    return select(abs(x) < V(0x1p52), with_sign(rounded, x), x); // NaN stays
}

/// The integer nearest to |x|, ties to even; |x| < 2^52.
template <class V>
[[gnu::always_inline]] inline V nearest(const V& x) {
    return (abs(x) + V(0x1p52)) - V(0x1p52);
}

} // namespace rounding

/// The largest integer not above x.
template <class V>
[[gnu::always_inline]] inline auto floor(const V& x) {
    if constexpr (requires { whole_below(x); }) {
        return V(whole_below(x));
    } else if constexpr (bit_lanes<V>) {
        const V integer = with_sign(rounding::nearest(x), x);
        return rounding::where_fractional(V(select(integer > x, V(integer - V(1.0)), integer)), x);
    } else {
        using std::floor;
        return floor(x);
    }
}

/// The smallest integer not below x.
template <class V>
[[gnu::always_inline]] inline auto ceil(const V& x) {
    if constexpr (requires { whole_above(x); }) {
        return V(whole_above(x));
    } else if constexpr (bit_lanes<V>) {
        const V integer = with_sign(rounding::nearest(x), x);
        return rounding::where_fractional(V(select(integer < x, V(integer + V(1.0)), integer)), x);
    } else {
        using std::ceil;
        return ceil(x);
    }
}

/// The nearest integer, halves away from zero.
template <class V>
[[gnu::always_inline]] inline auto round(const V& x) {
    if constexpr (requires { whole_nearest(x); }) {
        return V(whole_nearest(x));
    } else if constexpr (bit_lanes<V>) {
        const V integer = rounding::nearest(x);
        return rounding::where_fractional(V(select(V(abs(x) - integer) == V(0.5), V(integer + V(1.0)), integer)), x);
    } else {
        using std::round;
        return round(x);
    }
}

/// The smaller of a and b, NaN beside NaN.
template <class V>
[[gnu::always_inline]] inline auto min(const V& a, const V& b) {
    if constexpr (requires { least(a, b); }) {
        return V(least(a, b));
    } else if constexpr (bit_lanes<V>) {
        const V smaller = select(a < b, a, select(a == b, V(a | b), b)); // b where one is NaN
        return V(select(a == a, smaller, a));
    } else {
        return a != a ? a : b != b || b < a || (b == a && std::signbit(b)) ? b : a;
    }
}

/// The larger of a and b, NaN beside NaN.
template <class V>
[[gnu::always_inline]] inline auto max(const V& a, const V& b) {
    if constexpr (requires { greatest(a, b); }) {
        return V(greatest(a, b));
    } else if constexpr (bit_lanes<V>) {
        const V larger = select(a > b, a, select(a == b, V(a & b), b));
        return V(select(a == a, larger, a));
    } else {
        return a != a ? a : b != b || b > a || (b == a && !std::signbit(b)) ? b : a;
    }
}

/// -1, 1, or x itself where it is zero or NaN.
template <class V>
[[gnu::always_inline]] inline auto sign(const V& x) {
    if constexpr (bit_lanes<V>) {
        return V(select(x < V(0.0), V(-1.0), select(x > V(0.0), V(1.0), x)));
    } else {
        return x < 0 ? V(-1) : x > 0 ? V(1) : x;
    }
}

namespace functions {
struct magnitude {
    static constexpr std::string_view name = "abs";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        using std::abs;
        return abs(x);
    }
};
struct minimum {
    static constexpr std::string_view name = "min";
    static constexpr int arity = 2;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x and y; NaN beside NaN";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& a, const V& b) {
        return math::min(a, b);
    }
};
struct maximum {
    static constexpr std::string_view name = "max";
    static constexpr int arity = 2;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x and y; NaN beside NaN";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& a, const V& b) {
        return math::max(a, b);
    }
};
struct round_down {
    static constexpr std::string_view name = "floor";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::floor(x);
    }
};
struct round_up {
    static constexpr std::string_view name = "ceil";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::ceil(x);
    }
};
struct round_to_nearest {
    static constexpr std::string_view name = "round";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x; halves away from zero";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::round(x);
    }
};
struct sign_of {
    static constexpr std::string_view name = "sign";
    static constexpr int arity = 1;
    static constexpr double largest_error = 0;
    static constexpr std::string_view domain = "all x; sign(0) = 0";
    template <class V>
    [[gnu::always_inline]] static auto value(const V& x) {
        return math::sign(x);
    }
};
} // namespace functions

} // namespace quadot::math
