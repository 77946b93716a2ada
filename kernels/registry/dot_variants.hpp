// Dot products: Quadot's accumulators on one ISA, then the baselines.
#pragma once

#include "block/isa.hpp"
#include "ranks/communicator.hpp"
#include "registry/variant.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace quadot::registry {

/// n terms over all ranks, of which this one holds its dot_slice.
template <class T>
struct dot_problem {
    const communicator& ranks;
    std::uint64_t n;
    std::span<const T> x;
    std::span<const T> y;
    int threads;
};

template <class T>
struct dot_variant : variant {
    /// The dot product, on every rank.
    std::function<double(const dot_problem<T>&)> run;
    /// Bounds |value - exact| for a computed value, given sum |x y| over all ranks.
    std::function<double(double value, double magnitude, std::uint64_t n)> bound;

    /// Cost model: what one run must read and compute.
    static constexpr double bytes(std::uint64_t n) { return 2.0 * sizeof(T) * static_cast<double>(n); }
    static constexpr double flops(std::uint64_t n) { return 2.0 * static_cast<double>(n); }
};

template <class T>
std::vector<dot_variant<T>> dot_variants(isa_kind isa);

} // namespace quadot::registry
