#include "errors.hpp"
#include "quadot.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace {

using quadot::constant_expression;
using quadot::finite_constant_expression;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double pi = 3.141592653589793;

std::string refusal(std::string_view text, double (*parse)(std::string_view, std::string_view) = constant_expression) {
    try {
        static_cast<void>(parse("LO", text));
    } catch (const quadot::error& problem) {
        EXPECT_EQ(problem.kind(), quadot::error_kind::usage);
        return problem.what();
    }
    return "accepted";
}

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

TEST(constant_expression, have_the_very_bits_of_the_expression) {
    const std::pair<std::string_view, double> right[] = {
        {"0", 0.0},
        {"-0", -0.0},
        {"1", 1.0},
        {"1e-3", 1e-3},
        {".5", 0.5},
        {"5.", 5.0},
        {"1E3", 1000.0},
        {"0.1", 0.1},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"5e-324", 5e-324},
        {"0e999", 0.0},
        {"0.000e-999", 0.0},
        {"pi", pi},
        {"pi/2", M_PI / 2},
        {"e", 2.718281828459045},
        {"inf", inf},
        {"+inf", inf},
        {"-inf", -inf},
        {"1/3", 1.0 / 3.0},
        {" 1 +\t2 ", 3.0},
        {"0.1+0.2", 0.1 + 0.2},
        {"1-2-3", -4.0},
        {"8/4/2", 1.0},
        {"2+3*4", 14.0},
        {"(2+3)*4", 20.0},
        {"2*3+4", 10.0},
        {"2^3^2", 512.0},
        {"(2^3)^2", 64.0},
        {"-2^2", -4.0},
        {"(-2)^2", 4.0},
        {"2^-1", 0.5},
        {"2^-1^2", 0.5},
        {"2^-2*8", 2.0},
        {"-2*3", -6.0},
        {"2*-3", -6.0},
        {"--1", 1.0},
        {"+-+1", -1.0},
        {"1--1", 2.0},
        {"2*3^2", 18.0},
        {"-1^2+3", 2.0},
        {"2e3", 2000.0},
        {"2*e", 2 * 2.718281828459045},
        {"sqrt(2)", std::sqrt(2.0)},
        {"sqrt (4)", 2.0},
        {"exp(1)", std::exp(1.0)},
        {"log(10)", std::log(10.0)},
        {"sin(1)", std::sin(1.0)},
        {"cos(pi)", -1.0},
        {"tan(1)", std::tan(1.0)},
        {"atan(inf)", pi / 2},
        {"abs(-3)", 3.0},
        {"-sqrt(4)^2", -4.0},
        {"sqrt(sqrt(16))", 2.0},
        {"exp(-inf)", 0.0},
        {"1/inf", 0.0},
        {"inf+1", inf},
        {"2^inf", inf},
        {"1e300*1e-300", 1e300 * 1e-300},
    };
    for (const auto& [text, value] : right) {
        std::uint64_t found = 0;
        EXPECT_NO_THROW(found = bits(constant_expression("LO", text))) << text;
        EXPECT_EQ(found, bits(value)) << text << " gives " << std::bit_cast<double>(found) << ", not " << value;
    }
}

TEST(constant_expression, refusals_name_the_column_and_the_remedy) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"", "column 1: the end where a value should stand; "},
        {"   ", "column 4: the end where"},
        {"1+", "column 3: the end where"},
        {"*2", "column 1: '*' where a value"},
        {"pi//2", "column 4: '/' where a value"},
        {"2**3", "column 3: '**' is no operator; write ^"},
        {"2pi", "column 2: 'p' where an operator should stand; write 2*pi to multiply"},
        {"1 2", "column 3: '2' where an operator"},
        {"1.2.3", "column 4: '.' where an operator"},
        {"2e", "column 2: 'e' where an operator"},
        {"1e", "column 2: 'e' where an operator"},
        {"0x10", "column 2: 'x' where an operator"},
        {"pi(2)", "column 3: '(' where an operator"},
        {"(1", "column 1: '(' is never closed; add ')'"},
        {"sin((1)", "column 4: '(' is never closed"},
        {"(1]", "column 3: ']' where an operator"},
        {"1)", "column 2: ')' without '('"},
        {"()", "column 2: ')' where a value"},
        {"sin()", "column 5: sin takes 1 argument and finds none"},
        {"sin", "column 4: sin without '('; write sin(a)"},
        {"sin 1", "column 5: sin without '('"},
        {"atan(1,2)", "column 7: atan takes 1 argument, and finds more"},
        {"0,5", "column 2: ',' inside"},
        {".", "column 1: '.' without digits"},
        {"-.", "column 2: '.' without digits"},
        {"1+1e400", "column 3: the number 1e400 is outside the range of a double"},
        {"-1e400", "column 2: the number 1e400 is outside"},
        {"1e-400", "column 1: the number 1e-400 is outside"},
        {"1e99999999999999999999", "column 1: the number"},
        {"1/0", "column 2: '/' gives an infinite value; write inf or -inf"},
        {"0/0", "column 2: '/' gives nan"},
        {"1e308*10", "column 6: '*' gives an infinite value"},
        {"10^400", "column 3: '^' gives an infinite value"},
        {"1/(inf-inf)", "column 7: '-' gives nan"},
        {"(-1)^.5", "column 5: '^' gives nan"},
        {"0*inf", "column 2: '*' gives nan"},
        {"1+log(0)", "column 3: log gives an infinite value"},
        {"log(-1)", "column 1: log gives nan"},
        {"exp(1000)", "column 1: exp gives an infinite value"},
        {"sin(inf)", "column 1: sin gives nan"},
        {"nan", "column 1: nan is not a number"},
        {"PI", "column 1: unknown name 'PI'; did you mean 'pi'?"},
        {"infinity", "column 1: unknown name 'infinity'; did you mean 'inf'?"},
        {"1+squrt(2)", "column 3: unknown name 'squrt'; did you mean 'sqrt'?"},
        {"x", "column 1: unknown name 'x'; use one of: pi, e, inf, if, sin"},
        {"_", "column 1: unknown name '_'"},
        {"\xcf\x80/2", "column 1: '\xcf\x80' where a value"},
        {"1+2*\xe2\x88\x92"
         "3",
         "column 5: '\xe2\x88\x92' where a value"},
        {"1\xe2\x88\x92"
         "3/$",
         "column 2: '\xe2\x88\x92' where an operator"},
        {"(\xcf\x80)+", "column 2: '\xcf\x80'"},
        {"1\n2", "column 2: '\\x0a' where an operator"},
    };
    for (const auto& [text, why] : wrong) {
        const std::string message = refusal(text);
        EXPECT_NE(message.find(why), std::string::npos) << text << " -> " << message;
        EXPECT_TRUE(message.starts_with("LO '")) << message;
        EXPECT_NE(message.find("; "), std::string::npos) << message;
        EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
}

TEST(constant_expression, bounds_depth_and_length) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '(') + '1' + std::string(depth, ')'); };
    EXPECT_EQ(constant_expression("LO", nested(200)), 1.0);
    EXPECT_NE(refusal(nested(201)).find("column 201: nested more than 200 deep"), std::string::npos) << refusal(nested(201));
    EXPECT_NE(refusal(std::string(300, '-') + '1').find("deep"), std::string::npos);
    std::string powers = "1", sum = "1";
    for (int i = 0; i < 300; ++i) powers += "^1";
    for (int i = 0; i < 9999; ++i) sum += "+1";
    EXPECT_NE(refusal(powers).find("deep"), std::string::npos);
    EXPECT_EQ(constant_expression("LO", sum), 10000.0); // long, but flat
    EXPECT_NE(refusal(sum + std::string(65536, ' ')).find("longer than 65536 bytes"), std::string::npos);
    EXPECT_LT(refusal(std::string(5'000'000, '(')).size(), 300U);
    // Depth is given back: nests side by side do not add up.
    EXPECT_EQ(constant_expression("LO", nested(90) + '+' + nested(90) + '+' + nested(90)), 3.0);
}

TEST(constant_expression, a_constant_is_finite) {
    EXPECT_EQ(finite_constant_expression("--rtol", "1e-10"), 1e-10);
    EXPECT_EQ(finite_constant_expression("--rtol", "2^-53"), 0x1p-53);
    EXPECT_EQ(finite_constant_expression("--param k", "1/inf"), 0.0);
    EXPECT_EQ(refusal("-inf", finite_constant_expression), "LO '-inf': column 1: the value is infinite; write a finite number");
    EXPECT_NE(refusal("1e", finite_constant_expression), "accepted");
}

TEST(constant_expression, survives_arbitrary_text) {
    const std::string_view pieces[] = {"1", "0", ".5", "1e-3", "e",   "pi", "inf",   "+",    "-", "*", "/",
                                       "^", "(", ")",  "sqrt", "log", " ",  "1e400", "\xcf", "x", ","};
    std::mt19937_64 random(11);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t left = random() % 8; left > 0; --left) text += pieces[random() % std::size(pieces)];
        try {
            ASSERT_FALSE(std::isnan(constant_expression("LO", text))) << text;
            ++accepted;
        } catch (const quadot::error& problem) {
            ASSERT_EQ(problem.kind(), quadot::error_kind::usage) << text;
            ASSERT_NE(std::string(problem.what()).find("': column "), std::string::npos) << text;
        }
    }
    EXPECT_GT(accepted, 1000);
}

} // namespace
