#include "integrands/expression/parser.hpp"

#include "errors.hpp"
#include "math/all.hpp"
#include "spelling.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <system_error>

namespace quadot::expressions {

namespace {

struct named_constant {
    std::string_view name;
    double value;
};

constexpr std::array<named_constant, 3> constants{
    {{"pi", std::numbers::pi}, {"e", std::numbers::e}, {"inf", std::numeric_limits<double>::infinity()}}};

/// Other programs' names for functions of ours.
struct other_name {
    std::string_view theirs, ours;
};
constexpr std::array<other_name, 9> other_names{{{"ln", "log"},
                                                 {"lg", "log10"},
                                                 {"fabs", "abs"},
                                                 {"arcsin", "asin"},
                                                 {"arccos", "acos"},
                                                 {"arctan", "atan"},
                                                 {"arctan2", "atan2"},
                                                 {"power", "pow"},
                                                 {"ceiling", "ceil"}}};

constexpr std::string_view choice = "if";

enum class symbol { add, subtract, multiply, divide, power, compare, both, either, question };

struct binary_operator {
    std::string_view text;
    int left;  ///< binds to what stands on its left with this power,
    int right; ///< and takes from its right only what binds more tightly than this
    symbol what;
    operation node = operation::constant; ///< comparisons, + - * /
};

// left < right: left-associative; `^` and `?` are the other way round. Longer operators first.
constexpr std::array<binary_operator, 15> operators{{{"||", 2, 3, symbol::either},
                                                     {"&&", 4, 5, symbol::both},
                                                     {"==", 6, 7, symbol::compare, operation::equal},
                                                     {"!=", 6, 7, symbol::compare, operation::not_equal},
                                                     {"<=", 8, 9, symbol::compare, operation::less_equal},
                                                     {">=", 8, 9, symbol::compare, operation::greater_equal},
                                                     {"**", 0, 0, symbol::power}, // for its error message
                                                     {"<", 8, 9, symbol::compare, operation::less},
                                                     {">", 8, 9, symbol::compare, operation::greater},
                                                     {"+", 10, 11, symbol::add, operation::add},
                                                     {"-", 10, 11, symbol::subtract, operation::subtract},
                                                     {"*", 12, 13, symbol::multiply, operation::multiply},
                                                     {"/", 12, 13, symbol::divide, operation::divide},
                                                     {"^", 16, 15, symbol::power},
                                                     {"?", 1, 1, symbol::question}}};

/// - + ! before a value bind more tightly than `*` and less than `^`.
constexpr int sign_power = 14;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; } // UTF-8

class parser {
  public:
    using position = graph::position;

    parser(std::string_view what, std::string_view text, std::span<const std::string> variables, std::span<const parameter> parameters,
           values which)
        : what_(what), text_(text), variables_(variables), parameters_(parameters), used_(variables.size()), which_(which) {}

    parsed run() {
        if (text_.size() > expression::longest_text) {
            refuse(expression::longest_text, "longer than " + std::to_string(expression::longest_text) + " bytes", "shorten the formula");
        }
        const position root = expression_from(0);
        if (!at_end()) refuse_rest();
        return {graph_.reachable(root), std::move(uses_)};
    }

  private:
    [[noreturn]] void refuse(std::size_t at, const std::string& why, const std::string& remedy) const {
        // Bytes are columns: a character of several bytes is refused where it stands, so none comes before.
        throw usage_error(quoted(what_, text_) + ": column " + std::to_string(at + 1) + ": " + why + "; " + remedy);
    }

    /// One level of parentheses, signs, powers or choices, for as long as it lives.
    class level {
      public:
        level(parser& of, std::size_t at) : of_(of) {
            if (++of_.nesting_ > expression::deepest_nesting) {
                of_.refuse(at, "nested more than " + std::to_string(expression::deepest_nesting) + " deep",
                           "remove parentheses or signs, or split the formula");
            }
        }
        ~level() { --of_.nesting_; }
        level(const level&) = delete;
        level& operator=(const level&) = delete;

      private:
        parser& of_;
    };

    position expression_from(int least_power) {
        position value = operand();
        while (!at_end()) {
            const auto* const found =
                std::ranges::find_if(operators, [&](const auto& each) { return text_.substr(at_).starts_with(each.text); });
            if (found == operators.end()) break;
            if (found->text == "**") refuse(at_ + 1, "'**' is no operator", "write ^ for a power");
            if (found->left < least_power) break;
            const std::size_t where = at_;
            at_ += found->text.size();
            value = apply(*found, value, where);
            check_size(where);
        }
        return value;
    }

    position apply(const binary_operator& found, position left, std::size_t where) {
        switch (found.what) {
        case symbol::question: {
            const level deeper(*this, where);
            const position yes = expression_from(0);
            if (at_end()) refuse(where, "'?' without ':'", "write condition ? yes : no");
            if (peek() != ':') refuse(at_, here() + " where ':' should stand", "write condition ? yes : no");
            ++at_;
            return graph_.select(left, yes, expression_from(found.right));
        }
        case symbol::power: {
            const level deeper(*this, where);
            const position exponent = expression_from(found.right);
            return checked(power(left, exponent, where), where, "'^'", left, exponent);
        }
        default:
            break;
        }
        const position right = expression_from(found.right);
        switch (found.what) {
        case symbol::both:
            return graph_.logical_and(left, right);
        case symbol::either:
            return graph_.logical_or(left, right);
        case symbol::compare:
            return graph_.compare(found.node, left, right);
        default:
            return checked(graph_.arithmetic(found.node, left, right), where, "'" + std::string(found.text) + "'", left, right);
        }
    }

    /// `result`; of constants, refused where the operation made no number of them, or infinity of finite ones: that is for those who write
    /// `inf`.
    position checked(position result, std::size_t where, const std::string& operation, position a, position b) const {
        if (which_ == values::any || !graph_.is_constant(result)) return result;
        const double value = graph_.value(result);
        if (std::isnan(value)) refuse(where, operation + " gives nan, not a number", "write an expression that has a value");
        if (std::isinf(value) && std::isfinite(graph_.value(a)) && std::isfinite(graph_.value(b))) {
            refuse(where, operation + " gives an infinite value", "write inf or -inf if that is meant");
        }
        return result;
    }

    position power(position base, position exponent, std::size_t where) {
        if (graph_.is_constant(exponent) && graph_.value(exponent) == 2) return graph_.arithmetic(operation::multiply, base, base);
        const auto pow = math::functions::find("pow");
        if (!pow) refuse(where, "of powers this build has only x^2", "write products, as in x*x*x");
        return graph_.function(*pow, base, exponent);
    }

    position operand() {
        if (at_end()) refuse(at_, "the end where a value should stand", "write a number, a name, a function or '('");
        const char first = peek();
        if (first == '-' || first == '+' || first == '!') {
            const level deeper(*this, at_++);
            const position value = expression_from(sign_power);
            return first == '-' ? graph_.negate(value) : first == '!' ? graph_.logical_not(value) : value;
        }
        if (first == '(') return parenthesis();
        if (is_digit(first) || first == '.') return number();
        if (is_letter(first)) return name();
        if (first == '*' && at_ > 0 && text_[at_ - 1] == '*') refuse(at_, "'**' is no operator", "write ^ for a power");
        refuse(at_, here() + " where a value should stand", "write a number, a name, a function or '('");
    }

    position parenthesis() {
        const std::size_t opening = at_++;
        const level deeper(*this, opening);
        const position value = expression_from(0);
        if (at_end()) refuse(opening, "'(' is never closed", "add ')'");
        if (peek() != ')') refuse_instead_of_operator("close the parenthesis or write an operator");
        ++at_;
        return value;
    }

    position number() {
        const std::size_t start = at_;
        double value = 0;
        const char* const first = text_.data() + start;
        const auto [rest, problem] = std::from_chars(first, text_.data() + text_.size(), value);
        if (rest == first) refuse(start, "'.' without digits", "write a number such as 0.5");
        at_ += static_cast<std::size_t>(rest - first);
        const std::string digits = printable(text_.substr(start, at_ - start), 40);
        // Too small is refused too: what silently became 0 would be another formula.
        if (problem != std::errc{} || !std::isfinite(value)) {
            refuse(start, "the number " + digits + " is outside the range of a double",
                   "write inf, 0, or a number between 5e-324 and 1.7e308");
        }
        return graph_.constant(value);
    }

    position name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        if (const auto found = std::ranges::find(variables_, word); found != variables_.end()) {
            const auto index = static_cast<std::size_t>(found - variables_.begin());
            if (!used_[index]) uses_.push_back({index, start + 1});
            used_[index] = true;
            return graph_.variable(static_cast<std::uint32_t>(index));
        }
        if (const auto found = std::ranges::find(parameters_, word, &parameter::name); found != parameters_.end()) {
            return graph_.constant(found->value);
        }
        if (const auto* const found = std::ranges::find(constants, word, &named_constant::name); found != constants.end()) {
            return graph_.constant(found->value);
        }
        if (word == choice) {
            const auto arguments = arguments_of(word, 3);
            return graph_.select(arguments[0], arguments[1], arguments[2]);
        }
        if (const auto function = math::functions::find(word)) {
            const auto arity = static_cast<std::size_t>(math::functions::descriptions[*function].arity);
            const auto arguments = arguments_of(word, arity);
            const position first = arguments[0], last = arguments[arity - 1];
            return checked(graph_.function(*function, first, last), start, std::string(word), first, last);
        }
        refuse_name(start, word);
    }

    /// What stands in parentheses behind a function's name.
    std::array<position, 3> arguments_of(std::string_view function, std::size_t count) {
        const std::string called(function);
        static constexpr std::array<std::string_view, 4> shapes{"()", "(a)", "(a, b)", "(condition, yes, no)"};
        const std::string shape = called + std::string(shapes[count]);
        const std::string wanted = called + " takes " + std::to_string(count) + (count == 1 ? " argument" : " arguments");
        if (at_end() || peek() != '(') refuse(at_, called + " without '('", "write " + shape);
        const std::size_t opening = at_++;
        const level deeper(*this, opening);
        std::array<position, 3> arguments{};
        for (std::size_t k = 0; k < count; ++k) {
            if (k == 0 && !at_end() && peek() == ')') refuse(at_, wanted + " and finds none", "write " + shape);
            arguments[k] = expression_from(0);
            if (at_end()) refuse(opening, "'(' is never closed", "add ')'");
            const bool last = k + 1 == count;
            if (peek() == ',' && last) refuse(at_, wanted + ", and finds more", "write " + shape);
            if (peek() == ')' && !last) refuse(at_, wanted + ", and finds " + std::to_string(k + 1), "write " + shape);
            if (peek() != (last ? ')' : ',')) refuse_instead_of_operator("close the parenthesis or write an operator");
            ++at_;
        }
        return arguments;
    }

    [[noreturn]] void refuse_name(std::size_t start, std::string_view word) const {
        if (word == "nan" || word == "NaN") refuse(start, "nan is not a number", "write a number, or inf");
        for (const auto& [theirs, ours] : other_names) {
            if (word == theirs && math::functions::find(ours)) {
                refuse(start, "unknown name '" + std::string(word) + "'", "did you mean '" + std::string(ours) + "'?");
            }
        }
        std::vector<std::string> known(variables_.begin(), variables_.end());
        for (const auto& each : parameters_) known.push_back(each.name);
        for (const auto& each : constants) known.emplace_back(each.name);
        known.emplace_back(choice);
        for (const auto& each : math::functions::descriptions) known.emplace_back(each.name);
        const std::string message = unknown_name_message("name", word, known);
        const std::size_t end_of_why = message.find("; ");
        refuse(start, message.substr(0, end_of_why), message.substr(end_of_why + 2));
    }

    /// A value has ended, and what follows is no operator.
    [[noreturn]] void refuse_rest() const {
        if (peek() == ')') refuse(at_, "')' without '('", "remove it or open a parenthesis before it");
        if (peek() == ',') refuse(at_, "',' inside a number or an expression", "write a decimal point, as in 0.5");
        if (peek() == ':') refuse(at_, "':' without '?'", "write condition ? yes : no");
        refuse_instead_of_operator("write an operator between two values, as in 2*pi");
    }

    [[noreturn]] void refuse_instead_of_operator(const std::string& otherwise) const {
        const char next = peek();
        std::string remedy = otherwise;
        if (next == '=') remedy = "write == to compare";
        if (next == '&') remedy = "write && for 'and'";
        if (next == '|') remedy = "write || for 'or'";
        if (next == '%') remedy = "write x - y*floor(x/y) for a remainder";
        if (is_letter(next) || next == '(') {
            // 2x, 2(x+1), (x+1)(x-1): the products that they are in books.
            const std::string_view left = word_before();
            const std::string_view right = next == '(' ? "(...)" : word_behind();
            if (!left.empty()) remedy = "write " + std::string(left) + "*" + std::string(right) + " to multiply";
        }
        refuse(at_, here() + " where an operator should stand", remedy);
    }

    /// The last number, name or parenthesis before the position; empty where it is long.
    [[nodiscard]] std::string_view word_before() const {
        std::size_t end = at_;
        while (end > 0 && is_space(text_[end - 1])) --end;
        std::size_t start = end;
        while (start > 0 && (is_letter(text_[start - 1]) || is_digit(text_[start - 1]) || text_[start - 1] == '.')) --start;
        if (end > 0 && text_[end - 1] == ')') return "(...)";
        return end - start > longest_word ? std::string_view() : text_.substr(start, end - start);
    }
    [[nodiscard]] std::string_view word_behind() const {
        std::size_t end = at_;
        while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end])) && end - at_ < longest_word) ++end;
        return text_.substr(at_, end - at_);
    }

    void check_size(std::size_t where) const {
        if (graph_.size() <= expression::most_nodes) return;
        refuse(where, "more than " + std::to_string(expression::most_nodes) + " different operations and constants", "shorten the formula");
    }

    static constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }
    static constexpr std::size_t longest_word = 20;

    bool at_end() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        return at_ == text_.size();
    }

    [[nodiscard]] char peek() const { return text_[at_]; }

    /// The character at the position, in quotes.
    [[nodiscard]] std::string here() const {
        std::size_t length = 1;
        while (at_ + length < text_.size() && length < 4 && continues_character(text_[at_ + length])) ++length;
        return "'" + printable(text_.substr(at_, length)) + "'";
    }

    std::string_view what_;
    std::string_view text_;
    std::span<const std::string> variables_;
    std::span<const parameter> parameters_;
    std::vector<bool> used_;
    values which_;
    std::vector<variable_use> uses_;
    graph graph_;
    std::size_t at_ = 0;
    std::size_t nesting_ = 0;
};

/// A name that an expression can use for a variable or a parameter and that means nothing else.
void check_name(std::string_view what, std::string_view name) {
    const auto refuse = [&](const std::string& why) {
        throw usage_error(quoted(what, name) + ": " + why + "; choose a name of letters, digits and _ that starts with a letter");
    };
    if (name.empty() || !is_letter(name[0]) || !std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); })) {
        refuse("not a name");
    }
    if (std::ranges::find(constants, name, &named_constant::name) != constants.end()) refuse("a constant already");
    if (name == choice || math::functions::find(name)) refuse("a function already");
}

} // namespace

std::string quoted(std::string_view what, std::string_view text) { return std::string(what) + " '" + printable(text) + "'"; }

parsed parse(std::string_view what, std::string_view text, std::span<const std::string> variables, std::span<const parameter> parameters,
             values which) {
    std::vector<std::string_view> names;
    for (const auto& name : variables) {
        check_name("variable", name);
        names.push_back(name);
    }
    for (const auto& each : parameters) {
        check_name("parameter", each.name);
        names.push_back(each.name);
    }
    std::ranges::sort(names);
    if (const auto twice = std::ranges::adjacent_find(names); twice != names.end()) {
        throw usage_error(quoted("name", *twice) + ": given twice; give each variable and parameter a name of its own");
    }
    return parser(what, text, variables, parameters, which).run();
}

} // namespace quadot::expressions
