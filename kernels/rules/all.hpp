// The list of quadrature rules on a reference panel [0, 1]. A new uniform rule is a line in `rule_descriptions`.
//
// For n panels of width h = (b - a) / n, a uniform rule with m nodes a panel samples x_i = a + (i + offset) h / m and returns
//     (b - a) / (n denominator) * sum weights[i mod m] f(x_i);
// closed rules share the nodes between panels, add node n m = b, and count both ends half. Weights are small integers, so
// that terms carry no rounding of their own. Sources: Davis & Rabinowitz 1984, sections 2.1, 2.2, 2.7.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quadot {

enum class rule_kind : int { left, right, midpoint, trapezoid, simpson, boole, gauss, clenshaw };

struct rule_description {
    rule_kind kind;
    std::string_view name;
    std::string_view summary;
    /// Polynomials of at most this degree are integrated exactly (0 for gauss and clenshaw: it depends on K and n).
    int exact_degree;
    int nodes_per_panel; ///< m, uniform rules
    double offset;       ///< of the first node, in node distances
    bool closed;         ///< samples both ends, each counted half
    double denominator;
    std::array<double, 4> weights; ///< the first m count
};

inline constexpr std::array<rule_description, 8> rule_descriptions{{
    {rule_kind::left, "left", "f at each panel's left end: the lecture notes' loop; error O(h)", 0, 1, 0.0, false, 1, {1}},
    {rule_kind::right, "right", "f at each panel's right end; error O(h)", 0, 1, 1.0, false, 1, {1}},
    {rule_kind::midpoint, "midpoint", "f at each panel's middle; error O(h^2)", 1, 1, 0.5, false, 1, {1}},
    {rule_kind::trapezoid, "trapezoid", "both ends of each panel; error O(h^2)", 1, 1, 0.0, true, 1, {1}},
    {rule_kind::simpson, "simpson", "3 points a panel; error O(h^4)", 3, 2, 0.0, true, 6, {2, 4}},
    {rule_kind::boole, "boole", "5 points a panel; error O(h^6)", 5, 4, 0.0, true, 90, {14, 32, 12, 32}},
    {rule_kind::gauss, "gauss:K", "K Gauss-Legendre points a panel, K = 2 ... 64; error O(h^2K)", 0, 0, 0.0, false, 1, {}},
    {rule_kind::clenshaw, "clenshaw", "n + 1 Clenshaw-Curtis points in all; converges geometrically", 0, 0, 0.0, false, 1, {}},
}};

inline constexpr int minimum_gauss_order = 2;
inline constexpr int maximum_gauss_order = 64;
/// Clenshaw-Curtis needs all n + 1 weights at once; far fewer points resolve any integrand that suits the rule.
inline constexpr std::uint64_t maximum_clenshaw_panels = std::uint64_t{1} << 22;

/// A rule as users name it: "simpson", "gauss:7".
struct rule {
    rule_kind kind = rule_kind::midpoint;
    int order = 0; ///< K of gauss:K

    [[nodiscard]] const rule_description& description() const { return rule_descriptions[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::string name() const {
        return kind == rule_kind::gauss ? "gauss:" + std::to_string(order) : std::string(description().name);
    }
    /// Evaluations of f for n panels.
    [[nodiscard]] std::uint64_t evaluations(std::uint64_t n) const {
        if (kind == rule_kind::gauss) return n * static_cast<std::uint64_t>(order);
        if (kind == rule_kind::clenshaw) return n + 1;
        return n * static_cast<std::uint64_t>(description().nodes_per_panel) + (description().closed ? 1 : 0);
    }
    friend bool operator==(const rule&, const rule&) = default;
};

static_assert([] {
    for (std::size_t k = 0; k < rule_descriptions.size(); ++k) {
        if (static_cast<std::size_t>(rule_descriptions[k].kind) != k) return false;
    }
    return true;
}());

/// nullopt for an unknown name or an order outside 2 … 64.
std::optional<rule> find_rule(std::string_view name);

/// Names for messages: left, right, …, gauss:K, clenshaw.
std::vector<std::string> rule_names();

} // namespace quadot
