// The median of samples and its 95 % interval from order statistics: no assumption about the times' distribution.
#pragma once

#include <vector>

namespace quadot::drivers {

struct median_interval {
    double median;
    double lower;
    double upper;
    /// Half width over median; infinite below 6 samples, where no pair of order statistics covers 95 %.
    [[nodiscard]] double relative_half_width() const;
    bool covers; ///< at least 6 samples
};

/// For n samples the interval is [x(l), x(u)] with l = floor((n - 1.96 sqrt n) / 2), u = 1 + ceil((n + 1.96 sqrt n) / 2), 1-based (Conover
/// 1999, section 3.2; Hoefler & Belli 2015, rule 7). Below 6 samples: minimum and maximum, and covers = false. Empty: zeros.
median_interval median_of(std::vector<double> samples);

} // namespace quadot::drivers
