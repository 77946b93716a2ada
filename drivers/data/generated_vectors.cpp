#include "drivers/data/generated_vectors.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"
#include "quadot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include <Random123/philox.h>

namespace quadot::drivers {

namespace {

struct pair {
    double x;
    double y;
};

/// Two uniforms on [0, 1) with 53 random bits each.
pair uniform_pair(std::uint64_t seed, std::uint64_t index) {
    const r123::Philox4x32 philox;
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), 0, 0}};
    const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    const auto words = philox(counter, key);
    const auto unit = [](std::uint32_t high, std::uint32_t low) {
        return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1p-53;
    };
    return {unit(words[1], words[0]), unit(words[3], words[2])};
}

/// ln v for normal v > 0, from + - * / alone: v = 2^e m with m in [sqrt 1/2, sqrt 2), ln m = 2 atanh((m - 1)/(m + 1)), whose
/// series in s <= 0.172 ends below 2^-53 after s^21.
double portable_log(double v) {
    int exponent = 0;
    double m = std::frexp(v, &exponent);
    if (m < 0.5 * std::numbers::sqrt2) {
        m *= 2;
        --exponent;
    }
    const double s = (m - 1) / (m + 1);
    const double square = s * s;
    double series = 0;
    for (int k = 21; k >= 1; k -= 2) series = series * square + 1.0 / k;
    return 2 * s * series + exponent * std::numbers::ln2;
}

/// cos and sin of 2 pi u for u in [0, 1), from + - * / alone: Taylor on the nearest eighth of a turn.
pair portable_cos_sin(double u) {
    const auto quarter = static_cast<int>(u * 4 + 0.5); // NOLINT(bugprone-incorrect-roundings): u >= 0
    const double angle = 2 * std::numbers::pi * (u - quarter * 0.25);
    const double square = angle * angle;
    double cosine = 0;
    double sine = 0;
    for (int k = 18; k >= 0; k -= 2) {
        cosine = 1 - square / ((k + 1.0) * (k + 2.0)) * cosine;
        sine = 1 - square / ((k + 2.0) * (k + 3.0)) * sine;
    }
    sine *= angle;
    switch (quarter & 3) {
    case 0:
        return {cosine, sine};
    case 1:
        return {-sine, cosine};
    case 2:
        return {-cosine, -sine};
    default:
        return {sine, -cosine};
    }
}

pair normal_pair(std::uint64_t seed, std::uint64_t index) {
    const pair uniform = uniform_pair(seed, index);
    const double radius = std::sqrt(-2 * portable_log(1 - uniform.x));
    const pair direction = portable_cos_sin(uniform.y);
    return {radius * direction.x, radius * direction.y};
}

/// cancel:COND on n terms: what all of them share.
class cancelling_terms {
  public:
    cancelling_terms(double condition, std::uint64_t seed, std::uint64_t n)
        : condition_(condition), seed_(seed), n_(n), half_(n > 0 ? (n - 1) / 2 : 0),
          top_(static_cast<int>(std::lround(std::log2(condition) / 2))) {
        // A stride near the golden section of n and coprime to it visits every term once, far from its neighbours.
        stride_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(n) * 0.6180339887498949));
        while (std::gcd(stride_, std::max<std::uint64_t>(n, 1)) != 1) ++stride_;
    }

    [[nodiscard]] pair at(std::uint64_t place) const {
        __extension__ using wide = unsigned __int128;
        const auto index = static_cast<std::uint64_t>((static_cast<wide>(place) * stride_ + seed_ % n_) % n_);
        if (index == n_ - 1) return {1, 2 * magnitude() / condition_};
        if (index >= 2 * half_) return {0, 0};
        const std::uint64_t partner = index % half_;
        const pair uniform = uniform_pair(seed_, partner);
        const int exponent = exponent_of(partner);
        const pair term{std::ldexp(0.5 + 0.5 * uniform.x, exponent), std::ldexp(0.5 + 0.5 * uniform.y, exponent)};
        return index < half_ ? term : pair{term.x, -term.y};
    }

  private:
    /// 0 … top, each equally often along a Weyl sequence; the largest is there in any case.
    [[nodiscard]] int exponent_of(std::uint64_t partner) const {
        if (partner == 0) return top_;
        const double turns = static_cast<double>(partner) * 0.6180339887498949;
        return static_cast<int>((turns - std::floor(turns)) * (top_ + 1));
    }

    /// About sum |x y|: E[x y] over (1/2, 1)^2 is 9/16, and 4^exponent averages (4^(top + 1) - 1) / (3 (top + 1)).
    [[nodiscard]] double magnitude() const {
        if (half_ == 0) return 1;
        const double largest = std::ldexp(1.0, 2 * top_);
        const double average = (4 * largest - 1) / (3.0 * (top_ + 1));
        return 2 * 0.5625 * (static_cast<double>(half_ - 1) * average + largest);
    }

    double condition_;
    std::uint64_t seed_;
    std::uint64_t n_;
    std::uint64_t half_;
    int top_;
    std::uint64_t stride_;
};

} // namespace

std::string data_kind::name() const {
    switch (shape) {
    case distribution::normal:
        return "normal";
    case distribution::cancel: {
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "cancel:%g", condition);
        return text.data();
    }
    default:
        return "uniform";
    }
}

data_kind parse_data_kind(std::string_view text, bool single_precision) {
    constexpr std::string_view cancel = "cancel:";
    if (text == "uniform") return {distribution::uniform, 1};
    if (text == "normal") return {distribution::normal, 1};
    if (text.starts_with(cancel)) {
        const double condition = finite_constant_expression("--data cancel:COND", text.substr(cancel.size()));
        const double largest = single_precision ? 1e30 : 1e200;
        if (!(condition >= 1) || condition > largest) {
            throw usage_error("--data " + printable(text) + ": condition number out of range; choose 1 ... " +
                              (single_precision ? "1e30 for f32" : "1e200"));
        }
        return {distribution::cancel, condition};
    }
    const std::vector<std::string> known{"uniform", "normal", "cancel:1e10"};
    throw usage_error(unknown_name_message("--data", text, known));
}

template <class T>
void generate(const data_kind& kind, std::uint64_t seed, std::uint64_t n, slice of, T* x, T* y) {
    const cancelling_terms cancelling(kind.condition, seed, n);
    for (std::uint64_t k = 0; k < of.count; ++k) {
        const std::uint64_t index = of.first + k;
        pair term{};
        switch (kind.shape) {
        case distribution::uniform:
            term = uniform_pair(seed, index);
            break;
        case distribution::normal:
            term = normal_pair(seed, index);
            break;
        case distribution::cancel:
            term = cancelling.at(index);
            break;
        }
        x[k] = static_cast<T>(term.x);
        y[k] = static_cast<T>(term.y);
    }
}

template void generate<double>(const data_kind&, std::uint64_t, std::uint64_t, slice, double*, double*);
template void generate<float>(const data_kind&, std::uint64_t, std::uint64_t, slice, float*, float*);

} // namespace quadot::drivers
