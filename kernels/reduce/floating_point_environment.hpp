// Round to nearest, no flushing of denormals, for as long as the object lives. OpenMP threads do not inherit the caller's
// settings, and a library loaded with -ffast-math start-up code sets flush-to-zero for the process: without this, the
// same call could give other bits in another thread.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace quadot {

// Compilers see nothing that ties arithmetic to the control register: clang 14 moved a function's last additions behind the
// guard's destructor. So what must be computed under it goes through strictly(), as a function of its own.
class strict_floating_point {
  public:
    strict_floating_point() : changed_(!already_strict()) {
        if (changed_) [[unlikely]] {
            saved_ = read();
            write(static_cast<word>((saved_ & ~control_mask) | strict));
        }
    }
    ~strict_floating_point() {
        // Exception flags raised meanwhile stay raised; only the control bits go back.
        if (changed_) [[unlikely]]
            write(static_cast<word>((read() & ~control_mask) | (saved_ & control_mask)));
    }
    strict_floating_point(const strict_floating_point&) = delete;
    strict_floating_point& operator=(const strict_floating_point&) = delete;

    /// Asks three additions instead of the control register: reading that waits for every operation before it (its
    /// exception flags), which would cost a 64-term dot product a third of its time.
    static bool already_strict() {
        const double one = opaque(1.0);
        const double smallest = opaque(0x1p-1074);
        // To nearest, 1 + 3/4 ulp rounds up and 1 + 1/4 ulp down; in each other mode both go the same way.
        const bool to_nearest = (one + 0x1.8p-53) - (one + 0x1p-54) > 0;
        return to_nearest && smallest + smallest > 0;
    }

  private:
#if defined(__x86_64__)
    using word = std::uint32_t;
    static constexpr word control_mask = 0xE040; // flush to zero, rounding control, denormals are zero
    static constexpr word strict = 0;
    static word read() { return _mm_getcsr(); }
    static void write(word value) { asm volatile("ldmxcsr %0" : : "m"(value) : "memory"); }
#else
    using word = std::uint64_t;
    static constexpr word control_mask = 0x3C00000; // FPCR: default NaN, flush to zero, rounding mode
    static constexpr word strict = 0;
    static word read() {
        word value;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(word value) { asm volatile("msr fpcr, %0" : : "r"(value) : "memory"); }
#endif

    /// A value that the compiler cannot compute with.
    static double opaque(double value) {
#if defined(__x86_64__)
        asm("" : "+x"(value));
#else
        asm("" : "+w"(value));
#endif
        return value;
    }

    bool changed_;
    word saved_ = 0;
};

/// f(), in a function that is neither inlined nor free of effects, so that no part of it can leave.
template <class F>
[[gnu::noinline]] auto apart(const F& f) {
    asm volatile("" : : : "memory");
    return f();
}

/// f() with strict floating point.
template <class F>
auto strictly(const F& f) {
    const strict_floating_point guard;
    return apart(f);
}

} // namespace quadot
