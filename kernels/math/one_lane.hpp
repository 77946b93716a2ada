// One lane of a batch, as a scalar: integrand formulas and the functions here take it for V and give the lane's
// bits, whatever instruction set the caller is compiled for. Its multiply-add rounds once, as on instruction
// sets with FMA, or twice. For constants and for tests: a lane takes as long as a batch.
#pragma once

#include "accumulators/eft.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace quadot::math {

template <bool Fused>
class one_lane {
  public:
    using value_type = double;
    static constexpr std::size_t size = 1;

    one_lane() = default;
    explicit one_lane(double value) : value_(value) {}
    [[nodiscard]] double value() const { return value_; }
    static one_lane load_unaligned(const double* from) { return one_lane(*from); }
    void store_unaligned(double* to) const { *to = value_; }

    friend one_lane operator+(one_lane a, one_lane b) { return one_lane(a.value_ + b.value_); }
    friend one_lane operator-(one_lane a, one_lane b) { return one_lane(a.value_ - b.value_); }
    friend one_lane operator*(one_lane a, one_lane b) { return one_lane(a.value_ * b.value_); }
    friend one_lane operator/(one_lane a, one_lane b) { return one_lane(a.value_ / b.value_); }
    friend one_lane operator-(one_lane a) { return one_lane(-a.value_); }
    friend bool operator<(one_lane a, one_lane b) { return a.value_ < b.value_; }
    friend bool operator<=(one_lane a, one_lane b) { return a.value_ <= b.value_; }
    friend bool operator>(one_lane a, one_lane b) { return a.value_ > b.value_; }
    friend bool operator>=(one_lane a, one_lane b) { return a.value_ >= b.value_; }
    friend bool operator==(one_lane a, one_lane b) { return a.value_ == b.value_; }
    friend one_lane fma(one_lane a, one_lane b, one_lane c) {
        return one_lane(Fused ? std::fma(a.value_, b.value_, c.value_) : a.value_ * b.value_ + c.value_);
    }
    friend one_lane fnma(one_lane a, one_lane b, one_lane c) { return fma(-a, b, c); }
    friend one_lane fms(one_lane a, one_lane b, one_lane c) { return fma(a, b, -c); }
    friend one_lane abs(one_lane a) { return one_lane(std::fabs(a.value_)); }
    friend one_lane sqrt(one_lane a) { return one_lane(std::sqrt(a.value_)); }
    friend one_lane select(bool condition, one_lane yes, one_lane no) { return condition ? yes : no; }

    // math/lanes.hpp
    friend one_lane operator&(one_lane a, one_lane b) { return of_bits(a.bits() & b.bits()); }
    friend one_lane operator|(one_lane a, one_lane b) { return of_bits(a.bits() | b.bits()); }
    friend one_lane operator^(one_lane a, one_lane b) { return of_bits(a.bits() ^ b.bits()); }
    friend one_lane add_bits(one_lane a, one_lane b) { return of_bits(a.bits() + b.bits()); }
    template <int Count>
    friend one_lane shift_bits_left(one_lane a) {
        return of_bits(a.bits() << Count);
    }
    template <int Count>
    friend one_lane shift_bits_right(one_lane a) {
        return of_bits(a.bits() >> Count);
    }
    friend bool odd(one_lane a) { return a.bits() % 2 != 0; }
    friend one_lane gather(const double* table, one_lane index) { return one_lane(table[index.bits()]); }

  private:
    [[nodiscard]] std::uint64_t bits() const { return std::bit_cast<std::uint64_t>(value_); }
    static one_lane of_bits(std::uint64_t bits) { return one_lane(std::bit_cast<double>(bits)); }

    double value_ = 0;
};

using fused_scalar = one_lane<true>;
using unfused_scalar = one_lane<false>;

} // namespace quadot::math

namespace quadot::eft {
template <>
inline constexpr bool fused<math::unfused_scalar> = false;
} // namespace quadot::eft
