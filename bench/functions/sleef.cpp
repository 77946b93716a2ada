#include "bench/functions/rivals.hpp"

#if __has_include(<sleef.h>) && defined(__AVX2__)
#define QUADOT_SLEEF
#include <immintrin.h>
#include <sleef.h>

#include <algorithm>
#endif

namespace quadot::bench {

#ifdef QUADOT_SLEEF
namespace {

#ifdef __AVX512F__
#define QUADOT_SLEEF_NAME(name, accuracy) Sleef_##name##d8_##accuracy##avx512f
using vector = __m512d;
constexpr std::size_t width = 8;
inline vector load(const double* from) { return _mm512_loadu_pd(from); }
inline void store(double* to, vector value) { _mm512_storeu_pd(to, value); }
#else
#define QUADOT_SLEEF_NAME(name, accuracy) Sleef_##name##d4_##accuracy##avx2
using vector = __m256d;
constexpr std::size_t width = 4;
inline vector load(const double* from) { return _mm256_loadu_pd(from); }
inline void store(double* to, vector value) { _mm256_storeu_pd(to, value); }
#endif

template <auto F>
void of_one(const double* a, const double*, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += width) store(y + k, F(load(a + k)));
}
template <auto F>
void of_two(const double* a, const double* b, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += width) store(y + k, F(load(a + k), load(b + k)));
}

struct named {
    std::string_view name;
    array_function function;
};

#define QUADOT_ONE(name, accuracy)                                                                                                         \
    { #name, of_one < QUADOT_SLEEF_NAME(name, accuracy)> }
#define QUADOT_TWO(name, accuracy)                                                                                                         \
    { #name, of_two < QUADOT_SLEEF_NAME(name, accuracy)> }
const named within_1_0[] = {QUADOT_ONE(sin, u10),   QUADOT_ONE(cos, u10),   QUADOT_ONE(tan, u10),    QUADOT_ONE(asin, u10),
                            QUADOT_ONE(acos, u10),  QUADOT_ONE(atan, u10),  QUADOT_ONE(sinh, u10),   QUADOT_ONE(cosh, u10),
                            QUADOT_ONE(tanh, u10),  QUADOT_ONE(asinh, u10), QUADOT_ONE(acosh, u10),  QUADOT_ONE(atanh, u10),
                            QUADOT_ONE(exp, u10),   QUADOT_ONE(exp2, u10),  QUADOT_ONE(expm1, u10),  QUADOT_ONE(log, u10),
                            QUADOT_ONE(log2, u10),  QUADOT_ONE(log10, u10), QUADOT_ONE(log1p, u10),  QUADOT_ONE(cbrt, u10),
                            QUADOT_ONE(erf, u10),   QUADOT_ONE(erfc, u15),  QUADOT_ONE(tgamma, u10), QUADOT_ONE(lgamma, u10),
                            QUADOT_TWO(atan2, u10), QUADOT_TWO(pow, u10),   QUADOT_TWO(hypot, u05)};
const named within_3_5[] = {QUADOT_ONE(sin, u35),  QUADOT_ONE(cos, u35),   QUADOT_ONE(tan, u35),  QUADOT_ONE(asin, u35),
                            QUADOT_ONE(acos, u35), QUADOT_ONE(atan, u35),  QUADOT_ONE(sinh, u35), QUADOT_ONE(cosh, u35),
                            QUADOT_ONE(tanh, u35), QUADOT_ONE(exp2, u35),  QUADOT_ONE(log, u35),  QUADOT_ONE(log2, u35),
                            QUADOT_ONE(cbrt, u35), QUADOT_TWO(atan2, u35), QUADOT_TWO(hypot, u35)};
#undef QUADOT_ONE
#undef QUADOT_TWO
#undef QUADOT_SLEEF_NAME

array_function find(const auto& table, std::string_view name) {
    const auto* const found = std::find_if(std::begin(table), std::end(table), [&](const auto& each) { return each.name == name; });
    return found == std::end(table) ? nullptr : found->function;
}

} // namespace

array_function find_sleef_10(std::string_view name) { return find(within_1_0, name); }
array_function find_sleef_35(std::string_view name) { return find(within_3_5, name); }
#else
array_function find_sleef_10(std::string_view) { return nullptr; }
array_function find_sleef_35(std::string_view) { return nullptr; }
#endif

} // namespace quadot::bench
