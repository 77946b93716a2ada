// What ranks must agree on, for any communicator: run under MPI (ranks_test) and on threads that play ranks
// (simulated_ranks_test). Every function is collective and calls every collective on every rank, whatever it
// finds; findings are strings, empty if all is well.
#pragma once

#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace quadot::tests {

template <class T>
std::vector<T> terms(slice which, std::uint64_t seed) {
    std::vector<T> values(which.count);
    for (std::uint64_t i = 0; i < which.count; ++i) {
        values[i] = static_cast<T>(random_scaled(20, seed, which.first + i));
    }
    return values;
}

/// distributed_dot has the bits of dot on the whole, on every rank.
template <class T>
std::string distributed_dot_findings(const communicator& ranks, std::uint64_t n, int threads) {
    std::ostringstream findings;
    const auto x = terms<T>({0, n}, 1);
    const auto y = terms<T>({0, n}, 2);
    const slice mine = dot_slice(n, ranks.rank(), ranks.size());
    const auto my_x = terms<T>(mine, 1);
    const auto my_y = terms<T>(mine, 2);
    for (const accumulator_kind accumulator : accumulator_kinds()) {
        const execution how{.accumulator = accumulator, .threads = threads};
        const auto expected = dot_bounded(std::span<const T>(x), std::span<const T>(y), {.accumulator = accumulator, .threads = 1});
        const double value = distributed_dot(ranks, n, std::span<const T>(my_x), std::span<const T>(my_y), how);
        const auto result = distributed_dot_bounded(ranks, n, std::span<const T>(my_x), std::span<const T>(my_y), how);
        if (bits(value) != bits(expected.value) || bits(result.value) != bits(expected.value)) {
            findings << "distributed_dot of " << n << " terms, " << slug(how) << ": " << value << " for " << expected.value << "\n";
        }
        if (bits(result.bound) != bits(expected.bound)) {
            findings << "bound of " << n << " terms, " << slug(how) << ": " << result.bound << " for " << expected.bound << "\n";
        }
    }
    return findings.str();
}

/// Terms whose sum is 1 behind n / 2 pairs that cancel, 10^`digits` times as large, so that `exact` must take its later steps.
template <class T>
std::vector<T> cancelling_terms(slice which, std::uint64_t n, int digits, bool second) {
    std::vector<T> values(which.count);
    for (std::uint64_t i = 0; i < which.count; ++i) {
        const std::uint64_t at = which.first + i;
        const std::uint64_t half = n / 2;
        if (at == n - 1 && n % 2 != 0) {
            values[i] = T(1);
        } else if (second) {
            values[i] = static_cast<T>(at < half ? 1 + random_unit(7, at) : -1 - random_unit(7, at - half));
        } else {
            values[i] = static_cast<T>((1 + random_unit(8, at % half)) * std::pow(10.0, digits));
        }
    }
    return values;
}

/// Sums that only the later steps of `exact` decide, and the collectives that these take.
template <class T>
std::string distributed_exact_findings(const communicator& ranks, std::uint64_t n, int threads) {
    std::ostringstream findings;
    for (const int digits : {0, 12, 30}) {
        const slice mine = dot_slice(n, ranks.rank(), ranks.size());
        const auto x = cancelling_terms<T>(mine, n, digits, false);
        const auto y = cancelling_terms<T>(mine, n, digits, true);
        const exact_value found = distributed_exact_dot(ranks, n, std::span<const T>(x), std::span<const T>(y), {.threads = threads});
        const auto step = digits == 0 ? exact_step::ball : digits == 12 ? exact_step::tolerance : exact_step::integers;
        if (bits(found.value) != bits(1.0) || (found.step != step && sizeof(T) == 8 && n > 1)) {
            findings << "exact sum of " << n << " terms that cancel, 10^" << digits << ": " << found.value << ", decided by "
                     << describe(found.step) << "\n";
        }
    }
    return findings.str();
}

/// integrate over ranks has the bits of integrate on one, for few and many blocks.
inline std::string integrate_findings(const communicator& ranks, const std::vector<rule>& rules, int threads) {
    std::ostringstream findings;
    const auto f = [](double x) { return 1 / (2 + x); };
    for (const rule& which : rules) {
        for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1023}, std::uint64_t{1024}, std::uint64_t{5000}}) {
            for (const accumulator_kind accumulator : accumulator_kinds()) {
                execution how{.accumulator = accumulator, .threads = 1};
                const bounded expected = integrate_bounded(f, -1, 2, n, which, how);
                const double backwards = integrate(*find_integrand("peak"), 1, 0, n, which, how);
                how.threads = threads;
                how.ranks = &ranks;
                const bounded result = integrate_bounded(f, -1, 2, n, which, how);
                const double backwards_result = integrate(*find_integrand("peak"), 1, 0, n, which, how);
                if (bits(result.value) != bits(expected.value) || bits(result.bound) != bits(expected.bound) ||
                    bits(backwards) != bits(backwards_result)) {
                    findings << which.name() << ", n " << n << ", " << slug(how) << "\n";
                }
            }
        }
    }
    return findings.str();
}

/// What a call threw, as every rank sees it.
struct outcome {
    int kind = 0; ///< 0: nothing
    char message[600] = {};

    template <class Call>
    static outcome of(Call&& call) {
        outcome seen;
        try {
            call();
        } catch (const error& problem) {
            seen.kind = static_cast<int>(problem.kind());
            std::strncpy(seen.message, problem.what(), sizeof seen.message - 1);
        } catch (const std::exception& problem) {
            seen.kind = -1; // not translated
            std::strncpy(seen.message, problem.what(), sizeof seen.message - 1);
        }
        return seen;
    }
};

/// Every rank threw the same error, of that kind, which mentions `mention`. With one rank, `kind` may be
/// unlike: the callable's own exception comes through.
inline std::string agreement_findings(const communicator& ranks, const outcome& mine, error_kind kind, const std::string& mention) {
    std::ostringstream findings;
    const auto all = ranks.allgather(std::as_bytes(std::span(&mine, 1)));
    for (int rank = 0; rank < ranks.size(); ++rank) {
        outcome theirs;
        std::memcpy(&theirs, all.data() + static_cast<std::size_t>(rank) * sizeof theirs, sizeof theirs);
        const bool own = ranks.size() == 1 && theirs.kind == -1;
        if ((!own && theirs.kind != static_cast<int>(kind)) || std::strcmp(theirs.message, mine.message) != 0 ||
            std::string(theirs.message).find(mention) == std::string::npos) {
            findings << "rank " << rank << " of " << ranks.size() << " threw kind " << theirs.kind << ": " << theirs.message
                     << "\n where rank " << ranks.rank() << " threw: " << mine.message << "\n";
        }
    }
    return findings.str();
}

/// One rank, any rank, fails: all throw. Afterwards all compute again.
inline std::string failure_findings(const communicator& ranks, int failing) {
    std::string findings;
    const bool fails = ranks.rank() == failing;
    constexpr std::uint64_t n = 100003;

    // A slice of the wrong size.
    const slice mine = dot_slice(n, ranks.rank(), ranks.size());
    auto x = terms<double>(mine, 1);
    auto y = terms<double>(mine, 2);
    const auto distributed = [&] { static_cast<void>(distributed_dot(ranks, n, std::span<const double>(x), std::span<const double>(y))); };
    const auto good_x = x;
    const auto good_y = y;
    if (fails) {
        x.push_back(1);
        y.push_back(1);
    }
    findings += agreement_findings(ranks, outcome::of(distributed), error_kind::usage, "rank " + std::to_string(failing));
    // Vectors of two lengths.
    if (fails) y.pop_back();
    findings += agreement_findings(ranks, outcome::of(distributed), error_kind::usage, "length");
    // On all ranks at once: the lowest one's error.
    x = good_x;
    y = good_y;
    x.push_back(static_cast<double>(ranks.rank()));
    y.push_back(0);
    findings += agreement_findings(ranks, outcome::of(distributed), error_kind::usage, "rank 0");

    // A callable that throws on one rank, on samples that this rank evaluates.
    for (const int threads : {1, 2}) {
        const auto throwing = [&](double at) -> double {
            if (fails) throw std::out_of_range("no table entry");
            return at;
        };
        const auto odd = [&](double at) -> double {
            if (fails) throw 17;
            return at;
        };
        const execution how{.threads = threads, .ranks = &ranks};
        findings += agreement_findings(ranks, outcome::of([&] {
                                           static_cast<void>(integrate(throwing, 0, 1, n, {rule_kind::midpoint, 0}, how));
                                       }),
                                       error_kind::internal, "no table entry");
        if (ranks.size() > 1) {
            findings += agreement_findings(ranks, outcome::of([&] {
                                               static_cast<void>(integrate(odd, 0, 1, n, {rule_kind::gauss, 2}, how));
                                           }),
                                           error_kind::internal, "");
        }
    }
    findings += distributed_dot_findings<double>(ranks, 10000, 1);
    return findings;
}

/// A bad call is refused by all ranks alike, before any collective.
inline std::string bad_call_findings(const communicator& ranks) {
    std::string findings;
    const execution how{.ranks = &ranks};
    const auto f = [](double x) { return x; };
    findings += agreement_findings(ranks, outcome::of([&] {
                                       static_cast<void>(integrate(f, 0, 1, 0, {rule_kind::left, 0}, how));
                                   }),
                                   error_kind::usage, "n = 0");
    findings += agreement_findings(ranks, outcome::of([&] {
                                       static_cast<void>(
                                           distributed_dot(ranks, maximum_terms + 1, std::span<const double>(), std::span<const double>()));
                                   }),
                                   error_kind::usage, "2^53");
    return findings;
}

/// Integrals to a tolerance have one process's bits on every rank; what f throws on one rank is thrown on all.
inline std::string distributed_tolerance_findings(const communicator& ranks, int threads) {
    std::ostringstream findings;
    const auto same = [](const integral& a, const integral& b) {
        return bits(a.value) == bits(b.value) && bits(a.error) == bits(b.error) && a.evaluations == b.evaluations &&
               a.regions == b.regions && a.status == b.status && a.trouble == b.trouble;
    };
    const double infinite = HUGE_VAL;
    const execution how{.threads = threads, .ranks = &ranks};
    for (const char* const text : {"exp(x)", "abs(x-0.3141)^-0.4", "floor(exp(3*x))", "cos(2000*x)+2", "cos(1e4*x)", "1/x", "sqrt(x-0.5)",
                                   "exp(-x*x)", "sin(x)/x"}) {
        const expression f(text);
        for (const double b : {1.0, infinite}) {
            const tolerance wanted{.relative = 1e-9, .max_evaluations = 60'000};
            const integral expected = integrate(f, 0, b, wanted, {.threads = 1});
            if (!same(integrate(f, 0, b, wanted, how), expected)) findings << text << " to " << b << ": not one process's integral\n";
        }
    }
    std::vector<double> parameters;
    for (int k = 0; k < 300; ++k) parameters.push_back(0.05 * k);
    const expression family("exp(-k*x)*cos(x)", {"x", "k"});
    std::vector<integral> expected(parameters.size());
    std::vector<integral> found(parameters.size());
    integrate_each(family, 0, 1, parameters, expected, {.min_width = 0}, {.threads = 1});
    integrate_each(family, 0, 1, parameters, found, {.min_width = 0}, how);
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (!same(found[k], expected[k])) findings << "family at " << parameters[k] << ": not one process's integral\n";
    }
    std::vector<integral> few(3); // fewer than most worlds have ranks
    integrate_each(family, 0, 1, std::span<const double>(parameters).last(3), few, {.min_width = 0}, how);
    for (std::size_t k = 0; k < few.size(); ++k) {
        if (!same(few[k], expected[expected.size() - 3 + k])) findings << "few of a family: not one process's integral\n";
    }
    // One of all cannot be evaluated, wherever it is.
    const auto refuses_one = [](double x, double k) -> double { return k == 7 ? throw std::runtime_error("no value") : k * x; };
    try {
        integrate_each(refuses_one, 0, 1, parameters, found, {.min_width = 0}, how);
        findings << "an exception in a family was lost\n";
    } catch (const error&) {
    } catch (const std::runtime_error&) {
        if (ranks.size() > 1) findings << "an exception in a family was not made an error\n";
    }
    const std::vector<double> points{0, 0.1, 0.3141, 0.5, 2, 7};
    const expression rough("abs(x-0.3141)^-0.4+cos(9e3*x)");
    std::vector<integral> table(points.size());
    std::vector<integral> expected_table(points.size());
    integrate_cumulative(rough, 0.2, points, expected_table, tolerance{}, {.threads = 1});
    integrate_cumulative(rough, 0.2, points, table, tolerance{}, how);
    for (std::size_t k = 0; k < table.size(); ++k) {
        if (!same(table[k], expected_table[k])) findings << "up to " << points[k] << ": not one process's integral\n";
    }
    const auto vector = [](double x) { return std::array{std::cos(x), std::log(x), 1 / (1 + x * x)}; };
    std::array<integral, 3> together;
    std::array<integral, 3> expected_together;
    const auto evaluations = integrate_together(vector, 0, 2, expected_together, tolerance{}, vector_norm::each, {.threads = 1});
    if (integrate_together(vector, 0, 2, together, tolerance{}, vector_norm::each, how) != evaluations)
        findings << "together: other samples\n";
    for (std::size_t k = 0; k < together.size(); ++k) {
        if (!same(together[k], expected_together[k])) findings << "component " << k << ": not one process's integral\n";
    }
    // The first samples are four blocks, dealt to the first four ranks.
    const int thrower = std::min(ranks.size() - 1, 3);
    const auto f = [&](double x) {
        if (ranks.rank() == thrower) throw std::runtime_error("no value");
        return std::sin(1 / x);
    };
    try {
        static_cast<void>(integrate(f, 0, 1, tolerance{}, how));
        findings << "an exception on rank " << thrower << " was lost\n";
    } catch (const error&) {
    } catch (const std::runtime_error&) {
        if (ranks.size() > 1) findings << "an exception was not made an error\n";
    }
    try {
        const auto throwing = [&](double x) { return std::array{f(x), 1.0}; };
        std::array<integral, 2> nothing;
        integrate_together(throwing, 0, 1, nothing, tolerance{}, vector_norm::each, how);
        findings << "an exception in a vector's component was lost\n";
    } catch (const error&) {
    } catch (const std::runtime_error&) {
        if (ranks.size() > 1) findings << "an exception in a vector's component was not made an error\n";
    }
    return findings.str();
}

/// Where rank 0 takes a hundred times as long for each integral, the others take most of what would be its share.
inline std::string balance_findings(const communicator& ranks) {
    if (ranks.size() == 1) return {};
    std::vector<double> parameters(1000);
    for (std::size_t k = 0; k < parameters.size(); ++k) parameters[k] = 1e-3 * static_cast<double>(k);
    std::size_t samples = 0;
    const auto f = [&](std::span<const double> x, std::span<const double> p, std::span<double> y) {
        if (ranks.rank() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        samples += x.size();
        for (std::size_t k = 0; k < x.size(); ++k) y[k] = x[k] * p[k] + 1;
    };
    std::vector<integral> found(parameters.size());
    integrate_each(f, 0, 1, parameters, found, {.min_width = 0}, {.threads = 1, .ranks = &ranks});
    std::ostringstream findings;
    for (std::size_t k = 0; k < found.size(); ++k) {
        if (!(std::fabs(found[k].value - (1 + parameters[k] / 2)) <= found[k].error)) findings << "wrong at " << parameters[k] << "\n";
    }
    // The hard ones lie together.
    std::size_t hard = 0;
    const auto hard_first = [&](std::span<const double> x, std::span<const double> p, std::span<double> y) {
        if (p[0] < 0.1) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            hard += x.size();
        }
        for (std::size_t k = 0; k < x.size(); ++k) y[k] = x[k] * p[k] + 1;
    };
    integrate_each(hard_first, 0, 1, parameters, found, {.min_width = 0}, {.threads = 1, .ranks = &ranks});
    const double of_all = ranks.maximum(static_cast<double>(hard)) / (21.0 * 100);
    if (ranks.size() <= 4 && of_all > 0.85) findings << "one rank took " << of_all << " of the hard ones\n";

    const double share = 21.0 * static_cast<double>(parameters.size()) / ranks.size();
    // More ranks than cores are all slow.
    if (ranks.rank() == 0 && ranks.size() <= 4 && static_cast<double>(samples) > 0.75 * share) {
        findings << "the slow rank took " << samples << " samples of its " << share << "\n";
    }
    return findings.str();
}

} // namespace quadot::tests
