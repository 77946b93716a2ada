#include "reduce/planned_rule.hpp"

#include "accumulators/eft.hpp"
#include "errors.hpp"
#include "rules/clenshaw_curtis.hpp"
#include "rules/gauss_legendre.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace quadot {

namespace {

/// Room behind the last weight for the padding of a short chunk to whole lane groups.
constexpr std::size_t padding = 32;

} // namespace

std::vector<double> planned_rule::repeated(const std::vector<double>& period) {
    std::vector<double> all(chunk_samples + period.size() + padding);
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = period[k % period.size()];
    return all;
}

planned_rule::planned_rule(const rule& which, double a, double b, std::uint64_t n) {
    const rule_description& description = which.description();
    plan_.samples = which.evaluations(n);
    plan_.origin = a;
    plan_.end = b;
    divisor_ = static_cast<double>(n) * description.denominator;

    if (which.kind == rule_kind::clenshaw) {
        lay_out_clenshaw(n);
        return;
    }
    if (which.kind == rule_kind::gauss) {
        plan_.step = (b - a) / static_cast<double>(n);
        lay_out_gauss(which.order);
    } else {
        const auto period = static_cast<std::size_t>(description.nodes_per_panel);
        plan_.layout = node_layout::uniform;
        plan_.step = (b - a) / static_cast<double>(n * period);
        plan_.offset = description.offset;
        plan_.halve_ends = description.closed;
        plan_.period = period;
        if (period > 1) {
            weights_ = repeated({description.weights.begin(), description.weights.begin() + description.nodes_per_panel});
            plan_.weights = weights_.data();
        }
    }
    // A node's position carries up to two roundings, each of half an ulp of max(|a|, |b|); two blocks' worth of steps
    // before the end are well inside unless a step is that small. A subnormal step may err by half of itself.
    const double ulp = std::numeric_limits<double>::epsilon() * std::max(std::abs(a), std::abs(b));
    plan_.clamp_every_block = !(plan_.step > 4 * ulp) || plan_.step < std::numeric_limits<double>::min();
}

void planned_rule::lay_out_gauss(int order) {
    const auto table = rules::gauss_legendre(order);
    const auto period = static_cast<std::size_t>(order);
    plan_.layout = node_layout::periodic;
    plan_.period = period;
    panel_nodes_ = repeated(table.nodes);
    weights_ = repeated(table.weights);
    panel_numbers_.resize(panel_nodes_.size());
    for (std::size_t k = 0; k < panel_numbers_.size(); ++k) {
        const std::size_t panel = k / period;
        panel_numbers_[k] = static_cast<double>(panel);
    }
    plan_.panel_nodes = panel_nodes_.data();
    plan_.panel_numbers = panel_numbers_.data();
    plan_.weights = weights_.data();
}

void planned_rule::lay_out_clenshaw(std::uint64_t n) {
    if (n > maximum_clenshaw_panels) {
        throw usage_error("clenshaw: n = " + std::to_string(n) + " needs all weights at once; take n <= " +
                          std::to_string(maximum_clenshaw_panels) + " or a composite rule such as gauss:16");
    }
    auto table = rules::clenshaw_curtis(static_cast<int>(n));
    const double width = plan_.end - plan_.origin;
    table_ = std::move(table.nodes);
    // From the nearer end, so that both ends keep the relative accuracy of the small distances (nodes are symmetric).
    const std::size_t last = table_.size() - 1;
    std::vector<double> nodes(table_.size());
    for (std::size_t k = 0; k <= last; ++k) {
        nodes[k] = 2 * k <= last ? std::fma(table_[k], width, plan_.origin) : std::fma(-table_[last - k], width, plan_.end);
    }
    table_ = std::move(nodes);
    weights_ = std::move(table.weights);
    weights_.resize(weights_.size() + padding);
    plan_.layout = node_layout::tabulated;
    plan_.period = 0;
    plan_.table = table_.data();
    plan_.weights = weights_.data();
    plan_.clamp_every_block = true;
    divisor_ = 1;
}

double planned_rule::scale(double high, double low) const {
    const auto [width, width_error] = eft::two_sum(plan_.end, -plan_.origin);
    if (!std::isfinite(high) || high == 0 || width == 0) return width / divisor_ * (high + low);
    // Both factors as mantissas: no product on the way overflows or loses bits below the normal range.
    const int exponent = std::ilogb(width);
    const int sum_exponent = std::ilogb(high);
    const double w = std::scalbn(width, -exponent);
    const double s = std::scalbn(high, -sum_exponent);
    const double product = w * s;
    const double product_error = std::fma(w, s, -product) + (w * std::scalbn(low, -sum_exponent) + std::scalbn(width_error, -exponent) * s);
    const double quotient = product / divisor_;
    const double remainder = std::fma(-quotient, divisor_, product) + product_error;
    return std::scalbn(quotient + remainder / divisor_, exponent + sum_exponent);
}

} // namespace quadot
