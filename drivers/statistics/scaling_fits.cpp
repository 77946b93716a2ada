#include "drivers/statistics/scaling_fits.hpp"

#include "drivers/statistics/non_negative_least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

namespace quadot::drivers {

namespace {

using coefficients = fitted_curve::coefficients;

constexpr double infinite = std::numeric_limits<double>::infinity();
/// Efficiencies are followed up to here; what stays above until then is above for ever as far as anybody builds.
constexpr double most_workers = 0x1p53;

int unknowns_of(scaling_law law) { return law == scaling_law::universal ? 3 : 2; }

std::size_t fewest_points(scaling_law law) { return law == scaling_law::universal ? 5 : 2; }

/// ceil(log2 p): rounds in which everybody has heard from everybody.
double rounds(double p) { return std::ceil(std::log2(p)); }

/// What each coefficient is multiplied with; their sum is `left_side`.
std::array<double, 3> columns_of(scaling_law law, double p) {
    switch (law) {
    case scaling_law::amdahl:    // T = T1 s · 1 + T1 (1 - s) · 1/p
    case scaling_law::gustafson: // 1/T = (1 - s')/T(1) · 1 + s'/T(1) · 1/p
        return {1, 1 / p, 0};
    case scaling_law::universal: // p T = T1 · 1 + T1 σ · (p - 1) + T1 κ · p (p - 1)
        return {1, p - 1, p * (p - 1)};
    case scaling_law::allreduce:
        return {rounds(p), 1, 0};
    }
    return {};
}

double left_side(scaling_law law, double p, double seconds) {
    if (law == scaling_law::gustafson) return 1 / seconds;
    return law == scaling_law::universal ? p * seconds : seconds;
}

double value_of(scaling_law law, const coefficients& c, double p) {
    const auto columns = columns_of(law, p);
    return c[0] * columns[0] + c[1] * columns[1] + c[2] * columns[2];
}

double seconds_of(scaling_law law, const coefficients& c, double p) {
    const double value = value_of(law, c, p);
    if (law == scaling_law::gustafson) return 1 / value;
    return law == scaling_law::universal ? value / p : value;
}

double efficiency_of(scaling_law law, const coefficients& c, double p) {
    const double one = seconds_of(law, c, 1);
    if (one == 0) return 0; // a replicate in which one worker needs no time
    const double gain = one / seconds_of(law, c, p);
    return law == scaling_law::gustafson ? gain : gain / p;
}

/// Efficiencies of these laws never grow with p, so halving finds the first.
double first_below_of(scaling_law law, const coefficients& c, double threshold) {
    if (!(efficiency_of(law, c, most_workers) < threshold)) return infinite;
    if (efficiency_of(law, c, 1) < threshold) return 1;
    double above = 1;
    double below = most_workers;
    while (below - above > 1) {
        const double middle = std::floor((above + below) / 2);
        (efficiency_of(law, c, middle) < threshold ? below : above) = middle;
    }
    return below;
}

/// Relative least squares: first against the measured values, whose noise pulls the fit down by its square, then against the fitted ones.
coefficients solve(scaling_law law, const std::vector<double>& workers, const std::vector<double>& values) {
    coefficients solution{};
    std::vector<weighted_equation> equations(workers.size());
    std::vector<double> scale = values;
    for (int pass = 0; pass < 3; ++pass) {
        for (std::size_t i = 0; i < workers.size(); ++i) {
            equations[i] = {columns_of(law, workers[i]), values[i] / scale[i]};
            for (double& column : equations[i].columns) column /= scale[i];
        }
        solution = non_negative_least_squares(equations, unknowns_of(law));
        for (std::size_t i = 0; i < workers.size(); ++i) {
            scale[i] = value_of(law, solution, workers[i]);
            if (!(scale[i] > 0)) return solution;
        }
    }
    return solution;
}

/// A point with its left side's logarithms.
struct logarithmic_point {
    double workers;
    std::vector<double> samples;
    double median;
};

/// The variance of a median of n normal samples is about π/2 times that of their mean.
double median_variance(const logarithmic_point& point) {
    const auto n = static_cast<double>(point.samples.size());
    if (n < 2) return 0;
    double mean = 0;
    for (const double sample : point.samples) mean += sample / n;
    double squares = 0;
    for (const double sample : point.samples) squares += (sample - mean) * (sample - mean);
    return std::numbers::pi / 2 * squares / (n - 1) / n;
}

/// What a replicate adds to the fitted curve, at each point.
class noise {
  public:
    noise(const std::vector<logarithmic_point>& points, std::vector<double> residuals, int unknowns)
        : points_(points), residuals_(std::move(residuals)) {
        const auto m = static_cast<double>(points_.size());
        const double spare = m - unknowns;
        double mean = 0;
        for (const double residual : residuals_) mean += residual / m;
        double squares = 0;
        for (double& residual : residuals_) {
            residual = spare > 0 ? (residual - mean) * std::sqrt(m / spare) : 0;
            squares += residual * residual;
        }
        const double between = squares / m;
        double within = 0;
        double within_degrees = 0;
        for (const auto& point : points_) {
            within += median_variance(point) / m;
            within_degrees += static_cast<double>(point.samples.size() - 1);
        }
        known_ = spare > 0 || within_degrees > 0;
        // Satterthwaite: the degrees of freedom of a sum of two estimated variances.
        const double spread = (spare > 0 ? between * between / spare : 0) + (within_degrees > 0 ? within * within / within_degrees : 0);
        const double degrees = spread > 0 ? (between + within) * (between + within) / spread : std::max(spare, within_degrees);
        growth_ = student_975(degrees) / student_975(infinite);
    }

    [[nodiscard]] bool known() const { return known_; }

    /// The logarithmic deviation of point `i` in a replicate.
    double draw(std::size_t i, replicate_draws& draws) const {
        const double residual = residuals_[draws.below(residuals_.size())];
        const logarithmic_point& point = points_[i];
        const std::size_t n = point.samples.size();
        double deviation = 0;
        if (n > 1) {
            std::vector<double> again(n);
            for (double& sample : again) sample = point.samples[draws.below(n)];
            deviation = (sample_median(std::move(again)) - point.median) * std::sqrt(static_cast<double>(n) / static_cast<double>(n - 1));
        }
        return growth_ * (residual + deviation);
    }

  private:
    const std::vector<logarithmic_point>& points_;
    std::vector<double> residuals_;
    double growth_ = 1;
    bool known_ = true;
};

/// The curve, or why there is none.
fit_or_reason<fitted_curve> fit(scaling_law law, const std::vector<scaling_point>& measured) {
    std::vector<logarithmic_point> points;
    std::set<double> different;
    int largest = 0;
    for (const auto& point : measured) {
        const bool times = std::all_of(point.seconds.begin(), point.seconds.end(), [](double t) { return t > 0 && std::isfinite(t); });
        if (point.workers < 1 || point.seconds.empty() || !times) return {std::nullopt, fit_refusal::unusable_time};
        if (law == scaling_law::allreduce && point.workers < 2) continue;
        logarithmic_point taken{static_cast<double>(point.workers), {}, 0};
        for (const double t : point.seconds) taken.samples.push_back(std::log(left_side(law, taken.workers, t)));
        taken.median = sample_median(taken.samples);
        different.insert(law == scaling_law::allreduce ? rounds(taken.workers) : taken.workers);
        largest = std::max(largest, point.workers);
        points.push_back(std::move(taken));
    }
    if (different.size() < fewest_points(law)) return {std::nullopt, fit_refusal::too_few_points};

    std::vector<double> workers;
    std::vector<double> values;
    for (const auto& point : points) {
        workers.push_back(point.workers);
        values.push_back(std::exp(point.median));
    }
    const coefficients best = solve(law, workers, values);
    if (law != scaling_law::allreduce && !(seconds_of(law, best, 1) > 0 && std::isfinite(seconds_of(law, best, 1)))) {
        return {std::nullopt, fit_refusal::another_law};
    }
    std::vector<double> fitted;
    std::vector<double> residuals;
    for (const auto& point : points) {
        fitted.push_back(std::log(value_of(law, best, point.workers)));
        residuals.push_back(point.median - fitted.back());
    }
    const noise noise(points, std::move(residuals), unknowns_of(law));
    std::vector<coefficients> replicates;
    for (std::uint32_t r = 0; r < bootstrap_replicates; ++r) {
        replicate_draws draws(r);
        for (std::size_t i = 0; i < points.size(); ++i) values[i] = std::exp(fitted[i] + noise.draw(i, draws));
        replicates.push_back(solve(law, workers, values));
    }
    return {fitted_curve(law, largest, best, std::move(replicates), noise.known()), fit_refusal::none};
}

/// part/whole, of nothing in nothing 0.
double share_of(double part, double whole) { return part == 0 ? 0 : part / whole; }

} // namespace

std::string describe(fit_refusal why, scaling_law law) {
    switch (why) {
    case fit_refusal::none:
        return "";
    case fit_refusal::too_few_points:
        return "fewer than " + std::to_string(fewest_points(law)) + " different numbers of workers";
    case fit_refusal::unusable_time:
        return "a point without a positive time";
    case fit_refusal::another_law:
        return "the times do not follow this law";
    }
    return "";
}

estimate fitted_curve::seconds(double workers) const {
    return of([&](const coefficients& c) { return seconds_of(law_, c, workers); }, 0, infinite);
}

estimate fitted_curve::efficiency(double workers) const {
    if (law_ == scaling_law::allreduce) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        return {none, none, none};
    }
    return of([&](const coefficients& c) { return efficiency_of(law_, c, workers); }, 0, 1);
}

std::optional<workers_estimate> fitted_curve::first_below(double threshold) const {
    if (law_ == scaling_law::allreduce) return std::nullopt;
    const estimate workers = of([&](const coefficients& c) { return first_below_of(law_, c, threshold); }, 1, infinite);
    // An interpolated percentile may lie between whole numbers.
    return workers_estimate{workers.value, std::floor(workers.lower), std::ceil(workers.upper), workers.value > largest_measured_};
}

fit_or_reason<amdahl_fit> fit_amdahl(const std::vector<scaling_point>& points) {
    const auto [curve, why] = fit(scaling_law::amdahl, points);
    if (!curve) return {std::nullopt, why};
    const auto serial = [](const coefficients& c) { return share_of(c[0], c[0] + c[1]); };
    const auto one = [](const coefficients& c) { return c[0] + c[1]; };
    return {amdahl_fit{curve->of(serial, 0, 1), curve->of(one, 0, infinite), *curve}, why};
}

fit_or_reason<gustafson_fit> fit_gustafson(const std::vector<scaling_point>& points) {
    const auto [curve, why] = fit(scaling_law::gustafson, points);
    if (!curve) return {std::nullopt, why};
    const auto serial = [](const coefficients& c) { return share_of(c[1], c[0] + c[1]); };
    const auto one = [](const coefficients& c) { return 1 / (c[0] + c[1]); };
    return {gustafson_fit{curve->of(serial, 0, 1), curve->of(one, 0, infinite), *curve}, why};
}

fit_or_reason<universal_fit> fit_universal(const std::vector<scaling_point>& points) {
    const auto [curve, why] = fit(scaling_law::universal, points);
    if (!curve) return {std::nullopt, why};
    const auto contention = [](const coefficients& c) { return share_of(c[1], c[0]); };
    const auto coherency = [](const coefficients& c) { return share_of(c[2], c[0]); };
    const auto one = [](const coefficients& c) { return c[0]; };
    return {universal_fit{curve->of(contention, 0, infinite), curve->of(coherency, 0, infinite), curve->of(one, 0, infinite), *curve}, why};
}

fit_or_reason<allreduce_fit> fit_allreduce(const std::vector<scaling_point>& points) {
    const auto [curve, why] = fit(scaling_law::allreduce, points);
    if (!curve) return {std::nullopt, why};
    return {allreduce_fit{curve->of([](const coefficients& c) { return c[0]; }, 0, infinite),
                          curve->of([](const coefficients& c) { return c[1]; }, 0, infinite), *curve},
            why};
}

} // namespace quadot::drivers
