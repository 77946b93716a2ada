// Fixed-rule integrals of named integrands: Quadot's accumulators on one ISA, then the baselines.
#pragma once

#include "block/isa.hpp"
#include "integrands/catalogue.hpp"
#include "ranks/communicator.hpp"
#include "registry/variant.hpp"
#include "rules/all.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace quadot::registry {

struct integrate_problem {
    const communicator& ranks;
    named_integrand integrand;
    rule which;
    double a; ///< a <= b
    double b;
    std::uint64_t n; ///< panels
    int threads;
    int jobs; ///< of naive-jobs, which takes n steps in each
};

struct integrate_variant : variant {
    std::function<double(const integrate_problem&)> run;
    /// What it computes is the rule on `jobs` slices of n panels, not on n.
    bool per_job = false;
};

/// The variants that can compute `which`. naive-jobs is among them only for jobs > 0.
std::vector<integrate_variant> integrate_variants(isa_kind isa, const rule& which, int jobs);

} // namespace quadot::registry
