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

template <class T>
double plain_dot(const T* x, const T* y, std::uint64_t n, int /*threads*/) {
    T s = 0;
    for (std::uint64_t i = 0; i < n; ++i) s += x[i] * y[i];
    return s;
}

} // namespace
} // namespace quadot::baselines
