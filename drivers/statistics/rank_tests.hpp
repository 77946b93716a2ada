// Two samples compared by ranks: no assumption about how times are distributed, and an outlier counts once.
//
// H. B. Mann, D. R. Whitney: On a test of whether one of two random variables is stochastically larger than the other. Annals of
//   Mathematical Statistics 18 (1947) 50-60.
// F. Wilcoxon: Individual comparisons by ranking methods. Biometrics Bulletin 1 (1945) 80-83.
// J. L. Hodges, E. L. Lehmann: Estimates of location based on rank tests. Annals of Mathematical Statistics 34 (1963) 598-611.
// M. Hollander, D. A. Wolfe: Nonparametric Statistical Methods, 2nd edition, Wiley 1999, sections 3.1 to 3.3 (pairs), 4.1 (test), 4.2 (shift),
//   4.3 (interval).
// S. Holm: A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6 (1979) 65-70.
#pragma once

#include "drivers/statistics/bootstrap.hpp"

#include <cstddef>
#include <vector>

namespace quadot::drivers {

/// Up to this many samples in both together, distributions are counted out; beyond, the normal approximation with its corrections for
/// ties and continuity is right to about 1e-4 in p where p is near 0.05.
inline constexpr std::size_t most_counted_samples = 60;

/// How likely ranks at least as far apart are if both samples come from one distribution: two-sided p, twice the smaller tail, at most 1.
/// Up to most_counted_samples exact, given the ties (the permutation distribution of the midranks). Infinities rank; no NaN. Of an empty
/// sample 1. Cost: |old| (|old| + |new|)^3 additions when counted.
double mann_whitney(const std::vector<double>& old_samples, const std::vector<double>& new_samples);

/// The smallest p that `old_count` and `new_count` samples without ties could give: 2/C(m + n, m), at most 1.
double smallest_mann_whitney(std::size_t old_count, std::size_t new_count);

/// How far the new samples are shifted against the old: the median of all new - old differences, and the shifts that the test above would
/// not reject at 5 %, from order statistics of the differences: at least 95 % sure without ties, more with. Infinite ends where so few
/// samples exclude nothing. Both samples not empty, all values finite.
estimate hodges_lehmann(const std::vector<double>& old_samples, const std::vector<double>& new_samples);

/// The same three of pairs, by their differences: what disturbs both of a pair is in neither. Wilcoxon's signed ranks; differences of 0 say
/// nothing and are left out of the test.
double signed_rank(const std::vector<double>& differences);
/// 2/2^n, at most 1.
double smallest_signed_rank(std::size_t pairs);
/// The median of all means of two differences (each with itself, too), and the shifts that the test would not reject. Not empty, all finite.
estimate hodges_lehmann(const std::vector<double>& differences);

/// Holm's adjusted p, in the order given: rejecting those <= 5 % is wrong about any true hypothesis in at most 5 % of all uses, whatever
/// the dependence. `p` of 0 to 1.
std::vector<double> holm(const std::vector<double>& p);

/// The same of those tests alone whose samples could have shown anything: `smallest_p` is what each could have given at best. The others
/// get 1 and cost the rest nothing, for they never reject (R. E. Tarone: A modified Bonferroni method for discrete data. Biometrics 46
/// (1990) 515-522).
std::vector<double> holm_of_testable(const std::vector<double>& p, const std::vector<double>& smallest_p, double significant = 0.05);

/// Which tests those are: with the least K for which no more than K tests have a smallest p of at most 5 %/K, these. Known before any
/// time is looked at, so choosing them costs no certainty.
std::vector<bool> testable(const std::vector<double>& smallest_p, double significant = 0.05);

} // namespace quadot::drivers
