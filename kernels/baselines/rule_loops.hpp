// The rules as straightforward loops. What differs between rivals is how terms are added over a range of
// indices:
//     double Loop::sum(first, last, term)    term(index) over first <= index < last, or this worker's share
//     of it double Loop::on_every_worker(part)     part() of all workers, added
// where `index.number()` is the index as a value of the integrand, one or several at a time, and
// `index.load(table)` reads a table there.
//
// All of it lies in an unnamed namespace: each file that includes it compiles its own copy with its own
// flags.
#pragma once

#include "baselines/rule_table.hpp"
#include "integrands/all.hpp"

#include <cstddef>
#include <cstdint>

namespace quadot::baselines {
namespace {

/// One loop over the panels for each node of a panel. For the left rule it is sum f(a + i h) h, in this
/// order, as the lecture notes have it. (Panels outside, nodes inside would keep GCC 12 from vectorising
/// gauss:K: a third of the speed.)
template <class Integrand, class Loop>
double sum_panels(const rule_table& rule, double a, double b, std::int64_t n, const Loop& loop) {
    const double h = (b - a) / static_cast<double>(n);
    double total = 0;
    for (std::int64_t k = 0; k < rule.size; ++k) {
        const double shift = rule.nodes[k];
        const double weight = rule.weights[k] * h;
        if (shift == 0) {
            total += loop.sum(rule.closed ? 1 : 0, n, [=](const auto& index) {
                using value = decltype(index.number());
                return value(Integrand::template value<value>(value(a + index.number() * h)) * weight);
            });
        } else {
            total += loop.sum(0, n, [=](const auto& index) {
                using value = decltype(index.number());
                return value(Integrand::template value<value>(value(a + (index.number() + shift) * h)) * weight);
            });
        }
    }
    return total;
}

template <class Integrand, class Loop>
double sum_single_panel(const rule_table& rule, double a, double b, const Loop& loop) {
    const double width = b - a;
    const double* nodes = rule.nodes;
    const double* weights = rule.weights;
    return width * loop.sum(0, rule.size, [=](const auto& index) {
        using value = decltype(index.number());
        return value(Integrand::template value<value>(value(a + index.load(nodes) * width)) * index.load(weights));
    });
}

template <class Integrand, class Loop>
double sum_rule(const rule_table& rule, double a, double b, std::int64_t n, const Loop& loop) {
    if (rule.single_panel) return loop.on_every_worker([&] { return sum_single_panel<Integrand>(rule, a, b, loop); });
    const double total = loop.on_every_worker([&] { return sum_panels<Integrand>(rule, a, b, n, loop); });
    if (!rule.closed) return total;
    const double h = (b - a) / static_cast<double>(n);
    const double ends = Integrand::template value<double>(a) + Integrand::template value<double>(b);
    return total + ends * (rule.weights[0] * h / 2);
}

template <class Run, class... Integrand>
double with_integrand(std::size_t index, const Run& run, type_list<Integrand...> /*all*/) {
    using function = double (*)(const Run&);
    constexpr function functions[] = {[](const Run& call) { return call.template operator()<Integrand>(); }...};
    return functions[index](run);
}

/// integrate_baseline::run for a Loop that is made from the number of workers.
template <class Loop>
double integrate(std::size_t integrand, const rule& which, double a, double b, std::uint64_t n, int workers) {
    const rule_table table(which, n);
    const auto run = [&]<class Integrand>() { return sum_rule<Integrand>(table, a, b, static_cast<std::int64_t>(n), Loop{workers}); };
    return with_integrand(integrand, run, integrands::list{});
}

} // namespace
} // namespace quadot::baselines
