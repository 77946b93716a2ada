// Integrands given as text against the same formulas in C++, in one process, interleaved, medians: ns a sample of plain sums by the left rule.
//
//   text_ratios [FORMULA...]     default: those of functors.cpp; others have no functor beside them
//
// One thread, n = 1e6, on [0, 3]. Interpreted and compiled at run time (--jit), the functor on packs of lanes, compiled with the flags of this machine,
// and the baselines for text: point by point with the C library, and muParser. No test depends on these figures.
#include "bench/text/functors.hpp"
#include "drivers/measure/timing.hpp"
#include "quadot.hpp"
#include "registry/integrate_variants.hpp"

#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace quadot;

constexpr drivers::timing_request patient{.repetitions = 0, .maximum_seconds = 2, .target = 0.005};
constexpr std::uint64_t n = 1000000;

struct contestant {
    std::string name;
    std::function<double()> run;
};

void print_table(const std::string& text) {
    const expression formula(text);
    const rule left{rule_kind::left, 0};
    const execution interpreted{.accumulator = accumulator_kind::plain, .threads = 1};
    execution compiled = interpreted;
    compiled.jit = jit_mode::on;

    std::vector<contestant> all;
    for (const auto& each : bench::functors()) {
        if (each.formula == text) all.push_back({"functor", [&] { return integrate(each.f, 0, 3, n, left, interpreted); }});
    }
    all.push_back({"interpreted", [&] { return integrate(formula, 0, 3, n, left, interpreted); }});
    if (const jit_report report = prepare(formula, compiled); report.state != jit_state::interpreted) {
        all.push_back({"compiled", [&] { return integrate(formula, 0, 3, n, left, compiled); }});
    } else {
        fmt::print("not compiled: {}\n", report.reason);
    }
    const registry::text_integrand as_text{formula, {}};
    const registry::integrate_problem problem{single_process(), {0}, left, 0, 3, n, 1, 0, &as_text, jit_mode::off};
    const auto variants = registry::text_variants(default_isa(), left, as_text);
    for (const auto& each : variants) {
        if (each.is_baseline()) all.push_back({std::string(each.short_name), [&] { return each.run(problem); }});
    }
    std::vector<std::function<double()>> work;
    work.reserve(all.size());
    for (const auto& each : all) work.push_back(each.run);
    const auto timed = drivers::time_interleaved(single_process(), work, patient);

    fmt::print("{}\n| | ns a sample | to {} |\n|---|---|---|\n", text, all.front().name);
    const double first = timed.front().interval().median;
    for (std::size_t k = 0; k < all.size(); ++k) {
        const double median = timed[k].interval().median;
        fmt::print("| {} | {:.3f} | {:.2f} |\n", all[k].name, median / static_cast<double>(n) * 1e9, median / first);
    }
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> formulas(argv + 1, argv + argc);
    if (formulas.empty()) {
        for (const auto& each : bench::functors()) formulas.emplace_back(each.formula);
    }
    try {
        for (const auto& each : formulas) print_table(each);
    } catch (const error& failure) {
        fmt::print(stderr, "text_ratios: {}\n", failure.what());
        return 2;
    }
    return 0;
}
