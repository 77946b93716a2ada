// Text integrands: what the grammar means, what it refuses and where, and the bits of what it computes.
#include "integrands/expression/c_library.hpp"
#include "math/all.hpp"
#include "math/one_lane.hpp"
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace quadot::tests {
namespace {

using lane = math::fused_scalar;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = std::numbers::pi;

/// The same bits, or NaN both: its sign and payload are not promised.
bool same(double a, double b) { return bits(a) == bits(b) || (std::isnan(a) && std::isnan(b)); }

double value_of(std::string_view text, double x = 0.3) { return expression(text, {"x"}, {{"k", 3.0}})(x); }

std::string refusal(std::string_view text, std::vector<std::string> variables = {"x"}, std::vector<parameter> parameters = {{"k", 3.0}}) {
    try {
        const expression accepted(text, std::move(variables), std::move(parameters));
    } catch (const error& problem) {
        EXPECT_EQ(problem.kind(), error_kind::usage) << text;
        EXPECT_EQ(std::string(problem.what()).find('\n'), std::string::npos) << problem.what();
        EXPECT_LT(std::string(problem.what()).size(), 700U) << problem.what();
        return problem.what();
    }
    return "accepted";
}

TEST(expression, means_what_c_means) {
    const double x = 0.3;
    const double k = 3;
    const std::pair<std::string_view, double> cases[] = {
        {"x", x},
        {"2", 2},
        {".5", 0.5},
        {"5.", 5},
        {"1e-3", 1e-3},
        {"1E+2", 100},
        {"pi", pi},
        {"e", std::numbers::e},
        {"inf", inf},
        {"k", k},
        {" k *\tx ", k * x},
        {"1-2-3", -4},
        {"8/4/2", 1},
        {"2+3*4", 14},
        {"(2+3)*4", 20},
        {"x-(x-1)", x - (x - 1)},
        {"1+x-1", (1 + x) - 1},
        {"1+(x-1)", 1 + (x - 1)},
        {"0.1+0.2+x", (0.1 + 0.2) + x},
        {"x+0.1+0.2", (x + 0.1) + 0.2},
        {"x*0.1*0.3", (x * 0.1) * 0.3},
        {"x/3", x / 3},
        {"x/8", x / 8},
        {"3/x", 3 / x},
        {"3-x", 3 - x},
        {"x-3", x - 3},
        {"x^2", x * x},
        {"-x^2", -(x * x)},
        {"(-x)^2", x * x},
        {"-x*x", -x * x},
        {"x*-x", x * -x},
        {"2^3^2", 512},
        {"(2^3)^2", 64},
        {"2^-1", 0.5},
        {"2^-1^2", 0.5},
        {"--x", x},
        {"-+-x", x},
        {"!x", 0},
        {"!0", 1},
        {"!!x", 1},
        {"!x+1", 1},
        {"x<1", 1},
        {"x<=0.3", 1},
        {"x>1", 0},
        {"1>x", 1},
        {"x>=0.3", 1},
        {"x==0.3", 1},
        {"x!=0.3", 0},
        {"x+1<2*x", 0},
        {"1<x == 0", 1},
        {"3>2>1", 0},
        {"x<1 && x>0", 1},
        {"x<0 || x>1", 0},
        {"0 && 1 || 1", 1},
        {"1 || 1 && 0", 1},
        {"2 && x", 1},
        {"0 || x", 1},
        {"x && 0", 0},
        {"x<1 ? 2 : 3", 2},
        {"x>1 ? 2 : x>0 ? 4 : 5", 4},
        {"x>0 ? x>1 ? 1 : 2 : 3", 2},
        {"1 ? 2 : 0 ? 3 : 4", 2},
        {"x<1 || 0 ? 7 : 8", 7},
        {"if(x>0, x+1, x-1)", x + 1},
        {"if(x-0.3, 1, 2)", 2},
        {"if(0, 1/0, x)", x},
        {"sin(x)", math::sin(lane(x)).value()},
        {"sin(x)^2", math::sin(lane(x)).value() * math::sin(lane(x)).value()},
        {"exp(-x^2)*cos(k*x)", math::exp(lane(-(x * x))).value() * math::cos(lane(k * x)).value()},
        {"log(e)", math::log(lane(std::numbers::e)).value()},
        {"-cos(x)", -math::cos(lane(x)).value()},
    };
    for (const auto& [text, value] : cases) {
        double found = 42;
        EXPECT_NO_THROW(found = value_of(text)) << text;
        EXPECT_EQ(bits(found), bits(value)) << text << " gives " << found << ", not " << value;
    }
    if (math::functions::find("pow")) {
        EXPECT_EQ(value_of("x^3"), math::pow(lane(x), lane(3)).value());
        EXPECT_EQ(value_of("2^-x"), math::pow(lane(2), lane(-x)).value());
        EXPECT_EQ(value_of("x^k^x"), math::pow(lane(x), math::pow(lane(k), lane(x))).value());
    }
    EXPECT_EQ(value_of("x*" + std::string(150, '(') + "x" + std::string(150, ')')), x * x);
}

TEST(expression, infinities_nan_and_zeros_are_ieee) {
    const std::pair<std::string_view, double> at_zero[] = {
        {"1/x", inf},       {"-1/x", -inf},    {"x/x", nan},     {"inf-inf", nan}, {"0/0", nan},     {"-x", -0.0},
        {"x-0", 0.0},       {"-x+0", 0.0},     {"-x-0", -0.0},   {"x*-1", -0.0},   {"0-x", 0.0},     {"1/(-x)", -inf},
        {"-(x-x)", -0.0},   {"x/x<1", 0},      {"x/x==x/x", 0},  {"x/x!=x/x", 1},  {"!(x/x)", 0},    {"x/x&&1", 1},
        {"if(x/x,1,2)", 1}, {"x==-x", 1},      {"1/x>1e308", 1}, {"log(x)", -inf}, {"exp(-inf)", 0}, {"exp(1/x)", inf},
        {"if(-x,1,2)", 2},  {"1e308*10", inf}, {"-inf<x", 1},    {"x/x||0", 1},    {"0*(1/x)", nan}, {"1/x-1/x", nan},
    };
    for (const auto& [text, value] : at_zero) {
        EXPECT_TRUE(same(value_of(text, 0.0), value)) << text << " gives " << value_of(text, 0.0) << ", not " << value;
    }
}

TEST(expression, refusals_name_the_column_and_the_remedy) {
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {"", "column 1: the end where a value should stand"},
        {"   ", "column 4: the end"},
        {"1+", "column 3: the end"},
        {"*2", "column 1: '*' where a value"},
        {"x//2", "column 3: '/' where a value"},
        {"2**3", "column 3: '**' is no operator; write ^"},
        {"2x", "column 2: 'x' where an operator should stand; write 2*x to multiply"},
        {"2(x)", "column 2: '(' where an operator should stand; write 2*(...) to multiply"},
        {"(x)(x)", "column 4: '(' where an operator should stand; write (...)*(...) to multiply"},
        {"x sin(x)", "column 3: 's' where an operator should stand; write x*sin to multiply"},
        {"2*(x 3)", "column 6: '3' where an operator"},
        {"sin(2x)", "column 6: 'x' where an operator should stand; write 2*x"},
        {"x(2)", "column 2: '(' where an operator should stand; write x*(...)"},
        {"1 2", "column 3: '2' where an operator"},
        {"x=2", "column 2: '=' where an operator should stand; write =="},
        {"x&1", "column 2: '&' where an operator should stand; write &&"},
        {"x|1", "column 2: '|' where an operator should stand; write ||"},
        {"x%2", "column 2: '%' where an operator"},
        {"1.2.3", "column 4: '.' where an operator"},
        {"1e", "column 2: 'e' where an operator"},
        {"0x10", "column 2: 'x' where an operator"},
        {"(1", "column 1: '(' is never closed; add ')'"},
        {"sin((1)", "column 4: '(' is never closed"},
        {"min(1,2", "column 4: '(' is never closed"},
        {"(1]", "column 3: ']' where an operator"},
        {"1)", "column 2: ')' without '('"},
        {"()", "column 2: ')' where a value"},
        {"sin()", "column 5: sin takes 1 argument and finds none; write sin(a)"},
        {"sin", "column 4: sin without '('; write sin(a)"},
        {"sin x", "column 5: sin without '('"},
        {"sin(1,2)", "column 6: sin takes 1 argument, and finds more"},
        {"if(x,1)", "column 7: if takes 3 arguments, and finds 2; write if(condition, yes, no)"},
        {"if x", "column 4: if without '('"},
        {"x ? 1", "column 3: '?' without ':'"},
        {"x ? 1 ) 2", "column 7: ')' where ':'"},
        {"1 : 2", "column 3: ':' without '?'"},
        {"1,5", "column 2: ',' inside"},
        {".", "column 1: '.' without digits"},
        {"1+1e400", "column 3: the number 1e400 is outside the range of a double"},
        {"1e-400", "column 1: the number 1e-400 is outside"},
        {"nan", "column 1: nan is not a number"},
        {"1+sinn(x)", "column 3: unknown name 'sinn'; did you mean 'sin'?"},
        {"ln(x)", "column 1: unknown name 'ln'; did you mean 'log'?"},
        {"X", "column 1: unknown name 'X'"},
        {"y", "column 1: unknown name 'y'"},
        {"\xcf\x80*x", "column 1: '\xcf\x80' where a value"},
        {"x\xc2\xb2", "column 2: '\xc2\xb2' where an operator"},
        {"x\n", "column 2: '\\x0a' where an operator"},
        {std::string_view("x\0y", 3), "column 2: '\\x00' where an operator"},
    };
    for (const auto& [text, why] : wrong) {
        const std::string message = refusal(text);
        EXPECT_NE(message.find(why), std::string::npos) << text << " -> " << message;
        EXPECT_TRUE(message.starts_with("integrand '")) << message;
        EXPECT_NE(message.find("; "), std::string::npos) << message;
    }
}

TEST(expression, names_are_checked) {
    EXPECT_NE(refusal("x", {"2x"}).find("variable '2x': not a name"), std::string::npos);
    EXPECT_NE(refusal("x", {""}).find("variable '': not a name"), std::string::npos);
    EXPECT_NE(refusal("x", {"sin"}).find("a function already"), std::string::npos);
    EXPECT_NE(refusal("x", {"if"}).find("a function already"), std::string::npos);
    EXPECT_NE(refusal("x", {"x"}, {{"pi", 3}}).find("parameter 'pi': a constant already"), std::string::npos);
    EXPECT_NE(refusal("x", {"x"}, {{"x", 3}}).find("given twice"), std::string::npos);
    EXPECT_NE(refusal("x", {"x", "x"}).find("given twice"), std::string::npos);
    EXPECT_EQ(refusal("x_1 + _", {"x_1", "_"}), "accepted");
}

TEST(expression, limits_end_in_a_clear_refusal) {
    const auto contains = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
    const auto repeated = [](std::string_view part, std::size_t times) {
        std::string text;
        for (std::size_t k = 0; k < times; ++k) text += part;
        return text;
    };
    EXPECT_EQ(refusal(repeated("(", 200) + "x" + repeated(")", 200)), "accepted");
    EXPECT_TRUE(contains(refusal(repeated("(", 201) + "x" + repeated(")", 201)), "column 201: nested more than 200 deep"));
    // 60 000 fit into the length, a million does not: each is refused, and no stack overflows.
    for (const std::size_t times : {30000U, 1000000U}) {
        for (const std::string_view part : {"(", "-", "!", "+", "x^", "1?", "sin(", "1?2:", "if(", "x*(", "-("}) {
            const std::string message = refusal(repeated(part, times) + "x");
            EXPECT_TRUE(contains(message, "nested more than 200 deep") || contains(message, "longer than 65536 bytes")) << message;
        }
    }
    EXPECT_TRUE(contains(refusal(std::string(65537, ' ')), "column 65537: longer than 65536 bytes"));
    // Long and flat: deep graphs without deep text.
    EXPECT_EQ(expression("x" + repeated("+x", 9000))(1.0), 9001);
    EXPECT_EQ(expression("1" + repeated("-x*x", 9000))(1.0), -8999);
    std::string many = "x";
    for (int k = 0; k < 6000; ++k) many += "+" + std::to_string(k + 2) + "*x";
    EXPECT_TRUE(contains(refusal(many), "more than 10000 different")) << refusal(many);
    // 300 values that all wait for their use.
    std::string wide = "0", factors = "1";
    std::vector<std::string> variables;
    for (int k = 0; k < 300; ++k) {
        variables.push_back("v" + std::to_string(k));
        wide += "+v" + std::to_string(k);
    }
    EXPECT_TRUE(contains(refusal(wide, variables), "values are needed at a time")) << refusal(wide, variables);
}

/// Texts and the same formulas as C++ on lanes, operation by operation.
struct formula_case {
    const char* text;
    lane (*value)(lane x);
};
const formula_case formulas[] = {
    {"cos(x)", [](lane x) { return math::cos(x); }},
    {"x", [](lane x) { return x; }},
    {"7", [](lane) { return lane(7); }},
    {"exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)",
     [](lane x) { return math::exp(-x * x) * math::sin(lane(10) * x) + sqrt(lane(1) + x * x) / (lane(1) + x); }},
    {"x*x-x/3+1/x", [](lane x) { return x * x - x / lane(3) + lane(1) / x; }},
    {"(x+0.1)*(x-0.1)-(x*x-0.01)", [](lane x) { return (x + lane(0.1)) * (x - lane(0.1)) - (x * x - lane(0.01)); }},
    {"3-(x*7)", [](lane x) { return lane(3) - x * lane(7); }},
    {"3/(x-7)", [](lane x) { return lane(3) / (x - lane(7)); }},
    {"x-(2-x)", [](lane x) { return x - (lane(2) - x); }},
    {"x/(2/x)", [](lane x) { return x / (lane(2) / x); }},
    {"(2-x)/x*3", [](lane x) { return (lane(2) - x) / x * lane(3); }},
    {"-(x*x)-x", [](lane x) { return -(x * x) - x; }},
    {"-x/3", [](lane x) { return -x / lane(3); }},
    {"1-(-x)", [](lane x) { return lane(1) - (-x); }},
    {"x/1024+x/-0.5", [](lane x) { return x / lane(1024) + x / lane(-0.5); }},
    {"x*1e-310*1e-10+x*1e300*1e300", [](lane x) { return x * lane(1e-310) * lane(1e-10) + x * lane(1e300) * lane(1e300); }},
    {"if(x<0.5,x*x,1-x)", [](lane x) { return select(x < lane(0.5), x * x, lane(1) - x); }},
    {"x>0 && x<=1 || x==2 ? x : -x", [](lane x) { return select((x > lane(0) && x <= lane(1)) || x == lane(2), x, -x); }},
    {"(x>=0)+(x!=1)*2", [](lane x) { return lane(x >= lane(0) ? 1 : 0) + lane(x == lane(1) ? 0 : 1) * lane(2); }},
    {"!x+!(x<1)", [](lane x) { return lane(x == lane(0) ? 1 : 0) + lane(x < lane(1) ? 0 : 1); }},
    {"0.3<x ? 1 : 2", [](lane x) { return lane(lane(0.3) < x ? 1 : 2); }},
    {"log(abs(x))*exp(x/4)^2", [](lane x) { return math::log(abs(x)) * (math::exp(x / lane(4)) * math::exp(x / lane(4))); }},
    {"x^2.5+x^-1+2^x", [](lane x) { return math::pow(x, lane(2.5)) + math::pow(x, lane(-1)) + math::pow(lane(2), x); }},
    {"min(x,1-x)+max(x,0.25)", [](lane x) { return math::min(x, lane(1) - x) + math::max(x, lane(0.25)); }},
};

std::vector<double> abscissae(std::size_t count) {
    const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, inf, -inf, nan, 1e300, 5e-324, -1e-308, 1e9, 710.0, 0.3};
    std::mt19937_64 random(count);
    std::uniform_real_distribution<double> near_one(-3, 3);
    std::vector<double> x(count);
    for (std::size_t k = 0; k < count; ++k) x[k] = random() % 8 == 0 ? special[random() % std::size(special)] : near_one(random);
    return x;
}

TEST(expression, has_the_bits_of_the_same_formula_in_cpp) {
    for (const auto& [text, value] : formulas) {
        const expression f(text);
        for (const isa_kind isa : fused_isas()) {
            for (const std::size_t count : {1U, 31U, 32U, 33U, 511U, 512U, 1000U}) {
                const std::vector<double> x = abscissae(count);
                std::vector<double> y(count + 1, 42.0);
                const double* variables[] = {x.data()};
                table_for(isa).programs->evaluate(f.compiled_view(), variables, y.data(), count);
                EXPECT_EQ(y[count], 42.0) << "written beyond the end";
                for (std::size_t k = 0; k < count; ++k) {
                    const double wanted = value(lane(x[k])).value();
                    ASSERT_TRUE(same(y[k], wanted)) << text << " at " << x[k] << ", " << name_of(isa) << ", " << k << " of " << count
                                                    << ": " << y[k] << ", not " << wanted;
                    ASSERT_TRUE(same(f(x[k]), wanted)) << text << " at " << x[k];
                }
            }
        }
    }
}

TEST(expression, without_fma_arithmetic_has_the_same_bits) {
    for (const isa_kind isa : runnable_isas()) {
        const expression f("(x*x-0.1)/(3-x)+x*7-if(x<1,x,2)");
        const std::vector<double> x = abscissae(1000);
        std::vector<double> y(x.size());
        const double* variables[] = {x.data()};
        table_for(isa).programs->evaluate(f.compiled_view(), variables, y.data(), x.size());
        for (std::size_t k = 0; k < x.size(); ++k) ASSERT_TRUE(same(y[k], f(x[k]))) << name_of(isa) << " at " << x[k];
    }
}

TEST(expression, integrals_have_the_bits_of_a_callable) {
    for (const auto& [text, value] : formulas) {
        const expression f(text);
        const auto callable = [value = value](double x) { return value(lane(x)).value(); };
        for (const isa_kind isa : fused_isas()) {
            for (const accumulator_kind accumulator : accumulator_kinds()) {
                for (const std::uint64_t n : {1U, 700U, 5000U}) {
                    const execution how{.accumulator = accumulator, .threads = 2, .isa = isa};
                    const rule simpson{rule_kind::simpson, 0};
                    EXPECT_TRUE(same(integrate(f, 0.25, 2, n, simpson, how), integrate(callable, 0.25, 2, n, simpson, how))) << text;
                }
            }
        }
    }
    const expression two("x*y", {"x", "y"});
    EXPECT_THROW((void)integrate(two, 0, 1, 10, {rule_kind::left, 0}), error);
}

TEST(expression, what_occurs_twice_is_computed_once) {
    const auto instructions = [](std::string_view text) { return expression(text, {"x"}, {{"k", 3.0}}).compiled().instructions.size(); };
    EXPECT_EQ(instructions("sin(x)"), 1U);
    EXPECT_EQ(instructions("sin(x)*sin(x)"), 2U);
    EXPECT_EQ(instructions("sin(x)^2"), 2U);
    EXPECT_EQ(instructions("sin(x+1)*cos(1+x)"), 4U);
    EXPECT_EQ(instructions("exp(x*k)/(1+exp(3*x))"), 3U); // a product, exp, and two operations in one
    EXPECT_EQ(instructions("(x<1)*(1>x)"), 2U);
    EXPECT_EQ(instructions("2*3*sin(1)"), 1U);
    EXPECT_EQ(instructions("if(1<2,x,sin(x))"), 1U); // what is never used is never computed
    EXPECT_EQ(instructions("sin(x)-sin(-x)"), 4U);
    EXPECT_EQ(expression("exp(sin(x))+exp(sin(x))").nodes().size(), 4U);
    // As many registers as values wait at a time, not as many as instructions.
    EXPECT_LE(expression("sin(cos(sin(cos(sin(cos(x))))))").compiled().registers, 1U);
    // Three, because a pair of additions has three operands.
    EXPECT_LE(expression("sin(x)+(sin(x+1)+(sin(x+2)+(sin(x+3)+(sin(x+4)+sin(x+5)))))").compiled().registers, 3U);
}

TEST(expression, constants_are_folded_with_a_lane_s_bits) {
    const std::pair<std::string_view, double> folded[] = {
        {"sin(1)", math::sin(lane(1)).value()},
        {"exp(k)*2", math::exp(lane(3)).value() * 2},
        {"1/3", 1.0 / 3},
        {"0.1+0.2", 0.1 + 0.2},
        {"2^2*pi", 4 * pi},
        {"1<2 ? 3 : 4", 3},
        {"-(2-5)", 3},
    };
    for (const auto& [text, value] : folded) {
        const expression f(text, {"x"}, {{"k", 3.0}});
        ASSERT_EQ(f.nodes().size(), 1U) << text;
        EXPECT_EQ(f.nodes()[0].what, operation::constant);
        EXPECT_EQ(bits(f.nodes()[0].value), bits(value)) << text;
    }
    // Not folded, because it would round differently.
    EXPECT_EQ(expression("x+0.1+0.2").nodes().size(), 5U);
    EXPECT_EQ(expression("x+0").nodes().size(), 3U);
    EXPECT_EQ(expression("x*1-0").nodes().size(), 1U);
}

TEST(expression, eight_threads_share_one) {
    const expression f("exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)");
    const std::vector<double> x = abscissae(5000);
    std::vector<double> wanted(x.size());
    f.evaluate(std::vector<std::span<const double>>{x}, wanted);
    std::vector<std::vector<double>> found(8, std::vector<double>(x.size()));
    std::vector<std::thread> threads;
    for (auto& y : found) {
        threads.emplace_back([&] {
            const expression copy = f;
            for (int round = 0; round < 20; ++round) copy.evaluate(std::vector<std::span<const double>>{x}, y);
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& y : found) {
        for (std::size_t k = 0; k < x.size(); ++k) ASSERT_TRUE(same(y[k], wanted[k]));
    }
}

TEST(expression, takes_many_variables) {
    std::vector<std::string> names;
    std::vector<std::vector<double>> values;
    std::vector<std::span<const double>> spans;
    std::string text = "0";
    for (int k = 1; k <= 100; ++k) {
        names.push_back("x" + std::to_string(k));
        values.push_back(abscissae(77));
        for (double& each : values.back()) each = std::isfinite(each) && std::abs(each) < 10 ? each * k : k;
        text += "+x" + std::to_string(k) + "*" + std::to_string(k);
    }
    for (const auto& each : values) spans.emplace_back(each);
    const expression f(text, names);
    EXPECT_EQ(f.uses().size(), 100U);
    EXPECT_EQ(f.uses()[1].column, text.find("x2*") + 1);
    std::vector<double> y(77);
    f.evaluate(spans, y);
    for (std::size_t at = 0; at < y.size(); ++at) {
        double sum = 0;
        std::vector<double> point;
        for (std::size_t k = 0; k < 100; ++k) {
            sum += values[k][at] * static_cast<double>(k + 1);
            point.push_back(values[k][at]);
        }
        ASSERT_EQ(bits(y[at]), bits(sum));
        ASSERT_EQ(bits(f.at(point)), bits(sum));
    }
    const expression g("b-a", {"a", "b", "c"});
    EXPECT_EQ(g(1.0, 3.0, 9.0), 2);
    EXPECT_THROW((void)g(1.0), error);
    EXPECT_THROW(f.evaluate({}, y), error);
    spans[3] = spans[3].first(5);
    EXPECT_THROW(f.evaluate(spans, y), error);
    // In place.
    std::vector<double> x = abscissae(100), wanted(100);
    const expression h("x*x+sin(x)");
    h.evaluate(std::vector<std::span<const double>>{x}, wanted);
    h.evaluate(std::vector<std::span<const double>>{x}, x);
    for (std::size_t k = 0; k < x.size(); ++k) ASSERT_TRUE(same(x[k], wanted[k]));
}

/// A random formula: its text with no more parentheses than needed, and its value, both made by the same walk.
class random_formula {
  public:
    explicit random_formula(std::uint64_t seed) : random_(seed) {}

    struct part {
        std::string text;
        int power; ///< with which its loosest operator binds
        std::function<double(double)> value;
    };

    part make(int depth) {
        if (depth == 0 || random_() % 8 == 0) return leaf();
        switch (random_() % 12) {
        case 0:
            return function(depth);
        case 1: {
            const part a = make(depth - 1);
            return {"-" + within(a, 14), 14, [f = a.value](double x) { return -f(x); }};
        }
        case 2: {
            const part a = make(depth - 1);
            return {"!" + within(a, 14), 14, [f = a.value](double x) { return f(x) == 0 ? 1.0 : 0.0; }};
        }
        case 3: {
            const part a = make(depth - 1);
            return {within(a, 17) + "^2", 16, [f = a.value](double x) { return f(x) * f(x); }};
        }
        case 4: {
            const part c = make(depth - 1), a = make(depth - 1), b = make(depth - 1);
            const auto value = [p = c.value, f = a.value, g = b.value](double x) { return p(x) != 0 ? f(x) : g(x); };
            if (random_() % 2 == 0) return {"if(" + c.text + ", " + a.text + ", " + b.text + ")", 20, value};
            return {within(c, 2) + " ? " + a.text + " : " + within(b, 1), 1, value};
        }
        default:
            return binary(depth);
        }
    }

  private:
    static std::string within(const part& inner, int power) { return inner.power >= power ? inner.text : "(" + inner.text + ")"; }

    part leaf() {
        if (random_() % 2 == 0) return {"x", 20, [](double x) { return x; }};
        static constexpr std::pair<const char*, double> constants[] = {{"0", 0},   {"1", 1}, {"2", 2}, {"0.1", 0.1},
                                                                       {"pi", pi}, {"3", 3}, {"8", 8}};
        const auto [text, value] = constants[random_() % std::size(constants)];
        return {text, 20, [value = value](double) { return value; }};
    }

    part function(int depth) {
        const part a = make(depth - 1);
        if (random_() % 2 == 0) return {"sin(" + a.text + ")", 20, [f = a.value](double x) { return math::sin(lane(f(x))).value(); }};
        return {"exp(" + a.text + ")", 20, [f = a.value](double x) { return math::exp(lane(f(x))).value(); }};
    }

    part binary(int depth) {
        struct operation_case {
            const char* text;
            int power;
            double (*value)(double, double);
        };
        static constexpr operation_case operations[] = {
            {"+", 10, [](double a, double b) { return a + b; }},
            {"-", 10, [](double a, double b) { return a - b; }},
            {"*", 12, [](double a, double b) { return a * b; }},
            {"/", 12, [](double a, double b) { return a / b; }},
            {"<", 8, [](double a, double b) { return a < b ? 1.0 : 0.0; }},
            {"<=", 8, [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
            {">", 8, [](double a, double b) { return a > b ? 1.0 : 0.0; }},
            {">=", 8, [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
            {"==", 6, [](double a, double b) { return a == b ? 1.0 : 0.0; }},
            {"!=", 6, [](double a, double b) { return a != b ? 1.0 : 0.0; }},
            {"&&", 4, [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; }},
            {"||", 2, [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; }},
        };
        // Arithmetic half of the time.
        const auto& chosen = operations[random_() % 2 == 0 ? random_() % 4 : random_() % std::size(operations)];
        const part a = make(depth - 1), b = make(depth - 1);
        return {within(a, chosen.power) + chosen.text + within(b, chosen.power + 1), chosen.power,
                [f = a.value, g = b.value, h = chosen.value](double x) { return h(f(x), g(x)); }};
    }

    std::mt19937_64 random_;
};

TEST(expression, random_formulas_keep_their_bits) {
    const std::vector<double> x = abscissae(45);
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        const auto made = random_formula(seed).make(2 + static_cast<int>(seed % 6));
        const expression f(made.text);
        std::vector<double> y(x.size());
        const double* variables[] = {x.data()};
        table_for(fused_isas().empty() ? default_isa() : fused_isas()[seed % fused_isas().size()])
            .programs->evaluate(f.compiled_view(), variables, y.data(), x.size());
        for (std::size_t k = 0; k < x.size(); ++k) {
            const double wanted = made.value(x[k]);
            ASSERT_TRUE(same(f(x[k]), wanted)) << made.text << " at " << x[k] << ": " << f(x[k]) << ", not " << wanted;
            if (!fused_isas().empty()) {
                ASSERT_TRUE(same(y[k], wanted)) << made.text << " at " << x[k] << ": " << y[k] << ", not " << wanted;
            }
        }
    }
}

TEST(expression, every_function_is_known_to_the_c_library) {
    std::vector<double> values;
    for (std::size_t k = 0; k < math::functions::descriptions.size(); ++k) {
        const auto& facts = math::functions::descriptions[k];
        const auto by_c = expressions::find_c_function<double>(k);
        const auto wide = expressions::find_c_function<long double>(k);
        ASSERT_NE(by_c, nullptr) << facts.name;
        ASSERT_NE(wide, nullptr) << facts.name;
        const std::string name(facts.name);
        const expression f(facts.arity == 1 ? name + "(x)" : name + "(x, 1.5)");
        for (const double x : {-2.5, -1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 1.0, 1.5, 7.25}) {
            const double own = f(x);
            const auto truth = static_cast<double>(wide(x, 1.5L));
            EXPECT_EQ(std::isnan(own), std::isnan(truth)) << name << " at " << x;
            if (std::isnan(own) || std::isinf(truth)) continue;
            EXPECT_NEAR(own, truth, 2e-15 * std::abs(truth) + 1e-300) << name << " at " << x;
            EXPECT_NEAR(own, by_c(x, 1.5), 2e-15 * std::abs(truth) + 1e-300) << name << " at " << x;
        }
    }
}

TEST(expression, constant_expressions) {
    EXPECT_EQ(constant_expression("LO", "pi/2"), pi / 2);
    EXPECT_EQ(constant_expression("LO", "-inf"), -inf);
    EXPECT_THROW((void)constant_expression("LO", "x"), error);
    EXPECT_THROW((void)constant_expression("LO", "0/0"), error);
}

} // namespace
} // namespace quadot::tests
