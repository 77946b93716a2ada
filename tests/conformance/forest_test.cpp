// The reduction tree, with partials that remember how they were merged: any other order, shape or pairing of
// blocks gives another value.
#include "reduce/forest.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

using quadot::forest;
using quadot::tests::random_below;
using quadot::tests::random_bits;

/// merge is neither commutative nor associative; two different trees collide with probability 2^-64.
struct trace {
    std::uint64_t hash = 0;

    static trace of_block(std::uint64_t block) { return {random_bits(11, block)}; }
    static trace merge(trace left, trace right) { return {random_bits(left.hash, 1) ^ (random_bits(right.hash, 2) * 3)}; }
    friend bool operator==(const trace&, const trace&) = default;
};

/// The header's definition, read literally: node (level, index) over `blocks` blocks in all.
trace node(int level, std::uint64_t index, std::uint64_t blocks) {
    if (level == 0) return trace::of_block(index);
    const std::uint64_t right = 2 * index + 1;
    const trace left = node(level - 1, 2 * index, blocks);
    if ((right << (level - 1)) >= blocks) return left;
    return trace::merge(left, node(level - 1, right, blocks));
}

trace expected_root(std::uint64_t blocks) {
    int levels = 0;
    while ((std::uint64_t{1} << levels) < blocks) ++levels;
    return node(levels, 0, blocks);
}

forest<trace> run_of(std::uint64_t first, std::uint64_t last) {
    forest<trace> run(first);
    for (std::uint64_t block = first; block < last; ++block) run.append_block(trace::of_block(block));
    return run;
}

/// A copy through nothing but the bytes that a message over `blocks` blocks holds; the rest is rubbish.
forest<trace> sent(const forest<trace>& run, std::uint64_t blocks) {
    forest<trace> received(987654321);
    std::memset(static_cast<void*>(&received), 0xA5, sizeof received);
    const std::size_t bytes = forest<trace>::message_bytes(blocks);
    EXPECT_LE(bytes, sizeof received);
    std::memcpy(static_cast<void*>(&received), static_cast<const void*>(&run), bytes);
    return received;
}

TEST(forest, root_is_the_fixed_tree_over_block_indices) {
    for (std::uint64_t blocks = 1; blocks <= 300; ++blocks) {
        ASSERT_EQ(run_of(0, blocks).root(), expected_root(blocks)) << blocks;
    }
}

TEST(forest, order_and_shape_are_seen_by_this_test) {
    const trace a = trace::of_block(0);
    const trace b = trace::of_block(1);
    const trace c = trace::of_block(2);
    EXPECT_NE(trace::merge(a, b), trace::merge(b, a));
    EXPECT_NE(trace::merge(trace::merge(a, b), c), trace::merge(a, trace::merge(b, c)));
}

TEST(forest, an_empty_run_is_zero_and_neutral) {
    const forest<trace> nothing(0);
    EXPECT_EQ(nothing.root(), trace{});
    EXPECT_EQ(nothing.first(), 0u);
    EXPECT_EQ(nothing.last(), 0u);
    for (std::uint64_t blocks = 0; blocks <= 9; ++blocks) {
        for (std::uint64_t at = 0; at <= blocks; ++at) {
            forest<trace> run(0);
            run.append(forest<trace>(0));
            run.append(run_of(0, at));
            run.append(forest<trace>(at));
            run.append(run_of(at, blocks));
            run.append(forest<trace>(blocks));
            EXPECT_EQ(run.root(), run_of(0, blocks).root()) << blocks << " cut at " << at;
            EXPECT_EQ(run.last(), blocks);
        }
    }
}

TEST(forest, every_cut_in_two_or_three_gives_the_same_root) {
    for (std::uint64_t blocks = 1; blocks <= 70; ++blocks) {
        const trace expected = expected_root(blocks);
        for (std::uint64_t cut = 0; cut <= blocks; ++cut) {
            for (std::uint64_t second = cut; second <= blocks; ++second) {
                const auto left = run_of(0, cut);
                const auto middle = run_of(cut, second);
                const auto right = run_of(second, blocks);
                auto from_left = left;
                from_left.append(middle);
                from_left.append(right);
                auto tail = middle;
                tail.append(right);
                auto from_right = left;
                from_right.append(tail);
                ASSERT_EQ(from_left.root(), expected) << blocks << " cut at " << cut << ", " << second;
                ASSERT_EQ(from_right.root(), expected) << blocks << " cut at " << cut << ", " << second;
            }
        }
    }
}

/// Combines pieces [from, to) in a random bracketing, each through a message.
forest<trace> combine(const std::vector<forest<trace>>& pieces, std::size_t from, std::size_t to, std::uint64_t blocks,
                      std::uint64_t seed) {
    if (to - from == 1) return sent(pieces[from], blocks);
    const std::size_t middle = from + 1 + random_below(to - from - 1, seed, from * 1000 + to);
    forest<trace> left = combine(pieces, from, middle, blocks, seed);
    left.append(combine(pieces, middle, to, blocks, seed));
    return sent(left, blocks);
}

TEST(forest, random_pieces_in_random_bracketings_through_messages_give_the_same_root) {
    for (std::uint64_t blocks = 0; blocks <= 70; ++blocks) {
        const trace expected = blocks == 0 ? trace{} : expected_root(blocks);
        for (std::uint64_t attempt = 0; attempt < 60; ++attempt) {
            const std::uint64_t seed = blocks * 1000 + attempt;
            std::vector<std::uint64_t> cuts{0, blocks};
            const std::uint64_t pieces = 1 + random_below(40, seed, 0); // more pieces than blocks, too
            for (std::uint64_t k = 1; k < pieces; ++k) cuts.push_back(random_below(blocks + 1, seed, k));
            std::sort(cuts.begin(), cuts.end());
            std::vector<forest<trace>> runs;
            for (std::size_t k = 0; k + 1 < cuts.size(); ++k) runs.push_back(run_of(cuts[k], cuts[k + 1]));
            const forest<trace> whole = combine(runs, 0, runs.size(), blocks, seed);
            ASSERT_EQ(whole.root(), expected) << blocks << " blocks, attempt " << attempt;
            ASSERT_EQ(whole.first(), 0u);
            ASSERT_EQ(whole.last(), blocks);
        }
    }
}

/// The members of a forest as they lie in memory: `forest` promises to be plain data with unused subtrees
/// last.
struct layout {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t count;
    std::array<trace, forest<trace>::capacity> subtrees;
};
static_assert(sizeof(layout) == sizeof(forest<trace>));

layout look_inside(const forest<trace>& run) {
    layout inside;
    std::memcpy(static_cast<void*>(&inside), static_cast<const void*>(&run), sizeof inside);
    return inside;
}

/// One complete subtree of `level` whose value is `value`, without reducing its 2^level blocks.
forest<trace> subtree(int level, std::uint64_t index, trace value) {
    layout inside{};
    inside.first = index << level;
    inside.last = (index + 1) << level;
    inside.count = 1;
    inside.subtrees[0] = value;
    forest<trace> made(0);
    std::memcpy(static_cast<void*>(&made), static_cast<const void*>(&inside), sizeof inside);
    return made;
}

TEST(forest, the_run_with_the_most_subtrees_fits) {
    // 2^53 terms in blocks of 2^10 samples: 2^43 blocks. All blocks are equal, so that a complete subtree's
    // value depends on its level alone. The run without the first and the last block has the most subtrees:
    // one on each level going up, one on each level going down.
    constexpr int levels = 43;
    std::array<trace, levels + 1> complete{trace{42}};
    for (std::size_t k = 1; k <= levels; ++k) complete[k] = trace::merge(complete[k - 1], complete[k - 1]);
    constexpr std::uint64_t blocks = std::uint64_t{1} << levels;

    forest<trace> run(1);
    for (int level = 0; level < levels - 1; ++level) {
        run.append(subtree(level, 1, complete[static_cast<std::size_t>(level)]));
    }
    for (int level = levels - 2; level >= 0; --level) {
        run.append(subtree(level, (blocks >> level) - 2, complete[static_cast<std::size_t>(level)]));
    }
    EXPECT_EQ(run.last(), blocks - 1);
    const layout inside = look_inside(run);
    EXPECT_EQ(inside.count, 2u * (levels - 1));
    EXPECT_LE(inside.count, forest<trace>::capacity);
    // The message for that many blocks holds them all.
    EXPECT_LE(offsetof(layout, subtrees) + inside.count * sizeof(trace), forest<trace>::message_bytes(blocks));

    forest<trace> whole(0);
    whole.append_block(complete[0]);
    whole.append(sent(run, blocks));
    whole.append_block(complete[0]); // carries through all levels
    EXPECT_EQ(whole.last(), blocks);
    EXPECT_EQ(look_inside(whole).count, 1u);
    EXPECT_EQ(whole.root(), complete[levels]);
}

TEST(forest, messages_hold_every_run) {
    for (std::uint64_t blocks = 0; blocks <= 140; ++blocks) {
        for (std::uint64_t first = 0; first <= blocks; ++first) {
            const layout inside = look_inside(run_of(first, blocks));
            ASSERT_LE(offsetof(layout, subtrees) + inside.count * sizeof(trace), forest<trace>::message_bytes(blocks))
                << first << " ... " << blocks;
        }
    }
    EXPECT_LE(forest<trace>::message_bytes(~std::uint64_t{0}), sizeof(forest<trace>));
}

} // namespace
