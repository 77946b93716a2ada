// The instruction sets that Quadot is compiled for: one list.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace quadot {

enum class isa_kind : int { sse2, avx2, avx512, neon64 };

struct isa_description {
    isa_kind kind;
    std::string_view name;
    std::string_view summary;
    /// Fused multiply-add: every ISA that has it gives the same bits (the promise of DESIGN section 2).
    bool fused_multiply_add;
};

/// Widest last: the default is the last one that is built and runs here.
inline constexpr std::array<isa_description, 4> isa_descriptions{{
    {isa_kind::sse2, "sse2", "x86-64 floor, 128 bits, no FMA: plain and compensated sums may differ in the last bits", false},
    {isa_kind::neon64, "neon64", "AArch64, 128 bits, FMA", true},
    {isa_kind::avx2, "avx2", "x86-64-v3, 256 bits, FMA", true},
    {isa_kind::avx512, "avx512", "AVX-512 F+CD+DQ+BW+VL, 512 bits, FMA", true},
}};

constexpr const isa_description& describe(isa_kind kind) {
    for (const auto& description : isa_descriptions) {
        if (description.kind == kind) return description;
    }
    return isa_descriptions[0];
}
constexpr std::string_view name_of(isa_kind kind) { return describe(kind).name; }

/// Whether this build contains kernels for `isa`.
bool is_built(isa_kind isa);

/// Whether this build has it and this CPU and operating system run it.
bool runs_here(isa_kind isa);

/// What calls without an explicit ISA use: QUADOT_ISA if set, otherwise the widest that runs here. Throws error: usage when QUADOT_ISA names
/// nothing known, environment when what it names cannot run.
isa_kind default_isa();

/// Throws error: environment, saying which of the two is the matter, unless runs_here(isa).
void require_isa(isa_kind isa);

constexpr std::optional<isa_kind> find_isa(std::string_view name) {
    for (const auto& description : isa_descriptions) {
        if (description.name == name) return description.kind;
    }
    return std::nullopt;
}

} // namespace quadot
