// Speed against the best peer, in one process, interleaved, medians: the tables of the README and of closing notes.
//
//   peer_ratios dot [f64|f32] [threads [n…]]  GB/s; plain against the best baseline and load-only, the others against blas
//   peer_ratios integrate [threads]          ns an evaluation, ratio to a hand-written xsimd loop and to fast-math
//
// No test depends on these figures: machines are shared.
#include "bench/xsimd_loop.hpp"
#include "drivers/data/first_touch_array.hpp"
#include "drivers/data/generated_vectors.hpp"
#include "drivers/measure/timing.hpp"
#include "quadot.hpp"
#include "registry/dot_variants.hpp"
#include "registry/integrate_variants.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <omp.h>

namespace {

using namespace quadot;

constexpr drivers::timing_request patient{.repetitions = 0, .maximum_seconds = 1.5, .target = 0.005};

double median_seconds(const drivers::timing_result& result) { return result.interval().median; }

const std::vector<std::uint64_t> all_sizes = {64, 100, 256, 1 << 10, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 26};

template <class T>
void dot_table(int threads, const std::vector<std::uint64_t>& sizes) {
    const isa_kind isa = default_isa();
    const auto variants = registry::dot_variants<T>(isa);
    fmt::print("dot, {}, {}, {} thread(s): GB/s, median of interleaved samples\n", sizeof(T) == 8 ? "f64" : "f32", name_of(isa), threads);
    fmt::print("{:>10}", "n");
    for (const auto& variant : variants) fmt::print(" {:>12}", variant.short_name);
    fmt::print(" {:>12} {:>11} {:>11} {:>11} {:>11}\n", "load-only", "plain/best", "comp/blas", "exact/blas", "plain/load");
    for (const std::uint64_t n : sizes) {
        drivers::first_touch_array<T> x(n);
        drivers::first_touch_array<T> y(n, 1);
        const int workers = dot_workers(n, threads);
#pragma omp parallel num_threads(workers)
        {
            const slice mine = dot_worker_slice({0, n}, omp_get_thread_num(), omp_get_num_threads());
            drivers::generate<T>({drivers::distribution::normal, 1}, 1, n, mine, x.data() + mine.first, y.data() + mine.first);
        }
        const auto xs = x.view();
        const auto ys = y.view();
        const registry::dot_problem<T> problem{single_process(), n, xs, ys, threads};
        std::vector<std::function<double()>> work;
        for (const auto& variant : variants) {
            if (variant.accumulator) {
                // As a user calls it: default instruction set.
                const execution how{.accumulator = *variant.accumulator, .threads = threads};
                work.emplace_back([xs, ys, how] { return dot(xs, ys, how); });
            } else {
                work.emplace_back([&variant, &problem] { return variant.run(problem); });
            }
        }
        const std::span<const double> xw(reinterpret_cast<const double*>(xs.data()), n * sizeof(T) / 8);
        const std::span<const double> yw(reinterpret_cast<const double*>(ys.data()), n * sizeof(T) / 8);
        const execution how{.threads = threads};
        work.emplace_back([xw, yw, how] { return static_cast<double>(load_only(xw, yw, how)); });
        const auto timed = drivers::time_interleaved(single_process(), work, patient);

        const double bytes = registry::dot_variant<T>::bytes(n);
        double best_peer = 0;
        double plain_rate = 0;
        double compensated_rate = 0;
        double exact_rate = 0;
        double blas_rate = 0;
        fmt::print("{:>10}", n);
        for (std::size_t k = 0; k < variants.size(); ++k) {
            const double rate = bytes / median_seconds(timed[k]) * 1e-9;
            fmt::print(" {:>12.1f}", rate);
            if (variants[k].is_baseline()) best_peer = std::max(best_peer, rate);
            if (variants[k].accumulator == accumulator_kind::plain) plain_rate = rate;
            if (variants[k].accumulator == accumulator_kind::compensated) compensated_rate = rate;
            if (variants[k].accumulator == accumulator_kind::exact) exact_rate = rate;
            if (variants[k].short_name == "blas") blas_rate = rate;
        }
        const double load = bytes / median_seconds(timed.back()) * 1e-9;
        fmt::print(" {:>12.1f} {:>11.2f} {:>11.2f} {:>11.2f} {:>11.2f}\n", load, plain_rate / best_peer, compensated_rate / blas_rate,
                   exact_rate / blas_rate, plain_rate / load);
    }
}

void integrate_table(int threads) {
    const rule left{rule_kind::left, 0};
    const isa_kind isa = default_isa();
    const auto variants = registry::integrate_variants(isa, left, 0);
    constexpr std::uint64_t n = 1000000;
    fmt::print("integrate, left, n = {}, {}, {} thread(s): ns an evaluation\n{:>12}", n, name_of(isa), threads, "integrand");
    for (const auto& variant : variants) fmt::print(" {:>12}", variant.short_name);
    fmt::print(" {:>12} {:>13} {:>13} {:>13}\n", "xsimd loop", "plain/xsimd", "plain/fast", "plain/naive");
    for (std::size_t index = 0; index < integrand_descriptions().size(); ++index) {
        const auto& f = integrand_descriptions()[index];
        const registry::integrate_problem problem{single_process(), {index}, left, f.lower, f.upper, n, threads, 0};
        std::vector<std::function<double()>> work;
        for (const auto& variant : variants) work.emplace_back([&variant, &problem] { return variant.run(problem); });
        const auto by_hand = bench::find_xsimd_loop(f.name);
        if (by_hand != nullptr) work.emplace_back([&] { return by_hand(f.lower, f.upper, n); });
        const auto timed = drivers::time_interleaved(single_process(), work, patient);
        double plain_time = 0;
        double naive_time = 0;
        double fast_time = 0;
        fmt::print("{:>12}", f.name);
        for (std::size_t k = 0; k < variants.size(); ++k) {
            const double each = median_seconds(timed[k]) / static_cast<double>(n) * 1e9;
            fmt::print(" {:>12.3f}", each);
            if (variants[k].short_name == "plain") plain_time = each;
            if (variants[k].short_name == "naive") naive_time = each;
            if (variants[k].short_name == "fast-math") fast_time = each;
        }
        const double hand_time = by_hand != nullptr ? median_seconds(timed.back()) / static_cast<double>(n) * 1e9 : 0;
        const auto ratio = [&](double theirs) { return theirs > 0 ? fmt::format("{:.2f}x", theirs / plain_time) : std::string("-"); };
        fmt::print(" {:>12.3f} {:>13} {:>13} {:>13}\n", hand_time, ratio(hand_time), ratio(fast_time), ratio(naive_time));
    }
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::string what = words.empty() ? "" : words[0];
    const bool f32 = std::find(words.begin(), words.end(), "f32") != words.end();
    std::vector<std::uint64_t> numbers;
    for (const auto& word : words) {
        if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) numbers.push_back(std::stoull(word));
    }
    const int threads = numbers.empty() ? 1 : static_cast<int>(numbers[0]);
    const std::vector<std::uint64_t> sizes = numbers.size() > 1 ? std::vector(numbers.begin() + 1, numbers.end()) : all_sizes;
    if (what == "dot") {
        f32 ? dot_table<float>(threads, sizes) : dot_table<double>(threads, sizes);
    } else if (what == "integrate") {
        integrate_table(threads);
    } else {
        fmt::print(stderr,
                   "peer_ratios: what: nothing to do; use: peer_ratios dot [f64|f32] [threads] or peer_ratios integrate [threads]\n");
        return 2;
    }
    return 0;
}
