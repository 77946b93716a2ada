#include "block/block_table.hpp"
#include "errors.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <string>

namespace quadot {

#if defined(__x86_64__)
extern const block_table block_table_sse2;
extern const block_table block_table_avx2;
extern const block_table block_table_avx512;
#else
extern const block_table block_table_neon64;
#endif

namespace {

constexpr const block_table* tables[] = {
#if defined(__x86_64__)
    &block_table_sse2, &block_table_avx2, &block_table_avx512
#else
    &block_table_neon64
#endif
};

std::string names_that_run() {
    std::string names;
    for (const block_table* table : tables) {
        if (!runs_here(table->isa)) continue;
        if (!names.empty()) names += ", ";
        names += name_of(table->isa);
    }
    return names;
}

} // namespace

std::span<const block_table* const> built_tables() { return tables; }

bool is_built(isa_kind isa) {
    return std::any_of(std::begin(tables), std::end(tables), [isa](const auto* table) { return table->isa == isa; });
}

isa_kind default_isa() { return default_table().isa; }

void require_isa(isa_kind isa) { (void)table_for(isa); }

bool runs_here(isa_kind isa) {
    // __builtin_cpu_supports also asks the operating system (XGETBV) whether it saves the registers; a CPUID bit alone
    // would let an unprepared kernel end in SIGILL.
    switch (isa) {
#if defined(__x86_64__)
    case isa_kind::sse2:
        return true;
    case isa_kind::avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case isa_kind::avx512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
#else
    case isa_kind::neon64:
        return true;
#endif
    default:
        return false;
    }
}

const block_table& table_for(isa_kind isa) {
    // Asked once: a small dot product should not pay for questions to the CPU.
    static const auto running = [] {
        std::array<const block_table*, isa_descriptions.size()> found{};
        for (const block_table* table : tables) {
            if (runs_here(table->isa)) found[static_cast<std::size_t>(table->isa)] = table;
        }
        return found;
    }();
    if (const block_table* table = running[static_cast<std::size_t>(isa)]) return *table;
    throw environment_error("isa " + std::string(name_of(isa)) +
                            (is_built(isa) ? ": this CPU lacks it" : ": this build is for another architecture") +
                            "; choose one of: " + names_that_run());
}

const block_table& resolve_default_table() {
    if (const char* wanted = std::getenv("QUADOT_ISA"); wanted != nullptr && *wanted != '\0') {
        if (const auto isa = find_isa(wanted)) return table_for(*isa);
        throw usage_error("QUADOT_ISA=" + std::string(wanted) + ": unknown instruction set; choose one of: " + names_that_run());
    }
    const block_table* widest = tables[0];
    for (const block_table* table : tables) {
        if (runs_here(table->isa)) widest = table;
    }
    return *widest;
}

} // namespace quadot
