// muParser (beltoforion.de/en/muparser): bytecode, one point at a time.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

#include <muParser.h>

#include <numbers>

namespace quadot::baselines {
namespace {

/// The formula, in muParser's grammar as far as the two are one.
class compiled {
  public:
    compiled(const expression& formula, std::span<const parameter> parameters) {
        parser_.DefineVar(formula.variables()[0], &x_);
        for (const auto& each : parameters) parser_.DefineConst(each.name, each.value);
        parser_.DefineConst("pi", std::numbers::pi);
        parser_.DefineConst("e", std::numbers::e);
        parser_.SetExpr(formula.text());
        parser_.Eval(); // compiles
    }
    double operator()(double x) {
        x_ = x;
        return parser_.Eval();
    }

  private:
    mu::Parser parser_;
    double x_ = 0.5;
};

struct parsed {
    static thread_local compiled* current;

    template <class V>
    static double value(double x) {
        return (*current)(x);
    }
};
thread_local compiled* parsed::current = nullptr;

bool parses(const expression& formula, std::span<const parameter> parameters) {
    if (formula.variables().size() != 1) return false;
    try {
        const compiled trial(formula, parameters);
        return true;
    } catch (const mu::Parser::exception_type&) {
        return false;
    }
}

double run_rule(const expression& formula, std::span<const parameter> parameters, const rule& which, double a, double b, std::uint64_t n) {
    const rule_table table(which, n);
    compiled own(formula, parameters);
    parsed::current = &own;
    const double value = sum_rule<parsed>(table, a, b, static_cast<std::int64_t>(n), plain_loop{1});
    parsed::current = nullptr;
    return value;
}

} // namespace

extern constinit const text_baseline text_muparser{"muparser", "s += f(a + i * h) * h, f by muParser", QUADOT_BASELINE_LABEL, &parses,
                                                   &run_rule};

} // namespace quadot::baselines
