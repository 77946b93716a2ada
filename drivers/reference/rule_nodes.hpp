// A rule's nodes and weights in long double, straight from its definition: what references sum over.
#pragma once

#include "rules/all.hpp"
#include "rules/clenshaw_curtis.hpp"
#include "rules/gauss_legendre.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quadot::drivers {

struct rule_node {
    long double x;
    long double weight; ///< of an interval of length 1
};

/// Calls visit(x, w) for the nodes of the rule, in order, straight from the definition.
template <class Visit>
void for_each_node(long double a, long double b, std::uint64_t n, const rule& which, const Visit& visit) {
    const long double h = (b - a) / static_cast<long double>(n);
    if (which.kind == rule_kind::clenshaw) {
        const auto table = rules::clenshaw_curtis(static_cast<int>(n));
        for (std::size_t k = 0; k < table.nodes.size(); ++k) {
            const long double from_left = table.nodes[k];
            const long double from_right = table.nodes[table.nodes.size() - 1 - k];
            visit(2 * k < table.nodes.size() ? a + from_left * (b - a) : b - from_right * (b - a),
                  static_cast<long double>(table.weights[k]) * (b - a));
        }
        return;
    }
    std::vector<rule_node> panel;
    switch (which.kind) {
    case rule_kind::left:
        panel = {{0.0L, 1.0L}};
        break;
    case rule_kind::right:
        panel = {{1.0L, 1.0L}};
        break;
    case rule_kind::midpoint:
        panel = {{0.5L, 1.0L}};
        break;
    case rule_kind::trapezoid:
        panel = {{0.0L, 0.5L}, {1.0L, 0.5L}};
        break;
    case rule_kind::simpson:
        panel = {{0.0L, 1.0L / 6}, {0.5L, 4.0L / 6}, {1.0L, 1.0L / 6}};
        break;
    case rule_kind::boole:
        panel = {{0.0L, 7.0L / 90}, {0.25L, 32.0L / 90}, {0.5L, 12.0L / 90}, {0.75L, 32.0L / 90}, {1.0L, 7.0L / 90}};
        break;
    default: {
        const auto table = rules::gauss_legendre(which.order);
        for (std::size_t k = 0; k < table.nodes.size(); ++k) panel.push_back({table.nodes[k], table.weights[k]});
    }
    }
    for (std::uint64_t p = 0; p < n; ++p) {
        for (const rule_node& at : panel) {
            // The fraction first: the last node of a closed rule is then b itself, beside which sqrt(1 - x^2) has no finite slope.
            const long double fraction = (static_cast<long double>(p) + at.x) / static_cast<long double>(n);
            visit(fraction == 1 ? b : std::min(a + fraction * (b - a), b), at.weight * h);
        }
    }
}

} // namespace quadot::drivers
