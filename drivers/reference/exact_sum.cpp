#include "drivers/reference/exact_sum.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace quadot::drivers {

namespace {

/// value = mantissa * 2^exponent, mantissa an integer below 2^53.
struct decoded {
    std::uint64_t mantissa;
    int exponent;
};

decoded decode(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto biased = static_cast<int>((bits >> 52) & 0x7FF);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    if (biased == 0) return {fraction, -1074};
    return {fraction | (std::uint64_t{1} << 52), biased - 1075};
}

} // namespace

void exact_sum::add_at(magnitude& sum, wide_mantissa mantissa, int exponent) {
    const int position = exponent - lowest_exponent;
    auto word = static_cast<std::size_t>(position / 64);
    const int shift = position % 64;
    const auto low = static_cast<std::uint64_t>(mantissa);
    const auto high = static_cast<std::uint64_t>(mantissa >> 64);
    // 106 bits shifted by up to 63 span three words.
    std::array<std::uint64_t, 3> parts{low << shift, high << shift, 0};
    if (shift != 0) {
        parts[1] |= low >> (64 - shift);
        parts[2] = high >> (64 - shift);
    }
    std::uint64_t carry = 0;
    for (const std::uint64_t part : parts) {
        const wide_mantissa total = wide_mantissa{sum[word]} + part + carry;
        sum[word++] = static_cast<std::uint64_t>(total);
        carry = static_cast<std::uint64_t>(total >> 64);
    }
    while (carry != 0 && word < words) carry = ++sum[word++] == 0 ? 1 : 0;
}

void exact_sum::add_product(double x, double y) {
    if (!std::isfinite(x) || !std::isfinite(y)) {
        const double product = x * y;
        if (std::isnan(product)) {
            nan_ = true;
        } else {
            (product > 0 ? positive_infinity_ : negative_infinity_) = true;
        }
        return;
    }
    if (x == 0 || y == 0) return;
    const decoded a = decode(x);
    const decoded b = decode(y);
    add_at(std::signbit(x) != std::signbit(y) ? negative_ : positive_, wide_mantissa{a.mantissa} * b.mantissa, a.exponent + b.exponent);
}

void exact_sum::merge(const exact_sum& other) {
    const auto add = [](magnitude& into, const magnitude& from) {
        std::uint64_t carry = 0;
        for (std::size_t k = 0; k < words; ++k) {
            const wide_mantissa total = wide_mantissa{into[k]} + from[k] + carry;
            into[k] = static_cast<std::uint64_t>(total);
            carry = static_cast<std::uint64_t>(total >> 64);
        }
    };
    add(positive_, other.positive_);
    add(negative_, other.negative_);
    nan_ = nan_ || other.nan_;
    positive_infinity_ = positive_infinity_ || other.positive_infinity_;
    negative_infinity_ = negative_infinity_ || other.negative_infinity_;
}

exact_sum::magnitude exact_sum::difference(bool& negative_sign) const {
    const magnitude* larger = &positive_;
    const magnitude* smaller = &negative_;
    negative_sign = false;
    for (std::size_t k = words; k-- > 0;) {
        if (positive_[k] == negative_[k]) continue;
        if (positive_[k] < negative_[k]) {
            std::swap(larger, smaller);
            negative_sign = true;
        }
        break;
    }
    magnitude result{};
    std::uint64_t borrow = 0;
    for (std::size_t k = 0; k < words; ++k) {
        const wide_mantissa total = wide_mantissa{(*larger)[k]} - (*smaller)[k] - borrow;
        result[k] = static_cast<std::uint64_t>(total);
        borrow = (total >> 64) != 0 ? 1 : 0;
    }
    return result;
}

double exact_sum::rounded() const {
    if (nan_ || (positive_infinity_ && negative_infinity_)) return std::numeric_limits<double>::quiet_NaN();
    if (positive_infinity_) return std::numeric_limits<double>::infinity();
    if (negative_infinity_) return -std::numeric_limits<double>::infinity();
    bool negative_sign = false;
    const magnitude value = difference(negative_sign);
    std::size_t top = words;
    while (top > 0 && value[top - 1] == 0) --top;
    if (top == 0) return 0;
    const auto bit = [&](int position) {
        return position >= 0 && ((value[static_cast<std::size_t>(position) / 64] >> (position % 64)) & 1) != 0;
    };
    const int highest = static_cast<int>(top * 64) - 1 - std::countl_zero(value[top - 1]);
    // The last kept bit: 52 below the highest, but never below 2^-1074.
    const int last = std::max(highest - 52, -1074 - lowest_exponent);
    std::uint64_t mantissa = 0;
    for (int position = highest; position >= last; --position) mantissa = mantissa << 1 | (bit(position) ? 1 : 0);
    bool sticky = false;
    for (int position = last - 2; position >= 0 && !sticky; --position) {
        if (position % 64 == 63 && value[static_cast<std::size_t>(position) / 64] == 0) {
            position -= 63; // an empty word
            continue;
        }
        sticky = bit(position);
    }
    if (bit(last - 1) && (sticky || (mantissa & 1) != 0)) ++mantissa;
    const double result = std::ldexp(static_cast<double>(mantissa), last + lowest_exponent);
    return negative_sign ? -result : result;
}

double exact_sum::error_of(double value) const {
    const double exact = rounded();
    if (std::isnan(exact) || std::isnan(value)) {
        return std::isnan(exact) && std::isnan(value) ? 0 : std::numeric_limits<double>::quiet_NaN();
    }
    if (std::isinf(value)) return value == exact ? 0 : std::numeric_limits<double>::quiet_NaN();
    if (positive_infinity_ || negative_infinity_) return std::numeric_limits<double>::quiet_NaN();
    exact_sum remainder = *this;
    remainder.add_product(-value, 1);
    return std::abs(remainder.rounded());
}

} // namespace quadot::drivers
