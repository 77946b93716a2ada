// Compiled once per instruction set, with that set's flags: every elementary function over arrays.
#include "block/block_table.hpp"
#include "block/pack.hpp"

namespace quadot {

namespace {

/// See function_kernel.
template <class Function>
void evaluate_function_on(const double* a, const double* b, double* y, std::size_t count) {
    using batches = pack<native<double>, 4, math::arguments::any>;
    static_assert(function_step % batches::size == 0);
    for (std::size_t k = 0; k < count; k += batches::size) {
        if constexpr (Function::arity == 1) {
            (void)b;
            Function::value(batches::load_unaligned(a + k)).store_unaligned(y + k);
        } else {
            Function::value(batches::load_unaligned(a + k), batches::load_unaligned(b + k)).store_unaligned(y + k);
        }
    }
}

template <class... Function>
constexpr function_table table_of(type_list<Function...>) {
    return {evaluate_function_on<Function>...};
}

} // namespace

extern const function_table QUADOT_JOIN(function_table_, QUADOT_ISA);
constinit const function_table QUADOT_JOIN(function_table_, QUADOT_ISA) = table_of(math::functions::list{});

} // namespace quadot
