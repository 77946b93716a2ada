#include "complex_dot.hpp"

#include "reduce/term_sum.hpp"

namespace quadot {

namespace {

/// The numbers of a complex span as they lie in memory: re, im, re, im, … (guaranteed since C++11).
template <class T>
std::span<const T> parts_of(std::span<const std::complex<T>> z) {
    return {reinterpret_cast<const T*>(z.data()), 2 * z.size()};
}

template <class T>
std::complex<double> complex_dot(std::span<const std::complex<T>> x, std::span<const std::complex<T>> y, bool conjugated,
                                 const execution& how) {
    check_threads(how.threads);
    if (x.size() != y.size()) {
        throw usage_error("complex dot: x has " + std::to_string(x.size()) + " elements and y " + std::to_string(y.size()) +
                          "; pass vectors of one length");
    }
    const std::span<const T> left = parts_of(x);
    const std::span<const T> right = parts_of(y);
    const std::uint64_t n = left.size();
    const block_table& table = table_of(how);
    // Blocks begin at even terms, so that pairs stay together. With (a, b) = x[i] and (c, d) = y[i]:
    const auto sum = [&](const auto& pair) {
        const auto fill = [&](std::uint64_t first, std::size_t count, T* weights, T* values) {
            std::copy_n(left.data() + first, count, weights);
            for (std::size_t k = 0; k + 1 < count; k += 2) pair(right[first + k], right[first + k + 1], values[k], values[k + 1]);
        };
        return local_sum(how.accumulator, packed_terms<T, decltype(fill)>(table, n, fill), how.threads);
    };
    if (conjugated) {
        // a c + b d, as they lie; a d - b c
        const double real = local_sum(how.accumulator, contiguous_terms<T>(table, term_kind::products, left, right), how.threads);
        return {real, sum([](T c, T d, T& first, T& second) {
                    first = d;
                    second = -c;
                })};
    }
    // a c - b d; a d + b c
    const double real = sum([](T c, T d, T& first, T& second) {
        first = c;
        second = -d;
    });
    return {real, sum([](T c, T d, T& first, T& second) {
                first = d;
                second = c;
            })};
}

} // namespace

std::complex<double> dotu(std::span<const std::complex<double>> x, std::span<const std::complex<double>> y, const execution& how) {
    return strictly([&] { return complex_dot(x, y, false, how); });
}
std::complex<double> dotu(std::span<const std::complex<float>> x, std::span<const std::complex<float>> y, const execution& how) {
    return strictly([&] { return complex_dot(x, y, false, how); });
}
std::complex<double> dotc(std::span<const std::complex<double>> x, std::span<const std::complex<double>> y, const execution& how) {
    return strictly([&] { return complex_dot(x, y, true, how); });
}
std::complex<double> dotc(std::span<const std::complex<float>> x, std::span<const std::complex<float>> y, const execution& how) {
    return strictly([&] { return complex_dot(x, y, true, how); });
}

} // namespace quadot
