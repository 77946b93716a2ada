#include "drivers/page/numbers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

constexpr const char* nothing = "\u2013";

/// Three significant digits, without an exponent up to 9999.
std::string three_digits(double value) {
    const double size = std::fabs(value);
    const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    return fmt::format("{:.{}f}", value, decimals);
}

/// The power of 1000 (or 1024) below `value`, within a list of `count` units of which `base` stands for 1.
int thousands(double value, double step, int base, int count) {
    if (!(value > 0) || std::isinf(value)) return 0;
    // What would be shown as 1000 takes the next unit.
    const int power = static_cast<int>(std::floor(std::log(value * 1.0005) / std::log(step)));
    return std::clamp(power, -base, count - 1 - base);
}

} // namespace

std::string superscript(int exponent) {
    constexpr std::array digits{"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074", "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    std::string out;
    for (const char c : std::to_string(exponent)) out += c == '-' ? "\u207b" : digits[static_cast<std::size_t>(c - '0')];
    return out;
}

std::string seconds_text(double seconds) {
    if (!std::isfinite(seconds)) return nothing;
    constexpr std::array units{"ns", "\u00b5s", "ms", "s"};
    const int power = thousands(seconds, 1000, 3, 4);
    return three_digits(seconds / std::pow(1000.0, seconds > 0 ? power : 0)) + " " +
           units[static_cast<std::size_t>(seconds > 0 ? power + 3 : 3)];
}

std::string rate_text(double per_second, const std::string& unit) {
    if (!std::isfinite(per_second)) return nothing;
    constexpr std::array prefixes{"", "k", "M", "G", "T", "P", "E"};
    const int power = thousands(per_second, 1000, 0, 7);
    return three_digits(per_second / std::pow(1000.0, power)) + " " + prefixes[static_cast<std::size_t>(power)] + unit;
}

std::string bytes_text(double bytes) {
    if (!std::isfinite(bytes)) return nothing;
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    const int power = thousands(bytes, 1024, 0, 6);
    return fmt::format("{:.4g} {}", bytes / std::pow(1024.0, power), units[static_cast<std::size_t>(power)]);
}

std::string error_text(double value) {
    if (std::isnan(value)) return "not a number";
    if (std::isinf(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
    if (value == 0) return "0";
    const std::string text = fmt::format("{:.1e}", value);
    const std::size_t mark = text.find('e');
    return text.substr(0, mark) + "\u00d710" + superscript(std::stoi(text.substr(mark + 1)));
}

std::string count_text(double count) {
    if (!std::isfinite(count)) return nothing;
    if (count >= 1e4 && count < 9e15 && count == std::floor(count)) {
        const auto whole = static_cast<std::uint64_t>(count);
        int tens = 0;
        std::uint64_t left = whole;
        for (; left % 10 == 0; left /= 10) ++tens;
        if (left == 1) return "10" + superscript(tens);
        if (left < 10 && tens >= 3) return fmt::format("{}\u00d710{}", left, superscript(tens));
        if ((whole & (whole - 1)) == 0) return "2" + superscript(static_cast<int>(std::log2(count)));
    }
    if (count < 1e7) return fmt::format("{:.15g}", count);
    const std::string text = fmt::format("{:.2e}", count);
    const std::size_t mark = text.find('e');
    return text.substr(0, mark) + "\u00d710" + superscript(std::stoi(text.substr(mark + 1)));
}

std::string percent_text(double part) { return std::isfinite(part) ? fmt::format("{:.0f} %", 100 * part) : nothing; }

std::string ratio_text(double ratio) { return std::isfinite(ratio) ? three_digits(ratio) + "\u00d7" : nothing; }

std::string exact_text(double value) { return fmt::format("{:.17g}", value); }

} // namespace quadot::drivers::page
