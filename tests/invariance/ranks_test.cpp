// Promise 1 and 3 over MPI: mpirun -n N ranks_test, for several N. Only rank 0 prints, except what failed
// elsewhere; all ranks end with one exit code.
#include "ranks/communicator.hpp"
#include "tests/support/distributed_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace quadot;

const communicator* world = nullptr;

TEST(ranks, are_as_many_as_were_started) {
    if (const char* expected = std::getenv("QUADOT_TEST_RANKS")) {
        EXPECT_EQ(world->size(), std::atoi(expected)) << "the launcher and the library do not belong together";
    }
    EXPECT_GE(world->rank(), 0);
    EXPECT_LT(world->rank(), world->size());
    EXPECT_LT(world->on_node().rank, world->on_node().size);
    EXPECT_LE(world->on_node().size, world->size());
    EXPECT_EQ(world->maximum(world->rank()), world->size() - 1);
    EXPECT_EQ(world->unordered_sum(1), world->size());
    EXPECT_FALSE(world->library().empty());
}

TEST(ranks, collectives_keep_rank_order) {
    // Decimal digits in rank order: concatenation is associative, not commutative.
    struct text {
        std::uint32_t length;
        char digits[60];
    };
    text message{1, {static_cast<char>('a' + world->rank())}};
    world->allreduce_in_order({reinterpret_cast<std::byte*>(&message), sizeof message},
                              [](const std::byte* left, std::byte* right, std::size_t) {
                                  text a;
                                  text b;
                                  std::memcpy(&a, left, sizeof a);
                                  std::memcpy(&b, right, sizeof b);
                                  std::memcpy(a.digits + a.length, b.digits, b.length);
                                  a.length += b.length;
                                  std::memcpy(right, &a, sizeof a);
                              });
    std::string expected;
    for (int rank = 0; rank < world->size(); ++rank) expected += static_cast<char>('a' + rank);
    EXPECT_EQ(std::string(message.digits, message.length), expected);

    const int mine = 10 * world->rank();
    const auto all = world->allgather(std::as_bytes(std::span(&mine, 1)));
    ASSERT_EQ(all.size(), sizeof(int) * static_cast<std::size_t>(world->size()));
    for (int rank = 0; rank < world->size(); ++rank) {
        int theirs = 0;
        std::memcpy(&theirs, all.data() + sizeof(int) * static_cast<std::size_t>(rank), sizeof theirs);
        EXPECT_EQ(theirs, 10 * rank);
    }
    for (int root = 0; root < world->size(); ++root) {
        int told = world->rank() == root ? 1234 + root : 0;
        world->broadcast(std::as_writable_bytes(std::span(&told, 1)), root);
        EXPECT_EQ(told, 1234 + root);
    }
    world->barrier();
}

TEST(ranks, dot_has_the_bits_of_one_process) {
    for (const std::uint64_t n : {0, 1, 4096, 4097, 100003, 1000001}) {
        for (const int threads : {1, 2}) {
            EXPECT_EQ(tests::distributed_dot_findings<double>(*world, n, threads), "");
            EXPECT_EQ(tests::distributed_dot_findings<float>(*world, n, threads), "");
            EXPECT_EQ(tests::distributed_exact_findings<double>(*world, n | 1, threads), "");
            EXPECT_EQ(tests::distributed_exact_findings<float>(*world, n | 1, threads), "");
        }
    }
}

TEST(ranks, integrals_have_the_bits_of_one_process) {
    EXPECT_EQ(tests::integrate_findings(*world, tests::all_rules(), 1), "");
    EXPECT_EQ(tests::integrate_findings(*world, {{rule_kind::simpson, 0}, {rule_kind::gauss, 7}}, 2), "");
    EXPECT_EQ(tests::distributed_tolerance_findings(*world, 1), "");
    EXPECT_EQ(tests::distributed_tolerance_findings(*world, 2), "");
}

TEST(ranks, count_gives_each_number_once) {
    for (int round = 0; round < 3; ++round) {
        world->restart_count();
        std::vector<std::uint64_t> mine;
        for (int k = 0; k < 50; ++k) mine.push_back(world->count());
        EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
        const auto bytes = world->allgather(std::as_bytes(std::span(mine)));
        std::vector<std::uint64_t> all(bytes.size() / sizeof(std::uint64_t));
        std::memcpy(all.data(), bytes.data(), bytes.size());
        std::sort(all.begin(), all.end());
        for (std::uint64_t k = 0; k < all.size(); ++k) EXPECT_EQ(all[k], k);
    }
}

TEST(ranks, a_slow_rank_takes_fewer_parameters) { EXPECT_EQ(tests::balance_findings(*world), ""); }

TEST(ranks, an_error_on_one_is_the_same_error_on_all) {
    for (const int failing : {0, world->size() / 2, world->size() - 1}) EXPECT_EQ(tests::failure_findings(*world, failing), "");
    EXPECT_EQ(tests::bad_call_findings(*world), "");
}

/// On ranks other than 0: failures only, each line with its rank.
class failure_printer : public ::testing::EmptyTestEventListener {
    void OnTestPartResult(const ::testing::TestPartResult& result) override {
        if (!result.failed()) return;
        std::fprintf(stderr, "rank %d: %s:%d: %s\n", world->rank(), result.file_name() != nullptr ? result.file_name() : "?",
                     result.line_number(), result.message());
    }
};

} // namespace

int main(int argc, char** argv) {
    const session ranks(&argc, &argv);
    world = &ranks.world();
    ::testing::InitGoogleTest(&argc, argv);
    if (world->rank() != 0) {
        auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new failure_printer);
    }
    const int mine = RUN_ALL_TESTS();
    return static_cast<int>(world->maximum(mine));
}
