// Compiled once per instruction set, with that set's flags: the quotients and roots of packs over arrays.
#include "tests/support/rounded_operations.hpp"

#include "block/pack.hpp"
#include "block/reciprocal.hpp"

namespace quadot::tests {

namespace {

template <math::arguments Arguments, class Operation>
void for_each_pack(const double* x, double* y, std::size_t count, Operation operation) {
    using batches = pack<native<double>, 4, Arguments>;
    for (std::size_t k = 0; k < count; k += batches::size) operation(batches::load_unaligned(x + k)).store_unaligned(y + k);
}

template <math::arguments Arguments>
void quotients(double power, const double* x, double* y, std::size_t count) {
    for_each_pack<Arguments>(x, y, count, [&](const auto& d) { return rounded_quotient(power, d); });
}

double stand_in_for_quotient(double power, double d) {
    using batches = pack<native<double>, 4, math::arguments::one_quadrant>;
    double lanes[native<double>::size];
    rounded_quotient(power, batches(d)).part[4].store_unaligned(lanes);
    return lanes[0];
}

template <math::arguments Arguments>
void roots(const double* x, double* y, std::size_t count) {
    for_each_pack<Arguments>(x, y, count, [](const auto& a) { return sqrt(a); });
}

} // namespace

extern const rounded_operations QUADOT_JOIN(rounded_operations_, QUADOT_ISA);
constinit const rounded_operations QUADOT_JOIN(rounded_operations_, QUADOT_ISA) = {
    quotients<math::arguments::near>, quotients<math::arguments::any>, stand_in_for_quotient, roots<math::arguments::near>,
    roots<math::arguments::any>};

} // namespace quadot::tests
