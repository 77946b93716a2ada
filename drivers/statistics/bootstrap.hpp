// Bootstrap intervals: what a statistic could have been, had other samples of the same kind been taken.
//
// B. Efron: Bootstrap methods: another look at the jackknife. Annals of Statistics 7 (1979) 1-26.
// T. C. Hesterberg: What teachers should know about the bootstrap. The American Statistician 69 (2015) 371-386: few samples make
// bootstrap intervals too narrow, by sqrt((n - 1) / n) and by the normal's quantile where Student's belongs (section 4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace quadot::drivers {

/// A figure and its 95 % interval; lower <= upper, either of them infinite where nothing limits the figure.
struct estimate {
    double value;
    double lower;
    double upper;
};

/// Replicates of every bootstrap here: the ends of a 95 % interval then stand on 50 replicates each, and wander by 3 % of the
/// interval's width from one seed to the next.
inline constexpr std::uint32_t bootstrap_replicates = 2000;

/// The random choices of one replicate: Philox4x32-10 (Salmon et al., SC11) of a fixed key, this replicate and a running index. The same
/// input has the same interval on every machine, and replicates do not depend on each other's order.
class replicate_draws {
  public:
    explicit replicate_draws(std::uint32_t replicate) : replicate_(replicate) {}
    /// One of 0 … count - 1, each as likely as the next to within count / 2^32; count >= 1.
    std::size_t below(std::size_t count);

  private:
    std::uint32_t replicate_;
    std::uint32_t drawn_ = 0;
};

/// The middle 95 % of `replicates` (percentile interval; Efron 1979), widened to hold `value`. At least one replicate; infinities sort.
estimate percentile_interval(double value, std::vector<double> replicates);

/// The statistic of the samples and its 95 % interval. Percentiles, not BCa: its acceleration comes from the jackknife, which
/// fails for the median (Efron 1979, section 3), the statistic that times are judged by. Hesterberg's expansion makes up for few samples.
/// At least six samples: the interval cannot leave the samples' range, which covers a median in 1 - 2^(1-n) of all cases. Of one sample it
/// is everything.
estimate bootstrap(const std::vector<double>& samples, const std::function<double(const std::vector<double>&)>& statistic);

/// The 0.975 quantile of Student's t with `degrees` >= 1 degrees of freedom, fractions allowed (NIST/SEMATECH e-Handbook of
/// Statistical Methods, table 1.3.6.7.2; between its lines linear in 1/degrees, which errs to the large side).
double student_975(double degrees);

/// The middle value, of an even number of samples the mean of the middle two; at least one sample.
double sample_median(std::vector<double> samples);

/// The value below which a share `level` of the samples lies, 0 to 1, linear between order statistics (type 7 of R. J. Hyndman, Y. Fan:
/// Sample quantiles in statistical packages. The American Statistician 50 (1996) 361-365); at least one sample.
double sample_quantile(std::vector<double> samples, double level);

} // namespace quadot::drivers
