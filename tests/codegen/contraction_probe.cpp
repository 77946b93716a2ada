// Compiled with the library's flags, and once with contraction allowed, for a CPU that has fused
// multiply-adds.
#include "accumulators/eft.hpp"
#ifndef QUADOT_PROBE_CONTRACTED
#include "rules/double_double.hpp"
#endif

#include <cmath>

// All names that the linker could share between the two copies are in PROBE's namespace.
namespace quadot {
namespace PROBE {

/// A number class without FMA, as SSE2 batches are: two_prod then splits its factors, which contraction would
/// spoil.
struct without_fma {
    double value;
    explicit without_fma(double v) : value(v) {}
    friend without_fma operator+(without_fma a, without_fma b) { return without_fma(a.value + b.value); }
    friend without_fma operator-(without_fma a, without_fma b) { return without_fma(a.value - b.value); }
    friend without_fma operator*(without_fma a, without_fma b) { return without_fma(a.value * b.value); }
    friend without_fma abs(without_fma a) { return without_fma(std::fabs(a.value)); }
    friend bool operator>(without_fma a, without_fma b) { return a.value > b.value; }
    friend without_fma select(bool condition, without_fma yes, without_fma no) { return condition ? yes : no; }
};

} // namespace PROBE

namespace eft {
template <>
inline constexpr bool fused<PROBE::without_fma> = false;
} // namespace eft

namespace PROBE {

double sum_and_product(double s, double w, double v) { return s + w * v; }
double sum_and_product_of_a_class(double s, double w, double v) { return (without_fma(s) + without_fma(w) * without_fma(v)).value; }
double product_error(double a, double b) { return eft::two_prod(a, b).error; }
double product_error_by_splitting(double a, double b) { return eft::two_prod(without_fma(a), without_fma(b)).error.value; }
#ifndef QUADOT_PROBE_CONTRACTED
double product_error_of_double_double(double a, double b) { return rules::two_prod(a, b).lo; }
#endif

} // namespace PROBE
} // namespace quadot
