// Google Benchmark over the registry: kernel x variant x ISA x n x threads, with bytes and items a second, and the error as a counter.
//
//   quadot_bench --benchmark_filter='dot/compensated/avx512/n:1024/'
//
// Debian's Google Benchmark is built without NDEBUG and says "Library was built as DEBUG"; the warning concerns its own bookkeeping, not the
// code measured here.
#include "drivers/data/first_touch_array.hpp"
#include "drivers/data/generated_vectors.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/reference/rule_reference.hpp"
#include "quadot.hpp"
#include "registry/dot_variants.hpp"
#include "registry/integrate_variants.hpp"

#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

using namespace quadot;

/// 64 … 64 Mi: L1, L2, L3 and DRAM of current CPUs.
constexpr std::uint64_t dot_sizes[] = {64, 256, 1 << 10, 1 << 14, 1 << 18, 1 << 26};
constexpr std::uint64_t integrate_sizes[] = {1000, 1000000};

/// The vectors of one size, made once and shared by all variants.
template <class T>
struct dot_data {
    drivers::first_touch_array<T> x;
    drivers::first_touch_array<T> y;
    drivers::dot_reference reference;

    explicit dot_data(std::uint64_t n) : x(n), y(n, 1), reference{} {
        drivers::generate<T>({drivers::distribution::normal, 1}, 1, n, {0, n}, x.data(), y.data());
        reference = drivers::reference_dot<T>(single_process(), x.view(), y.view(), default_threads());
    }
    static const dot_data& of_size(std::uint64_t n) {
        static std::map<std::uint64_t, std::unique_ptr<dot_data>> made;
        auto& data = made[n];
        if (!data) {
            if (n > 1 << 20) made.clear(); // one large pair at a time
            made[n] = std::make_unique<dot_data>(n);
        }
        return *made[n];
    }
};

template <class T>
void run_dot(benchmark::State& state, const registry::dot_variant<T>& variant, std::uint64_t n, int threads) {
    const auto& data = dot_data<T>::of_size(n);
    const registry::dot_problem<T> problem{single_process(), n, data.x.view(), data.y.view(), threads};
    double value = 0;
    for (auto _ : state) {
        value = variant.run(problem);
        benchmark::DoNotOptimize(value);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * registry::dot_variant<T>::bytes(n)));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * n));
    state.counters["error"] = data.reference.sum.error_of(value);
    const double bound = variant.bound(value, data.reference.magnitude, n);
    if (!(state.counters["error"] <= bound)) state.SkipWithError("the value is wrong");
}

void run_integrate(benchmark::State& state, const registry::integrate_variant& variant, const registry::integrate_problem& problem) {
    double value = 0;
    for (auto _ : state) {
        value = variant.run(problem);
        benchmark::DoNotOptimize(value);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * problem.which.evaluations(problem.n)));
    const auto judgement = drivers::judge_rule(problem.integrand.description(), problem.a, problem.b, problem.n, problem.which);
    state.counters["error"] = std::abs(value - static_cast<double>(judgement.reference));
}

std::vector<int> thread_counts(bool threaded) {
    std::set<int> counts{1};
    if (threaded) counts.insert(default_threads());
    return {counts.begin(), counts.end()};
}

template <class T>
void register_dot(isa_kind isa, bool with_baselines, const char* type) {
    static std::vector<std::unique_ptr<std::vector<registry::dot_variant<T>>>> kept;
    kept.push_back(std::make_unique<std::vector<registry::dot_variant<T>>>(registry::dot_variants<T>(isa)));
    for (const auto& variant : *kept.back()) {
        if (variant.is_baseline() && !with_baselines) continue;
        for (const std::uint64_t n : dot_sizes) {
            for (const int threads : thread_counts(variant.threaded)) {
                const std::string name = variant.name + "/" + type + "/n:" + std::to_string(n) + "/threads:" + std::to_string(threads);
                benchmark::RegisterBenchmark(name.c_str(), [&variant, n, threads](benchmark::State& state) {
                    run_dot<T>(state, variant, n, threads);
                })->UseRealTime();
            }
        }
    }
}

void register_integrate(isa_kind isa, bool with_baselines) {
    static std::vector<std::unique_ptr<std::vector<registry::integrate_variant>>> kept;
    for (const char* rule_name : {"left", "simpson", "gauss:7"}) {
        const rule which = *find_rule(rule_name);
        kept.push_back(std::make_unique<std::vector<registry::integrate_variant>>(registry::integrate_variants(isa, which, 0)));
        for (const auto& variant : *kept.back()) {
            if (variant.is_baseline() && !with_baselines) continue;
            for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
                const auto& f = integrand_descriptions()[index];
                for (const std::uint64_t n : integrate_sizes) {
                    for (const int threads : thread_counts(variant.threaded)) {
                        const std::string name = variant.name + "/" + std::string(f.name) +
                                                 (variant.is_baseline() ? "/" + which.name() : "") + "/n:" + std::to_string(n) +
                                                 "/threads:" + std::to_string(threads);
                        const registry::integrate_problem problem{single_process(), {index}, which, f.lower, f.upper, n, threads, 0};
                        benchmark::RegisterBenchmark(name.c_str(), [&variant, problem](benchmark::State& state) {
                            run_integrate(state, variant, problem);
                        })->UseRealTime();
                    }
                }
            }
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    bool with_baselines = true; // once, not once for each instruction set
    for (const auto& isa : isa_descriptions) {
        if (!runs_here(isa.kind)) continue;
        register_dot<double>(isa.kind, with_baselines, "f64");
        register_dot<float>(isa.kind, with_baselines, "f32");
        register_integrate(isa.kind, with_baselines);
        with_baselines = false;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
