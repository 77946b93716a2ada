// A user's translation unit, with the flags of this machine.
#include "bench/text/functors.hpp"

#include "batch_functor.hpp"

#include <cmath>

namespace quadot::bench {

namespace {

void cosine(std::span<const double> x, std::span<double> y) {
    vectorized([](auto v) {
        using std::cos;
        return cos(v);
    })(x, y);
}

void mixed(std::span<const double> x, std::span<double> y) {
    vectorized([](auto v) {
        using std::exp;
        using std::sin;
        using std::sqrt;
        return exp(-v * v) * sin(10 * v) + sqrt(1 + v * v) / (1 + v);
    })(x, y);
}

constexpr functor all[] = {{"cos(x)", cosine}, {"exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)", mixed}};

} // namespace

std::span<const functor> functors() { return all; }

} // namespace quadot::bench
