#include "bench/xsimd_loop.hpp"

#include <xsimd/xsimd.hpp>

namespace quadot::bench {

namespace {

using batch = xsimd::batch<double>;

template <class F>
double left_sum(double a, double b, std::uint64_t n, F f) {
    const double h = (b - a) / static_cast<double>(n);
    alignas(64) double numbers[batch::size];
    for (std::size_t k = 0; k < batch::size; ++k) numbers[k] = static_cast<double>(k);
    const batch lanes = batch::load_aligned(numbers);
    batch sum0(0.0), sum1(0.0), sum2(0.0), sum3(0.0);
    constexpr std::uint64_t width = batch::size;
    std::uint64_t i = 0;
    for (; i + 4 * width <= n; i += 4 * width) {
        const auto node = [&](std::uint64_t k) { return batch(a) + (batch(static_cast<double>(i + k * width)) + lanes) * batch(h); };
        sum0 += f(node(0));
        sum1 += f(node(1));
        sum2 += f(node(2));
        sum3 += f(node(3));
    }
    alignas(64) double folded[batch::size];
    ((sum0 + sum1) + (sum2 + sum3)).store_aligned(static_cast<double*>(folded));
    double sum = 0;
    for (const double lane : folded) sum += lane;
    for (; i < n; ++i) {
        alignas(64) double one[batch::size];
        f(batch(a + static_cast<double>(i) * h)).store_aligned(static_cast<double*>(one));
        sum += one[0];
    }
    return sum * h;
}

template <class F>
constexpr xsimd_sum loop(F) {
    return [](double a, double b, std::uint64_t n) { return left_sum(a, b, n, F{}); };
}

} // namespace

xsimd_sum find_xsimd_loop(std::string_view integrand) {
    if (integrand == "cos") return loop([](batch x) { return xsimd::cos(x); });
    if (integrand == "sin") return loop([](batch x) { return xsimd::sin(x); });
    if (integrand == "pi") return loop([](batch x) { return batch(4.0) / (batch(1.0) + x * x); });
    if (integrand == "semicircle") return loop([](batch x) { return xsimd::sqrt(batch(1.0) - x * x); });
    if (integrand == "gauss") return loop([](batch x) { return xsimd::exp(-(x * x)); });
    if (integrand == "log") return loop([](batch x) { return xsimd::log(x); });
    return nullptr;
}

} // namespace quadot::bench
