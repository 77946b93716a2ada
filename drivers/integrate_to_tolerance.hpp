// What `integrate` and `scale integrate` share about integrals to a tolerance: the variant, its answer, and what that is held against.
#pragma once

#include "drivers/integrate_problem.hpp"

#include <optional>
#include <string>

namespace quadot::drivers {

registry::variant adaptive_variant(const common_settings& settings);

/// Collective over `how.ranks`.
integral integrate_as_asked(const asked& problem, const execution& how);

/// The report's result; where there is none, rank 0 says why on standard error.
void take_answer(const surroundings& around, const asked& problem, const integral& found, report& report);

/// What a row's value is held against: the closed form, where one is known for these limits, or the estimate of its error.
class tolerance_judge {
  public:
    tolerance_judge(const asked& problem, const integral& found);

    /// Fills items, error and bound.
    void operator()(report_row& row) const;
    [[nodiscard]] std::string reference_name() const;

  private:
    std::optional<double> exact_;
    integral found_;
    double bound_;
};

/// An integral to a tolerance, measured and judged.
int run_to_tolerance(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem);

/// "rtol 1e-10, atol 1e-6, 2 breakpoints".
std::string request_text(const asked& problem);

} // namespace quadot::drivers
