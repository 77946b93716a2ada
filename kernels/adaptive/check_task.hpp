// What integrals to a tolerance refuse, whatever their form.
#pragma once

#include "execution.hpp"
#include "integrate_to_tolerance.hpp"

namespace quadot::adaptive {

/// Throws error: usage, as integrate() in integrate_to_tolerance.hpp says.
void check_task(double a, double b, const tolerance& wanted, const execution& how);

} // namespace quadot::adaptive
