// The page's parts that need no document: text, numbers, ticks, labels.
#include "drivers/page/figure.hpp"
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace quadot::drivers::page {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

TEST(Html, EscapesWhatHasAMeaning) {
    EXPECT_EQ(escaped("a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    EXPECT_EQ(escaped("gr\u00fc\u00df \U0001f600\n\t"), "gr\u00fc\u00df \U0001f600\n\t");
}

TEST(Html, ReplacesWhatNoPageMayContain) {
    const std::string sign = "\ufffd";
    EXPECT_EQ(escaped(std::string("\0\x01\x1b\x7f", 4)), sign + sign + sign + sign);
    EXPECT_EQ(escaped("\xff"), sign);                                  // no lead byte
    EXPECT_EQ(escaped("\xc0\xaf"), sign + sign);                       // / in two bytes
    EXPECT_EQ(escaped("\xe0\x80\xaf"), sign + sign + sign);            // / in three
    EXPECT_EQ(escaped("\xed\xa0\x80"), sign + sign + sign);            // half of a surrogate pair
    EXPECT_EQ(escaped("\xf4\x90\x80\x80"), sign + sign + sign + sign); // beyond U+10FFFF
    EXPECT_EQ(escaped("\xe2\x82"), sign + sign);                       // cut short
    EXPECT_EQ(escaped("\u202eevil\u2066\u200f"), sign + "evil" + sign + sign);
    EXPECT_EQ(escaped("\u0085"), sign);
}

TEST(Html, JsonCannotEndItsElement) {
    const nlohmann::ordered_json value{
        {"a</script>", "<!-- <script>"}, {"list", {1, 2.5, "x"}}, {"deep", {{{"k", nullptr}}}}, {"none", nlohmann::ordered_json::array()}};
    const std::string text = embedded_json(value);
    EXPECT_EQ(text.find('<'), std::string::npos);
    EXPECT_EQ(nlohmann::ordered_json::parse(text), value);
    EXPECT_NE(text.find("\"list\": [1,2.5,\"x\"]"), std::string::npos);
}

TEST(Numbers, Seconds) {
    EXPECT_EQ(seconds_text(1.782e-5), "17.8 \u00b5s");
    EXPECT_EQ(seconds_text(999.96e-9), "1.00 \u00b5s");
    EXPECT_EQ(seconds_text(999.4e-9), "999 ns");
    EXPECT_EQ(seconds_text(5e-13), "0.001 ns");
    EXPECT_EQ(seconds_text(0.25), "250 ms");
    EXPECT_EQ(seconds_text(12345), "12345 s");
    EXPECT_EQ(seconds_text(0), "0.000 s");
    EXPECT_EQ(seconds_text(nan), "\u2013");
    EXPECT_EQ(seconds_text(inf), "\u2013");
}

TEST(Numbers, RatesAndBytes) {
    EXPECT_EQ(rate_text(8.9779e10, "B/s"), "89.8 GB/s");
    EXPECT_EQ(rate_text(999.9e6, "B/s"), "1.00 GB/s");
    EXPECT_EQ(rate_text(12, "B/s"), "12.0 B/s");
    EXPECT_EQ(rate_text(0, "B/s"), "0.000 B/s");
    EXPECT_EQ(rate_text(nan, "B/s"), "\u2013");
    EXPECT_EQ(bytes_text(32768), "32 KiB");
    EXPECT_EQ(bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(bytes_text(33554432), "32 MiB");
    EXPECT_EQ(bytes_text(100), "100 B");
}

TEST(Numbers, ErrorsAndCounts) {
    EXPECT_EQ(error_text(5.68e-14), "5.7\u00d710\u207b\u00b9\u2074");
    EXPECT_EQ(error_text(0), "0");
    EXPECT_EQ(error_text(nan), "not a number");
    EXPECT_EQ(error_text(inf), "\u221e");
    EXPECT_EQ(count_text(1000), "1000");
    EXPECT_EQ(count_text(1e6), "10\u2076");
    EXPECT_EQ(count_text(4e7), "4\u00d710\u2077");
    EXPECT_EQ(count_text(1048576), "2\u00b2\u2070");
    EXPECT_EQ(count_text(12345), "12345");
    EXPECT_EQ(count_text(1.6e8), "1.60\u00d710\u2078");
    EXPECT_EQ(percent_text(0.957), "96 %");
    EXPECT_EQ(percent_text(nan), "\u2013");
    EXPECT_EQ(ratio_text(4.59), "4.59\u00d7");
    EXPECT_EQ(std::stod(exact_text(0.1)), 0.1);
}

std::vector<double> places(const axis& each) {
    std::vector<double> at;
    for (const tick& one : each.ticks) at.push_back(one.at);
    return at;
}

std::string plain(double value) { return std::to_string(value); }

void expect_covers(const axis& each, const std::vector<double>& values) {
    for (const double value : values) {
        EXPECT_GE(each.part(value), -1e-9) << value;
        EXPECT_LE(each.part(value), 1 + 1e-9) << value;
    }
    for (std::size_t k = 1; k < each.ticks.size(); ++k) EXPECT_LT(each.ticks[k - 1].at, each.ticks[k].at);
    EXPECT_GE(each.ticks.size(), 2U);
    EXPECT_LE(each.ticks.size(), 40U);
}

TEST(Axes, Linear) {
    const axis each = linear_axis("", {3, 94.1}, plain);
    EXPECT_EQ(places(each), (std::vector<double>{0, 20, 40, 60, 80, 100}));
    EXPECT_EQ(each.ticks[1].label, "20"); // without its zeros
    expect_covers(linear_axis("", {-3, 7}, plain), {-3, 7});
    expect_covers(linear_axis("", {}, plain), {0, 1});
    expect_covers(linear_axis("", {0, 0}, plain), {0});
    expect_covers(linear_axis("", {nan, inf, 5e-300}, plain), {5e-300});
    for (double top = 1e-9; top < 1e12; top *= 1.7) expect_covers(linear_axis("", {top}, plain), {0, top});
}

TEST(Axes, Logarithmic) {
    EXPECT_EQ(places(decimal_axis("", {1e-13, 3e-10}, plain)).size(), 5U); // 1e-13 to 1e-9
    expect_covers(decimal_axis("", {17, 82}, plain), {17, 82});
    expect_covers(decimal_axis("", {5, 5}, plain), {5});
    expect_covers(decimal_axis("", {0, -1, nan}, plain), {1, 10});
    expect_covers(decimal_axis("", {1e-200, 1e200}, plain), {1e-200, 1e200});
    expect_covers(binary_axis("", {4096, 268435456}, plain), {4096, 268435456});
    expect_covers(binary_axis("", {8}, plain), {8});
    EXPECT_DOUBLE_EQ(binary_axis("", {0.999, 8.01}, plain).low, 1);
    EXPECT_DOUBLE_EQ(binary_axis("", {0.999, 8.01}, plain).high, 8);
    for (double low = 1e-12; low < 1e3; low *= 2.3) {
        for (double ratio = 1; ratio < 1e20; ratio *= 3.1) expect_covers(decimal_axis("", {low, low * ratio}, plain), {low, low * ratio});
    }
}

TEST(Labels, Spread) {
    EXPECT_EQ(spread({10, 50}, 15, 0, 100), (std::vector<double>{10, 50}));
    EXPECT_EQ(spread({50, 45}, 15, 0, 100), (std::vector<double>{60, 45}));
    EXPECT_EQ(spread({99, 98, 97}, 15, 0, 100), (std::vector<double>{100, 85, 70}));
    EXPECT_EQ(spread({5, 5, 5}, 60, 0, 100), (std::vector<double>{0, 50, 100})); // no room for more
    EXPECT_TRUE(spread({}, 15, 0, 100).empty());
}

} // namespace

} // namespace quadot::drivers::page
