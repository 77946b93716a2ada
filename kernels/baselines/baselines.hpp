// Opaque rivals: what users write today, each compiled with the flags that its label names. They see the
// integrands' formulas (the problem), never Quadot's kernels (the answer). A new rival is a file here and a
// line in its list.
#pragma once

#include "integrands/catalogue.hpp"
#include "integrands/expression/expression.hpp"
#include "rules/all.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace quadot::baselines {

struct dot_baseline {
    std::string_view name;    ///< naive, naive-openmp, stl, eigen, eigen-openmp, blas, fast-math
    std::string_view summary; ///< one line: what a user would recognise
    std::string_view flags;   ///< compiler flags of its file
    bool threaded;            ///< uses more than one thread when asked to
    /// n terms, `threads` >= 1 workers (ignored unless threaded). Sums of floats are added as floats. blas
    /// throws std::runtime_error if its library, loaded at the first call, is missing.
    double (*f64)(const double* x, const double* y, std::uint64_t n, int threads);
    double (*f32)(const float* x, const float* y, std::uint64_t n, int threads);
};

struct integrate_baseline {
    std::string_view name; ///< naive, naive-openmp, naive-jobs, stl, eigen, eigen-openmp, fast-math
    std::string_view summary;
    std::string_view flags;
    bool threaded;
    bool (*supports)(const rule& which);
    /// The rule over [a, b] (a <= b) on n panels; `workers`: threads, or jobs of naive-jobs (each of n
    /// steps).
    double (*run)(std::size_t integrand, const rule& which, double a, double b, std::uint64_t n, int workers);
};

/// Rivals for integrands given as text.
struct text_baseline {
    std::string_view name; ///< naive, muparser
    std::string_view summary;
    std::string_view flags;
    bool (*supports)(const expression& formula, std::span<const parameter> parameters);
    /// As integrate_baseline::run.
    double (*run)(const expression& formula, std::span<const parameter> parameters, const rule& which, double a, double b, std::uint64_t n);
};

std::span<const dot_baseline> dot_baselines();
std::span<const integrate_baseline> integrate_baselines();
std::span<const text_baseline> text_baselines();

} // namespace quadot::baselines
