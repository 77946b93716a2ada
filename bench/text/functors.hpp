// Formulas as users write them in C++, for bench/text_ratios.
#pragma once

#include "integrate.hpp"

#include <span>
#include <string_view>

namespace quadot::bench {

struct functor {
    std::string_view formula; ///< the same as text
    void (*f)(std::span<const double> x, std::span<double> y);
};

std::span<const functor> functors();

} // namespace quadot::bench
