// A user's translation unit: batch_functor.hpp without the library's own settings, the instruction set by the compiler's flags alone.
#include "tests/support/functors.hpp"

#include "batch_functor.hpp"

#include <cmath>
#include <stdexcept>

#define QUADOT_TESTS_JOIN_TOKENS(a, b) a##b
#define QUADOT_TESTS_JOIN(a, b) QUADOT_TESTS_JOIN_TOKENS(a, b)

namespace quadot::tests {

extern const functors QUADOT_TESTS_JOIN(functors_, FUNCTOR_ISA);
bool QUADOT_TESTS_JOIN(refused_, FUNCTOR_ISA)();

#ifdef FUNCTOR_CONTRACTED
bool QUADOT_TESTS_JOIN(refused_, FUNCTOR_ISA)() {
    try {
        (void)vectorized([](lanes x) { return x * x + 1.0; });
        return false;
    } catch (const error& e) {
        return e.kind() == error_kind::usage;
    }
}
#else
namespace {

template <class F>
void run(F f, const double* x, double* y, std::size_t count) {
    vectorized(f)(std::span(x, count), std::span(y, count));
}

} // namespace

constinit const functors QUADOT_TESTS_JOIN(functors_, FUNCTOR_ISA) = {
    [](const double* x, double* y, std::size_t count) {
        run(
            [](auto v) {
                using std::exp;
                using std::sin;
                using std::sqrt;
                return exp(-v * v) * sin(10 * v) + sqrt(1 + v * v) / (1 + v);
            },
            x, y, count);
    },
    [](const double* x, double* y, std::size_t count) { run([](lanes v) { return select(v > lanes(0.5), lanes(1.0), -v); }, x, y, count); },
    [](const double* x, double* y, std::size_t count) { run([](lanes v) { return 1 / -v; }, x, y, count); },
    [](const double* x, double* y, std::size_t count) { run([](xsimd::batch<double> v) { return v * v; }, x, y, count); },
    [](const double* x, double* y, std::size_t count) {
        const double k = 3;
        run([k](auto v) { return k * v; }, x, y, count);
    },
    [](const double* x, double* y, std::size_t count) {
        run(
            [](lanes v) -> lanes {
                if (v.part[0].get(0) > 1) throw std::runtime_error("beyond 1");
                return v;
            },
            x, y, count);
    },
};
#endif

} // namespace quadot::tests
