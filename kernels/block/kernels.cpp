// Compiled once per instruction set, with that set's flags: the whole of Quadot that is.
#include "block/block_table.hpp"
#include "block/dot_block.hpp"
#include "block/integrate_block.hpp"
#include "block/load_block.hpp"

namespace quadot {

namespace {

template <class Accumulator>
constexpr accumulator_kernels<Accumulator> kernels() {
    return {dot_block<Accumulator, double>, dot_block<Accumulator, float>, integrate_block<Accumulator>};
}

template <class... Accumulator>
constexpr kernels_of<type_list<Accumulator...>> all_kernels(type_list<Accumulator...>) {
    return {kernels<Accumulator>()...};
}

template <class Integrand, class... Accumulator>
constexpr integrand_kernels integrand_entry(type_list<Accumulator...>) {
    return {{{integrate_block_fused<Accumulator, Integrand>}...}, evaluate_samples<Integrand>};
}

template <class... Integrand>
constexpr auto integrand_table(type_list<Integrand...>) {
    return std::array{integrand_entry<Integrand>(accumulators{})...};
}

} // namespace

extern const block_table QUADOT_JOIN(block_table_, QUADOT_ISA);
constinit const block_table QUADOT_JOIN(block_table_, QUADOT_ISA) = {
    all_kernels(accumulators{}),
    kernels<magnitude>(),
    isa_kind::QUADOT_ISA,
    integrand_table(integrands::list{}),
    load_block,
};

} // namespace quadot
