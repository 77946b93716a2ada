// Text integrands compiled at run time.
//
// The checked formula is written out as C++ against Quadot's headers, compiled by the system's compiler on rank 0, sent to the other ranks, loaded
// into the process for good, compared with the interpreter, and kept in the user's cache folder for the next run. The bits are the
// interpreter's, so whatever goes wrong on the way costs speed only: the formula is interpreted, and the report says why.
//
//   QUADOT_CXX      the compiler (default: the one that the library was built with, then c++, g++, clang++ in PATH)
//   QUADOT_INCLUDE  the folder of Quadot's headers (default: where they are installed, or the source tree)
//   QUADOT_CACHE    the folder for compiled formulas (default: $XDG_CACHE_HOME/quadot or ~/.cache/quadot); it may be deleted at any time
#pragma once

#include "execution.hpp"
#include "integrands/expression/expression.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quadot {

enum class jit_state : std::uint8_t {
    interpreted, ///< by choice, for the reason below, or not yet
    compiled,    ///< by this process or rank 0
    cached,      ///< by an earlier run
};

constexpr std::string_view name_of(jit_state state) {
    switch (state) {
    case jit_state::compiled:
        return "compiled";
    case jit_state::cached:
        return "cached";
    default:
        return "interpreted";
    }
}

struct jit_report {
    jit_state state = jit_state::interpreted;
    /// One line or empty. Interpreted: why. Otherwise what else the user should know, such as a cache folder that is not safe to use.
    std::string reason;
};

/// What integrate(), or integrate_each() of a formula in two variables, does first with that formula and `how`: jit_mode::on compiles and waits, some seconds the first time and milliseconds
/// afterwards; automatic starts to compile, or takes what is ready. Asked again, it says how the formula is evaluated now. Collective over how.ranks
/// unless how.jit is off.
jit_report prepare(const expression& f, const execution& how);

} // namespace quadot
