#include "baselines/baselines.hpp"

#include <array>

namespace quadot::baselines {

// Each rival is a constant in the file of its name. No code of those files runs before a rival is called:
// some of them are compiled for this machine's CPU alone.
#define QUADOT_BASELINE(kind, name)                                                                                                        \
    []() -> const kind##_baseline& {                                                                                                       \
        extern const kind##_baseline kind##_##name;                                                                                        \
        return kind##_##name;                                                                                                              \
    }                                                                                                                                      \
    ()

std::span<const dot_baseline> dot_baselines() {
    // clang-format off
    static const std::array list{
        QUADOT_BASELINE(dot, naive),
        QUADOT_BASELINE(dot, naive_openmp),
        QUADOT_BASELINE(dot, stl),
        QUADOT_BASELINE(dot, eigen),
        QUADOT_BASELINE(dot, eigen_openmp),
#ifdef QUADOT_HAS_BLAS
        QUADOT_BASELINE(dot, blas),
#endif
        QUADOT_BASELINE(dot, fast_math),
    };
    // clang-format on
    return list;
}

std::span<const integrate_baseline> integrate_baselines() {
    // clang-format off
    static const std::array list{
        QUADOT_BASELINE(integrate, naive),
        QUADOT_BASELINE(integrate, naive_openmp),
        QUADOT_BASELINE(integrate, naive_jobs),
        QUADOT_BASELINE(integrate, stl),
        QUADOT_BASELINE(integrate, eigen),
        QUADOT_BASELINE(integrate, eigen_openmp),
        QUADOT_BASELINE(integrate, fast_math),
    };
    // clang-format on
    return list;
}

std::span<const text_baseline> text_baselines() {
    // clang-format off
    static const std::array list{
        QUADOT_BASELINE(text, naive),
#ifdef QUADOT_HAS_MUPARSER
        QUADOT_BASELINE(text, muparser),
#endif
    };
    // clang-format on
    return list;
}

} // namespace quadot::baselines
