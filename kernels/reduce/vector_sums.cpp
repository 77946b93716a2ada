#include "vector_sums.hpp"

#include "reduce/term_sum.hpp"

#include <cmath>

namespace quadot {

namespace {

/// Sums over this process or over ranks, as the caller's functions differ in nothing else.
struct everywhere {
    const communicator& ranks;
    std::uint64_t n; ///< over all ranks
    const char* what;
};

template <class Terms, class Make>
double sum_of(const everywhere& where, const execution& how, std::uint64_t given, const Make& make) {
    check_terms(where.what, where.n);
    const auto prepare = [&](std::optional<Terms>& terms) {
        check_threads(how.threads);
        check_slice(where.what, where.ranks, where.n, given);
        make(terms);
    };
    return strictly([&] {
        return with_accumulator(how.accumulator, [&]<class Accumulator>() {
            return distributed_sum_of<Accumulator, Terms>(where.ranks, where.n, prepare, how.threads);
        });
    });
}

template <class T>
double sum_of_kind(const everywhere& where, term_kind kind, std::span<const T> x, const execution& how) {
    return sum_of<contiguous_terms<T>>(where, how, x.size(),
                                       [&](std::optional<contiguous_terms<T>>& terms) { terms.emplace(table_of(how), kind, x, x); });
}

/// Squares of x scaled by a power of 2, in double.
template <class T>
double scaled_squares(const everywhere& where, std::span<const T> x, double scale, const execution& how) {
    const auto fill = [x, scale](std::uint64_t first, std::size_t count, double* left, double* right) {
        for (std::size_t k = 0; k < count; ++k) left[k] = right[k] = static_cast<double>(x[first + k]) * scale;
    };
    using terms_type = packed_terms<double, decltype(fill)>;
    return sum_of<terms_type>(where, how, x.size(),
                              [&](std::optional<terms_type>& terms) { terms.emplace(table_of(how), x.size(), fill); });
}

template <class T>
double nrm2_of(const everywhere& where, std::span<const T> x, const execution& how) {
    const double squares = sum_of_kind(where, term_kind::products, x, how);
    // Squares of floats that lie below 2^-126 underflow in float lanes: `plain` needs the second sum earlier.
    constexpr double smallest = std::is_same_v<T, float> ? 0x1p-80 : 0x1p-960;
    if (squares >= smallest && squares <= 0x1p1000) return std::sqrt(squares);
    // Too large, too small, zero, or not a number. Every rank sees the same sum, and goes on alike.
    double largest = 0;
    bool nan = false;
    for (const T value : x) {
        const auto size = std::abs(static_cast<double>(value));
        nan = nan || std::isnan(size);
        largest = std::max(largest, size);
    }
    largest = where.ranks.maximum(largest);
    if (where.ranks.maximum(nan ? 1 : 0) > 0) return std::numeric_limits<double>::quiet_NaN();
    if (largest == 0 || std::isinf(largest)) return largest;
    // The largest element between 1 and 2: squares of elements below 2^-500 of it are lost, far below any rounding.
    const int exponent = std::ilogb(largest);
    // 2^1074 itself is no double: in two steps where needed, each exact or of no account.
    const double scale = std::ldexp(1.0, std::min(-exponent, 1000));
    return std::sqrt(scaled_squares(where, x, scale, how)) / scale;
}

everywhere here(std::uint64_t n, const char* what) { return {single_process(), n, what}; }

} // namespace

double sum(std::span<const double> x, const execution& how) { return sum_of_kind(here(x.size(), "sum"), term_kind::values, x, how); }
double sum(std::span<const float> x, const execution& how) { return sum_of_kind(here(x.size(), "sum"), term_kind::values, x, how); }
double asum(std::span<const double> x, const execution& how) { return sum_of_kind(here(x.size(), "asum"), term_kind::magnitudes, x, how); }
double asum(std::span<const float> x, const execution& how) { return sum_of_kind(here(x.size(), "asum"), term_kind::magnitudes, x, how); }
double nrm2(std::span<const double> x, const execution& how) {
    return strictly([&] { return nrm2_of(here(x.size(), "nrm2"), x, how); });
}
double nrm2(std::span<const float> x, const execution& how) {
    return strictly([&] { return nrm2_of(here(x.size(), "nrm2"), x, how); });
}

double distributed_sum(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how) {
    return sum_of_kind({ranks, n, "sum"}, term_kind::values, x, how);
}
double distributed_sum(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how) {
    return sum_of_kind({ranks, n, "sum"}, term_kind::values, x, how);
}
double distributed_asum(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how) {
    return sum_of_kind({ranks, n, "asum"}, term_kind::magnitudes, x, how);
}
double distributed_asum(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how) {
    return sum_of_kind({ranks, n, "asum"}, term_kind::magnitudes, x, how);
}
double distributed_nrm2(const communicator& ranks, std::uint64_t n, std::span<const double> x, const execution& how) {
    return strictly([&] { return nrm2_of({ranks, n, "nrm2"}, x, how); });
}
double distributed_nrm2(const communicator& ranks, std::uint64_t n, std::span<const float> x, const execution& how) {
    return strictly([&] { return nrm2_of({ranks, n, "nrm2"}, x, how); });
}

} // namespace quadot
