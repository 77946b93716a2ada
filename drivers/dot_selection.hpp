// What --accumulator and --compare choose among the variants of a dot product.
#pragma once

#include "drivers/options/common_options.hpp"
#include "registry/dot_variants.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace quadot::drivers {

/// Points into the list of variants that it was made from.
template <class T>
struct dot_selection {
    const registry::dot_variant<T>* own;                   ///< Quadot's with the chosen accumulator: it gives the result
    std::vector<const registry::dot_variant<T>*> measured; ///< `own` among them, in the list's order
    bool compares;                                         ///< whether the user wants others beside it
    timing_request timing;
};

/// Throws error: usage for a name in --compare that is no variant's.
template <class T>
dot_selection<T> select_variants(const std::vector<registry::dot_variant<T>>& variants, const common_options& options,
                                 const common_settings& settings) {
    std::vector<std::string> known;
    for (const auto& variant : variants) known.push_back(variant.short_name);
    const auto compared = parse_comparison(options.compare, known);
    const auto own =
        std::find_if(variants.begin(), variants.end(), [&](const auto& variant) { return variant.accumulator == settings.accumulator; });
    dot_selection<T> selection{&*own, {}, !compared.empty(), settings.timing};
    for (const auto& variant : variants) {
        const bool wanted = std::find(compared.begin(), compared.end(), variant.short_name) != compared.end();
        if (wanted || &variant == selection.own) selection.measured.push_back(&variant);
    }
    // Nothing to compare with: a glance at the time is enough, and the answer comes at once.
    if (compared.empty() && !settings.maximum_time_chosen) selection.timing.maximum_seconds = 5e-3;
    return selection;
}

} // namespace quadot::drivers
