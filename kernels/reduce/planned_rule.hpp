// A fixed rule laid out over [a, b]: nodes and weights for the blocks, and how their sum becomes the integral.
#pragma once

#include "block/sample_plan.hpp"
#include "rules/all.hpp"

#include <cstdint>
#include <vector>

namespace quadot {

class planned_rule {
  public:
    /// a <= b, both finite; n >= 1. Throws error: usage for an n that the rule cannot take.
    planned_rule(const rule& which, double a, double b, std::uint64_t n);
    planned_rule(const planned_rule&) = delete; // the plan points into the vectors
    planned_rule& operator=(const planned_rule&) = delete;

    [[nodiscard]] const sample_plan& plan() const { return plan_; }

    /// (b - a) (high + low) / (n denominator), in double-double until the last rounding.
    [[nodiscard]] double scale(double high, double low) const;

  private:
    void lay_out_gauss(int order);
    void lay_out_clenshaw(std::uint64_t n);
    /// Repeats a period often enough to load a chunk from any phase.
    [[nodiscard]] static std::vector<double> repeated(const std::vector<double>& period);

    sample_plan plan_;
    std::vector<double> weights_;
    std::vector<double> panel_nodes_;
    std::vector<double> panel_numbers_;
    std::vector<double> table_;
    double divisor_ = 1; ///< n denominator
};

} // namespace quadot
