#include "baselines/rule_table.hpp"

#include "rules/clenshaw_curtis.hpp"
#include "rules/gauss_legendre.hpp"

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace quadot::baselines {

struct rule_table::storage {
    std::vector<double> nodes;
    std::vector<double> weights;
};

rule_table::rule_table(const rule& which, std::uint64_t n) {
    auto table = std::make_unique<storage>();
    if (which.kind == rule_kind::gauss) {
        auto [points, factors] = rules::gauss_legendre(which.order);
        *table = {std::move(points), std::move(factors)};
    } else if (which.kind == rule_kind::clenshaw) {
        if (n > maximum_clenshaw_panels) throw std::invalid_argument("clenshaw: n > 2^22 panels");
        single_panel = true;
        auto [points, factors] = rules::clenshaw_curtis(static_cast<int>(n));
        *table = {std::move(points), std::move(factors)};
    } else {
        const rule_description& description = which.description();
        closed = description.closed;
        for (int k = 0; k < description.nodes_per_panel; ++k) {
            table->nodes.push_back((k + description.offset) / description.nodes_per_panel);
            table->weights.push_back(description.weights[static_cast<std::size_t>(k)] / description.denominator);
        }
    }
    size = static_cast<std::int64_t>(table->nodes.size());
    nodes = table->nodes.data();
    weights = table->weights.data();
    owned_ = table.release();
}

rule_table::~rule_table() { delete owned_; }

bool every_rule(const rule& /*which*/) { return true; }
bool left_rule(const rule& which) { return which.kind == rule_kind::left; }

} // namespace quadot::baselines
