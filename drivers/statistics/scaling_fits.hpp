// Laws of scaling, fitted to measured times: how much of a program is serial, where more workers stop paying.
//
//   Amdahl     T(p) = T1 (s + (1 - s)/p)                 strong scaling. G. M. Amdahl: Validity of the single processor approach to
//                                                        achieving large scale computing capabilities. AFIPS SJCC 30 (1967) 483-485.
//   Gustafson  p T(1)/T(p) = p - s' (p - 1)              weak scaling. J. L. Gustafson: Reevaluating Amdahl's law. CACM 31 (1988)
//                                                        532-533; s' is the serial share of the parallel run.
//   USL        p T(p) = T1 (1 + σ (p - 1) + κ p (p - 1)) strong scaling with contention σ and coherency κ. N. J. Gunther: Guerrilla
//                                                        Capacity Planning, Springer 2007, chapter 4.
//   allreduce  t(P) = α ceil(log2 P) + β                 P >= 2; a tree's or recursive doubling's rounds. R. Thakur, R. Rabenseifner,
//                                                        W. Gropp: Optimization of collective communication operations in MPICH.
//                                                        IJHPCA 19 (2005) 49-66.
//
// Each is linear in coefficients that cannot be negative (s and 1 - s times T1, …), so a fit is an exact non-negative least squares over at
// most three columns. A time's noise is relative, so each equation is divided by its own left side, and once more by the fitted one.
//
// The intervals must be honest with five points of three samples, too. Two things are unknown: what other samples of the same runs would
// have said, and by how much each point as a whole is off the law (another binding, another day, a law that is not quite true), which
// samples of one run cannot show. Each replicate therefore puts both on the fitted curve: the deviation of a resampled median, and a
// resampled residual. Where the law holds and runs do not differ, residuals are sampling noise, which is then counted twice: intervals are
// up to sqrt 2 too wide. The residuals' share cannot be cut back to what samples do not explain, because with m - k = 2 or 3 degrees of
// freedom residuals are often small by luck. For the same reason deviations grow by Student's quantile over the normal one, with
// Satterthwaite's degrees of freedom, and residuals by sqrt(m/(m - k)).
#pragma once

#include "drivers/statistics/bootstrap.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// What was measured with one number of workers: times of the slowest rank, in seconds, each one run.
struct scaling_point {
    int workers;
    std::vector<double> seconds;
};

enum class scaling_law { amdahl, gustafson, universal, allreduce };

/// Why there is no fit.
enum class fit_refusal {
    none,
    too_few_points, ///< different numbers of workers: two; for USL five, because three coefficients would follow any noise
    unusable_time,  ///< a point without samples, a time that is not positive and finite, or fewer workers than one
    another_law,    ///< the best coefficients leave no time for one worker: the points do not follow this law at all
};
/// One line for a report, e.g. "fewer than 5 different numbers of workers".
std::string describe(fit_refusal why, scaling_law law);

/// A number of workers, infinite for "never".
struct workers_estimate {
    double value;
    double lower;
    double upper;
    bool extrapolated; ///< `value` is beyond the largest number measured: the law says so, nobody saw it
};

/// A law with its coefficients, and those of the bootstrap's replicates.
class fitted_curve {
  public:
    using coefficients = std::array<double, 3>;

    fitted_curve(scaling_law law, int largest_measured, coefficients best, std::vector<coefficients> replicates, bool noise_known)
        : law_(law), largest_measured_(largest_measured), best_(best), replicates_(std::move(replicates)), noise_known_(noise_known) {}

    /// Seconds of a run on `workers` >= 1 (allreduce: 2): the law's value and where the law may lie. Single runs scatter about that.
    [[nodiscard]] estimate seconds(double workers) const;
    /// Strong: T(1)/(p T(p)); weak: T(1)/T(p), with T(1) as the law has it. An allreduce has none: NaN.
    [[nodiscard]] estimate efficiency(double workers) const;
    /// The smallest number of workers whose efficiency is below `threshold`; empty for an allreduce.
    [[nodiscard]] std::optional<workers_estimate> first_below(double threshold = 0.8) const;
    /// Any function of the coefficients. Where the samples and points leave no noise to be seen, `least` to `most`.
    template <class Function>
    [[nodiscard]] estimate of(Function&& function, double least, double most) const {
        const double value = function(best_);
        if (!noise_known_) return {value, least, most};
        std::vector<double> values;
        values.reserve(replicates_.size());
        for (const coefficients& c : replicates_) values.push_back(function(c));
        return percentile_interval(value, std::move(values));
    }
    [[nodiscard]] scaling_law law() const { return law_; }
    [[nodiscard]] int largest_measured() const { return largest_measured_; }

  private:
    scaling_law law_;
    int largest_measured_;
    coefficients best_;
    std::vector<coefficients> replicates_;
    bool noise_known_; ///< false: one sample a point, and as many coefficients as points
};

struct amdahl_fit {
    estimate serial_fraction; ///< s, 0 to 1
    estimate one_worker;      ///< T1, seconds
    fitted_curve curve;
};
struct gustafson_fit {
    estimate serial_fraction; ///< s', 0 to 1
    estimate one_worker;      ///< T(1), seconds
    fitted_curve curve;
};
struct universal_fit {
    estimate contention; ///< σ >= 0
    estimate coherency;  ///< κ >= 0
    estimate one_worker; ///< T1, seconds
    fitted_curve curve;
};
struct allreduce_fit {
    estimate round;    ///< α, seconds a round
    estimate constant; ///< β, seconds
    fitted_curve curve;
};

/// A fit, or why there is none.
template <class Fit>
struct fit_or_reason {
    std::optional<Fit> fit;
    fit_refusal why = fit_refusal::none;
};

/// Points in any order; the same number of workers may come more than once (runs of different days). Cost: 2000 small least squares.
fit_or_reason<amdahl_fit> fit_amdahl(const std::vector<scaling_point>& points);
/// The points' problem grows with the workers.
fit_or_reason<gustafson_fit> fit_gustafson(const std::vector<scaling_point>& points);
fit_or_reason<universal_fit> fit_universal(const std::vector<scaling_point>& points);
/// `workers` are ranks; points with one rank are left out: nobody talks there.
fit_or_reason<allreduce_fit> fit_allreduce(const std::vector<scaling_point>& points);

/// S = T(1)/T(p), of one problem.
inline double speed_up(double one_worker_seconds, double seconds) { return one_worker_seconds / seconds; }
/// S/p.
inline double strong_efficiency(double one_worker_seconds, double seconds, int workers) { return one_worker_seconds / seconds / workers; }
/// T(1)/T(p), of a problem that grows with p.
inline double weak_efficiency(double one_worker_seconds, double seconds) { return one_worker_seconds / seconds; }
/// The serial fraction that a measured speed-up stands for, e = (1/S - 1/p)/(1 - 1/p), p >= 2: if it grows with p, overhead does;
/// negative where S > p. A. H. Karp, H. P. Flatt: Measuring parallel processor performance. CACM 33 (1990) 539-543, equation 2.
inline double karp_flatt(double speed_up, int workers) { return (1 / speed_up - 1.0 / workers) / (1 - 1.0 / workers); }

} // namespace quadot::drivers
