// The only header that includes xsimd: one instruction set a translation unit, chosen by the library's build with
// -DQUADOT_ISA=sse2|avx2|avx512|neon64. In a user's translation unit (batch_functor.hpp) nothing is defined: the compiler's flags
// tell, xsimd keeps its name, and what is ours is named after the instruction set all the same.
//
// Traps met here, each with its remedy:
//  * xsimd has inline functions whose mangled name carries no instruction set (its scalar rem_pio2, for one).
//  Compiled
//    for AVX-512 and picked by the linker they would crash older CPUs; so namespace xsimd itself gets the
//    instruction set's name, and so does everything of ours below block/.
//  * xsimd before 11 has no fused multiply-add for AVX-512: `fma` was x * y + z in two roundings, and xsimd's
//  own functions
//    are written over it. The overloads below are better matches than xsimd's templates, also inside xsimd,
//    since they are found by argument-dependent lookup when those templates are instantiated.
//  * SSE2 has no FMA at all: eft::fused is false there.
#pragma once

#ifdef __FAST_MATH__
#error "Quadot's error-free transformations need strict IEEE arithmetic: compile without -ffast-math / -Ofast."
#endif

#if defined(__AVX512F__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512BW__) && defined(__AVX512VL__) &&            \
    defined(__FMA__)
#define QUADOT_AVX512
#endif
#if defined(__AVX2__) && defined(__FMA__)
#define QUADOT_AVX2
#endif

#define QUADOT_JOIN_TOKENS(a, b) a##b
#define QUADOT_JOIN(a, b) QUADOT_JOIN_TOKENS(a, b)
#ifdef QUADOT_ISA
#define QUADOT_XSIMD QUADOT_JOIN(xsimd_, QUADOT_ISA)
#define QUADOT_ISA_NAMESPACE QUADOT_JOIN(isa_, QUADOT_ISA)
#define xsimd QUADOT_XSIMD
#else
#define QUADOT_XSIMD xsimd
#if defined(QUADOT_AVX512)
#define QUADOT_ISA_NAMESPACE isa_callers_avx512
#elif defined(QUADOT_AVX2)
#define QUADOT_ISA_NAMESPACE isa_callers_avx2
#else
#define QUADOT_ISA_NAMESPACE isa_callers_baseline
#endif
#endif
#include <xsimd/xsimd.hpp>

#ifdef QUADOT_AVX512
namespace xsimd {
#define QUADOT_AVX512_FUSED(name, instruction)                                                                                             \
    [[gnu::always_inline]] inline batch<double, avx512f> name(batch<double, avx512f> const& a, batch<double, avx512f> const& b,            \
                                                              batch<double, avx512f> const& c) {                                           \
        return _mm512_##instruction##_pd(a, b, c);                                                                                         \
    }                                                                                                                                      \
    [[gnu::always_inline]] inline batch<float, avx512f> name(batch<float, avx512f> const& a, batch<float, avx512f> const& b,               \
                                                             batch<float, avx512f> const& c) {                                             \
        return _mm512_##instruction##_ps(a, b, c);                                                                                         \
    }
QUADOT_AVX512_FUSED(fma, fmadd)
QUADOT_AVX512_FUSED(fms, fmsub)
QUADOT_AVX512_FUSED(fnma, fnmadd)
QUADOT_AVX512_FUSED(fnms, fnmsub)
#undef QUADOT_AVX512_FUSED
} // namespace xsimd
#endif
#ifdef QUADOT_ISA
#undef xsimd
#endif

#include "accumulators/eft.hpp"

#include <cstddef>
#include <cstdint>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

namespace simd = ::QUADOT_XSIMD;

#if defined(QUADOT_AVX512)
using native_arch = simd::avx512f;
#elif defined(QUADOT_AVX2)
using native_arch = simd::fma3<simd::avx2>;
#elif defined(__aarch64__)
using native_arch = simd::neon64;
#else
using native_arch = simd::sse2;
#endif

/// The instruction set's widest batch of T.
template <class T>
using native = simd::batch<T, native_arch>;

#if defined(QUADOT_AVX2)
using half_width_arch = simd::fma3<simd::avx2>;
using quarter_width_arch = simd::sse2;

[[gnu::always_inline]] inline simd::batch<double, quarter_width_arch> lower_half(simd::batch<double, half_width_arch> a) {
    return _mm256_castpd256_pd128(a);
}
[[gnu::always_inline]] inline simd::batch<double, quarter_width_arch> upper_half(simd::batch<double, half_width_arch> a) {
    return _mm256_extractf128_pd(a, 1);
}
[[gnu::always_inline]] inline simd::batch<float, quarter_width_arch> lower_half(simd::batch<float, half_width_arch> a) {
    return _mm256_castps256_ps128(a);
}
[[gnu::always_inline]] inline simd::batch<float, quarter_width_arch> upper_half(simd::batch<float, half_width_arch> a) {
    return _mm256_extractf128_ps(a, 1);
}
#endif
#if defined(QUADOT_AVX512)
[[gnu::always_inline]] inline simd::batch<double, half_width_arch> lower_half(simd::batch<double, native_arch> a) {
    return _mm512_castpd512_pd256(a);
}
[[gnu::always_inline]] inline simd::batch<double, half_width_arch> upper_half(simd::batch<double, native_arch> a) {
    return _mm512_extractf64x4_pd(a, 1);
}
[[gnu::always_inline]] inline simd::batch<float, half_width_arch> lower_half(simd::batch<float, native_arch> a) {
    return _mm512_castps512_ps256(a);
}
[[gnu::always_inline]] inline simd::batch<float, half_width_arch> upper_half(simd::batch<float, native_arch> a) {
    return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a), 1));
}
#endif

// Within 128 bits: the upper lanes moved down, so that lane j meets lane j + 2 (float), then j + 1. The other
// lanes hold values that nobody reads.
#if defined(__x86_64__)
[[gnu::always_inline]] inline simd::batch<double, simd::sse2> upper_lanes_down(simd::batch<double, simd::sse2> a) {
    return _mm_unpackhi_pd(a, a);
}
[[gnu::always_inline]] inline simd::batch<float, simd::sse2> upper_lanes_down(simd::batch<float, simd::sse2> a) {
    return _mm_movehl_ps(a, a);
}
[[gnu::always_inline]] inline simd::batch<float, simd::sse2> second_lane_down(simd::batch<float, simd::sse2> a) {
    return _mm_shuffle_ps(a, a, 1);
}
[[gnu::always_inline]] inline double first_lane(simd::batch<double, simd::sse2> a) { return _mm_cvtsd_f64(a); }
[[gnu::always_inline]] inline float first_lane(simd::batch<float, simd::sse2> a) { return _mm_cvtss_f32(a); }
#else
[[gnu::always_inline]] inline native<double> upper_lanes_down(native<double> a) { return vdupq_laneq_f64(a, 1); }
[[gnu::always_inline]] inline native<float> upper_lanes_down(native<float> a) { return vextq_f32(a, a, 2); }
[[gnu::always_inline]] inline native<float> second_lane_down(native<float> a) { return vdupq_laneq_f32(a, 1); }
[[gnu::always_inline]] inline double first_lane(native<double> a) { return vgetq_lane_f64(a, 0); }
[[gnu::always_inline]] inline float first_lane(native<float> a) { return vgetq_lane_f32(a, 0); }
#endif

} // namespace quadot::inline QUADOT_ISA_NAMESPACE

// The bits of doubles, as math/lanes.hpp asks for them; in xsimd's namespace, so that argument-dependent
// lookup finds them.
namespace QUADOT_XSIMD {

using native_doubles = ::quadot::native<double>;

#if defined(QUADOT_AVX512)
using half_width_doubles = batch<double, ::quadot::half_width_arch>;
[[gnu::always_inline]] inline half_width_doubles add_bits(const half_width_doubles& a, const half_width_doubles& b) {
    return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
}
[[gnu::always_inline]] inline native_doubles add_bits(const native_doubles& a, const native_doubles& b) {
    return _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(a), _mm512_castpd_si512(b)));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_left(const native_doubles& a) {
    return _mm512_castsi512_pd(_mm512_slli_epi64(_mm512_castpd_si512(a), Count));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_right(const native_doubles& a) {
    return _mm512_castsi512_pd(_mm512_srli_epi64(_mm512_castpd_si512(a), Count));
}
[[gnu::always_inline]] inline native_doubles::batch_bool_type odd(const native_doubles& a) {
    return _mm512_test_epi64_mask(_mm512_castpd_si512(a), _mm512_set1_epi64(1));
}
[[gnu::always_inline]] inline native_doubles whole_below(const native_doubles& a) { return _mm512_roundscale_pd(a, _MM_FROUND_FLOOR); }
[[gnu::always_inline]] inline native_doubles whole_above(const native_doubles& a) { return _mm512_roundscale_pd(a, _MM_FROUND_CEIL); }
/// The largest double below 1/2, added and cut off: with 1/2 itself that double would become 1.
[[gnu::always_inline]] inline native_doubles whole_nearest(const native_doubles& a) {
    const __m512d half = _mm512_or_pd(_mm512_and_pd(a, _mm512_set1_pd(-0.0)), _mm512_set1_pd(0x1.fffffffffffffp-2));
    return _mm512_roundscale_pd(_mm512_add_pd(a, half), _MM_FROUND_TO_ZERO);
}
// The range operation heeds the signs of zeros, but takes the number beside NaN.
[[gnu::always_inline]] inline native_doubles least(const native_doubles& a, const native_doubles& b) {
    return _mm512_mask_add_pd(_mm512_range_pd(a, b, 0x4), _mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q), a, b);
}
[[gnu::always_inline]] inline native_doubles greatest(const native_doubles& a, const native_doubles& b) {
    return _mm512_mask_add_pd(_mm512_range_pd(a, b, 0x5), _mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q), a, b);
}
[[gnu::always_inline]] inline native_doubles smaller_of(const native_doubles& a, const native_doubles& b) { return _mm512_min_pd(a, b); }
[[gnu::always_inline]] inline native_doubles gather(const double* table, const native_doubles& index) {
    return _mm512_i64gather_pd(_mm512_castpd_si512(index), table, 8);
}
#elif defined(QUADOT_AVX2)
[[gnu::always_inline]] inline native_doubles add_bits(const native_doubles& a, const native_doubles& b) {
    return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(a), _mm256_castpd_si256(b)));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_left(const native_doubles& a) {
    return _mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(a), Count));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_right(const native_doubles& a) {
    return _mm256_castsi256_pd(_mm256_srli_epi64(_mm256_castpd_si256(a), Count));
}
[[gnu::always_inline]] inline native_doubles::batch_bool_type odd(const native_doubles& a) {
    const __m256i one = _mm256_set1_epi64x(1);
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(_mm256_castpd_si256(a), one), one));
}
[[gnu::always_inline]] inline native_doubles whole_below(const native_doubles& a) { return _mm256_floor_pd(a); }
[[gnu::always_inline]] inline native_doubles whole_above(const native_doubles& a) { return _mm256_ceil_pd(a); }
/// The largest double below 1/2, added and cut off: with 1/2 itself that double would become 1.
[[gnu::always_inline]] inline native_doubles whole_nearest(const native_doubles& a) {
    const __m256d half = _mm256_or_pd(_mm256_and_pd(a, _mm256_set1_pd(-0.0)), _mm256_set1_pd(0x1.fffffffffffffp-2));
    return _mm256_round_pd(_mm256_add_pd(a, half), _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}
// Of two zeros, and beside NaN, the CPU takes the second operand: asked both ways, it names both. NaN | x is a NaN, NaN & x need not be one.
[[gnu::always_inline]] inline native_doubles least(const native_doubles& a, const native_doubles& b) {
    return _mm256_or_pd(_mm256_min_pd(a, b), _mm256_min_pd(b, a));
}
[[gnu::always_inline]] inline native_doubles greatest(const native_doubles& a, const native_doubles& b) {
    return _mm256_or_pd(_mm256_and_pd(_mm256_max_pd(a, b), _mm256_max_pd(b, a)), _mm256_cmp_pd(a, b, _CMP_UNORD_Q));
}
[[gnu::always_inline]] inline native_doubles smaller_of(const native_doubles& a, const native_doubles& b) { return _mm256_min_pd(a, b); }
[[gnu::always_inline]] inline native_doubles gather(const double* table, const native_doubles& index) {
    return _mm256_i64gather_pd(table, _mm256_castpd_si256(index), 8);
}
/// A blend takes three operations on Intel's CPUs, a permutation within 128 bits one everywhere; it reads bit 1 of each lane.
[[gnu::always_inline]] inline native_doubles choose_number(const native_doubles::batch_bool_type& where, double yes, double no) {
    return _mm256_permutevar_pd(_mm256_setr_pd(no, yes, no, yes), _mm256_castpd_si256(where));
}
[[gnu::always_inline]] inline native_doubles keep_where(const native_doubles::batch_bool_type& where, const native_doubles& a) {
    return _mm256_and_pd(where, a);
}
[[gnu::always_inline]] inline native_doubles drop_where(const native_doubles::batch_bool_type& where, const native_doubles& a) {
    return _mm256_andnot_pd(where, a);
}
#elif defined(__aarch64__)
// xsimd 8.1 rounds -a * b before it adds c.
[[gnu::always_inline]] inline native_doubles fnma(const native_doubles& a, const native_doubles& b, const native_doubles& c) {
    return vfmsq_f64(c, a, b);
}
[[gnu::always_inline]] inline native_doubles fms(const native_doubles& a, const native_doubles& b, const native_doubles& c) {
    return vfmaq_f64(vnegq_f64(c), a, b);
}
[[gnu::always_inline]] inline native_doubles add_bits(const native_doubles& a, const native_doubles& b) {
    return vreinterpretq_f64_u64(vaddq_u64(vreinterpretq_u64_f64(a), vreinterpretq_u64_f64(b)));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_left(const native_doubles& a) {
    return vreinterpretq_f64_u64(vshlq_n_u64(vreinterpretq_u64_f64(a), Count));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_right(const native_doubles& a) {
    return vreinterpretq_f64_u64(vshrq_n_u64(vreinterpretq_u64_f64(a), Count));
}
[[gnu::always_inline]] inline native_doubles::batch_bool_type odd(const native_doubles& a) {
    return vtstq_u64(vreinterpretq_u64_f64(a), vdupq_n_u64(1));
}
[[gnu::always_inline]] inline native_doubles whole_below(const native_doubles& a) { return vrndmq_f64(a); }
[[gnu::always_inline]] inline native_doubles whole_above(const native_doubles& a) { return vrndpq_f64(a); }
[[gnu::always_inline]] inline native_doubles whole_nearest(const native_doubles& a) { return vrndaq_f64(a); }
[[gnu::always_inline]] inline native_doubles least(const native_doubles& a, const native_doubles& b) { return vminq_f64(a, b); }
[[gnu::always_inline]] inline native_doubles greatest(const native_doubles& a, const native_doubles& b) { return vmaxq_f64(a, b); }
[[gnu::always_inline]] inline native_doubles gather(const double* table, const native_doubles& index) {
    const uint64x2_t at = vreinterpretq_u64_f64(index);
    return vcombine_f64(vld1_f64(table + vgetq_lane_u64(at, 0)), vld1_f64(table + vgetq_lane_u64(at, 1)));
}
#else
[[gnu::always_inline]] inline native_doubles add_bits(const native_doubles& a, const native_doubles& b) {
    return _mm_castsi128_pd(_mm_add_epi64(_mm_castpd_si128(a), _mm_castpd_si128(b)));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_left(const native_doubles& a) {
    return _mm_castsi128_pd(_mm_slli_epi64(_mm_castpd_si128(a), Count));
}
template <int Count>
[[gnu::always_inline]] inline native_doubles shift_bits_right(const native_doubles& a) {
    return _mm_castsi128_pd(_mm_srli_epi64(_mm_castpd_si128(a), Count));
}
[[gnu::always_inline]] inline native_doubles::batch_bool_type odd(const native_doubles& a) {
    return _mm_castsi128_pd(_mm_sub_epi64(_mm_setzero_si128(), _mm_and_si128(_mm_castpd_si128(a), _mm_set1_epi64x(1))));
}
[[gnu::always_inline]] inline native_doubles gather(const double* table, const native_doubles& index) {
    const __m128i at = _mm_castpd_si128(index);
    return _mm_set_pd(table[_mm_cvtsi128_si64(_mm_unpackhi_epi64(at, at))], table[_mm_cvtsi128_si64(at)]);
}
#endif

} // namespace QUADOT_XSIMD

namespace quadot::inline QUADOT_ISA_NAMESPACE {

/// Loads lanes from memory of any alignment; a batch of double from float memory widens, which is exact.
template <class Batch, class T>
[[gnu::always_inline]] inline Batch load(const T* from) {
    using lane = typename Batch::value_type;
    if constexpr (sizeof(lane) == sizeof(T)) {
        return Batch::load_unaligned(from);
    } else {
#if defined(QUADOT_AVX512)
        if constexpr (Batch::size == 8) return _mm512_cvtps_pd(_mm256_loadu_ps(from));
#endif
#if defined(QUADOT_AVX2)
        if constexpr (Batch::size == 4) return _mm256_cvtps_pd(_mm_loadu_ps(from));
#elif defined(__aarch64__)
        return vcvt_f64_f32(vld1_f32(from));
#else
        return _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
#endif
    }
}

/// Loads the first `count` lanes (0 … Batch::size) and zeros behind them, touching no memory beyond them.
template <class Batch, class T>
[[gnu::always_inline]] inline Batch load_first(const T* from, std::size_t count) {
    if (count >= Batch::size) return load<Batch>(from);
#if defined(QUADOT_AVX512)
    constexpr bool widens = sizeof(typename Batch::value_type) != sizeof(T);
    if constexpr (Batch::size == 16) {
        return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
    } else {
        const auto wanted = static_cast<__mmask8>((1u << count) - 1);
        if constexpr (Batch::size == 8 && widens) return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(wanted, from));
        if constexpr (Batch::size == 8 && !widens) return _mm512_maskz_loadu_pd(wanted, from);
        if constexpr (Batch::size == 4 && widens) return _mm256_cvtps_pd(_mm_maskz_loadu_ps(wanted, from));
        if constexpr (Batch::size == 4 && !widens) return _mm256_maskz_loadu_pd(wanted, from);
    }
#else
    alignas(64) T padded[Batch::size] = {};
    for (std::size_t i = 0; i < count; ++i) padded[i] = from[i];
    return load<Batch>(static_cast<const T*>(padded));
#endif
}

/// |a| + |b|, given a + b and a - b: the larger one's magnitude, rounded alike.
template <class Batch>
[[gnu::always_inline]] inline Batch sum_of_magnitudes(const Batch& a, const Batch& b, [[maybe_unused]] const Batch& sum,
                                                      [[maybe_unused]] const Batch& difference) {
#if defined(QUADOT_AVX512)
    // One operation in place of three, a tenth of a rule's. Of an infinite and a NaN operand it takes the infinite one, as |a| + |b| is.
    if constexpr (sizeof(typename Batch::value_type) == 8 && Batch::size == 8) return _mm512_range_pd(sum, difference, 0xB);
#endif
    return abs(a) + abs(b);
}

/// seen | (a ^ b), bitwise.
template <class Batch>
[[gnu::always_inline]] inline Batch note_difference(const Batch& seen, const Batch& a, const Batch& b) {
#if defined(QUADOT_AVX512)
    // GCC 12 does not merge the two operations by itself. 0xF6 is the truth table of c | (b ^ a).
    if constexpr (Batch::size == 4) {
        return _mm256_castsi256_pd(
            _mm256_ternarylogic_epi64(_mm256_castpd_si256(seen), _mm256_castpd_si256(a), _mm256_castpd_si256(b), 0xF6));
    } else {
        return _mm512_castsi512_pd(
            _mm512_ternarylogic_epi64(_mm512_castpd_si512(seen), _mm512_castpd_si512(a), _mm512_castpd_si512(b), 0xF6));
    }
#else
    return seen | (a ^ b);
#endif
}

} // namespace quadot::inline QUADOT_ISA_NAMESPACE

#if !defined(QUADOT_AVX2) && !defined(__aarch64__)
namespace quadot::eft {
template <class T>
inline constexpr bool fused<::QUADOT_XSIMD::batch<T, ::QUADOT_XSIMD::sse2>> = false;
} // namespace quadot::eft
#endif
