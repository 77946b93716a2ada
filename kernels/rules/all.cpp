#include "rules/all.hpp"

#include <charconv>

namespace quadot {

std::optional<rule> find_rule(std::string_view name) {
    constexpr std::string_view gauss = "gauss:";
    if (name.starts_with(gauss)) {
        const std::string_view digits = name.substr(gauss.size());
        int order = 0;
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), order);
        if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        if (order < minimum_gauss_order || order > maximum_gauss_order) return std::nullopt;
        return rule{rule_kind::gauss, order};
    }
    for (const auto& description : rule_descriptions) {
        if (description.kind != rule_kind::gauss && description.name == name) return rule{description.kind, 0};
    }
    return std::nullopt;
}

std::vector<std::string> rule_names() {
    std::vector<std::string> names;
    for (const auto& description : rule_descriptions) names.emplace_back(description.name);
    return names;
}

} // namespace quadot
