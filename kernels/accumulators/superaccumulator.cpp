#include "accumulators/superaccumulator.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace quadot {

namespace {

constexpr std::size_t nans = superaccumulator::digits;
constexpr std::size_t positive_infinities = nans + 1;
constexpr std::size_t negative_infinities = nans + 2;
constexpr std::uint32_t additions_without_carry = std::uint32_t{1} << 30;

/// A finite double as (-1)^negative mantissa 2^exponent.
struct parts {
    std::uint64_t mantissa;
    int exponent;
    bool negative;
};

parts parts_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto biased = static_cast<int>((bits >> 52) & 0x7FF);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    const bool normal = biased != 0;
    return {normal ? fraction | (std::uint64_t{1} << 52) : fraction, (normal ? biased : 1) - 1075, (bits >> 63) != 0};
}

} // namespace

void superaccumulator::make_room() {
    if (++additions_ < additions_without_carry) [[likely]]
        return;
    carry(word_);
    additions_ = 1;
}

void superaccumulator::add_magnitude(wide mantissa, int exponent, bool negative) {
    make_room();
    const auto offset = static_cast<unsigned>(exponent - lowest_exponent);
    std::size_t at = offset / 32;
    const unsigned shift = offset % 32;
    // Up to 106 bits moved by up to 31: the low part first, so that nothing falls out of 128 bits.
    std::uint64_t carried = static_cast<std::uint64_t>(static_cast<std::uint32_t>(mantissa)) << shift;
    mantissa >>= 32;
    for (;;) {
        const auto digit = static_cast<std::int64_t>(carried & 0xFFFFFFFF);
        word_[at++] += negative ? -digit : digit;
        carried >>= 32;
        if (mantissa == 0) break;
        carried += static_cast<std::uint64_t>(static_cast<std::uint32_t>(mantissa)) << shift;
        mantissa >>= 32;
    }
    if (carried != 0) word_[at] += negative ? -static_cast<std::int64_t>(carried) : static_cast<std::int64_t>(carried);
}

void superaccumulator::add_special(double value) {
    if (std::isnan(value)) {
        ++word_[nans];
    } else {
        ++word_[value > 0 ? positive_infinities : negative_infinities];
    }
}

void superaccumulator::add_product(double x, double y) {
    if (!std::isfinite(x) || !std::isfinite(y)) [[unlikely]] {
        add_special(x * y);
        return;
    }
    const parts a = parts_of(x);
    const parts b = parts_of(y);
    const wide mantissa = static_cast<wide>(a.mantissa) * b.mantissa;
    if (mantissa != 0) add_magnitude(mantissa, a.exponent + b.exponent, a.negative != b.negative);
}

void superaccumulator::add(double value) { add_product(value, 1.0); }

void superaccumulator::add_multiple(std::int64_t multiple, int exponent) {
    const bool negative = multiple < 0;
    const auto magnitude = negative ? ~static_cast<std::uint64_t>(multiple) + 1 : static_cast<std::uint64_t>(multiple);
    if (magnitude != 0) add_magnitude(magnitude, exponent, negative);
}

void superaccumulator::carry(std::array<std::int64_t, words>& word) {
    std::int64_t carried = 0;
    for (std::size_t k = 0; k + 1 < digits; ++k) {
        word[k] += carried;
        carried = word[k] >> 32; // arithmetic: rounds down, so that what stays is 0 … 2^32 - 1
        word[k] &= 0xFFFFFFFF;
    }
    word[digits - 1] += carried; // keeps the sign
}

void superaccumulator::merge(const superaccumulator& other) {
    const auto theirs = other.normalised();
    make_room();
    for (std::size_t k = 0; k < words; ++k) word_[k] += theirs[k];
}

std::array<std::int64_t, superaccumulator::words> superaccumulator::normalised() const {
    auto word = word_;
    carry(word);
    return word;
}

superaccumulator superaccumulator::from_words(std::span<const std::int64_t, words> sum) {
    superaccumulator made;
    for (std::size_t k = 0; k < words; ++k) made.word_[k] = sum[k];
    carry(made.word_);
    return made;
}

double superaccumulator::round() const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (word_[nans] != 0 || (word_[positive_infinities] != 0 && word_[negative_infinities] != 0)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (word_[positive_infinities] != 0) return infinity;
    if (word_[negative_infinities] != 0) return -infinity;

    auto word = normalised();
    const bool negative = word[digits - 1] < 0;
    if (negative) {
        for (std::size_t k = 0; k < digits; ++k) word[k] = -word[k];
        carry(word);
    }
    std::size_t top = digits;
    while (top > 0 && word[top - 1] == 0) --top;
    if (top == 0) return 0.0;
    --top;
    // 64 bits below the leading one, and whether anything lies below those.
    const auto leading = static_cast<std::uint64_t>(word[top]);
    const auto width = static_cast<int>(std::bit_width(leading)); // more than 32 in the last digit only
    const auto digit = [&](std::size_t below) { return below <= top ? static_cast<std::uint64_t>(word[top - below]) : 0; };
    // The digits below hold 32 bits each: 96 bits and more of context.
    const wide window = (static_cast<wide>(leading) << 64) | (static_cast<wide>(digit(1)) << 32) | digit(2);
    const int window_exponent = lowest_exponent + 32 * (static_cast<int>(top) - 2);
    int exponent = window_exponent + width; // of the lowest of the 64 bits kept
    auto kept = static_cast<std::uint64_t>(window >> width);
    bool sticky = (window & ((static_cast<wide>(1) << width) - 1)) != 0;
    for (std::size_t below = 3; below <= top && !sticky; ++below) sticky = digit(below) != 0;

    // 53 bits, fewer where the result is subnormal.
    constexpr int lowest = -1074;
    int drop = 11;
    if (exponent + drop < lowest) drop = lowest - exponent;
    if (drop > 64) return negative ? -0.0 : 0.0;
    const std::uint64_t half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t fraction = drop == 64 ? kept : kept & ((std::uint64_t{1} << drop) - 1);
    std::uint64_t mantissa = drop == 64 ? 0 : kept >> drop;
    if (fraction > half || (fraction == half && (sticky || (mantissa & 1) != 0))) ++mantissa;
    const double magnitude = std::ldexp(static_cast<double>(mantissa), exponent + drop); // exact, or infinite
    return negative ? -magnitude : magnitude;
}

} // namespace quadot
