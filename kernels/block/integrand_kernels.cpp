// Compiled once per instruction set, with that set's flags: every named integrand, evaluated into a buffer or fused with every
// accumulator that sums in lanes.
#include "block/block_table.hpp"
#include "block/integrate_block.hpp"

namespace quadot {

namespace {

template <class Accumulator, class Integrand>
constexpr typename fused_kernel<Accumulator>::function fused() {
    if constexpr (lane_accumulator<Accumulator>) {
        return integrate_block_fused<Accumulator, Integrand>;
    } else {
        return nullptr;
    }
}

template <class Integrand, class... Accumulator>
constexpr integrand_kernels integrand_entry(type_list<Accumulator...>) {
    return {{{fused<Accumulator, Integrand>()}...}, evaluate_samples<Integrand>};
}

template <class... Integrand>
constexpr integrand_table table_of(type_list<Integrand...>) {
    return std::array{integrand_entry<Integrand>(accumulators{})...};
}

} // namespace

extern const integrand_table QUADOT_JOIN(integrand_table_, QUADOT_ISA);
constinit const integrand_table QUADOT_JOIN(integrand_table_, QUADOT_ISA) = table_of(integrands::list{});

} // namespace quadot
