// Compiled once per instruction set, with that set's flags: the interpreter of text integrands and its kernels.
//
// An instruction is a loop over a run of samples. Its cost is that of its loads and stores: on Zen 4 with AVX-512, one store of a register
// in two cycles. So constants stay in registers, and a pair of operations costs little more than one.
#include "block/block_table.hpp"
#include "block/pack.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace quadot {

extern const function_table QUADOT_JOIN(function_table_, QUADOT_ISA);

namespace {

using batches = pack<native<double>, 4, math::arguments::any>;
static_assert(program::smallest_run % batches::size == 0 && program::smallest_run == function_step);

/// An operand of a loop: read anew for each sample, or the same for all.
template <bool Constant>
class source {
  public:
    [[gnu::always_inline]] explicit source(const double* from) : from_(from) {}
    [[gnu::always_inline]] batches at(std::size_t k) const { return batches::load_unaligned(from_ + k); }

  private:
    const double* from_;
};
template <>
class source<true> {
  public:
    [[gnu::always_inline]] explicit source(const double* from) : value_(*from) {}
    [[gnu::always_inline]] batches at(std::size_t /*k*/) const { return batches(value_); }

  private:
    double value_;
};

/// y[k] = compute(k) for a run.
template <class Compute>
[[gnu::always_inline]] inline void for_each_sample(double* y, std::size_t count, Compute compute) {
    for (std::size_t k = 0; k < count; k += batches::size) compute(k).store_unaligned(y + k);
}

template <arithmetic What>
[[gnu::always_inline]] inline batches apply(const batches& a, const batches& b) {
    if constexpr (What == arithmetic::add) return a + b;
    if constexpr (What == arithmetic::subtract) return a - b;
    if constexpr (What == arithmetic::multiply) return a * b;
    if constexpr (What == arithmetic::divide) return a / b;
}

[[gnu::always_inline]] inline batches one_where(const batches::mask& holds) { return select(holds, batches(1.0), batches(0.0)); }

template <comparison What>
[[gnu::always_inline]] inline batches compare(const batches& a, const batches& b) {
    if constexpr (What == comparison::less) return one_where(a < b);
    if constexpr (What == comparison::less_equal) return one_where(a <= b);
    if constexpr (What == comparison::greater) return one_where(a > b);
    if constexpr (What == comparison::greater_equal) return one_where(a >= b);
    if constexpr (What == comparison::equal) return one_where(a == b);
    // Not `!=`, which xsimd 8.1 has wrong for SSE2.
    if constexpr (What == comparison::not_equal) return select(a == b, batches(0.0), batches(1.0));
}

/// Operand pairs: 0 runs, 1 run and constant, 2 constant and run.
template <std::size_t Pair>
using first_source = source<Pair == 2>;
template <std::size_t Pair>
using second_source = source<Pair == 1>;

template <bool Constant>
void copy(const double* a, const double* /*b*/, const double* /*c*/, double* y, std::size_t count) {
    const source<Constant> value(a);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) { return value.at(k); });
}

template <arithmetic What, std::size_t Pair>
void single(const double* a, const double* b, const double* /*c*/, double* y, std::size_t count) {
    const first_source<Pair> left(a);
    const second_source<Pair> right(b);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) { return apply<What>(left.at(k), right.at(k)); });
}

template <arithmetic First, arithmetic Second, bool Reversed, std::size_t Pair, bool ConstantLast>
void chain(const double* a, const double* b, const double* c, double* y, std::size_t count) {
    const first_source<Pair> left(a);
    const second_source<Pair> right(b);
    const source<ConstantLast> last(c);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) {
            const batches inner = apply<First>(left.at(k), right.at(k));
            return Reversed ? apply<Second>(last.at(k), inner) : apply<Second>(inner, last.at(k));
        });
}

template <comparison What, bool Constant>
void compared(const double* a, const double* b, const double* /*c*/, double* y, std::size_t count) {
    const source<false> left(a);
    const source<Constant> right(b);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) { return compare<What>(left.at(k), right.at(k)); });
}

void logical_not(const double* a, const double* /*b*/, const double* /*c*/, double* y, std::size_t count) {
    const source<false> value(a);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) { return one_where(value.at(k) == batches(0.0)); });
}

void logical_and(const double* a, const double* b, const double* /*c*/, double* y, std::size_t count) {
    const source<false> left(a);
    const source<false> right(b);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) {
            return select((left.at(k) == batches(0.0)) | (right.at(k) == batches(0.0)), batches(0.0), batches(1.0));
        });
}

void logical_or(const double* a, const double* b, const double* /*c*/, double* y, std::size_t count) {
    const source<false> left(a);
    const source<false> right(b);
    for_each_sample(
        y, count, [&](std::size_t k) __attribute__((always_inline)) {
            return select((left.at(k) == batches(0.0)) & (right.at(k) == batches(0.0)), batches(0.0), batches(1.0));
        });
}

template <bool ConstantYes, bool ConstantNo>
void choose(const double* a, const double* b, const double* c, double* y, std::size_t count) {
    const source<ConstantYes> yes(a);
    const source<ConstantNo> no(b);
    const source<false> condition(c);
    for_each_sample(
        y,
        count, [&](std::size_t k) __attribute__((always_inline)) { return select(condition.at(k) == batches(0.0), no.at(k), yes.at(k)); });
}

using program_kernel = void (*)(const double* a, const double* b, const double* c, double* y, std::size_t count);

/// The kernel of that number: the inverse of what expressions::compile counts.
template <std::size_t Number>
constexpr program_kernel kernel() {
    using numbers = program_kernel_numbers;
    if constexpr (Number < numbers::arithmetic_) {
        return copy<Number == 1>;
    } else if constexpr (Number < numbers::chain) {
        constexpr std::size_t n = Number - numbers::arithmetic_;
        return single<static_cast<arithmetic>(n / numbers::operand_pairs), n % numbers::operand_pairs>;
    } else if constexpr (Number < numbers::comparison_) {
        constexpr std::size_t n = Number - numbers::chain;
        constexpr bool constant_last = n % 2 == 1;
        constexpr std::size_t pair = n / 2 % numbers::operand_pairs;
        constexpr std::size_t second = n / 2 / numbers::operand_pairs % numbers::second_operations;
        constexpr auto first = static_cast<arithmetic>(n / 2 / numbers::operand_pairs / numbers::second_operations);
        if constexpr (second < numbers::arithmetics) {
            return chain<first, static_cast<arithmetic>(second), false, pair, constant_last>;
        } else {
            return chain < first, second == 4 ? arithmetic::subtract : arithmetic::divide, true, pair, constant_last > ;
        }
    } else if constexpr (Number < numbers::logical) {
        constexpr std::size_t n = Number - numbers::comparison_;
        return compared<static_cast<comparison>(n / 2), n % 2 == 1>;
    } else if constexpr (Number < numbers::select) {
        constexpr std::array<program_kernel, 3> logical{logical_not, logical_and, logical_or};
        return logical[Number - numbers::logical];
    } else {
        constexpr std::size_t n = Number - numbers::select;
        return choose<n / 2 == 1, n % 2 == 1>;
    }
}

constexpr auto kernels = []<std::size_t... Number>(std::index_sequence<Number...>) {
    return std::array<program_kernel, sizeof...(Number)>{kernel<Number>()...};
}
(std::make_index_sequence<program_kernel_numbers::count>{});

/// Where each kind of operand begins for the run in hand.
struct bases {
    const double* const* variables; ///< of the expression, by its own numbers
    const std::uint32_t* numbers;   ///< of the program's variables
    std::size_t at;                 ///< the run's first sample
    const double* copies;           ///< not null: variables, copied, one run after the other
    const double* constants;
    const double* shared;
    const double* registers;
    std::size_t run;

    [[gnu::always_inline]] const double* of(const operand& from) const {
        switch (from.kind) {
        case operand_kind::register_:
            return registers + from.index * run;
        case operand_kind::constant:
            return constants + from.index;
        case operand_kind::shared:
            return shared + from.index;
        case operand_kind::variable:
            return copies != nullptr ? copies + from.index * run : variables[numbers[from.index]] + at;
        default:
            return nullptr;
        }
    }
};

[[gnu::always_inline]] inline void run_once(const program_view& compiled, const bases& from, double* registers, double* y,
                                            std::size_t count) {
    const function_table& functions = QUADOT_JOIN(function_table_, QUADOT_ISA);
    const instruction* const last = compiled.instructions + compiled.instruction_count - 1;
    for (const instruction* each = compiled.instructions; each <= last; ++each) {
        double* const to = each == last ? y : registers + each->result * from.run;
        const double* const a = from.of(each->a);
        const double* const b = from.of(each->b);
        if (each->kernel >= program_kernel_numbers::count) {
            functions[each->function](a, b, to, count);
        } else {
            kernels[each->kernel](a, b, from.of(each->c), to, count);
        }
    }
}

void evaluate_run(const program_view& compiled, const double* const* variables, const double* shared, double* y, std::size_t count,
                  double* scratch) {
    bases from{variables, compiled.variables, 0, nullptr, compiled.constants, shared, scratch, compiled.run};
    while (from.at < count) {
        const std::size_t samples = std::min(compiled.run, (count - from.at) / program::smallest_run * program::smallest_run);
        if (samples == 0) break;
        run_once(compiled, from, scratch, y + from.at, samples);
        from.at += samples;
    }
    if (from.at == count) return;
    // The rest, filled up with its last abscissa, for which any path through a function will do.
    constexpr std::size_t run = program::smallest_run;
    const std::size_t rest = count - from.at;
    double* const copies = scratch + compiled.registers * run;
    for (std::size_t v = 0; v < compiled.variable_count; ++v) {
        const double* const x = variables[compiled.variables[v]] + from.at;
        for (std::size_t k = 0; k < run; ++k) copies[v * run + k] = x[k < rest ? k : rest - 1];
    }
    alignas(64) double values[run];
    from.copies = copies;
    from.run = run;
    run_once(compiled, from, scratch, values, run);
    for (std::size_t k = 0; k < rest; ++k) y[from.at + k] = values[k];
}

/// See program_kernels.
void evaluate(const program_view& compiled, const double* const* variables, double* y, std::size_t count) {
    alignas(64) double scratch[program::scratch_samples];
    evaluate_run(compiled, variables, nullptr, y, count, scratch);
}

/// See program_kernels.
void evaluate_rows(const program_view& compiled, const double* const* variables, const double* shared, std::size_t shared_values,
                   std::size_t rows, double* y, std::size_t count) {
    alignas(64) double scratch[program::scratch_samples];
    for (std::size_t row = 0; row < rows; ++row) {
        evaluate_run(compiled, variables, shared + row * shared_values, y + row * count, count, scratch);
    }
}

/// An evaluate_function whose context is a program_view of one variable or none.
void evaluate_samples(const void* context, const double* x, double* y, std::size_t count) {
    evaluate(*static_cast<const program_view*>(context), &x, y, count);
}

} // namespace

extern const program_kernels QUADOT_JOIN(program_table_, QUADOT_ISA);
constinit const program_kernels QUADOT_JOIN(program_table_, QUADOT_ISA) = {evaluate, evaluate_rows, evaluate_samples};

} // namespace quadot
