#include "drivers/input/sizes.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <system_error>

namespace quadot::drivers {
namespace {

struct unit {
    std::string_view suffix;
    std::uint64_t factor;
};

// Largest first, so that `spelled` finds the shortest spelling.
constexpr std::array<unit, 7> units{{{"T", 1'000'000'000'000},
                                     {"Gi", std::uint64_t{1} << 30},
                                     {"G", 1'000'000'000},
                                     {"Mi", std::uint64_t{1} << 20},
                                     {"M", 1'000'000},
                                     {"Ki", std::uint64_t{1} << 10},
                                     {"k", 1'000}}};

constexpr std::string_view examples = "write a size such as 1000, 1e9, 2^30, 64k or 64Ki";

// Arithmetic saturates here, one above the largest size: more than that is only "too large".
constexpr std::uint64_t too_large = largest_size + 1;

constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) { return b != 0 && a > largest_size / b ? too_large : a * b; }

constexpr std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
    if (base <= 1) return exponent == 0 ? 1 : base; // these never saturate: the loop below would run on and on
    std::uint64_t value = 1;
    for (; exponent > 0 && value < too_large; --exponent) value = product(value, base);
    return value;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& rest) {
    std::size_t count = 0;
    while (count < rest.size() && is_digit(rest[count])) ++count;
    const std::string_view digits = rest.substr(0, count);
    rest.remove_prefix(count);
    return digits;
}

std::uint64_t whole(std::string_view digits, std::uint64_t value = 0) {
    for (const char digit : digits) value = std::min(product(value, 10) + static_cast<std::uint64_t>(digit - '0'), too_large);
    return value;
}

/// The value of `integer`.`fraction` times 10^`exponent`, in integers throughout; nothing if it is not a
/// whole number.
std::optional<std::uint64_t> scientific(std::string_view integer, std::string_view fraction, std::string_view exponent) {
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    const std::uint64_t digits = whole(fraction, whole(integer));
    if (digits == 0) return 0;
    const std::uint64_t shift = whole(exponent);
    if (shift < fraction.size()) return std::nullopt;
    return product(digits, power(10, shift - fraction.size()));
}

/// What `text` spells, `too_large` if that is more than the largest size, or nothing if it spells no size.
std::optional<std::uint64_t> read_size(std::string_view text) {
    std::string_view rest = text;
    const std::string_view integer = take_digits(rest);
    if (integer.empty()) return std::nullopt;
    if (rest.empty()) return whole(integer);
    if (rest.starts_with('^')) {
        rest.remove_prefix(1);
        const std::string_view exponent = take_digits(rest);
        if (exponent.empty() || !rest.empty()) return std::nullopt;
        return power(whole(integer), whole(exponent));
    }
    for (const auto& [suffix, factor] : units)
        if (rest == suffix) return product(whole(integer), factor);
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = take_digits(rest);
        if (fraction.empty()) return std::nullopt;
    }
    if (!rest.starts_with('e')) return std::nullopt;
    rest.remove_prefix(1);
    const std::string_view exponent = take_digits(rest);
    if (exponent.empty() || !rest.empty()) return std::nullopt;
    return scientific(integer, fraction, exponent);
}

bool is_right(std::string_view text) { return read_size(text).value_or(too_large) <= largest_size; }

std::string spelled(std::uint64_t size) {
    for (const auto& [suffix, factor] : units)
        if (size >= factor && size % factor == 0) return std::to_string(size / factor) + std::string(suffix);
    return std::to_string(size);
}

/// `text` without spaces, digit separators and sign, in lower case, with `**` as `^`.
std::string simplified(std::string_view text) {
    std::string simple;
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '_' || c == '\'' || c == ',') continue;
        if (simple.empty() && (c == '-' || c == '+')) continue;
        if (c == '+' && (simple.ends_with('e'))) continue;
        if (c == '*' && simple.ends_with('*'))
            simple.back() = '^';
        else
            simple += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return simple;
}

/// The factor that a suffix in lower case means, `b` and `ib` for bytes forgiven; nothing for an unknown
/// suffix.
std::optional<double> meant_factor(std::string_view suffix) {
    if (suffix.ends_with('b')) suffix.remove_suffix(1);
    if (suffix.empty()) return 1.0;
    if (suffix == "ti") return std::ldexp(1.0, 40);
    for (const auto& [right, factor] : units)
        if (simplified(right) == suffix) return static_cast<double>(factor);
    return std::nullopt;
}

/// The right spelling nearest to `text`, which has none; empty when nothing is near.
std::string nearest_size(std::string_view text) {
    std::string simple = simplified(text);
    if (is_right(simple)) return simple;
    const std::size_t number_end = std::min(simple.find_first_not_of("0123456789"), simple.size());
    for (const auto& [suffix, factor] : units) {
        std::string candidate = simple.substr(0, number_end) + std::string(suffix);
        const std::string_view typed = std::string_view(simple).substr(number_end);
        if ((typed == simplified(suffix) || typed == simplified(suffix) + 'b') && is_right(candidate)) return candidate;
    }
    // A fraction, a negative exponent, a fraction of a unit: the nearest whole number.
    double number = 0;
    const char* const end = simple.data() + simple.size();
    const auto [rest, problem] = std::from_chars(simple.data(), end, number);
    if (problem == std::errc{} && rest != simple.data() && std::isfinite(number)) {
        const auto factor = meant_factor({rest, end});
        const double size = factor ? std::round(number * *factor) : 0;
        if (factor && size <= static_cast<double>(largest_size))
            return spelled(number > 0 ? std::max(static_cast<std::uint64_t>(size), std::uint64_t{1}) : 0);
    }
    // One or two stray characters at the end. A lone 0 would be what is left of 0x10: no help.
    for (std::size_t cut = 1; cut <= 2 && cut < simple.size(); ++cut) {
        const std::string candidate = simple.substr(0, simple.size() - cut);
        if (const auto size = read_size(candidate); size && *size > 0) return is_right(candidate) ? candidate : std::string{};
    }
    return {};
}

std::string subject(std::string_view option_name, std::string_view text) {
    return std::string(option_name) + " '" + printable(text) + "': ";
}

std::string_view take_until(std::string_view& rest, std::string_view separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view head = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + separator.size());
    return head;
}

struct range {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t step;
    bool multiplies;
};

range parse_range(std::string_view option_name, std::string_view text) {
    const std::string what = subject(option_name, text);
    std::string_view rest = text;
    const std::string_view first = take_until(rest, "..");
    const bool has_step = rest.find(':') != std::string_view::npos;
    const std::string_view last = take_until(rest, ":");
    range sizes{parse_size(option_name, first), parse_size(option_name, last), 2, true};
    if (has_step) {
        if (!rest.starts_with('x') && !rest.starts_with('+'))
            throw usage_error(what + "the step after ':' neither multiplies nor adds; write FIRST..LAST:x4 or FIRST..LAST:+1000");
        sizes.multiplies = rest.front() == 'x';
        sizes.step = parse_size(option_name, rest.substr(1));
    }
    if (sizes.first > sizes.last)
        throw usage_error(what + "runs backwards; did you mean " + std::string(last) + ".." + std::string(first) + "?");
    if (sizes.multiplies && sizes.step < 2)
        throw usage_error(what + "multiplying by " + std::to_string(sizes.step) + " never reaches the end; use x2 or more");
    if (sizes.multiplies && sizes.first == 0)
        throw usage_error(what + "0 stays 0 however often it is multiplied; start at 1 or write 0,1.." + std::string(last));
    if (sizes.step == 0) throw usage_error(what + "adding 0 never reaches the end; use +1 or more");
    return sizes;
}

} // namespace

std::uint64_t parse_size(std::string_view option_name, std::string_view text) {
    const std::string what = subject(option_name, text);
    const auto size = read_size(text);
    if (size && *size <= largest_size) return *size;
    if (size) throw usage_error(what + "larger than 2^53, the last integer up to which a double counts exactly; use 2^53 or less");
    const std::string nearest = nearest_size(text);
    const std::string why = text.empty() ? "a size is missing" : "not a size";
    throw usage_error(what + why + "; " + (nearest.empty() ? std::string(examples) : "did you mean " + nearest + "?"));
}

std::vector<std::uint64_t> parse_sizes(std::string_view option_name, std::string_view text) {
    std::vector<std::uint64_t> sizes;
    const auto append = [&](std::uint64_t size) {
        // Before it is stored: 0..2^53:+1 must not fill the memory first.
        if (sizes.size() == longest_size_list)
            throw usage_error(subject(option_name, text) + "more than " + std::to_string(longest_size_list) +
                              " sizes; widen the step or shorten the range");
        sizes.push_back(size);
    };
    std::size_t items = 1 + static_cast<std::size_t>(std::ranges::count(text, ','));
    for (std::string_view rest = text; items > 0; --items) {
        const std::string_view item = take_until(rest, ",");
        if (item.empty() && !text.empty())
            throw usage_error(subject(option_name, text) + "an item between commas is empty; write a list such as 1k,1M,1G");
        if (item.find("..") == std::string_view::npos) {
            append(parse_size(option_name, item));
            continue;
        }
        const range steps = parse_range(option_name, item);
        // Neither step overflows: the last size and the step are at most 2^53, and the product saturates.
        for (std::uint64_t size = steps.first; size <= steps.last; size = steps.multiplies ? product(size, steps.step) : size + steps.step)
            append(size);
    }
    return sizes;
}

} // namespace quadot::drivers
