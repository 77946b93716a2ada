// Named integrands as data: what `integrate()` takes by name, and what lists and checks read.
#pragma once

#include "integrands/integrand.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace quadot {

struct integrand_description {
    std::string_view name;
    std::string_view formula;
    std::string_view lower_text;
    std::string_view upper_text;
    double lower;
    double upper;
    std::string_view domain;
    std::string_view exact_text;
    long double exact; ///< over lower … upper
    std::string_view source;
    smoothness shape;
    /// The formula on scalars, by the C library: reference and teaching, not speed.
    double (*value)(double);
    long double (*wide_value)(long double);
    long double (*antiderivative)(long double);
};

/// A named integrand: its position in the list.
struct named_integrand {
    std::size_t index;
    [[nodiscard]] const integrand_description& description() const;
};

std::span<const integrand_description> integrand_descriptions();

/// nullopt for an unknown name.
std::optional<named_integrand> find_integrand(std::string_view name);

} // namespace quadot
