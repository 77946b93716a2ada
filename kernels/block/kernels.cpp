// Compiled once per instruction set, with that set's flags: all of Quadot's loops but the fused integrands.
#include "block/block_table.hpp"
#include "block/dot_block.hpp"
#include "block/exact_block.hpp"
#include "block/exact_parts.hpp"
#include "block/integrate_block.hpp"
#include "block/load_block.hpp"

namespace quadot {

extern const integrand_table QUADOT_JOIN(integrand_table_, QUADOT_ISA);

namespace {

template <class Accumulator>
constexpr accumulator_kernels<Accumulator> kernels() {
    if constexpr (lane_accumulator<Accumulator>) {
        return {dot_block<Accumulator, double>, dot_block<Accumulator, float>, dot_blocks<Accumulator, double>,
                dot_blocks<Accumulator, float>, integrate_block<Accumulator>};
    } else {
        return {exact_dot_block<double>, exact_dot_block<float>, exact_dot_blocks<double>, exact_dot_blocks<float>,
                exact_integrate_block};
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
    exact_parts<double>,
    exact_parts<float>,
    fill_weighted_samples,
    load_block,
};

} // namespace quadot
