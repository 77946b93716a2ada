// Compiled once per instruction set: loops that keep the arithmetic units busy and touch no memory.
#include "block/arithmetic_table.hpp"
#include "block/isa.hpp"
#include "block/lanes.hpp"
#include "block/simd.hpp"

namespace quadot {

namespace {

/// Chains of dependent operations side by side. Two pipes of latency 4 need eight; with two operands 14 of the 16 registers of SSE2 and AVX2.
constexpr std::size_t chains = 12;

template <class T>
[[gnu::always_inline]] inline native<T> multiply_add(native<T> a, native<T> b, native<T> c) {
    if constexpr (describe(isa_kind::QUADOT_ISA).fused_multiply_add) {
        return simd::fma(a, b, c);
    } else {
        return a * b + c;
    }
}

template <class T>
struct multiply_add_loop {
    static constexpr double operations = 2.0 * chains * native<T>::size;
    template <std::size_t Chain>
    [[gnu::always_inline]] static native<T> step(native<T> value, native<T> operand, native<T> small) {
        return multiply_add<T>(value, operand, small);
    }
};
template <class T>
struct mixed_loop {
    static constexpr double operations = 1.5 * chains * native<T>::size;
    template <std::size_t Chain>
    [[gnu::always_inline]] static native<T> step(native<T> value, native<T> operand, native<T> small) {
        if constexpr (Chain % 2 == 0) {
            return multiply_add<T>(value, operand, small);
        } else {
            return value + small;
        }
    }
};
template <class T>
struct division_loop {
    static constexpr double operations = 1.0 * chains * native<T>::size;
    template <std::size_t Chain>
    [[gnu::always_inline]] static native<T> step(native<T> value, native<T> operand, native<T>) {
        return operand / value;
    }
};
template <class T>
struct square_root_loop {
    static constexpr double operations = 1.0 * chains * native<T>::size;
    /// Towards a full mantissa: the root of 1 is easy, and roots alone would end there. The addition has a pipe of its own.
    template <std::size_t Chain>
    [[gnu::always_inline]] static native<T> step(native<T> value, native<T> operand, native<T>) {
        return simd::sqrt(value + operand);
    }
};

template <template <class> class Loop, class T>
double run(std::uint64_t rounds, double near_one) {
    using batch = native<T>;
    const batch operand(static_cast<T>(near_one));
    const batch small(static_cast<T>(1 - near_one));
    batch value[chains];
    for_each_index<chains>([&](auto k) __attribute__((always_inline)) {
        value[k] = operand + batch(static_cast<T>(0.0625) * static_cast<T>(static_cast<std::size_t>(k)));
    });
    for (std::uint64_t round = 0; round < rounds; ++round) {
        for_each_index<chains>([&](auto k) __attribute__((always_inline)) {
            value[k] = Loop<T>::template step<decltype(k)::value>(value[k], operand, small);
        });
    }
    for_each_index<chains>([&](auto k) __attribute__((always_inline)) {
        if constexpr (k > 0) value[0] = value[0] + value[k];
    });
    alignas(64) T lanes[batch::size];
    value[0].store_aligned(static_cast<T*>(lanes));
    double all = 0;
    for (const T lane : lanes) all += static_cast<double>(lane);
    return all;
}

template <template <class> class Loop, class T>
constexpr arithmetic_loop loop() {
    return {run<Loop, T>, Loop<T>::operations};
}

template <class T>
constexpr std::array<arithmetic_loop, arithmetic_kinds> loops() {
    return {loop<multiply_add_loop, T>(), loop<mixed_loop, T>(), loop<division_loop, T>(), loop<square_root_loop, T>()};
}

} // namespace

extern const arithmetic_table QUADOT_JOIN(arithmetic_table_, QUADOT_ISA);
constinit const arithmetic_table QUADOT_JOIN(arithmetic_table_, QUADOT_ISA) = {loops<double>(), loops<float>()};

} // namespace quadot
