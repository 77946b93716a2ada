// Who gets which terms: contiguous runs of whole blocks, to ranks and inside a rank to threads.
#pragma once

#include <cstdint>

namespace quadot {

/// A run of blocks or of terms.
struct slice {
    std::uint64_t first;
    std::uint64_t count;

    [[nodiscard]] constexpr std::uint64_t last() const { return first + count; }
    friend constexpr bool operator==(const slice&, const slice&) = default;
};

constexpr std::uint64_t blocks_of(std::uint64_t terms, std::uint64_t block_terms) {
    return terms / block_terms + (terms % block_terms != 0 ? 1 : 0);
}

/// Worker `worker`'s share of `blocks` blocks: shares differ by at most one block, and may be empty.
constexpr slice share(std::uint64_t blocks, std::uint64_t worker, std::uint64_t workers) {
    const std::uint64_t each = blocks / workers;
    const std::uint64_t more = blocks % workers;
    const std::uint64_t first = worker * each + (worker < more ? worker : more);
    return {first, each + (worker < more ? 1 : 0)};
}

/// The terms of those blocks: the last block of all may be short.
constexpr slice terms_of(slice blocks, std::uint64_t terms, std::uint64_t block_terms) {
    const std::uint64_t first = blocks.first * block_terms;
    const std::uint64_t last = blocks.last() * block_terms;
    const std::uint64_t clipped = first < terms ? first : terms;
    return {clipped, (last < terms ? last : terms) - clipped};
}

} // namespace quadot
