// What a text integrand compiles to: plain data that crosses the boundary to the code compiled per instruction set.
//
// An instruction works on a run of samples at a time: its operands are runs (a variable's abscissae, a register's earlier results) or
// constants, its result is a register's run or the output. A register is a stretch of the interpreter's scratch memory, small enough that
// all of a usual program's stay in L1.
//
// Two arithmetic operations in a row become one instruction where nothing else needs the first one's result: it is rounded all the same,
// but neither stored nor loaded. Division, comparisons and the functions of math/ are as everywhere else, so the bits are those of the
// C++ code of the same formula.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quadot {

enum class operand_kind : std::uint8_t {
    none,
    variable,
    register_,
    constant,
    shared, ///< as a constant, of a run: its value is given with the run
};

struct operand {
    operand_kind kind = operand_kind::none;
    std::uint16_t index = 0; ///< in `program::variables`, the registers, `program::constants`, or the run's shared values

    /// The same for all samples of a run.
    [[nodiscard]] constexpr bool is_constant() const { return kind == operand_kind::constant || kind == operand_kind::shared; }
};

/// The order of each group is that of the kernels in program_kernel_numbers.
enum class arithmetic : std::uint8_t { add, subtract, multiply, divide };
enum class comparison : std::uint8_t { less, less_equal, greater, greater_equal, equal, not_equal };

enum class instruction_form : std::uint8_t {
    copy,           ///< y = a
    arithmetic,     ///< y = a (first) b
    chain,          ///< y = (a (first) b) (second) c
    reversed_chain, ///< y = c (second) (a (first) b); second: subtract or divide
    comparison,     ///< y = a (compared) b ? 1 : 0
    logical_not,    ///< y = a == 0 ? 1 : 0; NaN counts as true
    logical_and,    ///< y = a != 0 && b != 0 ? 1 : 0
    logical_or,     ///< y = a != 0 || b != 0 ? 1 : 0
    select,         ///< y = c != 0 ? a : b
    function,       ///< y = function(a) or function(a, b), of math::functions::list
};

struct instruction {
    instruction_form form = instruction_form::copy;
    arithmetic first = arithmetic::add;
    arithmetic second = arithmetic::add;
    comparison compared = comparison::less;
    std::uint16_t function = 0; ///< its position in math::functions::list
    std::uint16_t kernel = 0;   ///< its position in program_table, or program_kernel_numbers::count + function
    operand a, b, c;
    std::uint16_t result = 0; ///< a register; of the last instruction ignored: its result is the program's
};

/// Numbers of the kernels in a program_table: which operation, and which of its operands are constants.
struct program_kernel_numbers {
    static constexpr std::size_t arithmetics = 4;
    static constexpr std::size_t comparisons = 6;
    static constexpr std::size_t operand_pairs = 3;                   ///< run and run, run and constant, constant and run
    static constexpr std::size_t second_operations = arithmetics + 2; ///< and reversed: c - (...), c / (...)

    static constexpr std::size_t copy = 0; ///< of a run, of a constant
    static constexpr std::size_t arithmetic_ = copy + 2;
    static constexpr std::size_t chain = arithmetic_ + arithmetics * operand_pairs;
    static constexpr std::size_t comparison_ = chain + arithmetics * second_operations * operand_pairs * 2;
    static constexpr std::size_t logical = comparison_ + comparisons * 2; ///< not, and, or: runs only
    static constexpr std::size_t select = logical + 3;                    ///< c is a run; a, b: run or constant
    static constexpr std::size_t count = select + 4;

    /// Which of operand_pairs; -1: both constants, which folding leaves nowhere.
    static constexpr int pair_of(const operand& a, const operand& b) {
        const bool a_constant = a.is_constant();
        const bool b_constant = b.is_constant();
        return a_constant ? (b_constant ? -1 : 2) : b_constant ? 1 : 0;
    }
};

/// A program as the per-ISA code sees it: pointers and numbers, so that no inline function of a container is compiled there.
struct program_view {
    const instruction* instructions = nullptr;
    std::size_t instruction_count = 0;
    const double* constants = nullptr;
    const std::uint32_t* variables = nullptr; ///< see program
    std::size_t variable_count = 0;
    std::size_t registers = 0;
    std::size_t run = 0;
};

struct program {
    /// The samples of a register that a run of the interpreter may take at most: registers and variables together share the scratch memory.
    static constexpr std::size_t scratch_samples = 8192; ///< 64 KiB
    static constexpr std::size_t smallest_run = 32;      ///< function_step
    static constexpr std::size_t largest_run = 512;
    /// Registers and variables at a time.
    static constexpr std::size_t most_registers = scratch_samples / smallest_run;

    std::vector<instruction> instructions; ///< in order; at least one
    std::vector<double> constants;
    std::vector<std::uint32_t> variables; ///< of the expression, those that instructions read: operand index -> position in its list
    std::size_t registers = 0;
    std::size_t run = largest_run; ///< samples an instruction works on at a time, a multiple of smallest_run

    /// Valid as long as this program stays where and as it is.
    [[nodiscard]] program_view view() const {
        return {instructions.data(), instructions.size(), constants.data(), variables.data(), variables.size(), registers, run};
    }
};

} // namespace quadot
