// A list of types to iterate over: accumulators, integrands.
#pragma once

#include <cstddef>

namespace quadot {

template <class... Types>
struct type_list {
    static constexpr std::size_t size = sizeof...(Types);

    /// Calls `visit.template operator()<Type>()` for each, in order.
    template <class Visit>
    static constexpr void for_each(Visit&& visit) {
        (visit.template operator()<Types>(), ...);
    }
};

} // namespace quadot
