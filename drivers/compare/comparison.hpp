// What changed from one report to another: times, row by row, and errors.
#pragma once

#include "drivers/documents/document.hpp"
#include "drivers/statistics/bootstrap.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quadot::drivers {

/// FASTER, SLOWER: the shift is significant at 5 % after Holm's correction over all rows, beyond the tolerance, and, of two reports, beyond
/// what two runs of one program differ by (see noise_of_two_runs).
/// SAME: not so, and the row's 95 % interval lies within the tolerance both ways.
/// AMBIGUOUS: neither. The interval reaches beyond the tolerance, or the samples are too few to show anything.
enum class verdict { faster, same, slower, ambiguous };
inline constexpr std::array<std::string_view, 4> verdict_names{"FASTER", "SAME", "SLOWER", "AMBIGUOUS"};
constexpr std::string_view name_of(verdict each) { return verdict_names[static_cast<std::size_t>(each)]; }

/// A row that both reports have.
struct compared_row {
    std::string name;
    double old_seconds{}; ///< medians of all samples
    double new_seconds{};
    std::size_t old_count{}; ///< samples compared: batches, or runs
    std::size_t new_count{};
    estimate ratio{};  ///< new/old: exp of the Hodges-Lehmann shift of log times; of the row alone, so before Holm
    double p = 1;      ///< two-sided: Mann-Whitney, of runs in turn Wilcoxon's signed ranks
    double holm_p = 1; ///< corrected over all rows
    verdict judged = verdict::ambiguous;
    double scatter{};               ///< logarithm: what a shift must exceed to be more than its run's luck; 0 for runs of their own
    std::string reason;             ///< of AMBIGUOUS, one line
    std::vector<std::string> wrong; ///< errors that grew, one line each
};

struct comparison {
    double tolerance{}; ///< 0.03: 3 %
    std::vector<compared_row> rows;
    std::vector<std::string> only_old; ///< no regression: there is nothing to compare
    std::vector<std::string> only_new;
    std::vector<std::string> wrong; ///< of the reports' results
    std::vector<std::string> notes; ///< what makes the comparison doubtful

    [[nodiscard]] std::size_t count(verdict which) const;
    /// Rows whose error grew, and the result's.
    [[nodiscard]] std::size_t errors() const;
    /// Something is SLOWER, or an error grew.
    [[nodiscard]] bool regression() const { return count(verdict::slower) + errors() > 0; }
};

/// A row's samples are cut into at most this many batches, in the order taken, and their medians compared. Neighbours in time share what
/// disturbs a machine: a thousand samples of one process are no thousand proofs.
inline constexpr std::size_t most_batches = 16;

/// How far two runs of one program may lie apart. No test on samples can see that: all samples of a process share where its pages came to
/// lie and who else was busy. But two things in the reports go with it.
/// * A machine that disturbs the samples of a run disturbs runs as wholes. `scatter_share` of the range that holds 80 % of the noisier
///   run's samples (1.5 standard deviations, were they normal) is taken for luck.
/// * Other people's code did not change. With three or more rows /baseline/, the spread of their shifts is what rows move by on their own
///   (three robust standard deviations), and their common shift is the machine's: discounted as far as that same spread explains it, so a
///   shift of all rows in step still shows.
/// Measured: `quadot dot` and `integrate` twice in 320 pairs, each looked at both ways, on two CPUs at a load of 5. Some row was SLOWER in
/// 23 % by significance and tolerance alone, in 5 % with these; of rows slowed by 5 % with normal noise of 2 %, 15 samples found 97 % all
/// the same.
struct noise_of_two_runs {
    static constexpr double scatter_share = 0.6;
    double common = 0; ///< median logarithmic shift of the baselines
    double spread = 0; ///< three standard deviations of theirs
    bool known = false;

    /// What is left of a logarithmic shift in its direction once the machine's share is taken off; not below 0.
    [[nodiscard]] double beyond_common(double shift) const;
};

/// Compares the rows by name. Of samples that are runs of their own, taken in turn (`one_a_process`), each counts, beside its partner; else
/// batches do.
/// significant: the level that Holm's p is held against. Throws error: usage where no name is in both.
comparison compare(const document& before, const document& after, double tolerance, bool one_a_process, double significant = 0.05);

/// Regressions of a row's error, one line each: a verdict that was pass, a number that became NaN, an error beyond its bound and twice the
/// old one, or, in a row /exact/ of the same problem, another value. Without bounds, ten times the old error and one that is not just
/// the value's rounding.
std::vector<std::string> errors_grown(const recorded_row& before, const recorded_row& after, bool same_problem);

/// The same of the reports' "result".
std::vector<std::string> result_regressions(const document& before, const document& after, bool same_problem);

/// Differences of circumstances that make times, or values, of two reports differ for other reasons than the code.
std::vector<std::string> different_circumstances(const document& before, const document& after);

} // namespace quadot::drivers
