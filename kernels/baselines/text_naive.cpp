// A formula as an interpreter evaluates it: node by node, one point after the other, with the C library's functions.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"
#include "integrands/expression/c_library.hpp"

#include <vector>

namespace quadot::baselines {
namespace {

/// What sum_rule takes for an integrand is a type; the formula is the thread's own.
struct walked {
    struct formula {
        expressions::walker<double> walk;
        std::vector<double> values;
    };
    static thread_local formula* current;

    template <class V>
    static double value(double x) {
        return current->walk([x](std::size_t) { return x; }, current->values);
    }
};
thread_local walked::formula* walked::current = nullptr;

bool every_formula(const expression& formula, std::span<const parameter> /*parameters*/) { return formula.variables().size() == 1; }

double walk_rule(const expression& formula, std::span<const parameter> /*parameters*/, const rule& which, double a, double b,
                 std::uint64_t n) {
    const rule_table table(which, n);
    walked::formula own{expressions::walker<double>(formula), {}};
    walked::current = &own;
    const double value = sum_rule<walked>(table, a, b, static_cast<std::int64_t>(n), plain_loop{1});
    walked::current = nullptr;
    return value;
}

} // namespace

extern constinit const text_baseline text_naive{"naive", "s += f(a + i * h) * h, f interpreted node by node with the C library's functions",
                                                QUADOT_BASELINE_LABEL, &every_formula, &walk_rule};

} // namespace quadot::baselines
