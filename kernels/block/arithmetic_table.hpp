// What the arithmetic units of one instruction set do at best: loops in registers, compiled once per ISA.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quadot {

enum class arithmetic_kind : std::uint8_t {
    multiply_add,         ///< fused where the ISA can, otherwise a multiplication and an addition
    multiply_add_and_add, ///< as many additions beside them: some CPUs have pipes of their own for these
    division,
    square_root,
};
inline constexpr std::size_t arithmetic_kinds = 4;

struct arithmetic_loop {
    /// Runs `rounds` rounds; returns a digest that nobody needs. `operand`: close to 1, unknown to the compiler.
    double (*run)(std::uint64_t rounds, double operand);
    /// Of all lanes in one round: multiplications, additions, divisions and square roots count one each.
    double operations;
};

struct arithmetic_table {
    std::array<arithmetic_loop, arithmetic_kinds> f64;
    std::array<arithmetic_loop, arithmetic_kinds> f32;
};

} // namespace quadot
