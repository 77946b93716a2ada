// What evaluates an integrand on one instruction set: an evaluate_function and its context.
#pragma once

#include "block/block_table.hpp"
#include "block/sample_plan.hpp"
#include "compiled/formulas.hpp"
#include "execution.hpp"
#include "integrate.hpp"

namespace quadot {

struct evaluator {
    evaluate_function function;
    const void* context;
};

inline const block_table& table_of(const execution& how) { return how.isa ? table_for(*how.isa) : default_table(); }

inline evaluator evaluator_of(const integrand_view& f, const block_table& table) {
    if (f.named()) return {(*table.integrand)[f.index()].evaluate, f.context()};
    return {f.interpreted() ? table.programs->evaluate_samples : f.evaluator(), f.context()};
}

/// Text is compiled where `how` says so. Collective for text, unless how.jit is off.
inline integrand_view with_compiled_text(const integrand_view& f, const execution& how) {
    if (f.text() == nullptr) return f;
    const compiled::formula* const formula = compiled::choose(*f.text(), how);
    return formula == nullptr ? f : integrand_view(compiled::formula::evaluate, formula);
}

} // namespace quadot
