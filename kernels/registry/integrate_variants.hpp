// Fixed-rule integrals of named integrands and of text: Quadot's accumulators on one ISA, then the baselines.
#pragma once

#include "block/isa.hpp"
#include "execution.hpp"
#include "integrands/catalogue.hpp"
#include "integrands/expression/expression.hpp"
#include "ranks/communicator.hpp"
#include "registry/variant.hpp"
#include "rules/all.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace quadot::registry {

/// An integrand given as text, and what its parameters were.
struct text_integrand {
    expression formula;
    std::vector<parameter> parameters;
};

struct integrate_problem {
    const communicator& ranks;
    named_integrand integrand;
    rule which;
    double a; ///< a <= b
    double b;
    std::uint64_t n; ///< panels
    int threads;
    int jobs;                             ///< of naive-jobs, which takes n steps in each
    const text_integrand* text = nullptr; ///< in place of `integrand`
    jit_mode jit = jit_mode::off;         ///< of the text, by Quadot's own variants
};

struct integrate_variant : variant {
    std::function<double(const integrate_problem&)> run;
    /// What it computes is the rule on `jobs` slices of n panels, not on n.
    bool per_job = false;
};

/// The variants that can compute `which`. naive-jobs is among them only for jobs > 0.
std::vector<integrate_variant> integrate_variants(isa_kind isa, const rule& which, int jobs);

/// The variants that can compute `which` of that text.
std::vector<integrate_variant> text_variants(isa_kind isa, const rule& which, const text_integrand& text);

} // namespace quadot::registry
