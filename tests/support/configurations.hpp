// What tests iterate over: the lists of the library, filtered by what runs here.
#pragma once

#include "accumulators/all.hpp"
#include "block/block_table.hpp"
#include "execution.hpp"
#include "rules/all.hpp"

#include <string>
#include <vector>

namespace quadot::tests {

/// Instruction sets that are built and run on this machine.
inline std::vector<isa_kind> runnable_isas() {
    std::vector<isa_kind> isas;
    for (const block_table* table : built_tables()) {
        if (runs_here(table->isa)) isas.push_back(table->isa);
    }
    return isas;
}

/// Those that promise each other's bits.
inline std::vector<isa_kind> fused_isas() {
    std::vector<isa_kind> isas;
    for (const isa_kind isa : runnable_isas()) {
        if (describe(isa).fused_multiply_add) isas.push_back(isa);
    }
    return isas;
}

inline std::vector<accumulator_kind> accumulator_kinds() {
    std::vector<accumulator_kind> kinds;
    for (std::size_t k = 0; k < accumulators::size; ++k) kinds.push_back(static_cast<accumulator_kind>(k));
    return kinds;
}

/// Every rule, gauss in low, odd, even and extreme orders.
inline std::vector<rule> all_rules() {
    std::vector<rule> rules;
    for (const auto& description : rule_descriptions) {
        if (description.kind != rule_kind::gauss) {
            rules.push_back({description.kind, 0});
            continue;
        }
        for (const int order : {2, 3, 7, 16, 64}) rules.push_back({rule_kind::gauss, order});
    }
    return rules;
}

/// Polynomials of at most this degree are integrated exactly by `which` on n panels.
inline int exact_degree(const rule& which, std::uint64_t n) {
    if (which.kind == rule_kind::gauss) return 2 * which.order - 1;
    if (which.kind == rule_kind::clenshaw) return static_cast<int>(n % 2 == 0 ? n + 1 : n);
    return which.description().exact_degree;
}

/// Calls test(execution) with one thread for every accumulator and runnable instruction set.
template <class Test>
void for_each_execution(Test&& test) {
    for (const accumulator_kind accumulator : accumulator_kinds()) {
        for (const isa_kind isa : runnable_isas()) {
            test(execution{.accumulator = accumulator, .threads = 1, .isa = isa});
        }
    }
}

/// The slug of a configuration, for failure messages: compensated/avx2.
inline std::string slug(const execution& how) {
    std::string text(name_of(how.accumulator));
    if (how.isa) text += "/" + std::string(name_of(*how.isa));
    return text + " with " + std::to_string(how.threads) + " threads";
}

} // namespace quadot::tests
