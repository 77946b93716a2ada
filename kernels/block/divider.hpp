// How fast this CPU divides, beside its multiply-adds: what block/reciprocal.hpp and block/root.hpp choose by. Their bits do not depend on it.
#pragma once

#include "block/simd.hpp"

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Whether a division of a whole register takes the time of 16 multiply-adds and more. Intel's of 512 bits takes 16 cycles (24 before Ice
/// Lake), two multiply-adds a cycle; Zen 4's takes 9 or 10, one multiply-add a cycle; of 256 bits Intel's takes 8.
[[gnu::always_inline]] inline bool divider_is_slow() {
#if defined(QUADOT_AVX512)
    return static_cast<bool>(__builtin_cpu_is("intel"));
#else
    return false;
#endif
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
