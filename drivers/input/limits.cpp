// A Pratt parser that computes as it reads: each operator has a power with which it binds to its left and
// right.
#include "drivers/input/limits.hpp"

#include "drivers/input/suggest.hpp"
#include "errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <system_error>
#include <vector>

namespace quadot::drivers {
namespace {

struct constant {
    std::string_view name;
    double value;
};

constexpr std::array<constant, 3> constants{
    {{"pi", std::numbers::pi}, {"e", std::numbers::e}, {"inf", std::numeric_limits<double>::infinity()}}};

struct function {
    std::string_view name;
    double (*value)(double);
};

// Lambdas, because the address of a standard function is not ours to take.
constexpr std::array<function, 8> functions{{{"sqrt", [](double x) { return std::sqrt(x); }},
                                             {"exp", [](double x) { return std::exp(x); }},
                                             {"log", [](double x) { return std::log(x); }},
                                             {"sin", [](double x) { return std::sin(x); }},
                                             {"cos", [](double x) { return std::cos(x); }},
                                             {"tan", [](double x) { return std::tan(x); }},
                                             {"atan", [](double x) { return std::atan(x); }},
                                             {"abs", [](double x) { return std::fabs(x); }}}};

struct binary_operator {
    char symbol;
    int left;  // binds to what stands on its left with this power,
    int right; // and takes from its right only what binds more tightly than this
    double (*value)(double, double);
};

// left < right: left-associative. `^` is the other way round.
constexpr std::array<binary_operator, 5> operators{{{'+', 1, 2, [](double a, double b) { return a + b; }},
                                                    {'-', 1, 2, [](double a, double b) { return a - b; }},
                                                    {'*', 3, 4, [](double a, double b) { return a * b; }},
                                                    {'/', 3, 4, [](double a, double b) { return a / b; }},
                                                    {'^', 7, 6, [](double a, double b) { return std::pow(a, b); }}}};

// A sign binds more tightly than `*` and less than `^`.
constexpr int sign_power = 5;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; } // UTF-8

class limit_parser {
  public:
    limit_parser(std::string_view option_name, std::string_view text) : option_name_(option_name), text_(text) {}

    double parse() {
        if (text_.size() > longest_limit)
            refuse(longest_limit, "longer than " + std::to_string(longest_limit) + " characters", "write the number it stands for");
        const double value = expression(0);
        if (at_end()) return value;
        if (peek() == ')') refuse(position_, "')' without '('", "remove it or open a parenthesis before it");
        if (peek() == ',')
            refuse(position_, "',' inside a number or an expression", "write a decimal point, as in 0.5, and one argument a function");
        refuse(position_, here() + " where an operator should stand", "write an operator between two values, as in 2*pi");
    }

    [[noreturn]] void refuse(std::size_t position, const std::string& why, const std::string& remedy) const {
        // Bytes are columns: a character of several bytes is refused where it stands, so none comes before.
        throw usage_error(std::string(option_name_) + " '" + printable(text_) + "': column " + std::to_string(position + 1) + ": " + why +
                          "; " + remedy);
    }

  private:
    double expression(int least_power) {
        if (++depth_ > deepest_limit)
            refuse(position_, "nested more than " + std::to_string(deepest_limit) + " deep", "remove parentheses or signs");
        double value = operand();
        while (!at_end()) {
            const auto* const found = std::ranges::find(operators, peek(), &binary_operator::symbol);
            if (found == operators.end() || found->left < least_power) break;
            const std::size_t position = position_++;
            const double right = expression(found->right);
            const bool finite = std::isfinite(value) && std::isfinite(right);
            value = checked(found->value(value, right), finite, position, std::string{'\'', found->symbol, '\''});
        }
        --depth_;
        return value;
    }

    double operand() {
        if (at_end()) refuse(position_, "the end where a value should stand", "write a constant expression such as pi/2, 1/3 or -inf");
        const char first = peek();
        if (first == '-' || first == '+') {
            ++position_;
            const double value = expression(sign_power);
            return first == '-' ? -value : value;
        }
        if (first == '(') return parenthesis();
        if (is_digit(first) || first == '.') return number();
        if (is_letter(first)) return name();
        if (first == '*' && position_ > 0 && text_[position_ - 1] == '*') refuse(position_, "'**' is no operator", "write ^ for a power");
        refuse(position_, here() + " where a value should stand", "write a constant expression such as pi/2, 1/3 or -inf");
    }

    double parenthesis() {
        const std::size_t opening = position_++;
        const double value = expression(0);
        if (at_end()) refuse(opening, "'(' is never closed", "add ')'");
        if (peek() != ')')
            refuse(position_, here() + " where an operator or ')' should stand", "close the parenthesis or write an operator");
        ++position_;
        return value;
    }

    double number() {
        const std::size_t start = position_;
        double value = 0;
        const char* const first = text_.data() + start;
        const auto [rest, problem] = std::from_chars(first, text_.data() + text_.size(), value);
        if (rest == first) refuse(start, "'.' without digits", "write a number such as 0.5");
        position_ += static_cast<std::size_t>(rest - first);
        const std::string_view digits = text_.substr(start, position_ - start);
        if (problem == std::errc{} && std::isfinite(value)) return value;
        // Too small is refused too: a limit that silently became 0 would integrate something else.
        refuse(start, "the number " + printable(digits) + " is outside the range of a double",
               "write inf, 0, or a number between 5e-324 and 1.7e308");
    }

    double name() {
        const std::size_t start = position_;
        while (position_ < text_.size() && (is_letter(text_[position_]) || is_digit(text_[position_]))) ++position_;
        const std::string_view word = text_.substr(start, position_ - start);
        if (const auto* const found = std::ranges::find(constants, word, &constant::name); found != constants.end()) return found->value;
        if (const auto* const found = std::ranges::find(functions, word, &function::name); found != functions.end()) {
            if (at_end() || peek() != '(') refuse(position_, std::string(word) + " without '('", "write " + std::string(word) + "(...)");
            const double argument = parenthesis();
            return checked(found->value(argument), std::isfinite(argument), start, std::string(word));
        }
        if (word == "nan" || word == "NaN") refuse(start, "nan is not a number", "write a number, or inf");
        std::vector<std::string> known;
        for (const constant& each : constants) known.emplace_back(each.name);
        for (const function& each : functions) known.emplace_back(each.name);
        const std::string message = unknown_name_message("name", word, known);
        const std::size_t end_of_why = message.find("; ");
        refuse(start, message.substr(0, end_of_why), message.substr(end_of_why + 2));
    }

    /// `value`, refused where the operation made it out of nothing: infinity is only for those who write
    /// `inf`.
    double checked(double value, bool finite_operands, std::size_t position, const std::string& operation) const {
        if (std::isnan(value)) refuse(position, operation + " gives nan, not a number", "write an expression that has a value");
        if (finite_operands && std::isinf(value))
            refuse(position, operation + " gives an infinite value", "write inf or -inf if that is meant");
        return value;
    }

    bool at_end() {
        while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) ++position_;
        return position_ == text_.size();
    }

    char peek() const { return text_[position_]; }

    /// The character at the position, quoted.
    std::string here() const {
        std::size_t length = 1;
        while (position_ + length < text_.size() && length < 4 && continues_character(text_[position_ + length])) ++length;
        std::string quoted = "'";
        quoted += printable(text_.substr(position_, length));
        quoted += '\'';
        return quoted;
    }

    std::string_view option_name_;
    std::string_view text_;
    std::size_t position_ = 0;
    int depth_ = 0;
};

} // namespace

double parse_limit(std::string_view option_name, std::string_view text) { return limit_parser(option_name, text).parse(); }

double parse_constant(std::string_view option_name, std::string_view text) {
    limit_parser parser(option_name, text);
    const double value = parser.parse();
    if (std::isinf(value)) parser.refuse(0, "the value is infinite", "write a finite number");
    return value;
}

} // namespace quadot::drivers
