// The drivers' independent truth: sums of products of doubles, exact, in fixed point as wide as the format. Slow on purpose and simple on
// purpose: it shares no code with the kernels that it judges. (Kulisch 1981, "long accumulator".)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot::drivers {

class exact_sum {
  public:
    /// Adds x * y exactly; infinities and NaN follow IEEE rules at the end.
    void add_product(double x, double y);
    void merge(const exact_sum& other);

    /// The nearest double to the exact sum, ties to even; +0 for an exact zero.
    [[nodiscard]] double rounded() const;

    /// |exact sum - value|, correctly rounded: the true error of a computed value. NaN if the two differ in kind
    /// (finite against infinite or NaN); 0 for the same infinity or NaN.
    [[nodiscard]] double error_of(double value) const;

  private:
    // Bit 0 of word 0 weighs 2^-2176: products reach from 2^-2148 to 2^2048, and 2^60 of them carry 60 bits further.
    static constexpr int lowest_exponent = -2176;
    static constexpr std::size_t words = 68;
    __extension__ using wide_mantissa = unsigned __int128;
    using magnitude = std::array<std::uint64_t, words>;

    static void add_at(magnitude& sum, wide_mantissa mantissa, int exponent);
    /// |positive - negative| and its sign.
    [[nodiscard]] magnitude difference(bool& negative_sign) const;

    // Two unsigned sums: no borrows, and merging is plain addition.
    magnitude positive_{};
    magnitude negative_{};
    bool nan_ = false;
    bool positive_infinity_ = false;
    bool negative_infinity_ = false;
};

} // namespace quadot::drivers
