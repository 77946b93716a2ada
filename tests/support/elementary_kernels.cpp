#include "tests/support/elementary_kernels.hpp"

#include "block/pack.hpp"
#include "math/elementary.hpp"

namespace quadot::tests {

namespace {

struct sine {
    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::sin(x);
    }
};
struct cosine {
    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::cos(x);
    }
};
struct exponential {
    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::exp(x);
    }
};
struct logarithm {
    template <class V>
    [[gnu::always_inline]] static V value(const V& x) {
        return math::log(x);
    }
};

template <class F, class V>
void evaluate(const double* x, double* y, std::size_t count) {
    static_assert(elementary_step % V::size == 0);
    for (std::size_t k = 0; k < count; k += V::size) F::value(V::load_unaligned(x + k)).store_unaligned(y + k);
}

template <class F>
constexpr elementary_kernels::variants both() {
    return {evaluate<F, native<double>>, evaluate<F, pack<native<double>, 4, false>>};
}

} // namespace

extern const elementary_kernels QUADOT_JOIN(elementary_kernels_, QUADOT_ISA);
constinit const elementary_kernels QUADOT_JOIN(elementary_kernels_, QUADOT_ISA) = {both<sine>(), both<cosine>(), both<exponential>(),
                                                                                   both<logarithm>()};

} // namespace quadot::tests
