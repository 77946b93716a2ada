// The elementary functions of packs under their usual names, for argument-dependent lookup: a user's generic functor writes sin(x) after
// `using std::sin`, or quadot::math::sin(x), and gets the same function.
#pragma once

#include "block/pack.hpp"
#include "math/elementary.hpp"

#include <cstddef>

namespace quadot::inline QUADOT_ISA_NAMESPACE {

#define QUADOT_FUNCTION_OF_ONE(name)                                                                                                       \
    template <class Batch, std::size_t Count, math::arguments Arguments>                                                                   \
    [[gnu::always_inline]] inline pack<Batch, Count, Arguments> name(const pack<Batch, Count, Arguments>& x) {                             \
        return math::name(x);                                                                                                              \
    }
#define QUADOT_FUNCTION_OF_TWO(name)                                                                                                       \
    template <class Batch, std::size_t Count, math::arguments Arguments>                                                                   \
    [[gnu::always_inline]] inline pack<Batch, Count, Arguments> name(const pack<Batch, Count, Arguments>& x,                               \
                                                                     const pack<Batch, Count, Arguments>& y) {                             \
        return math::name(x, y);                                                                                                           \
    }                                                                                                                                      \
    template <class Batch, std::size_t Count, math::arguments Arguments>                                                                   \
    [[gnu::always_inline]] inline pack<Batch, Count, Arguments> name(const pack<Batch, Count, Arguments>& x, double y) {                   \
        return math::name(x, pack<Batch, Count, Arguments>(y));                                                                            \
    }                                                                                                                                      \
    template <class Batch, std::size_t Count, math::arguments Arguments>                                                                   \
    [[gnu::always_inline]] inline pack<Batch, Count, Arguments> name(double x, const pack<Batch, Count, Arguments>& y) {                   \
        return math::name(pack<Batch, Count, Arguments>(x), y);                                                                            \
    }
QUADOT_FUNCTION_OF_ONE(sin)
QUADOT_FUNCTION_OF_ONE(cos)
QUADOT_FUNCTION_OF_ONE(exp)
QUADOT_FUNCTION_OF_ONE(exp2)
QUADOT_FUNCTION_OF_ONE(expm1)
QUADOT_FUNCTION_OF_ONE(log)
QUADOT_FUNCTION_OF_ONE(log2)
QUADOT_FUNCTION_OF_ONE(log10)
QUADOT_FUNCTION_OF_ONE(log1p)
QUADOT_FUNCTION_OF_ONE(cbrt)
QUADOT_FUNCTION_OF_ONE(sign)
QUADOT_FUNCTION_OF_ONE(floor)
QUADOT_FUNCTION_OF_ONE(ceil)
QUADOT_FUNCTION_OF_ONE(round)
QUADOT_FUNCTION_OF_ONE(tan)
QUADOT_FUNCTION_OF_ONE(asin)
QUADOT_FUNCTION_OF_ONE(acos)
QUADOT_FUNCTION_OF_ONE(atan)
QUADOT_FUNCTION_OF_ONE(sinh)
QUADOT_FUNCTION_OF_ONE(cosh)
QUADOT_FUNCTION_OF_ONE(tanh)
QUADOT_FUNCTION_OF_ONE(asinh)
QUADOT_FUNCTION_OF_ONE(acosh)
QUADOT_FUNCTION_OF_ONE(atanh)
QUADOT_FUNCTION_OF_ONE(erf)
QUADOT_FUNCTION_OF_ONE(erfc)
QUADOT_FUNCTION_OF_ONE(tgamma)
QUADOT_FUNCTION_OF_ONE(lgamma)
QUADOT_FUNCTION_OF_TWO(atan2)
QUADOT_FUNCTION_OF_TWO(pow)
QUADOT_FUNCTION_OF_TWO(hypot)
QUADOT_FUNCTION_OF_TWO(min)
QUADOT_FUNCTION_OF_TWO(max)
#undef QUADOT_FUNCTION_OF_ONE
#undef QUADOT_FUNCTION_OF_TWO

} // namespace quadot::inline QUADOT_ISA_NAMESPACE
