#include "drivers/input/suggest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using quadot::drivers::nearest_name;
using quadot::drivers::printable;
using quadot::drivers::unknown_name_message;

const std::vector<std::string> rules{"left", "right", "midpoint", "trapezoid", "simpson", "boole", "gauss", "clenshaw"};

TEST(suggest, finds_the_name_that_was_meant) {
    const std::pair<std::string_view, std::string_view> typed[] = {
        {"simpsn", "simpson"},  {"simpsson", "simpson"},    {"smipson", "simpson"},      {"zimpson", "simpson"},
        {"SIMPSON", "simpson"}, {"trapezium", "trapezoid"}, {"trapez", "trapezoid"},     {"mid", "midpoint"},
        {"bool", "boole"},      {"rihgt", "right"},         {"gauss_legendre", "gauss"}, {"left", "left"},
    };
    for (const auto& [wanted, meant] : typed) EXPECT_EQ(nearest_name(wanted, rules), meant) << wanted;
}

TEST(suggest, is_silent_when_nothing_is_near) {
    for (const std::string_view wanted : {"", "x", "si", "foo", "romberg", "tanh-sinh", "lightning"})
        EXPECT_EQ(nearest_name(wanted, rules), "") << wanted;
    EXPECT_EQ(nearest_name("simpson", {}), "");
    EXPECT_EQ(nearest_name("b", std::vector<std::string>{"a", "", "c"}), "");
}

TEST(suggest, a_swap_of_neighbours_is_one_edit) {
    // Three letters allow one edit: "sni" is near only if the swap counts as one, not as two replacements.
    EXPECT_EQ(nearest_name("sni", std::vector<std::string>{"sin"}), "sin");
    EXPECT_EQ(nearest_name("nis", std::vector<std::string>{"sin"}), "");
}

TEST(suggest, prefers_the_nearest_then_the_first) {
    EXPECT_EQ(nearest_name("avx3", std::vector<std::string>{"avx512", "avx2", "avx1"}), "avx2");
    EXPECT_EQ(nearest_name("uniforn", std::vector<std::string>{"uniforms", "uniform"}), "uniform");
    EXPECT_EQ(nearest_name("EXACT", std::vector<std::string>{"exactly", "exact"}), "exact");
}

TEST(suggest, long_input_costs_little) { EXPECT_EQ(nearest_name(std::string(10'000'000, 'x'), rules), ""); }

TEST(suggest, writes_the_message) {
    const std::vector<std::string> two{"left", "simpson"};
    EXPECT_EQ(unknown_name_message("rule", "simpsn", two), "unknown rule 'simpsn'; did you mean 'simpson'? (one of: left, simpson)");
    EXPECT_EQ(unknown_name_message("rule", "foo", two), "unknown rule 'foo'; use one of: left, simpson");
    EXPECT_EQ(unknown_name_message("rule", "", two), "unknown rule ''; use one of: left, simpson");
    EXPECT_EQ(unknown_name_message("rule", "foo", {}), "unknown rule 'foo'; there is none to choose from");
    EXPECT_EQ(unknown_name_message("rule", "a\nb", {}).find('\n'), std::string::npos);
}

TEST(suggest, printable_text_stays_on_one_line) {
    EXPECT_EQ(printable("plain text"), "plain text");
    EXPECT_EQ(printable("\xcf\x80 \xe2\x88\x9e \xf0\x9d\x9b\x91"), "\xcf\x80 \xe2\x88\x9e \xf0\x9d\x9b\x91");
    EXPECT_EQ(printable("a\n\x1b[31m\x7f"), "a\\x0a\\x1b[31m\\x7f");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("\xff\xcf"), "\\xff\\xcf");
    EXPECT_EQ(printable("\xcf"
                        "a"),
              "\\xcfa");
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b"); // U+009B starts terminal commands
    EXPECT_EQ(printable("123456", 5), "12345...");
    EXPECT_EQ(printable("1234\xcf\x80", 5), "1234..."); // never half a character
    EXPECT_EQ(printable("12345", 5), "12345");
}

} // namespace
