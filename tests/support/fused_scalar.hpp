// One lane of a batch, as a scalar: integrand formulas and kernels/math take it for V and give the lane's
// bits. Its multiply-add rounds once, as on instruction sets with FMA, or twice.
#pragma once

#include "accumulators/eft.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace quadot::tests {

template <bool Fused>
class lane_scalar {
  public:
    using value_type = double;
    static constexpr std::size_t size = 1;

    lane_scalar() = default;
    explicit lane_scalar(double value) : value_(value) {}
    [[nodiscard]] double value() const { return value_; }
    static lane_scalar load_unaligned(const double* from) { return lane_scalar(*from); }
    void store_unaligned(double* to) const { *to = value_; }

    friend lane_scalar operator+(lane_scalar a, lane_scalar b) { return lane_scalar(a.value_ + b.value_); }
    friend lane_scalar operator-(lane_scalar a, lane_scalar b) { return lane_scalar(a.value_ - b.value_); }
    friend lane_scalar operator*(lane_scalar a, lane_scalar b) { return lane_scalar(a.value_ * b.value_); }
    friend lane_scalar operator/(lane_scalar a, lane_scalar b) { return lane_scalar(a.value_ / b.value_); }
    friend lane_scalar operator-(lane_scalar a) { return lane_scalar(-a.value_); }
    friend bool operator<(lane_scalar a, lane_scalar b) { return a.value_ < b.value_; }
    friend bool operator<=(lane_scalar a, lane_scalar b) { return a.value_ <= b.value_; }
    friend bool operator>(lane_scalar a, lane_scalar b) { return a.value_ > b.value_; }
    friend bool operator>=(lane_scalar a, lane_scalar b) { return a.value_ >= b.value_; }
    friend bool operator==(lane_scalar a, lane_scalar b) { return a.value_ == b.value_; }
    friend lane_scalar fma(lane_scalar a, lane_scalar b, lane_scalar c) {
        return lane_scalar(Fused ? std::fma(a.value_, b.value_, c.value_) : a.value_ * b.value_ + c.value_);
    }
    friend lane_scalar fnma(lane_scalar a, lane_scalar b, lane_scalar c) { return fma(-a, b, c); }
    friend lane_scalar abs(lane_scalar a) { return lane_scalar(std::fabs(a.value_)); }
    friend lane_scalar sqrt(lane_scalar a) { return lane_scalar(std::sqrt(a.value_)); }
    friend lane_scalar select(bool condition, lane_scalar yes, lane_scalar no) { return condition ? yes : no; }

    // math/lanes.hpp
    friend lane_scalar operator&(lane_scalar a, lane_scalar b) { return of_bits(a.bits() & b.bits()); }
    friend lane_scalar operator|(lane_scalar a, lane_scalar b) { return of_bits(a.bits() | b.bits()); }
    friend lane_scalar operator^(lane_scalar a, lane_scalar b) { return of_bits(a.bits() ^ b.bits()); }
    friend lane_scalar add_bits(lane_scalar a, lane_scalar b) { return of_bits(a.bits() + b.bits()); }
    template <int Count>
    friend lane_scalar shift_bits_left(lane_scalar a) {
        return of_bits(a.bits() << Count);
    }
    template <int Count>
    friend lane_scalar shift_bits_right(lane_scalar a) {
        return of_bits(a.bits() >> Count);
    }
    friend bool odd(lane_scalar a) { return a.bits() % 2 != 0; }

  private:
    [[nodiscard]] std::uint64_t bits() const { return std::bit_cast<std::uint64_t>(value_); }
    static lane_scalar of_bits(std::uint64_t bits) { return lane_scalar(std::bit_cast<double>(bits)); }

    double value_ = 0;
};

using fused_scalar = lane_scalar<true>;
using unfused_scalar = lane_scalar<false>;

} // namespace quadot::tests

namespace quadot::eft {
template <>
inline constexpr bool fused<tests::unfused_scalar> = false;
} // namespace quadot::eft
