// Elementary functions against their rivals, in one process, interleaved, medians: ns a value and largest error in ulp in one cell.
//
//   function_ratios [NAME...]      all functions of `quadot list functions`, or some of them
//
// 1024 values in L1, drawn from a range where every rival is on its usual path. function_ratios lets everyone take the widest registers of
// this machine, function_ratios_avx2 holds everyone to AVX2. The error is over 100 000 values of the same range, against MPFR. No test depends on these figures.
#include "bench/functions/rivals.hpp"
#include "block/block_table.hpp"
#include "drivers/measure/timing.hpp"
#include "math/all.hpp"
#include "quadot.hpp"
#include "tests/support/function_cases.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace quadot;

const block_table& kernels() {
#ifdef QUADOT_RATIOS_ISA
    return table_for(isa_kind::QUADOT_RATIOS_ISA);
#else
    return default_table();
#endif
}

constexpr std::size_t count = 1024;
constexpr drivers::timing_request patient{.repetitions = 0, .maximum_seconds = 1.0, .target = 0.005};

struct range {
    double from, to, from_2 = 0, to_2 = 0;
};

/// Where an integrand would usually look.
range usual_range(std::string_view name) {
    static const std::map<std::string_view, range> ranges = {{"asin", {-1, 1}},         {"acos", {-1, 1}},
                                                             {"atanh", {-0.99, 0.99}},  {"acosh", {1, 100}},
                                                             {"log", {1e-3, 1e3}},      {"log2", {1e-3, 1e3}},
                                                             {"log10", {1e-3, 1e3}},    {"log1p", {-0.9, 1e3}},
                                                             {"sqrt", {0, 1e3}},        {"pow", {1e-3, 1e3, -10, 10}},
                                                             {"hypot", {-9, 9, -9, 9}}, {"atan2", {-9, 9, -9, 9}},
                                                             {"min", {-9, 9, -9, 9}},   {"max", {-9, 9, -9, 9}},
                                                             {"tgamma", {0.1, 20}},     {"lgamma", {0.1, 20}},
                                                             {"erf", {-4, 4}},          {"erfc", {-4, 10}},
                                                             {"sin", {-100, 100}},      {"cos", {-100, 100}},
                                                             {"tan", {-100, 100}}};
    const auto found = ranges.find(name);
    return found == ranges.end() ? range{-10, 10} : found->second;
}

double largest_error(bench::array_function f, const tests::function_case& reference, const range& where) {
    constexpr std::size_t all = 98 * count;
    mpfr_t truth, x, y;
    mpfr_inits2(160, truth, x, y, static_cast<mpfr_ptr>(nullptr));
    double largest = 0;
    std::vector<double> a(count), b(count), value(count);
    for (std::size_t from = 0; from < all; from += count) {
        for (std::size_t k = 0; k < count; ++k) {
            a[k] = tests::point({where.from, where.to}, 1, from + k);
            b[k] = tests::point({where.from_2, where.to_2}, 2, from + k);
        }
        f(a.data(), b.data(), value.data(), count);
        for (std::size_t k = 0; k < count; ++k) {
            mpfr_set_d(x, a[k], MPFR_RNDN);
            mpfr_set_d(y, b[k], MPFR_RNDN);
            reference.of_one != nullptr ? reference.of_one(truth, x, MPFR_RNDN) : reference.of_two(truth, x, y, MPFR_RNDN);
            const long unit = std::max<long>(mpfr_get_exp(truth) - 53, -1074);
            mpfr_sub_d(truth, truth, value[k], MPFR_RNDN);
            mpfr_mul_2si(truth, truth, -unit, MPFR_RNDN);
            const double error = std::fabs(mpfr_get_d(truth, MPFR_RNDN));
            if (!(error <= largest)) largest = error;
        }
    }
    mpfr_clears(truth, x, y, static_cast<mpfr_ptr>(nullptr));
    return largest;
}

struct contestant {
    const char* name;
    bench::array_function (*find)(std::string_view);
};

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> wanted(argv + 1, argv + argc);
    const contestant rivals[] = {{"libm", bench::find_libm},
                                 {"libmvec", bench::find_libmvec},
                                 {"xsimd", bench::find_xsimd},
                                 {"sleef u10", bench::find_sleef_10},
                                 {"sleef u35", bench::find_sleef_35}};
    fmt::print("ns a value (largest error in ulp), {}\n\n| {:<7} | {:<16} |", name_of(kernels().isa), "", "quadot");
    for (const auto& rival : rivals) fmt::print(" {:<16} |", rival.name);
    fmt::print(" fastest / quadot | as accurate / quadot |\n|---|---|---|---|---|---|---|---|---|\n");
    for (std::size_t index = 0; index < math::functions::descriptions.size(); ++index) {
        const auto& facts = math::functions::descriptions[index];
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), facts.name) == wanted.end()) continue;
        const auto& references = tests::function_cases();
        const auto reference =
            std::find_if(references.begin(), references.end(), [&](const auto& each) { return each.name == facts.name; });
        const range where = usual_range(facts.name);
        alignas(64) static double a[count], b[count], y[count];
        for (std::size_t k = 0; k < count; ++k) {
            a[k] = tests::point({where.from, where.to}, 3, k);
            b[k] = tests::point({where.from_2, where.to_2}, 4, k);
        }
        std::vector<bench::array_function> functions = {(*kernels().functions)[index]};
        for (const auto& rival : rivals) functions.push_back(rival.find(facts.name));
        std::vector<std::function<double()>> work;
        for (const auto f : functions) {
            if (f == nullptr) continue;
            work.emplace_back([f] {
                f(static_cast<const double*>(a), static_cast<const double*>(b), static_cast<double*>(y), count);
                return y[0];
            });
        }
        const auto timed = drivers::time_interleaved(single_process(), work, patient);
        double own = 0, own_error = 0, fastest = HUGE_VAL, accurate = HUGE_VAL;
        std::size_t next = 0;
        fmt::print("| {:<7} |", facts.name);
        for (std::size_t k = 0; k < functions.size(); ++k) {
            if (functions[k] == nullptr) {
                fmt::print(" {:<16} |", "-");
                continue;
            }
            const double each = timed[next++].interval().median / static_cast<double>(count) * 1e9;
            const double error = largest_error(functions[k], *reference, where);
            fmt::print(" {:<16} |", fmt::format("{:.2f} ({:.3g})", each, error));
            if (k == 0) {
                own = each;
                own_error = error;
            } else {
                fastest = std::min(fastest, each);
                if (error <= std::max(own_error, 1.0)) accurate = std::min(accurate, each);
            }
        }
        fmt::print(" {:.2f} | {:.2f} |\n", fastest / own, accurate / own);
    }
    return 0;
}
