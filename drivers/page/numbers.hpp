// Numbers as the page and its axes show them.
#pragma once

#include <string>

namespace quadot::drivers::page {

/// 1.782e-5 -> "17.8 µs"; NaN -> "–".
std::string seconds_text(double seconds);
/// 8.98e10, "B/s" -> "89.8 GB/s".
std::string rate_text(double per_second, const std::string& unit);
/// 65536 -> "64 KiB"; at most four significant digits.
std::string bytes_text(double bytes);
/// 5.7e-14 -> "5.7×10⁻¹⁴"; 0 -> "0"; NaN -> "not a number", ±∞ as such.
std::string error_text(double value);
/// 1000000 -> "10⁶", 1048576 -> "2²⁰", 1234 -> "1234".
std::string count_text(double count);
/// 0.957 -> "96 %"; NaN -> "–".
std::string percent_text(double part);
/// 4.59 -> "4.59×"; NaN -> "–".
std::string ratio_text(double ratio);
/// 17 significant digits, enough to give back the same bits.
std::string exact_text(double value);
/// -14 -> "⁻¹⁴".
std::string superscript(int exponent);

} // namespace quadot::drivers::page
