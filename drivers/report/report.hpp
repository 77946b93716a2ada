// What a run found, and its three renderings.
#pragma once

#include "drivers/machine/binding.hpp"
#include "drivers/machine/environment.hpp"
#include "drivers/machine/findings.hpp"
#include "drivers/machine/limits.hpp"
#include "drivers/measure/hardware_counters.hpp"
#include "drivers/measure/timing.hpp"
#include "drivers/report/fits.hpp"
#include "exact_value.hpp"
#include "integrate_to_tolerance.hpp"
#include "jit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

/// What a run on several workers shows beside the same work on fewer.
struct scaling_figures {
    double speedup{};
    double efficiency{};
    double karp_flatt{};          ///< the serial fraction that explains the speed-up; NaN for one worker
    double imbalance{};           ///< the slowest rank's computing time over the ranks' mean
    double communication_share{}; ///< of the time, 0 ... 1: what is left after computing
};

/// One variant's measurements and judgement.
struct report_row {
    std::string name;       ///< dot/compensated/avx512
    std::string short_name; ///< compensated
    std::string flags;      ///< of a baseline
    bool baseline{};
    int threads{};
    std::uint64_t iterations{};
    std::vector<double> samples; ///< seconds a run
    median_interval time{};      ///< seconds a run
    double processor_seconds{};
    double items{}; ///< terms or evaluations a run
    double bytes{}; ///< a run must read; 0: not bound by memory
    double limit{}; ///< the measured limit in the rate's unit (bytes or items a second); 0: not measured
    double value{};
    double error{};     ///< |value - reference|
    double bound{};     ///< what the error may be
    bool judged = true; ///< false: there is no value that could be wrong, and no verdict

    std::string study;            ///< machine, sizes, strong, weak: what the row is a point of; or empty
    std::string variant;          ///< of a study: the name without what varies
    std::uint64_t problem_size{}; ///< of a study: terms or panels
    int ranks{};                  ///< of a study; 0: all of the run's
    std::optional<scaling_figures> scaling;
    std::optional<hardware_counts> counts;
    bool same_bits = true; ///< as the same sum on other workers, where that is promised

    /// A NaN anywhere fails: the comparison is only true for numbers.
    [[nodiscard]] bool passes() const { return error <= bound && value == value && same_bits; }
    [[nodiscard]] double bytes_per_second() const { return time.median > 0 ? bytes / time.median : 0; }
    [[nodiscard]] double items_per_second() const { return time.median > 0 ? items / time.median : 0; }
};

/// A matrix times a vector: one dot product a row.
struct row_products {
    std::uint64_t rows{};
    std::uint64_t columns{};
    std::vector<double> values; ///< one a row, in the rows' order
    bool certified{};           ///< each is proven to be the correctly rounded sum
};

/// An integral for each value of a parameter.
struct swept_integrals {
    std::string parameter;
    std::vector<double> values;
    std::vector<integral> integrals; ///< in the values' order
};

/// The answer of Quadot's own kernel with the chosen accumulator.
struct run_result {
    double value{};            ///< of a batch: the first product, 0 where there is none
    double error{};            ///< absolute bound (sums; of a batch, on every product) or estimate (integrals to a tolerance)
    std::string status = "ok"; ///< ok, tolerance_not_reached, divergent_or_singular, not_a_number
    std::string accumulator;
    std::uint64_t evaluations{};          ///< terms of a dot product, evaluations of an integrand
    std::uint64_t regions{};              ///< of an integral to a tolerance
    std::string message;                  ///< why the status is not ok
    std::optional<exact_value> exact;     ///< how a correctly rounded sum was decided
    std::optional<row_products> batch;    ///< set where there are many values
    std::optional<swept_integrals> sweep; ///< set where a parameter has many values; `value` is the first integral, `error` the largest
    std::optional<jit_report> jit;        ///< how a text integrand was evaluated

    /// Proven to be the correctly rounded sum, or sums.
    [[nodiscard]] bool certified() const { return batch ? batch->certified : exact.has_value(); }
};

struct report {
    std::vector<std::string> command;
    std::string problem; ///< one line: what was computed
    environment machine;
    binding_verdict binding;
    std::optional<machine_limits> limits; ///< as `quadot machine` found them on this host, if it was run
    std::vector<shared_finding> findings; ///< of the checks that drivers make; none that is ok
    std::string isa;
    std::vector<std::string> isa_built;
    int threads = 1;
    int ranks = 1;
    std::uint64_t seed = 0;
    run_result result;
    std::optional<std::vector<double>> of_sizes; ///< the results' values, where there are many sizes; `result` is the last one's
    std::string rate_unit;                       ///< "GB/s" or "Geval/s"
    std::vector<report_row> rows;
    std::vector<recorded_fit> fits;
    std::string reference; ///< what the errors are against
    std::vector<std::string> notes;

    /// Rows that have a value to be judged.
    [[nodiscard]] std::size_t judged() const;
    /// Those of them that pass.
    [[nodiscard]] std::size_t passed() const;
    /// 0: every row passes and the result is ok; 1: otherwise.
    [[nodiscard]] int exit_code() const;
};

/// The header and the binding table alone.
std::string render_header(const report& report, bool verbose);
/// Header, binding table, rows and verdict. `color`: PASS and FAIL in color.
std::string render_text(const report& report, bool verbose, bool color);
/// What --quiet prints: the value, or a batch's values one a line, with 17 significant digits.
std::string render_values(const report& report);
/// A line "RESULT key=value ..." for each row, and one for the result: words without spaces, seconds and bytes, 17 digits.
std::string render_result_lines(const report& report);
/// quadot/1: a superset of Google Benchmark's JSON.
std::string render_json(const report& report);
/// One line a row, RFC 4180.
std::string render_csv(const report& report);

/// 0x1.8p+0: C's %a.
std::string hexadecimal(double value);
/// 1.2345e-09 s -> "1.23 ns".
std::string readable_seconds(double seconds);

} // namespace quadot::drivers
