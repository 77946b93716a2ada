// A contiguous run of blocks, reduced as far as the fixed binary tree over block indices allows.
//
// The tree: node (level, index) covers blocks [index << level, (index + 1) << level) and merges its children (level - 1,
// 2 index) and (level - 1, 2 index + 1); where the right child holds no block, the node is its left child. A forest keeps the
// complete subtrees of its run, from left to right: at most 2 log2(blocks) of them. Which subtrees those are depends on the
// run alone, and each one's value on its blocks alone, so appending neighbouring forests is associative and the root's
// bits do not depend on who reduced what. A forest is plain data: it is also the message between ranks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quadot {

template <class Partial>
class forest {
    static_assert(std::is_trivially_copyable_v<Partial>);

  public:
    /// An empty run before block `first`.
    explicit forest(std::uint64_t first) : first_(first), last_(first) {}

    /// Room for the largest run there is: 2^53 terms in blocks of 2^10 give levels 0 … 43, at most two subtrees each.
    static constexpr std::size_t capacity = 96;

    [[nodiscard]] std::uint64_t first() const { return first_; }
    [[nodiscard]] std::uint64_t last() const { return last_; }

    /// The partial of block last().
    void append_block(const Partial& partial) { append_subtree(0, partial); }

    /// The run that starts where this one ends.
    void append(const forest& right) {
        std::uint64_t at = right.first_;
        for (std::uint64_t k = 0; k < right.count_; ++k) {
            const int level = level_at(at, right.last_);
            append_subtree(level, right.subtrees_[k]);
            at += std::uint64_t{1} << level; // NOLINT(clang-analyzer-core.UndefinedBinaryOperatorResult): no subtree is empty
        }
    }

    /// The root's partial, for a run that starts at block 0. Zero if it is empty.
    [[nodiscard]] Partial root() const {
        if (count_ == 0) return Partial{};
        Partial root = subtrees_[count_ - 1];
        for (std::uint64_t k = count_ - 1; k > 0; --k) root = Partial::merge(subtrees_[k - 1], root);
        return root;
    }

    /// Bytes that hold any forest over `blocks` blocks; a prefix of the object, since unused subtrees come last.
    static constexpr std::size_t message_bytes(std::uint64_t blocks) {
        const auto subtrees = 2 * static_cast<std::size_t>(std::bit_width(blocks));
        return offsetof(forest, subtrees_) + sizeof(Partial) * (subtrees < capacity ? subtrees : capacity);
    }

  private:
    /// The largest complete subtree that starts at block `first` and ends by `last`.
    static int level_at(std::uint64_t first, std::uint64_t last) {
        const int fits = static_cast<int>(std::bit_width(last - first)) - 1;
        const int aligned = first == 0 ? fits : std::countr_zero(first);
        return aligned < fits ? aligned : fits;
    }

    /// The subtree of `level` that starts at block last_; merges siblings upwards as a binary counter carries.
    void append_subtree(int level, Partial partial) {
        std::uint64_t index = last_ >> level;
        last_ += std::uint64_t{1} << level;
        while ((index & 1) != 0 && ((index - 1) << level) >= first_) {
            partial = Partial::merge(subtrees_[--count_], partial);
            index >>= 1;
            ++level;
        }
        subtrees_[count_++] = partial;
    }

    std::uint64_t first_;
    std::uint64_t last_;
    std::uint64_t count_ = 0;
    Partial subtrees_[capacity]; // uninitialised beyond count_: zeroing 1.5 KiB would show in small sums
};

} // namespace quadot
