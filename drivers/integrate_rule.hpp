// Integrals by a fixed rule, as `integrate -n` and `scale integrate` measure and judge them.
#pragma once

#include "drivers/integrate_problem.hpp"
#include "drivers/reference/rule_reference.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quadot::drivers {

/// What the rule's value should be, and how far the rule is from the integral.
struct rule_truth {
    rule_judgement rule;
    std::string note;
};
rule_truth judge(const asked& problem, std::uint64_t n);

/// How far a variant's value may be from what the rule's value should be.
double bound_of(const registry::integrate_variant& variant, const rule_judgement& judgement, double evaluations);

/// Those that can compute the problem.
std::vector<registry::integrate_variant> variants_of(const asked& problem, isa_kind isa);

/// result.status of a rule's value: an infinite one is no integral.
const char* status_of_sum(double value);

int run_rule(const surroundings& around, const integrate_options& options, const common_settings& settings, const asked& problem);

} // namespace quadot::drivers
