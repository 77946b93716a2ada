// The limits of a machine, written and read back: by the cache of `quadot machine`, and by `quadot report`.
#include "drivers/documents/merged.hpp"
#include "drivers/machine/allreduce_doubt.hpp"
#include "drivers/machine/limits.hpp"
#include "drivers/measure/timing.hpp"
#include "quadot.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

/// Every member another number, so that none can stand in for another.
machine_limits sample() {
    machine_limits limits;
    limits.host = "node1";
    limits.cpu = "Test CPU";
    limits.date = "2026-01-02T03:04:05+00:00";
    limits.version = "0.1";
    limits.bandwidths = {{"L1", 16384, 1, 2e11}, {"DRAM", 1073741824, 2, 4.5e10}, {"DRAM, domain 1", 536870912, 3, 2.5e10}};
    limits.arithmetic = {{"fma", "f64", "avx2", 1, 4e10}, {"fma+add", "f32", "avx512", 2, 9e10}, {"division", "f64", "avx2", 3, 2e9}};
    limits.regions = {{4, 1.5e-6}};
    limits.timer_seconds = 3e-8;
    limits.messages = {{"other node", 5, 6, 5e-7, 8e9}};
    limits.allreduces = {{7, 2e-6}, {8, 3e-6}};
    return limits;
}

} // namespace

TEST(Limits, AreReadAsTheyWereWritten) {
    const json written = to_json(sample());
    const auto read = limits_from_json(json::parse(written.dump()));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), written);
    EXPECT_EQ(read->host, "node1");
    EXPECT_EQ(read->version, "0.1");
    ASSERT_EQ(read->bandwidths.size(), 3U);
    EXPECT_EQ(read->bandwidths[1].level, "DRAM");
    EXPECT_EQ(read->bandwidths[1].working_set_bytes, 1073741824);
    EXPECT_EQ(read->bandwidths[1].workers, 2);
    EXPECT_EQ(read->bandwidths[1].bytes_per_second, 4.5e10);
    EXPECT_EQ(read->rate("fma+add", "f32", "avx512", 2), 9e10);
    ASSERT_EQ(read->messages.size(), 1U);
    EXPECT_EQ(read->messages[0].from, 5);
    EXPECT_EQ(read->messages[0].to, 6);
    EXPECT_EQ(read->messages[0].latency_seconds, 5e-7);
    EXPECT_EQ(read->allreduces[1].seconds, 3e-6);
    EXPECT_EQ(read->regions[0].threads, 4);
    EXPECT_EQ(read->timer_seconds, 3e-8);
}

TEST(Limits, UnitsFollowTheOperation) {
    const json written = to_json(sample());
    EXPECT_EQ(written["arithmetic"][0]["unit"], "flop/s");
    EXPECT_EQ(written["arithmetic"][1]["unit"], "flop/s");
    EXPECT_EQ(written["arithmetic"][2]["unit"], "1/s");
}

TEST(Limits, WhatIsNoObjectIsNone) {
    for (const char* text : {"null", "[]", "3", "\"host\"", "true"}) EXPECT_FALSE(limits_from_json(json::parse(text))) << text;
    EXPECT_FALSE(limits_from_json(json::parse("{", nullptr, false))); // discarded
    const auto empty = limits_from_json(json::object());
    ASSERT_TRUE(empty);
    EXPECT_TRUE(empty->bandwidths.empty() && empty->host.empty());
}

/// One member of one entry made unusable takes that entry out, and no other.
TEST(Limits, EntriesThatAreNoLimitAreLeftOut) {
    const json whole = to_json(sample());
    const std::vector<json> nothing{nullptr, -1, "inf", "nan", json::array(), json::object()};
    for (const char* list : {"bandwidth", "arithmetic", "parallel_region", "messages", "allreduce"}) {
        for (const auto& [key, value] : whole[list][0].items()) {
            if (key == "unit") continue; // of the operation
            std::vector<json> unusable = value.is_string() ? std::vector<json>{nullptr, 1, json::array()} : nothing;
            if (value.is_number() && key != "pair") unusable.emplace_back(0);
            if (key == "threads" || key == "ranks") unusable.emplace_back(1e300);
            if (key == "ranks" && value.is_array()) unusable.insert(unusable.end(), {json{0}, json{0, -1}, json{"0", 1}, json{0, 1, 2}});
            for (const json& bad : unusable) {
                json changed = whole;
                changed[list][0][key] = bad;
                json wanted = whole;
                wanted[list].erase(0);
                const auto read = limits_from_json(changed);
                ASSERT_TRUE(read);
                EXPECT_EQ(to_json(*read), wanted) << list << "." << key << " = " << bad;
            }
            json missing = whole;
            missing[list][0].erase(key);
            json wanted = whole;
            wanted[list].erase(0);
            EXPECT_EQ(to_json(limits_from_json(missing).value()), wanted) << list << " without " << key;
        }
        json no_list = whole;
        no_list[list] = 3;
        json wanted = whole;
        wanted[list] = json::array();
        EXPECT_EQ(to_json(limits_from_json(no_list).value()), wanted) << list;
    }
}

/// A probe that sums nothing is timed as fast as a call: nobody would hear of it but for the messages.
TEST(Allreduce, AProbeThatMeasuresNothingIsNoticed) {
    const std::vector<message_limit> messages{{"other node", 0, 3, 2e-6, 1e10}, {"same node", 0, 1, 4e-7, 8e9}};
    const auto timed = time_interleaved(single_process(), {[] { return 0.0; }}, {.repetitions = 9, .maximum_seconds = 1});
    const allreduce_limit planted{2, timed[0].interval().median};
    EXPECT_NE(doubt_of(planted, {}, messages), "") << planted.seconds;
    EXPECT_EQ(doubt_of({2, 0}, {}, {}), "it took no time");
    EXPECT_EQ(doubt_of({2, -1e-6}, {}, messages), "it took no time");
    EXPECT_EQ(doubt_of({2, std::nan("")}, {}, messages), "it took no time");
    EXPECT_NE(doubt_of({2, 5e-9}, {}, {}), ""); // with no message to compare with
    EXPECT_NE(doubt_of({2, 1.9e-7}, {}, messages), "");
}

TEST(Allreduce, ThatDoesNotGrowIsNoticed) {
    const std::vector<message_limit> messages{{"same node", 0, 1, 4e-7, 8e9}};
    const std::vector<allreduce_limit> smaller{{2, 1e-6}, {4, 1.6e-6}};
    EXPECT_NE(doubt_of({16, 4.5e-7}, smaller, messages).find("2 ranks took 1 us"), std::string::npos);
    EXPECT_NE(doubt_of({16, 7e-7}, smaller, messages).find("4 ranks took 1.6 us"), std::string::npos);
    EXPECT_EQ(doubt_of({6, 4.5e-7}, smaller, messages), ""); // three times as many ranks: still noise
}

/// Real ones: each round a message, on one node and over several, and with the noise of a shared machine.
TEST(Allreduce, RealOnesAreBelieved) {
    const std::vector<message_limit> messages{{"same node", 0, 1, 4e-7, 8e9}, {"other node", 0, 3, 2e-6, 1e10}};
    std::vector<allreduce_limit> smaller;
    double seconds = 3e-7; // a little less than the median message
    for (int ranks = 2; ranks <= 4096; ranks *= 2, seconds += 4e-7) {
        EXPECT_EQ(doubt_of({ranks, seconds}, smaller, messages), "") << ranks;
        EXPECT_EQ(doubt_of({ranks, seconds}, smaller, {}), "") << ranks;
        smaller.push_back({ranks, seconds});
    }
}

/// `quadot report` sees the same: the last file's own host where the limits name none.
TEST(Limits, OfReports) {
    const auto written = [](const json& machine) {
        return json{{"schema", "quadot/1"}, {"context", {{"host", "outer"}}}, {"benchmarks", json::array()}, {"machine", machine}}.dump();
    };
    json unnamed = to_json(sample());
    unnamed.erase("host");
    const merged shown({parse_document("a.json", written(to_json(sample()))), parse_document("b.json", written(3)),
                        parse_document("c.json", written(unnamed))});
    ASSERT_EQ(shown.machines().size(), 2U);
    EXPECT_EQ(to_json(shown.machines()[0].limits), to_json(sample()));
    EXPECT_EQ(shown.host(shown.machines()[0]), "node1");
    EXPECT_EQ(shown.machines()[1].source, 2U);
    EXPECT_EQ(shown.host(shown.machines()[1]), "outer");
}

} // namespace quadot::drivers
