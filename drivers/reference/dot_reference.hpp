// The exact dot product of data spread over ranks, and what bounds need.
#pragma once

#include "drivers/reference/exact_sum.hpp"
#include "ranks/communicator.hpp"

#include <span>

namespace quadot::drivers {

struct dot_reference {
    exact_sum sum;
    double magnitude; ///< sum |x y|, rounded up
};

/// Collective; `threads` threads on each rank.
template <class T>
dot_reference reference_dot(const communicator& ranks, std::span<const T> x, std::span<const T> y, int threads);

} // namespace quadot::drivers
