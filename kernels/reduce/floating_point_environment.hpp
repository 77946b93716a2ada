// Round to nearest, no flushing of denormals, for as long as the object lives. OpenMP threads do not inherit the caller's
// settings, and a library loaded with -ffast-math start-up code sets flush-to-zero for the process: without this, the
// same call could give other bits in another thread.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace quadot {

class strict_floating_point {
  public:
    strict_floating_point() : saved_(read()) {
        if (control(saved_) != strict) write(static_cast<word>((saved_ & ~control_mask) | strict));
    }
    ~strict_floating_point() {
        // Exception flags raised meanwhile stay raised; only the control bits go back.
        if (control(saved_) != strict) write(static_cast<word>((read() & ~control_mask) | control(saved_)));
    }
    strict_floating_point(const strict_floating_point&) = delete;
    strict_floating_point& operator=(const strict_floating_point&) = delete;

  private:
#if defined(__x86_64__)
    using word = std::uint32_t;
    static constexpr word control_mask = 0xE040; // flush to zero, rounding control, denormals are zero
    static constexpr word strict = 0;
    static word read() { return _mm_getcsr(); }
    static void write(word value) { _mm_setcsr(value); }
#else
    using word = std::uint64_t;
    static constexpr word control_mask = 0x3C00000; // FPCR: default NaN, flush to zero, rounding mode
    static constexpr word strict = 0;
    static word read() {
        word value;
        asm volatile("mrs %0, fpcr" : "=r"(value));
        return value;
    }
    static void write(word value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#endif
    static word control(word value) { return value & control_mask; }

    word saved_;
};

} // namespace quadot
