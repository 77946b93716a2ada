// Ranks without MPI: threads that play ranks, whose collectives combine messages in random bracketings, as
// MPI libraries may. Up to 64 ranks, most of them without a block.
#include "ranks/communicator.hpp"
#include "reduce/ranks.hpp"
#include "tests/support/distributed_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace quadot;
using quadot::tests::random_below;

/// Where the players of one communicator meet.
class meeting {
  public:
    meeting(int size, std::uint64_t seed) : size_(size), seed_(seed), messages_(static_cast<std::size_t>(size)) {}

    [[nodiscard]] int size() const { return size_; }

    /// Everyone's message in; the last to come applies `conclude` to all of them; everyone's message out.
    template <class Conclude>
    std::vector<std::byte> exchange(int rank, std::span<const std::byte> message, Conclude&& conclude) {
        std::unique_lock lock(mutex_);
        messages_[static_cast<std::size_t>(rank)].assign(message.begin(), message.end());
        const std::uint64_t round = round_;
        if (++arrived_ == size_) {
            result_ = conclude(messages_, random_below(~std::uint64_t{0}, seed_, round));
            arrived_ = 0;
            ++round_;
            everyone_.notify_all();
        } else {
            everyone_.wait(lock, [&] { return round_ != round; });
        }
        // Not overwritten before everybody has left: the next round needs all to arrive.
        return result_;
    }

  private:
    using bytes = std::vector<std::byte>;
    int size_;
    std::uint64_t seed_;
    std::mutex mutex_;
    std::condition_variable everyone_;
    std::vector<bytes> messages_;
    bytes result_;
    int arrived_ = 0;
    std::uint64_t round_ = 0;

  public:
    std::atomic<std::uint64_t> count{0};
};

using messages = std::vector<std::vector<std::byte>>;

/// messages[from … to) in a random bracketing, left to right.
std::vector<std::byte> bracket(const messages& all, std::size_t from, std::size_t to, std::uint64_t seed,
                               communicator::append_function append) {
    if (to - from == 1) return all[from];
    const std::size_t middle = from + 1 + random_below(to - from - 1, seed, from * 64 + to);
    const auto left = bracket(all, from, middle, seed, append);
    auto right = bracket(all, middle, to, seed, append);
    append(left.data(), right.data(), right.size());
    return right;
}

class player final : public communicator {
  public:
    player(meeting& place, int rank) : place_(place), rank_(rank) {}

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return place_.size(); }
    void allreduce_in_order(std::span<std::byte> message, append_function append) const override {
        const auto result = place_.exchange(rank_, message, [&](const messages& all, std::uint64_t seed) {
            for (const auto& each : all) EXPECT_EQ(each.size(), message.size());
            return bracket(all, 0, all.size(), seed, append);
        });
        std::copy(result.begin(), result.end(), message.begin());
    }
    void broadcast(std::span<std::byte> message, int root) const override {
        const auto result =
            place_.exchange(rank_, message, [&](const messages& all, std::uint64_t) { return all[static_cast<std::size_t>(root)]; });
        std::copy(result.begin(), result.end(), message.begin());
    }
    [[nodiscard]] std::vector<std::byte> allgather(std::span<const std::byte> message) const override {
        return place_.exchange(rank_, message, [](const messages& all, std::uint64_t) {
            std::vector<std::byte> joined;
            for (const auto& each : all) joined.insert(joined.end(), each.begin(), each.end());
            return joined;
        });
    }
    [[nodiscard]] double maximum(double value) const override {
        const auto all = gathered(value);
        return *std::max_element(all.begin(), all.end());
    }
    [[nodiscard]] double unordered_sum(double value) const override {
        double sum = 0;
        for (const double each : gathered(value)) sum += each;
        return sum;
    }
    void barrier() const override { static_cast<void>(gathered(0)); }
    // No kernel needs these.
    void send(std::span<const std::byte>, int) const override { ADD_FAILURE(); }
    void receive(std::span<std::byte>, int) const override { ADD_FAILURE(); }
    void restart_count() const override {
        if (rank_ == 0) place_.count = 0;
        barrier();
    }
    [[nodiscard]] std::uint64_t count() const override { return place_.count++; }
    [[nodiscard]] std::unique_ptr<communicator> split(int) const override { return nullptr; }
    [[nodiscard]] node_position on_node() const override { return {rank_, size()}; }
    [[nodiscard]] std::string library() const override { return "threads"; }

  private:
    [[nodiscard]] std::vector<double> gathered(double value) const {
        const auto bytes = allgather(std::as_bytes(std::span(&value, 1)));
        std::vector<double> all(bytes.size() / sizeof(double));
        std::memcpy(all.data(), bytes.data(), bytes.size());
        return all;
    }

    meeting& place_;
    int rank_;
};

/// Runs `play(communicator)` on `size` ranks and joins what they found.
template <class Play>
std::string on_ranks(int size, std::uint64_t seed, const Play& play) {
    meeting place(size, seed);
    std::vector<std::string> findings(static_cast<std::size_t>(size));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; ++rank) {
        threads.emplace_back([&, rank] { findings[static_cast<std::size_t>(rank)] = play(player(place, rank)); });
    }
    for (auto& thread : threads) thread.join();
    std::string joined;
    for (const auto& each : findings) joined += each;
    return joined;
}

TEST(simulated_ranks, dot_has_the_bits_of_one_process) {
    for (const int size : {2, 3, 4, 7, 16, 33, 64}) {
        for (const std::uint64_t n : {0, 1, 4096, 4097, 40961, 100003}) {
            if (n > 50000 && size > 16) continue;
            EXPECT_EQ(on_ranks(size, n,
                               [&](const communicator& ranks) {
                                   return tests::distributed_dot_findings<double>(ranks, n, 1) +
                                          tests::distributed_dot_findings<float>(ranks, n, 1) +
                                          tests::distributed_exact_findings<double>(ranks, n | 1, 1);
                               }),
                      "")
                << size << " ranks";
        }
    }
}

TEST(simulated_ranks, integrals_have_the_bits_of_one_process) {
    for (const int size : {2, 5, 16, 64}) {
        const std::vector<rule> rules = size > 16 ? std::vector<rule>{{rule_kind::boole, 0}, {rule_kind::gauss, 7}} : tests::all_rules();
        EXPECT_EQ(on_ranks(size, 8, [&](const communicator& ranks) { return tests::distributed_tolerance_findings(ranks, 1); }), "")
            << size << " ranks";
        EXPECT_EQ(on_ranks(size, 5, [&](const communicator& ranks) { return tests::integrate_findings(ranks, rules, 1); }), "")
            << size << " ranks";
    }
}

TEST(simulated_ranks, a_slow_rank_takes_fewer_parameters) {
    for (const int size : {2, 3}) {
        EXPECT_EQ(on_ranks(size, 9, [&](const communicator& ranks) { return tests::balance_findings(ranks); }), "") << size << " ranks";
    }
}

TEST(simulated_ranks, an_error_on_one_is_the_same_error_on_all) {
    for (const int size : {2, 3, 8, 17}) { // 100003 terms are 25 blocks: every rank has some
        for (const int failing : {0, size / 2, size - 1}) {
            EXPECT_EQ(on_ranks(size, 6, [&](const communicator& ranks) { return tests::failure_findings(ranks, failing); }), "")
                << size << " ranks, failing " << failing;
        }
        EXPECT_EQ(on_ranks(size, 7, [&](const communicator& ranks) { return tests::bad_call_findings(ranks); }), "");
    }
}

// The message between ranks by itself: any number of ranks, any number of blocks, any bracketing.
TEST(simulated_ranks, messages_append_associatively_up_to_a_thousand_ranks) {
    using message = rank_message<compensated::partial>;
    const auto partial_of_block = [](std::uint64_t block) {
        return compensated::partial{tests::random_scaled(30, 1, block), tests::random_scaled(1, 2, block) * 0x1p-60};
    };
    for (const std::uint64_t blocks : {0, 1, 2, 25, 70, 1000}) {
        forest<compensated::partial> whole(0);
        while (whole.last() < blocks) whole.append_block(partial_of_block(whole.last()));
        const auto expected = whole.root();
        for (const std::uint64_t ranks : {1, 2, 3, 4, 5, 7, 16, 64, 1000}) {
            for (std::uint64_t seed = 0; seed < 5; ++seed) {
                messages all;
                for (std::uint64_t rank = 0; rank < ranks; ++rank) {
                    const slice mine = share(blocks, rank, ranks);
                    message each;
                    each.run = forest<compensated::partial>(mine.first);
                    while (each.run.last() < mine.last()) each.run.append_block(partial_of_block(each.run.last()));
                    const auto* bytes = reinterpret_cast<const std::byte*>(&each);
                    all.emplace_back(bytes, bytes + message::bytes(blocks));
                }
                const auto result = bracket(all, 0, all.size(), seed, &message::append);
                message combined;
                std::memcpy(static_cast<void*>(&combined), result.data(), result.size());
                const auto root = combined.run.root();
                ASSERT_LT(combined.failed_rank, 0);
                ASSERT_EQ(tests::bits(root.sum), tests::bits(expected.sum)) << blocks << " blocks on " << ranks;
                ASSERT_EQ(tests::bits(root.correction), tests::bits(expected.correction)) << blocks << " on " << ranks;
            }
        }
    }
}

TEST(simulated_ranks, the_lowest_failed_rank_wins_in_any_bracketing) {
    using message = rank_message<plain::partial>;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const std::uint64_t ranks = 2 + random_below(40, seed, 0);
        const std::uint64_t lowest = random_below(ranks, seed, 1);
        messages all;
        for (std::uint64_t rank = 0; rank < ranks; ++rank) {
            message each;
            each.run = forest<plain::partial>(rank);
            if (rank == lowest || (rank > lowest && random_below(3, seed, 100 + rank) == 0)) {
                each.failed_rank = static_cast<int>(rank);
            } else {
                each.run.append_block({1.0});
            }
            const auto* bytes = reinterpret_cast<const std::byte*>(&each);
            all.emplace_back(bytes, bytes + message::bytes(ranks));
        }
        const auto result = bracket(all, 0, all.size(), seed, &message::append);
        message combined;
        std::memcpy(static_cast<void*>(&combined), result.data(), result.size());
        EXPECT_EQ(combined.failed_rank, static_cast<int>(lowest));
    }
}

} // namespace
