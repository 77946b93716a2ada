#include "strided_dot.hpp"

#include "reduce/term_sum.hpp"

namespace quadot {

namespace {

template <class T>
double strided_dot(strided<T> x, strided<T> y, const execution& how) {
    check_threads(how.threads);
    if (x.size != y.size) {
        throw usage_error("dot: x has " + std::to_string(x.size) + " elements and y " + std::to_string(y.size) +
                          "; pass vectors of one length");
    }
    const auto fill = [x, y](std::uint64_t at, std::size_t count, T* left, T* right) {
        for (std::size_t k = 0; k < count; ++k) {
            left[k] = x[at + k];
            right[k] = y[at + k];
        }
    };
    return strictly([&] { return local_sum(how.accumulator, packed_terms<T, decltype(fill)>(table_of(how), x.size, fill), how.threads); });
}

} // namespace

double dot(strided<double> x, strided<double> y, const execution& how) { return strided_dot(x, y, how); }
double dot(strided<float> x, strided<float> y, const execution& how) { return strided_dot(x, y, how); }

} // namespace quadot
