#include "drivers/input/sizes.hpp"
#include "errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace {

using quadot::drivers::parse_size;
using quadot::drivers::parse_sizes;
using sizes = std::vector<std::uint64_t>;

template <class Parse>
std::string refusal(Parse&& parse) {
    try {
        parse();
    } catch (const quadot::error& problem) {
        EXPECT_EQ(problem.kind(), quadot::error_kind::usage);
        return problem.what();
    }
    return "accepted";
}

std::string size_refusal(std::string_view text) {
    return refusal([&] { static_cast<void>(parse_size("-n", text)); });
}

std::string sizes_refusal(std::string_view text) {
    return refusal([&] { static_cast<void>(parse_sizes("--sizes", text)); });
}

TEST(sizes, reads_every_right_spelling) {
    const std::pair<std::string_view, std::uint64_t> right[] = {
        {"0", 0},
        {"1", 1},
        {"007", 7},
        {"1000", 1000},
        {"1e9", 1'000'000'000},
        {"1e0", 1},
        {"0e999999999999999999999999", 0},
        {"1.5e3", 1500},
        {"1.50000e1", 15},
        {"1.0e0", 1},
        {"0.5e1", 5},
        {"2^30", 1'073'741'824},
        {"10^6", 1'000'000},
        {"2^0", 1},
        {"0^0", 1},
        {"0^7", 0},
        {"1^99999999999999999999999", 1},
        {"2^53", 9'007'199'254'740'992},
        {"9007199254740992", 9'007'199'254'740'992},
        {"9.007199254740992e15", 9'007'199'254'740'992},
        {"64k", 64'000},
        {"1M", 1'000'000},
        {"1G", 1'000'000'000},
        {"1T", 1'000'000'000'000},
        {"64Ki", 65'536},
        {"1Mi", 1'048'576},
        {"8Gi", 8'589'934'592},
        {"8388608Gi", 9'007'199'254'740'992},
    };
    for (const auto& [text, size] : right) EXPECT_EQ(parse_size("-n", text), size) << text;
}

TEST(sizes, suggests_the_nearest_right_spelling) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"64K", "64k"},   {"64kB", "64k"},   {"64KB", "64k"},   {"64KiB", "64Ki"}, {"64ki", "64Ki"},  {"1g", "1G"},      {"1m", "1M"},
        {"1t", "1T"},     {"1gi", "1Gi"},    {"1Ti", "1024Gi"}, {"1E9", "1e9"},    {"1e+9", "1e9"},   {"1e9x", "1e9"},   {"-5", "5"},
        {"+5", "5"},      {" 5 ", "5"},      {"1 000", "1000"}, {"1_000", "1000"}, {"1'000", "1000"}, {"1,000", "1000"}, {"2**30", "2^30"},
        {"1.5k", "1500"}, {"1.5M", "1500k"}, {"1.5", "2"},      {"0.25", "1"},     {"1e-3", "1"},     {"10.0", "10"},    {"1.0001e3", "1k"},
        {"1000B", "1k"},  {"2^30 ", "2^30"}, {"-64K", "64k"},   {"1e3k", "1M"},
    };
    for (const auto& [text, suggestion] : wrong)
        EXPECT_EQ(size_refusal(text), "-n '" + std::string(text) + "': not a size; did you mean " + std::string(suggestion) + "?");
}

TEST(sizes, gives_examples_where_nothing_is_near) {
    for (const std::string_view text : {"many", "nan", "inf", "k", "^3", "e9", "0x10", ".", "..", "-", "1e400x", "1 million", "\xff"})
        EXPECT_NE(size_refusal(text).find("not a size; write a size such as 1000, 1e9, 2^30, 64k or 64Ki"), std::string::npos)
            << size_refusal(text);
    EXPECT_EQ(size_refusal(""), "-n '': a size is missing; write a size such as 1000, 1e9, 2^30, 64k or 64Ki");
}

TEST(sizes, refuses_more_than_a_double_counts) {
    for (const std::string_view text : {"9007199254740993", "2^54", "2^64", "2^18446744073709551617", "18446744073709551616",
                                        "18446744073709551617", "1e16", "1e400", "1e99999999999999999999", "9.007199254740993e15", "10000T",
                                        "8388609Gi", "18446744073709552T", "4294967296^2", "99999999999999999999999^1"})
        EXPECT_NE(size_refusal(text).find("larger than 2^53"), std::string::npos) << size_refusal(text);
}

TEST(sizes, keeps_messages_on_one_line) {
    EXPECT_EQ(size_refusal("1\n2").find('\n'), std::string::npos);
    EXPECT_LT(size_refusal(std::string(1'000'000, 'x')).size(), 300U);
    EXPECT_LT(size_refusal(std::string(1'000'000, '9')).size(), 300U);
}

TEST(sizes, whatever_is_suggested_is_right) {
    constexpr std::string_view alphabet = "0123456789..^ekKMGTib-+ _x";
    std::mt19937_64 random(7);
    int suggested = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 9, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        const std::string message = size_refusal(text);
        const std::string_view phrase = "did you mean ";
        const std::size_t at = message.find(phrase);
        if (at == std::string::npos) continue;
        ++suggested;
        const std::string suggestion = message.substr(at + phrase.size(), message.size() - at - phrase.size() - 1);
        ASSERT_EQ(size_refusal(suggestion), "accepted") << message;
    }
    EXPECT_GT(suggested, 500);
}

TEST(size_lists, read_lists_and_ranges) {
    EXPECT_EQ(parse_sizes("--sizes", "7"), sizes({7}));
    EXPECT_EQ(parse_sizes("--sizes", "1k,1Ki,5,5,1"), sizes({1000, 1024, 5, 5, 1}));
    EXPECT_EQ(parse_sizes("--sizes", "2^10..2^13"), sizes({1024, 2048, 4096, 8192}));
    EXPECT_EQ(parse_sizes("--sizes", "2^10..2^24:x4"), sizes({1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24}));
    EXPECT_EQ(parse_sizes("--sizes", "1000..5000:+1000"), sizes({1000, 2000, 3000, 4000, 5000}));
    EXPECT_EQ(parse_sizes("--sizes", "1..100:x10,7,0..4:+2"), sizes({1, 10, 100, 7, 0, 2, 4}));
    EXPECT_EQ(parse_sizes("--sizes", "1k..1M:x1k"), sizes({1000, 1'000'000}));
    EXPECT_EQ(parse_sizes("--sizes", "8..8"), sizes({8}));
}

TEST(size_lists, hold_the_last_size_only_if_a_step_meets_it) {
    EXPECT_EQ(parse_sizes("--sizes", "3..20"), sizes({3, 6, 12}));
    EXPECT_EQ(parse_sizes("--sizes", "1..10:+4"), sizes({1, 5, 9}));
}

TEST(size_lists, end_at_the_largest_size_without_wrapping) {
    EXPECT_EQ(parse_sizes("--sizes", "1..2^53").size(), 54U);
    EXPECT_EQ(parse_sizes("--sizes", "2^52..2^53:x2^53"), sizes({std::uint64_t{1} << 52}));
    EXPECT_EQ(parse_sizes("--sizes", "2^53..2^53:+2^53"), sizes({std::uint64_t{1} << 53}));
}

TEST(size_lists, are_bounded_before_they_are_built) {
    EXPECT_EQ(parse_sizes("--sizes", "1..10000:+1").size(), 10'000U);
    for (const std::string_view text : {"0..10000:+1", "0..2^53:+1", "1..9999:+1,1,2"})
        EXPECT_NE(sizes_refusal(text).find("more than 10000 sizes; "), std::string::npos) << sizes_refusal(text);
}

TEST(size_lists, refuse_what_has_no_meaning) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"", "a size is missing"},
        {"1,", "between commas is empty"},
        {",1", "between commas is empty"},
        {"1,,2", "between commas is empty"},
        {",", "between commas is empty"},
        {"1..", "a size is missing"},
        {"..5", "a size is missing"},
        {"1...5", "'.5': not a size"},
        {"1..2..3", "'2..3': not a size"},
        {"2^10..2^24:x4:x2", "'4:x2': not a size"},
        {"5..1", "runs backwards; did you mean 1..5?"},
        {"1..5:x1", "multiplying by 1 never"},
        {"1..5:x0", "multiplying by 0 never"},
        {"0..5", "0 stays 0"},
        {"1..5:+0", "adding 0 never"},
        {"1..5:", "neither multiplies nor adds"},
        {"1..5:4", "neither multiplies nor adds"},
        {"1..5:X4", "neither multiplies nor adds"},
        {"1..5:x", "a size is missing"},
        {"1..5:x1.5", "not a size; did you mean 2?"},
        {"1..5:+-1", "not a size; did you mean 1?"},
        {"1..2^54", "larger than 2^53"},
        {"64K,1", "did you mean 64k?"},
        {"1, 2", "did you mean 2?"},
        {"2^10:x4", "not a size"},
    };
    for (const auto& [text, why] : wrong) {
        const std::string message = sizes_refusal(text);
        EXPECT_NE(message.find(why), std::string::npos) << text << " -> " << message;
        EXPECT_TRUE(message.starts_with("--sizes '")) << message;
        EXPECT_NE(message.find("; "), std::string::npos) << message;
    }
}

} // namespace
