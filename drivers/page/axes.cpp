// Round ticks.
#include "drivers/page/figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace quadot::drivers::page {

namespace {

struct span_of_values {
    double low;
    double high;
};

std::optional<span_of_values> positive_span(const std::vector<double>& values) {
    std::optional<span_of_values> found;
    for (const double value : values) {
        if (!(value > 0) || std::isinf(value)) continue;
        if (!found) found = {value, value};
        found->low = std::min(found->low, value);
        found->high = std::max(found->high, value);
    }
    // Beyond, powers of ten, their quotients and what stands below an axis leave a double's range.
    if (found) found = {std::clamp(found->low, 1e-200, 1e200), std::clamp(found->high, 1e-200, 1e200)};
    return found;
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 5.0}) {
        if (digit * power >= least * (1 - 1e-12)) return digit * power;
    }
    return 10 * power;
}

} // namespace

double axis::part(double value) const {
    return logarithmic ? (std::log(value) - std::log(low)) / (std::log(high) - std::log(low)) : (value - low) / (high - low);
}

namespace {

/// "20.0 µs" -> "20 µs": a round tick needs no digits to say so.
std::string without_zeros(const std::string& text) {
    const std::size_t point = text.find('.');
    if (point == std::string::npos) return text;
    std::size_t end = text.find_first_not_of("0123456789", point + 1);
    if (end == std::string::npos) end = text.size();
    std::size_t keep = end;
    while (text[keep - 1] == '0') --keep;
    if (keep == point + 1) keep = point;
    return text.substr(0, keep) + text.substr(end);
}

} // namespace

axis linear_axis(const std::string& title, const std::vector<double>& values, const number_text& text) {
    double low = 0;
    double high = 0;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    if (!(high > low)) high = low + 1;
    const double step = round_step((high - low) / 6);
    axis made{title, false, std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, {}};
    const auto count = std::lround((made.high - made.low) / step);
    for (long k = 0; k <= count; ++k) {
        const double at = made.low + static_cast<double>(k) * step;
        made.ticks.push_back({at, without_zeros(text(std::fabs(at) < step / 2 ? 0 : at))});
    }
    return made;
}

axis decimal_axis(const std::string& title, const std::vector<double>& values, const number_text& text) {
    const span_of_values span = positive_span(values).value_or(span_of_values{1, 10});
    const double decades = std::log10(span.high) - std::log10(span.low);
    // Below a decade and a half, whole decades would leave most of the plot empty.
    static constexpr std::array fine{1.0, 2.0, 5.0, 10.0};
    const auto below = [&](double value) {
        const double power = std::pow(10.0, std::floor(std::log10(value) + 1e-9));
        double found = power;
        for (const double digit : fine) {
            if (digit * power <= value * (1 + 1e-9)) found = digit * power;
        }
        return decades < 1.5 ? found : power;
    };
    const auto above = [&](double value) {
        const double power = std::pow(10.0, std::floor(std::log10(value) + 1e-9));
        if (decades >= 1.5) return value <= power * (1 + 1e-9) ? power : 10 * power;
        for (const double digit : fine) {
            if (digit * power >= value * (1 - 1e-9)) return digit * power;
        }
        return 10 * power;
    };
    axis made{title, true, below(span.low), above(span.high), {}};
    if (!(made.high > made.low)) {
        made.low /= 2;
        made.high *= 2;
    }
    const int first = static_cast<int>(std::floor(std::log10(made.low) + 1e-9));
    const int last = static_cast<int>(std::ceil(std::log10(made.high) - 1e-9));
    const int every = std::max(1, (last - first + 7) / 8);
    for (int power = first; power <= last; ++power) {
        for (const double digit : {1.0, 2.0, 5.0}) {
            const double at = digit * std::pow(10.0, power);
            if (at < made.low * (1 - 1e-9) || at > made.high * (1 + 1e-9)) continue;
            const bool labelled = digit == 1 ? (power - first) % every == 0 : last - first <= 2;
            if ((digit == 1 && (labelled || every <= 4)) || last - first <= 2)
                made.ticks.push_back({at, labelled ? without_zeros(text(at)) : ""});
        }
    }
    return made;
}

axis binary_axis(const std::string& title, const std::vector<double>& values, const number_text& text) {
    const span_of_values span = positive_span(values).value_or(span_of_values{1, 2});
    // A measured 0.999 or 8.01 is no reason for another octave.
    const int first = static_cast<int>(std::floor(std::log2(span.low) + 0.03));
    int last = static_cast<int>(std::ceil(std::log2(span.high) - 0.03));
    if (last == first) ++last;
    axis made{title, true, std::exp2(first), std::exp2(last), {}};
    const int every = std::max(1, (last - first + 8) / 9);
    for (int power = first; power <= last; ++power) {
        made.ticks.push_back({std::exp2(power), (power - first) % every == 0 ? text(std::exp2(power)) : ""});
    }
    return made;
}

std::vector<double> spread(std::vector<double> positions, double spacing, double low, double high) {
    std::vector<std::size_t> order(positions.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return positions[a] < positions[b]; });
    const double needed = spacing * static_cast<double>(order.empty() ? 0 : order.size() - 1);
    const double step = needed > high - low && order.size() > 1 ? (high - low) / static_cast<double>(order.size() - 1) : spacing;
    double least = low;
    for (const std::size_t k : order) {
        positions[k] = std::max(positions[k], least);
        least = positions[k] + step;
    }
    double most = high;
    for (std::size_t k = order.size(); k-- > 0;) {
        positions[order[k]] = std::min(positions[order[k]], most);
        most = positions[order[k]] - step;
    }
    return positions;
}

double text_width(const std::string& text) {
    std::size_t letters = 0;
    for (const char c : text) letters += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    return 7.3 * static_cast<double>(letters);
}

} // namespace quadot::drivers::page
