#include "drivers/reference/text_reference.hpp"

#include "drivers/reference/rule_nodes.hpp"
#include "integrands/expression/c_library.hpp"
#include "math/all.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace quadot::drivers {

namespace {

constexpr long double unit = 0x1p-53L;
constexpr long double smallest_normal = std::numeric_limits<double>::min();
constexpr std::uint64_t most_samples = std::uint64_t{1} << 20;
constexpr rule estimating_rule{rule_kind::gauss, 16};
constexpr std::uint64_t estimating_panels = std::uint64_t{1} << 12;

struct uncertain {
    long double value;
    long double error; ///< in double, at most this much off
};

/// The formula in long double, and how far double may be from it.
class judged_formula {
  public:
    judged_formula(const expression& formula, long double shift) : walk_(formula), errors_(formula.nodes().size()), shift_(shift) {}

    long double value(long double x) {
        return walk_([x](std::size_t) { return x; }, values_);
    }

    uncertain operator()(long double x) {
        const long double result = value(x);
        const auto& nodes = walk_.nodes();
        for (std::size_t k = 0; k < nodes.size(); ++k) {
            errors_[k] = error_of(nodes[k], k);
            // 0 times infinity: nothing is known.
            if (std::isnan(errors_[k])) errors_[k] = std::numeric_limits<long double>::infinity();
        }
        return {result, errors_.back()};
    }

  private:
    [[nodiscard]] long double error_of(const expression_node& node, std::size_t k) const {
        const long double y = values_[k];
        const long double a = values_[node.operands[0]];
        const long double b = values_[node.operands[1]];
        const long double error_a = errors_[node.operands[0]];
        const long double error_b = errors_[node.operands[1]];
        // Beside the rounding what underflow takes, which is all of y at most.
        const long double rounded = 2 * unit * std::abs(y) + (std::abs(y) < smallest_normal ? std::min(std::abs(y), 0x1p-1074L) : 0);
        switch (node.what) {
        case operation::constant:
            // A number of few bits was typed; others may be folded here and computed elsewhere.
            return node.value * 0x1p20 == std::floor(node.value * 0x1p20) ? 0 : rounded;
        case operation::variable:
            return shift_;
        case operation::negate:
            return error_a;
        case operation::add:
        case operation::subtract:
            return error_a + error_b + rounded;
        case operation::multiply:
            return std::abs(a) * error_b + std::abs(b) * error_a + error_a * error_b + rounded;
        case operation::divide: {
            // By what overflows, double gives 0.
            const long double lost = std::abs(b) + error_b > std::numeric_limits<double>::max() ? std::abs(y) : 0;
            return error_b == 0            ? error_a / std::abs(b) + rounded + lost
                   : std::abs(b) > error_b ? (error_a + std::abs(y) * error_b) / (std::abs(b) - error_b) + rounded + lost
                                           : std::numeric_limits<long double>::infinity();
        }
        case operation::less:
        case operation::less_equal:
        case operation::greater:
        case operation::greater_equal:
        case operation::equal:
        case operation::not_equal:
            return error_a + error_b > 0 && std::abs(a - b) <= error_a + error_b ? 1 : 0;
        case operation::logical_not:
            return undecided(a, error_a) ? 1 : 0;
        case operation::logical_and:
        case operation::logical_or:
            return undecided(a, error_a) || undecided(b, error_b) ? 1 : 0;
        case operation::select: {
            const long double error_c = errors_[node.operands[2]];
            if (!undecided(a, error_a)) return a != 0 ? error_b : error_c;
            return std::abs(b - values_[node.operands[2]]) + std::max(error_b, error_c);
        }
        case operation::function:
            break;
        }
        const auto& facts = math::functions::descriptions[node.function];
        long double error = (facts.largest_error + 2) * 2 * unit * std::abs(y);
        if (y != 0 && std::abs(y) < smallest_normal) error += std::abs(y) + 0x1p-1074L; // a function may give 0 there
        error += moved(error_a, y, [&](long double by) { return walk_.call(k, a + by, b); });
        if (facts.arity == 2) error += moved(error_b, y, [&](long double by) { return walk_.call(k, a, b + by); });
        return error;
    }

    static bool undecided(long double value, long double error) { return error > 0 && std::abs(value) <= error; }

    /// How far a function's value moves with its argument, twice, for what a straight line leaves out.
    template <class At>
    static long double moved(long double error, long double y, const At& at) {
        if (error == 0 || !std::isfinite(y)) return 0;
        const long double up = std::abs(at(error) - y);
        const long double down = std::abs(at(-error) - y);
        // Where one side has no value (the end of a function's domain), the other tells.
        return 2 * std::fmax(up, down);
    }

    expressions::walker<long double> walk_;
    std::vector<long double> values_;
    std::vector<long double> errors_;
    long double shift_;
};

/// Kahan's compensation in long double: 2^20 terms keep all of its 64 bits.
class compensated_sum {
  public:
    void add(long double term) {
        const long double corrected = term - correction_;
        const long double total = sum_ + corrected;
        correction_ = (total - sum_) - corrected;
        sum_ = total;
    }
    [[nodiscard]] long double value() const { return sum_; }

  private:
    long double sum_ = 0;
    long double correction_ = 0;
};

struct sampled {
    compensated_sum sum;
    long double magnitude = 0;
    long double error = 0;
    std::optional<double> singular_at;
};

sampled sample(judged_formula& f, double a, double b, std::uint64_t n, const rule& which) {
    sampled result;
    for_each_node(a, b, n, which, [&](long double x, long double weight) {
        const uncertain y = f(x);
        result.sum.add(weight * y.value);
        result.magnitude += std::abs(weight * y.value);
        result.error += std::abs(weight) * y.error;
        if (!result.singular_at && !std::isfinite(y.value)) result.singular_at = static_cast<double>(x);
    });
    return result;
}

long double estimate(judged_formula& f, double a, double b, std::uint64_t panels) {
    compensated_sum sum;
    for_each_node(a, b, panels, estimating_rule, [&](long double x, long double weight) { sum.add(weight * f.value(x)); });
    return sum.value();
}

/// Variation of f and of f' over an even grid.
struct variation {
    long double of_value = 0;
    long double of_slope = 0;
};

variation rough(judged_formula& f, double a, double b, std::uint64_t cells) {
    variation result;
    const long double h = (static_cast<long double>(b) - a) / static_cast<long double>(cells);
    long double before = f.value(a);
    long double slope_before = 0;
    for (std::uint64_t k = 1; k <= cells; ++k) {
        const long double y = f.value(k == cells ? b : a + static_cast<long double>(k) * h);
        const long double slope = (y - before) / h;
        result.of_value += std::abs(y - before);
        if (k > 1) result.of_slope += std::abs(slope - slope_before);
        before = y;
        slope_before = slope;
    }
    return result;
}

} // namespace

text_judgement judge_text(const expression& formula, double a, double b, std::uint64_t n, const rule& which) {
    judged_formula f(formula, 4 * unit * std::max(std::abs(a), std::abs(b)));
    const long double coarse = estimate(f, a, b, estimating_panels / 2);
    const long double integral = estimate(f, a, b, estimating_panels);
    const auto uncertainty = static_cast<double>(std::abs(integral - coarse) + 2 * unit * std::abs(integral));

    const std::uint64_t evaluations = which.evaluations(n);
    if (evaluations <= most_samples || which.kind == rule_kind::clenshaw) {
        const sampled truth = sample(f, a, b, n, which);
        return {{truth.sum.value(), static_cast<double>(truth.error), static_cast<double>(truth.magnitude), "the rule in long double"},
                integral,
                uncertainty,
                truth.singular_at};
    }
    const std::uint64_t panels = std::max<std::uint64_t>(1, (most_samples >> 3) * n / evaluations);
    const sampled fewer = sample(f, a, b, panels, which);
    const variation on_coarse = rough(f, a, b, most_samples >> 4);
    const variation on_fine = rough(f, a, b, most_samples >> 3);
    const long double gap = (static_cast<long double>(b) - a) / static_cast<long double>(n);
    long double exact = integral;
    long double rule_error = 2 * gap * on_fine.of_value;
    if (on_fine.of_slope < 1.2L * on_coarse.of_slope) {
        rule_error = 2 * gap * gap * on_fine.of_slope;
        const long double end_difference = f.value(b) - f.value(a);
        if (which.kind == rule_kind::left) exact -= gap / 2 * end_difference;
        if (which.kind == rule_kind::right) exact += gap / 2 * end_difference;
    }
    // The estimate's nodes are doubles.
    const long double bound = rule_error + uncertainty + 2 * fewer.error + 4 * unit * (fewer.magnitude + on_fine.of_value);
    return {{exact, static_cast<double>(bound), static_cast<double>(2 * fewer.magnitude), "composite gauss:16 in long double"},
            integral,
            uncertainty,
            fewer.singular_at};
}

} // namespace quadot::drivers
