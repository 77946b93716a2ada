// Adaptive integrals against their rivals, in one process, interleaved: solved, honestly refused, wrong; time and evaluations.
//
//   adaptive_ratios [RTOL [BATTERY|classic|all|NAME]]   default: 1e-10 classic. --verbose: each integral
//   adaptive_ratios sweep                              exp(-k x) cos(x) over [0, 1] for 100 000 values of k up to 10, text, ns each
//   adaptive_ratios threads                            cos(3e6 x^2) + 2 over [0, 1], which takes some 1e7 samples, on one and two threads
// SciPy's quad, in the same columns: bench/adaptive/scipy_quad.py
//
// Time: of each integral the smallest of some repetitions, which on a shared machine is the one without neighbours. No test depends on it.
#include "bench/adaptive/functions.hpp"
#include "bench/adaptive/rivals.hpp"
#include "quadot.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using namespace quadot;

struct total {
    int solved = 0;
    int refused = 0;
    int wrong = 0;
    double microseconds = 0;
    std::uint64_t evaluations = 0;
    std::vector<double> times;
};

struct contestant {
    std::string name;
    std::function<bench::answer()> run;
};

double seconds_of(const std::function<bench::answer()>& run) {
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(run());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The smallest of five.
template <class Work>
double best_seconds(const Work& work) {
    double best = std::numeric_limits<double>::infinity();
    for (int repetition = 0; repetition < 5; ++repetition) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

void sweep() {
    std::vector<double> parameters(100'000);
    for (std::size_t k = 0; k < parameters.size(); ++k) parameters[k] = 1e-4 * static_cast<double>(k);
    std::vector<integral> results(parameters.size());
    const expression family("exp(-k*x)*cos(x)", {"x", "k"});
    const auto print = [&](std::string_view name, double seconds) {
        fmt::print("{:<30} {:>7.1f} ns each\n", name, seconds / static_cast<double>(parameters.size()) * 1e9);
    };
    for (const jit_mode jit : {jit_mode::off, jit_mode::on}) {
        const std::string_view how = name_of(prepare(family, {.jit = jit}).state);
        for (const int threads : {1, 2}) {
            const execution workers{.threads = threads, .jit = jit};
            print(fmt::format("Quadot, {}, {} thread{}", how, threads, threads == 1 ? "" : "s"),
                  best_seconds([&] { integrate_each(family, 0, 1, parameters, results, {.min_width = 0}, workers); }));
        }
    }
    for (const auto& each : bench::rivals()) {
        const auto f = [](double x, void* k) { return std::exp(-*static_cast<double*>(k) * x) * std::cos(x); };
        print(each.name, best_seconds([&] {
                  for (double& k : parameters) static_cast<void>(each.integrate(f, &k, 0, 1, 1e-10));
              }));
    }
}

void threads() {
    const expression f("cos(3e6*x^2)+2");
    const tolerance wanted{.relative = 1e-6, .max_evaluations = 100'000'000};
    double seconds[2] = {};
    for (const int count : {1, 2}) {
        integral found;
        seconds[count - 1] = best_seconds([&] { found = integrate(f, 0, 1, wanted, {.threads = count}); });
        fmt::print("{} thread{}: {:.1f} ms, {} samples, {}\n", count, count == 1 ? "" : "s", seconds[count - 1] * 1e3, found.evaluations,
                   name_of(found.status));
    }
    fmt::print("{:.2f} x\n", seconds[0] / seconds[1]);
}

constexpr const char* usage = "usage: adaptive_ratios [RTOL [BATTERY|classic|all|NAME]] [--verbose]\n"
                              "       adaptive_ratios sweep | threads\n";

/// Of a positive number and nothing else.
std::optional<double> tolerance_from(const std::string& word) {
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end);
    if (end == word.c_str() || *end != '\0' || !(value > 0 && std::isfinite(value))) return std::nullopt;
    return value;
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    if (words == std::vector<std::string>{"sweep"}) {
        sweep();
        return 0;
    }
    if (words == std::vector<std::string>{"threads"}) {
        threads();
        return 0;
    }
    const bool verbose = std::erase(words, "--verbose") > 0;
    const std::optional<double> asked = words.empty() ? 1e-10 : tolerance_from(words.front());
    if (!asked || words.size() > 2) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    const double relative = *asked;
    const std::string which = words.size() < 2 ? "classic" : words[1];
    const std::string source = QUADOT_BATTERIES;
    nlohmann::json list;
    std::ifstream(source) >> list;

    std::map<std::string, total> totals;
    std::vector<std::string> names{"Quadot", "Quadot, text"};
    for (const auto& each : bench::rivals()) names.emplace_back(each.name);
    int integrals = 0;
    for (const auto& entry : list) {
        const std::string name = entry["name"];
        const bool wanted =
            which == "classic" ? entry["classic"].get<bool>() : entry["battery"] == which || which == name || which == "all";
        if (!wanted || entry["exact"].is_null()) continue;
        ++integrals;
        const double a = constant_expression("LO", entry["from"].get<std::string>());
        const double b = constant_expression("HI", entry["to"].get<std::string>());
        const double exact = std::stod(entry["exact"].get<std::string>());
        const expression text(entry["formula"].get<std::string>());
        const tolerance wanted_tolerance{.relative = relative};
        const execution one{.threads = 1};
        const auto own = [&](const integrand_view& f) -> bench::answer {
            const integral found = integrate(f, a, b, wanted_tolerance, one);
            return {found.value, found.error, found.evaluations, found.status == integral_status::ok};
        };
        std::vector<contestant> contestants;
        const bench::lanes_function lanes = bench::find_lanes(name);
        if (lanes != nullptr) contestants.push_back({names[0], [&] { return own(lanes); }});
        contestants.push_back({names[1], [&] { return own(text); }});
        const bench::scalar_function scalar = bench::find_scalar(name);
        for (const auto& each : bench::rivals()) {
            contestants.push_back({std::string(each.name), [=] { return each.integrate(scalar, nullptr, a, b, relative); }});
        }
        std::vector<bench::answer> answers;
        std::vector<double> best(contestants.size(), std::numeric_limits<double>::infinity());
        for (const auto& each : contestants) answers.push_back(each.run());
        for (int repetition = 0; repetition < 25; ++repetition) {
            for (std::size_t k = 0; k < contestants.size(); ++k) {
                if (repetition > 2 && best[k] > 2e-3) continue;
                best[k] = std::min(best[k], seconds_of(contestants[k].run));
            }
        }
        if (verbose) fmt::print("{:<24}", name);
        for (std::size_t k = 0; k < contestants.size(); ++k) {
            total& sum = totals[contestants[k].name];
            const double error = std::fabs(answers[k].value - exact);
            const bool right =
                error <= std::max(relative * std::fabs(exact), 4 * std::numeric_limits<double>::epsilon() * std::fabs(exact)) ||
                (exact == 0 && error <= 1e-14);
            const char* verdict = !answers[k].claims_success ? "refused" : right ? "" : "WRONG";
            answers[k].claims_success ? (right ? ++sum.solved : ++sum.wrong) : ++sum.refused;
            sum.microseconds += best[k] * 1e6;
            sum.evaluations += answers[k].evaluations;
            sum.times.push_back(best[k] * 1e6);
            if (verbose) fmt::print(" | {:>9.2f} us {:>7} {:<7}", best[k] * 1e6, answers[k].evaluations, verdict);
        }
        if (verbose) fmt::print(" | {}\n", text.text());
    }
    if (integrals == 0) {
        fmt::print(stderr, "no battery and no integral is called \"{}\"\n{}", which, usage);
        return 2;
    }
    fmt::print("{} integrals ({}), rtol {:g}, one thread, {}\n\n", integrals, which, relative, name_of(default_isa()));
    fmt::print("| | solved | refused | wrong | median, us | all, us | evaluations |\n|---|---|---|---|---|---|---|\n");
    for (const auto& name : names) {
        total& sum = totals[name];
        if (sum.times.empty()) continue;
        std::nth_element(sum.times.begin(), sum.times.begin() + static_cast<std::ptrdiff_t>(sum.times.size() / 2), sum.times.end());
        fmt::print("| {} | {} | {} | {} | {:.1f} | {:.0f} | {} |\n", name, sum.solved, sum.refused, sum.wrong,
                   sum.times[sum.times.size() / 2], sum.microseconds, sum.evaluations);
    }
    return 0;
}
