// The loops that users write first. In an unnamed namespace, as rule_loops.hpp is: one text, several sets of
// flags.
#pragma once

#include <cstdint>

namespace quadot::baselines {
namespace {

struct scalar_index {
    std::int64_t i;
    double number() const { return static_cast<double>(i); }
    double load(const double* table) const { return table[i]; }
};

struct plain_loop {
    int workers; // unused: one thread

    template <class Part>
    double on_every_worker(const Part& part) const {
        return part();
    }

    template <class Term>
    double sum(std::int64_t first, std::int64_t last, const Term& term) const {
        double s = 0;
        for (std::int64_t i = first; i < last; ++i) s += term(scalar_index{i});
        return s;
    }
};

/// first + i with an int i, as users write it: before AVX-512 no instruction turns several 64-bit integers
/// into doubles, and a loop that needs one stays scalar.
struct short_index {
    std::int64_t first;
    int i;
    double number() const { return static_cast<double>(first) + static_cast<double>(i); }
    double load(const double* table) const { return table[first + i]; }
};

/// sum(start, count) over chunks of [first, last) that an int can count.
template <class Sum>
double sum_chunks(std::int64_t first, std::int64_t last, const Sum& sum) {
    constexpr std::int64_t chunk = std::int64_t{1} << 30;
    double s = 0;
    for (; first < last; first += chunk) s += sum(first, static_cast<int>(last - first < chunk ? last - first : chunk));
    return s;
}

template <class T>
double plain_dot(const T* x, const T* y, std::uint64_t n, int /*threads*/) {
    T s = 0;
    for (std::uint64_t i = 0; i < n; ++i) s += x[i] * y[i];
    return s;
}

} // namespace
} // namespace quadot::baselines
