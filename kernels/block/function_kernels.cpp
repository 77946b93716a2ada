// Compiled once per instruction set, with that set's flags: every elementary function over arrays.
#include "block/block_table.hpp"
#include "block/pack.hpp"

namespace quadot {

namespace {

/// How many registers go side by side: 4, but for functions that measured quicker otherwise, as they need many registers, gather, or wait for the
/// divider (an Intel Xeon; with AVX2 log 0.71 ns, with 4 0.80, erf 0.94, 1.11).
template <class Function>
inline constexpr std::size_t side_by_side = 4;
template <>
inline constexpr std::size_t side_by_side<math::functions::error_function> = 1;
template <>
inline constexpr std::size_t side_by_side<math::functions::arcsine> = 2;
template <>
inline constexpr std::size_t side_by_side<math::functions::arccosine> = 2;
#if defined(QUADOT_AVX2) && !defined(QUADOT_AVX512)
template <>
inline constexpr std::size_t side_by_side<math::functions::logarithm> = 2;
template <>
inline constexpr std::size_t side_by_side<math::functions::logarithm_to_base_2> = 2;
template <>
inline constexpr std::size_t side_by_side<math::functions::logarithm_of_one_more> = 2;
#endif

/// See function_kernel.
template <class Function>
void evaluate_function_on(const double* a, const double* b, double* y, std::size_t count) {
    using batches = pack<native<double>, side_by_side<Function>, math::arguments::any>;
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
