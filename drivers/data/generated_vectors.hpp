// Vectors whose element i depends on (seed, i) alone: every number of ranks and threads sees the same ones.
#pragma once

#include "reduce/slices.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quadot::drivers {

enum class distribution : int { uniform, normal, cancel };

/// `--data`: uniform on [0, 1), standard normal, or cancel:COND.
struct data_kind {
    distribution shape = distribution::uniform;
    double condition = 1;

    [[nodiscard]] std::string name() const;
};

/// Throws error: usage with the nearest right spelling.
data_kind parse_data_kind(std::string_view text, bool single_precision);

/// Writes terms of.first … of.last of the n-term vectors to x[0 …) and y[0 …).
///
/// One Philox4x32-10 call a term (Salmon et al. 2011): counter i, key seed. normal: Box & Muller 1958, with elementary functions of
/// basic operations only, so that the bits do not depend on the C library. cancel: after Ogita, Rump & Oishi 2005, Algorithm 6.1, x and y
/// have binary exponents from 0 to half of the condition's and terms cancel until a small rest is left, in shuffled order. Theirs needs
/// the sum so far, and so one process; here every product has its exact opposite elsewhere, and the rest is one term, so
/// that 2 sum |x y| / |sum x y| is about the condition asked for: within a half for n >= 1000, an order of magnitude for tiny n.
template <class T>
void generate(const data_kind& kind, std::uint64_t seed, std::uint64_t n, slice of, T* x, T* y);

} // namespace quadot::drivers
