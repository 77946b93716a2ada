#include "adaptive/alternating_tail.hpp"

#include "adaptive/region.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace quadot::adaptive {

namespace {

constexpr std::size_t half_waves = 48; ///< summed
constexpr std::size_t means = 16;
constexpr std::size_t samples = 64;     ///< of a window
constexpr std::size_t fewest_zeros = 3; ///< in a window that shows an oscillation
constexpr std::size_t most_zeros = 8;   ///< eight samples from one to the next

/// A zero lies between `inner` and `outer`, counted from the origin.
struct bracket {
    double inner;
    double outer;
    double inner_value;
    double outer_value;
};

/// The integral from one zero to the next.
struct half_wave {
    double value;
    double estimate; ///< of the rule's error
    double noise;
    bool finite;

    [[nodiscard]] double size() const { return std::fabs(value); }
};

class half_line_of_waves {
  public:
    half_line_of_waves(const region_source& f, double origin, double direction, std::uint64_t most, std::uint64_t& evaluations)
        : f_(f), origin_(origin), direction_(direction), most_(most), evaluations_(evaluations) {}

    [[nodiscard]] bool exhausted() const { return evaluations_ >= most_; }

    [[nodiscard]] double at(double distance) const { return origin_ + direction_ * distance; }

    /// The changes of sign among equidistant samples of [from, from + width]; nothing where one is not finite.
    std::optional<std::vector<bracket>> changes(double from, double width) const {
        std::array<double, samples> distance{};
        std::array<double, samples> x{};
        std::array<double, samples> y{};
        for (std::size_t i = 0; i < samples; ++i) {
            distance[i] = from + width * (static_cast<double>(i) / (samples - 1));
            x[i] = at(distance[i]);
        }
        f_.sample(x, y);
        evaluations_ += samples;
        std::vector<bracket> found;
        for (std::size_t i = 0; i < samples; ++i) {
            if (!std::isfinite(y[i])) return std::nullopt;
            if (i > 0 && (y[i - 1] < 0) != (y[i] < 0)) found.push_back({distance[i - 1], distance[i], y[i - 1], y[i]});
        }
        return found;
    }

    /// |f|, of samples at distances that no period follows; NaN where one is.
    double largest(double from, double to) const {
        constexpr double golden = 0.6180339887498949;
        std::array<double, samples> x{};
        std::array<double, samples> y{};
        double place = 0;
        for (std::size_t i = 0; i < samples; ++i) {
            place += golden;
            place -= place >= 1 ? 1 : 0;
            x[i] = at(from + (to - from) * ((static_cast<double>(i) + place) / samples));
        }
        f_.sample(x, y);
        evaluations_ += samples;
        double found = 0;
        for (const double each : y) found = std::max(found, std::fabs(each));
        return std::all_of(y.begin(), y.end(), [](double each) { return std::isfinite(each); }) ? found
                                                                                                : std::numeric_limits<double>::quiet_NaN();
    }

    /// A part of the half-line with fewest_zeros to most_zeros changes of sign, the same number with twice as many samples. `found` is empty where there is
    /// none.
    struct window {
        double width;
        std::vector<bracket> found;
    };
    window look(double from, double first_guess) const {
        double width = first_guess;
        for (int attempt = 0; attempt < 60; ++attempt) {
            if (exhausted()) break;
            if (!(width > samples * 16 * 0x1p-52 * from) || !(width < 0x1p20 * from))
                break; // samples a few units of their last place apart
            auto found = changes(from, width);
            if (!found) break;
            if (found->size() > most_zeros) {
                width *= (fewest_zeros + most_zeros) / (2.0 * static_cast<double>(found->size()));
            } else if (found->size() < fewest_zeros) {
                width *= 2;
            } else {
                // The ratio of the samples' distances is irrational, so that no faster oscillation looks the same to both.
                const double part = 0.6180339887498949 * width;
                const auto finer = changes(from, part);
                if (!finer) break;
                const auto sure = static_cast<std::size_t>(
                    std::count_if(found->begin(), found->end(), [&](const bracket& each) { return each.outer <= from + part; }));
                if (finer->size() >= sure && finer->size() <= sure + 1) return {width, std::move(*found)};
                width /= 8; // more zeros than the samples show
            }
        }
        return {0, {}};
    }

    /// Secants, of all brackets at once; one that leads out of its bracket, as rounding may make it once the zero is found, is replaced by the middle.
    /// The smallest |f| counts.
    std::vector<double> zeros_in(const std::vector<bracket>& all) const {
        constexpr int steps = 5;
        std::vector<bracket> last = all; // the last two points
        std::vector<double> best(all.size());
        std::vector<double> smallest(all.size(), std::numeric_limits<double>::infinity());
        std::vector<double> distance(all.size());
        std::vector<double> x(all.size());
        std::vector<double> y(all.size());
        for (int step = 0; step < steps; ++step) {
            for (std::size_t k = 0; k < all.size(); ++k) {
                const auto [inner, outer, inner_value, outer_value] = last[k];
                distance[k] = outer - outer_value * ((outer - inner) / (outer_value - inner_value));
                if (!(distance[k] >= all[k].inner && distance[k] <= all[k].outer)) distance[k] = 0.5 * (all[k].inner + all[k].outer);
                x[k] = at(distance[k]);
            }
            f_.sample(x, y);
            evaluations_ += all.size();
            for (std::size_t k = 0; k < all.size(); ++k) {
                last[k] = {last[k].outer, distance[k], last[k].outer_value, y[k]};
                if (!(std::fabs(y[k]) < smallest[k])) continue;
                smallest[k] = std::fabs(y[k]);
                best[k] = distance[k];
            }
        }
        return best;
    }

    /// The first `count` zeros of a window and behind it; none where they end.
    std::vector<double> zeros(double from, const window& first, std::size_t count) const {
        std::vector<bracket> brackets = first.found;
        double width = first.width;
        double last_width = width;
        while (!brackets.empty() && brackets.size() < count) {
            from += last_width;
            const std::size_t some = std::min(most_zeros, brackets.size());
            const double wave = (brackets.back().outer - brackets[brackets.size() - some].outer) / static_cast<double>(some - 1);
            width = wave * (fewest_zeros + most_zeros) / 2;
            const auto found = changes(from, width);
            if (!found || found->empty() || found->size() > 2 * most_zeros) return {};
            brackets.insert(brackets.end(), found->begin(), found->end());
            last_width = width;
        }
        if (brackets.size() > count) brackets.resize(count);
        return zeros_in(brackets);
    }

    /// The integrals from zero to zero, of two regions each: sin(x)^3 has three waves between two zeros of its own.
    std::vector<half_wave> between(std::span<const double> zeros) const {
        std::vector<region> halves;
        for (std::size_t k = 0; k + 1 < zeros.size(); ++k) {
            const double inner = at(zeros[k]);
            const double outer = at(zeros[k + 1]);
            const double left = std::min(inner, outer);
            const double right = std::max(inner, outer);
            const double middle = left + 0.5 * (right - left);
            halves.push_back(region::of(left, middle));
            halves.push_back(region::of(middle, right));
        }
        f_(halves);
        evaluations_ += halves.size() * static_cast<std::uint64_t>(region_nodes);
        std::vector<half_wave> waves;
        for (std::size_t k = 0; k < halves.size(); k += 2) {
            const region& a = halves[k];
            const region& b = halves[k + 1];
            waves.push_back({a.value + b.value, a.estimate + b.estimate, a.floor() + b.floor(), a.finite() && b.finite()});
        }
        return waves;
    }

  private:
    const region_source& f_;
    double origin_;
    double direction_;
    std::uint64_t most_;
    std::uint64_t& evaluations_;
};

/// Alternating, falling, and resolved by the rule.
bool alternate_and_fall(std::span<const half_wave> waves) {
    for (std::size_t k = 0; k < waves.size(); ++k) {
        if (!waves[k].finite || !(waves[k].estimate + waves[k].noise < 1e-6 * waves[k].size())) return false;
        if (k > 0 && ((waves[k].value < 0) == (waves[k - 1].value < 0) || waves[k].size() >= waves[k - 1].size())) return false;
    }
    return true;
}

/// Means of neighbours, until one is left.
double repeated_mean(std::span<const double> of) {
    std::array<double, means + 1> mean{};
    std::copy(of.begin(), of.end(), mean.begin());
    for (std::size_t left = of.size() - 1; left > 0; --left) {
        for (std::size_t k = 0; k < left; ++k) mean[k] = 0.5 * (mean[k] + mean[k + 1]);
    }
    return mean[0];
}

/// Whether half-waves differ by no more than `allowed`, relatively.
bool alike(std::span<const half_wave> waves, double allowed) {
    for (std::size_t k = 0; k < waves.size(); ++k) {
        if (!waves[k].finite) return false;
        if (k > 0 && !(std::fabs(waves[k].value + waves[k - 1].value) < allowed * waves[k - 1].size())) return false;
    }
    return true;
}

/// What a part that does not alternate may add behind waves whose integrals go on falling at 4, 16, 64 ... times the distance; infinite where they do
/// not: of sin(x) (1 + 1/x), while those of cos(x)/log(x) fall by 7 % at 1e8. Neighbours differ by a few wavelengths, as parts of the distance, as those of
/// x^-p do by p of them. The means of waves are what does not alternate: of (sin(x) + c)/x that is c pi/x, told from rounding if c > 1e-11.
/// Ends where a wave is narrower than doubles tell, or has vanished.
double slow_part(const half_line_of_waves& line, double from, double width, double last) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr double falling = 0.96;
    constexpr double vanished = 1e-12;
    constexpr double narrow = 1e-7; // two or three steps further on, doubles tell no waves of a chirp apart
    constexpr int steps = 12;
    constexpr std::size_t count = 8;
    const double first = last;
    double distance = from;
    double wavelength = 1;
    double slow = 0;
    for (int k = 0; k < steps; ++k) {
        distance *= 4;
        const auto seen = line.look(distance, width);
        if (seen.found.empty()) {
            const bool nothing = line.largest(distance, 4 * distance) * distance < vanished * first;
            return wavelength < narrow || nothing ? slow : infinite;
        }
        const auto zeros = line.zeros(distance, seen, count + 1);
        if (zeros.empty()) return wavelength < narrow ? slow : infinite;
        const auto waves = line.between(zeros);
        wavelength = (zeros[1] - zeros[0]) / distance;
        const double rounding = 0x1p-52 / wavelength; // of phases, which are rounded like the distance
        std::array<double, count> values{};
        double noise = 0;
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = waves[i].value;
            noise = std::max(noise, waves[i].noise + waves[i].estimate + 4 * rounding * waves[i].size());
        }
        const double mean = std::fabs(repeated_mean(values));
        const double fewer = std::fabs(repeated_mean(std::span(values).first(count - 1)));
        // What one mean more makes much smaller still alternates. Until the next step it is thrice the distance.
        if (!(mean <= noise) && !(2 * mean < fewer)) slow += 4 * mean / wavelength;
        if (waves[0].size() < vanished * first) return slow;
        if (!alike(waves, std::min(0.1, 64 * (wavelength + rounding))) || !(waves[0].size() < falling * last)) return infinite;
        last = waves[0].size();
        width = seen.width;
    }
    return slow;
}

/// Whether nothing stands out of the waves further away, as far as the first samples of a half-line reach: in each link from 2^k to 2^(k+1) of the
/// distance some samples are no larger than those of the one before.
bool stays_below(const half_line_of_waves& line, double from, double to) {
    constexpr double chance = 1.05; // of 64 samples of a sine the largest is less than 0.95 of its height once in 2e6 times
    constexpr int links = 24;
    double before = line.largest(from, to);
    for (int k = 0; k < links; ++k, to *= 2) {
        const double found = line.largest(to, 2 * to);
        if (!(found <= chance * before)) return false;
        before = found;
    }
    return true;
}

double within(const error_limits& limits, double value) { return std::max(limits.absolute, limits.relative * std::fabs(value)); }

std::optional<alternating_tail> tail_from(const half_line_of_waves& line, double distance, const error_limits& enough) {
    const auto first = line.look(distance, distance);
    if (first.found.empty()) return std::nullopt;
    const auto zeros = line.zeros(distance, first, half_waves + 1);
    if (zeros.empty()) return std::nullopt;
    const auto waves = line.between(zeros);
    if (!alternate_and_fall(waves)) return std::nullopt;
    if (!stays_below(line, zeros[half_waves / 2], zeros.back())) return std::nullopt;
    const double slow = slow_part(line, zeros.back(), first.width, waves.back().size());
    std::array<double, half_waves> sums{};
    double sum = 0;
    double noise = 0;
    double estimates = 0;
    for (std::size_t k = 0; k < half_waves; ++k) {
        sum += waves[k].value;
        sums[k] = sum;
        estimates += waves[k].estimate;
        noise += waves[k].noise;
    }
    const auto mean_up_to = [&](std::size_t end, std::size_t count) {
        return repeated_mean(std::span(sums).subspan(end - 1 - count, count + 1));
    };
    const double value = mean_up_to(half_waves, means);
    const double fewer = mean_up_to(half_waves, means - 2);
    const double earlier = mean_up_to(half_waves - half_waves / 4, means);
    // How far a slow part goes on is not known: that of (sin(x) + c)/x for ever. It may be counted as an error, but not be most of one.
    if (!(slow <= within(enough, value))) return std::nullopt;
    return alternating_tail{line.at(zeros.front()), value,
                            4 * (std::fabs(value - fewer) + std::fabs(value - earlier)) + estimates + noise + slow};
}

} // namespace

std::optional<alternating_tail> find_alternating_tail(const region_source& f, double origin, double direction, error_limits enough,
                                                      std::uint64_t most, std::uint64_t& evaluations) {
    const half_line_of_waves line(f, origin, direction, most, evaluations);
    std::optional<alternating_tail> best;
    // Further out waves are more alike, but there are more of them in front.
    for (double distance = 1; distance <= 0x1p12 && !line.exhausted(); distance *= 4) {
        const auto found = tail_from(line, distance, enough);
        if (found && (!best || found->error < 0.25 * best->error)) best = found;
        if (best && best->error <= within(enough, best->value)) break;
        if (found) distance = std::max(distance, std::fabs(found->from - origin));
        if (best && distance >= 64 * std::fabs(best->from - origin)) break;
    }
    return best;
}

} // namespace quadot::adaptive
