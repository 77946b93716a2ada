// How a call is executed. None of it changes the result's bits, the accumulator apart.
#pragma once

#include "accumulators/all.hpp"
#include "block/isa.hpp"
#include "ranks/communicator.hpp"

#include <cstdint>
#include <optional>

namespace quadot {

/// What OpenMP would use, but never more than the CPUs that this process may run on. At least 1.
int default_threads();

/// The most threads that a call may ask for.
inline constexpr int maximum_threads = 1024;

/// How text integrands are evaluated: see jit.hpp.
enum class jit_mode : std::uint8_t {
    off,       ///< by the interpreter
    on,        ///< compiled first
    automatic, ///< by the interpreter until the compiled code is ready
};

struct execution {
    /// What sums are made of. `compensated` is free where memory or the integrand is the limit.
    accumulator_kind accumulator = accumulator_kind::compensated;
    /// The most threads to use; 0: OpenMP's default, but not more than the CPUs this process may run on. Small problems use fewer.
    int threads = 0;
    /// Empty: QUADOT_ISA, or the widest that runs here.
    std::optional<isa_kind> isa{};
    /// The ranks that share an integral; every rank must make the same call. nullptr: this process alone.
    const communicator* ranks = nullptr;
    jit_mode jit = jit_mode::off;
};

/// A value and a rigorous bound on |value - true value of the sum|. For integrals the sum is the rule's: how far the
/// rule itself is from the integral is another matter.
struct bounded {
    double value;
    double bound;
};

} // namespace quadot
