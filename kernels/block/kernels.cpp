// Compiled once per instruction set, with that set's flags: all of Quadot's loops but the fused integrands.
#include "block/block_table.hpp"
#include "block/dot_block.hpp"
#include "block/evaluate_regions.hpp"
#include "block/exact_block.hpp"
#include "block/exact_parts.hpp"
#include "block/integrate_block.hpp"
#include "block/judge_members.hpp"
#include "block/load_block.hpp"

#include <array>
#include <utility>

namespace quadot {

extern const integrand_table QUADOT_JOIN(integrand_table_, QUADOT_ISA);
extern const function_table QUADOT_JOIN(function_table_, QUADOT_ISA);
extern const program_kernels QUADOT_JOIN(program_table_, QUADOT_ISA);
extern const arithmetic_table QUADOT_JOIN(arithmetic_table_, QUADOT_ISA);

namespace {

/// f(integral_constant<term_kind>) for every kind.
template <class F>
constexpr auto for_each_kind(F f) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
        return std::array{f(std::integral_constant<term_kind, static_cast<term_kind>(K)>{})...};
    }
    (std::make_index_sequence<term_kinds>{});
}

template <class Accumulator, class T>
constexpr auto blocks_kernels() {
    return for_each_kind([](auto kind) -> blocks_kernel<T, typename Accumulator::partial> {
        if constexpr (lane_accumulator<Accumulator>) {
            return sum_blocks<Accumulator, kind(), T>;
        } else {
            return exact_sum_blocks<kind(), T>;
        }
    });
}

template <class T>
constexpr auto parts_kernels() {
    return for_each_kind([](auto kind) -> parts_kernel<T> { return exact_parts<kind(), T>; });
}

template <class Accumulator>
constexpr accumulator_kernels<Accumulator> kernels() {
    if constexpr (lane_accumulator<Accumulator>) {
        return {dot_block<Accumulator, double>, dot_block<Accumulator, float>, blocks_kernels<Accumulator, double>(),
                blocks_kernels<Accumulator, float>(), integrate_block<Accumulator>};
    } else {
        return {exact_dot_block<double>, exact_dot_block<float>, blocks_kernels<Accumulator, double>(),
                blocks_kernels<Accumulator, float>(), exact_integrate_block};
    }
}

template <class... Accumulator>
constexpr kernels_of<type_list<Accumulator...>> all_kernels(type_list<Accumulator...>) {
    return {kernels<Accumulator>()...};
}

} // namespace

extern const block_table QUADOT_JOIN(block_table_, QUADOT_ISA);
constinit const block_table QUADOT_JOIN(block_table_, QUADOT_ISA) = {
    all_kernels(accumulators{}),
    kernels<magnitude>(),
    isa_kind::QUADOT_ISA,
    &QUADOT_JOIN(integrand_table_, QUADOT_ISA),
    &QUADOT_JOIN(function_table_, QUADOT_ISA),
    &QUADOT_JOIN(program_table_, QUADOT_ISA),
    parts_kernels<double>(),
    parts_kernels<float>(),
    fill_weighted_samples,
    {evaluate_regions<region_nodes>, sum_regions<region_nodes>},
    judge_members,
    load_block,
    &QUADOT_JOIN(arithmetic_table_, QUADOT_ISA),
};

} // namespace quadot
