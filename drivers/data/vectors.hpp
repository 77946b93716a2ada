// The vectors of a dot product: generated or mapped, a slice on each rank.
#pragma once

#include "drivers/data/first_touch_array.hpp"
#include "drivers/data/generated_vectors.hpp"
#include "drivers/input/npy.hpp"
#include "quadot.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quadot::drivers {

/// The two vectors' slices on this rank.
template <class T>
struct vectors {
    std::uint64_t n = 0;
    std::span<const T> x;
    std::span<const T> y;
    std::string origin;
    first_touch_array<T> x_storage;
    first_touch_array<T> y_storage;
    std::vector<npy_file> files;
};

inline slice rank_terms(std::uint64_t n, const communicator& ranks) { return dot_slice(n, ranks.rank(), ranks.size()); }

/// Collective. Throws error: environment on all ranks if the memory of one does not suffice.
template <class T>
vectors<T> generate_vectors(const communicator& ranks, const data_kind& kind, std::uint64_t seed, int threads, std::uint64_t n);

/// Collective. Two vectors of one length and of element type T.
template <class T>
vectors<T> map_vectors(const communicator& ranks, std::vector<npy_file> files);

} // namespace quadot::drivers
