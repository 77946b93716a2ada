// Several reports side by side: what `report` shows.
#pragma once

#include "drivers/documents/document.hpp"
#include "drivers/machine/limits.hpp"

#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// A row with what its document says about it. Numbers that were not recorded are NaN.
struct merged_row {
    const recorded_row* recorded;
    std::size_t source;  ///< its document's place in merged::documents
    std::string name;    ///< the recorded one, with the file's name behind it where several files have it in one group
    std::string variant; ///< dot/exact/avx512: the name without /n:1024 and the like
    std::string study;   ///< sizes, strong, weak, machine, or empty
    double problem_size; ///< terms or panels
    double ranks;
    double threads; ///< a rank
    double workers; ///< ranks × threads
    double bytes_per_second;
    double items_per_second;
    double limit_part;  ///< of the measured limit, 1 = all of it
    double naive_ratio; ///< speed over that of the loop called naive, in the same run and at the same size
    bool simulated;

    /// Bytes or items a second, whichever says more about it; NaN if neither was recorded.
    [[nodiscard]] double rate() const;
    /// "B/s", "eval/s" or "item/s".
    [[nodiscard]] const char* rate_unit() const;
    /// A number of the entry by its key.
    [[nodiscard]] double number(const char* key) const;
};

/// Rows that may be compared: the same problem on the same host.
struct row_group {
    std::string host;
    std::string problem;
    bool simulated{};
    std::vector<const merged_row*> rows; ///< of no study
};

/// The rows of a study that make one line of a plot.
struct study_line {
    std::string label; ///< the variant, with threads, size or file where lines differ in these
    std::string variant;
    double threads; ///< a rank
    bool simulated{};
    std::vector<std::size_t> sources;    ///< files that it was joined from
    std::vector<const merged_row*> rows; ///< ascending in workers (strong, weak) or in problem_size (sizes)

    /// Of the first row: as recorded, where one run recorded them all; else 1, so that the smallest number of workers is ideal by definition.
    double first_efficiency = 1;

    /// What divided by a time gives the speed-up S(p) = E0 p0 T(p0) / T(p) of strong scaling, or the efficiency E(p) = E0 T(p0) / T(p) of weak scaling.
    /// p0 is the smallest number of workers and E0 first_efficiency: where p0 is 1 these are the textbook's.
    [[nodiscard]] double reference(bool strong) const {
        return first_efficiency * rows.front()->recorded->seconds * (strong ? rows.front()->workers : 1);
    }
    [[nodiscard]] double speedup(const merged_row& row) const { return reference(true) / row.recorded->seconds; }
    [[nodiscard]] double efficiency(const merged_row& row, bool strong) const {
        return strong ? speedup(row) / row.workers : reference(false) / row.recorded->seconds;
    }
};

struct fitted_value {
    double workers;
    double seconds;
    double lower;
    double upper;
    bool extrapolated;
};

/// A model of a study's times, from "fits".
struct fit_on_record {
    std::size_t source;
    std::string study;
    std::string variant;
    std::string model;
    double threads;
    double points;
    std::vector<std::string> parameters; ///< "name = value [lower, upper]"
    std::vector<fitted_value> curve;     ///< ascending in workers
    std::string loses_80_percent_at;     ///< a sentence, or empty
};

/// Measured limits, from "machine".
struct recorded_limits {
    std::size_t source;
    machine_limits limits;
};

struct cache_edge {
    std::string level; ///< L1
    double bytes;      ///< of all such caches that the workers have together
};

class merged {
  public:
    explicit merged(std::vector<document> documents);
    merged(const merged&) = delete; // rows point into documents
    merged& operator=(const merged&) = delete;

    [[nodiscard]] const std::vector<document>& documents() const { return documents_; }
    [[nodiscard]] const std::vector<merged_row>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<row_group>& comparisons() const { return comparisons_; }
    [[nodiscard]] const std::vector<fit_on_record>& fits() const { return fits_; }
    [[nodiscard]] const std::vector<recorded_limits>& machines() const { return machines_; }
    /// The lines of "sizes", "strong" or "weak". Files join where none has a point that another has, too: one file for each number of nodes.
    [[nodiscard]] std::vector<study_line> lines(const std::string& study) const;
    /// The rows of "machine".
    [[nodiscard]] std::vector<const merged_row*> machine_rows() const;
    [[nodiscard]] std::vector<std::string> hosts() const;
    /// Documents of a simulated cluster, or with rows of one.
    [[nodiscard]] bool simulated(std::size_t source) const;
    [[nodiscard]] std::size_t simulated_files() const;
    [[nodiscard]] bool all_simulated() const { return simulated_files() == documents_.size(); }
    /// A file's name without its folder, distinct among the files.
    [[nodiscard]] const std::string& file_name(std::size_t source) const { return file_names_[source]; }
    [[nodiscard]] std::string host(std::size_t source) const;
    /// As the limits say it, or else their document; empty if neither does.
    [[nodiscard]] std::string host(const recorded_limits& machine) const;
    /// The data caches of a document's machine, as many of each as `workers` have.
    [[nodiscard]] std::vector<cache_edge> cache_edges(std::size_t source, double workers) const;

  private:
    std::vector<document> documents_;
    std::vector<std::string> file_names_;
    std::vector<merged_row> rows_;
    std::vector<row_group> comparisons_;
    std::vector<fit_on_record> fits_;
    std::vector<recorded_limits> machines_;
};

} // namespace quadot::drivers
