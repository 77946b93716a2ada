// Laws fitted to a scaling study, as reports show them.
#pragma once

#include "drivers/statistics/scaling_fits.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace quadot::drivers {

struct fitted_parameter {
    std::string name;
    estimate figure;
};

struct curve_point {
    double workers;
    estimate seconds;
    bool extrapolated; ///< beyond what was measured
};

struct recorded_fit {
    std::string study;   ///< strong, weak, allreduce
    std::string variant; ///< dot/exact/avx512
    std::string model;   ///< amdahl, gustafson, usl, allreduce
    std::size_t points{};
    std::vector<fitted_parameter> parameters; ///< empty: there is no fit
    std::vector<curve_point> curve;
    std::optional<workers_estimate> loses_80_percent; ///< where efficiency falls below 80 %
    std::string refusal;                              ///< why there is no fit
};

/// Every law that suits `study`.
std::vector<recorded_fit> fit_study(const std::string& study, const std::string& variant, const std::vector<scaling_point>& points);

} // namespace quadot::drivers
