// Complex, strided and batched dot products: against dot() on the same elements in a row, and MPFR.
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"
#include "tests/support/random.hpp"
#include "tests/support/real.hpp"

#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace {

using namespace quadot;
using quadot::tests::bits;
using quadot::tests::exact_sum;
using quadot::tests::for_each_execution;
using quadot::tests::random_scaled;
using quadot::tests::slug;

template <class T>
class dots_of : public ::testing::Test {};
using element_types = ::testing::Types<double, float>;
TYPED_TEST_SUITE(dots_of, element_types);

template <class T>
std::vector<T> vector_of(std::size_t n, std::uint64_t seed) {
    std::vector<T> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(random_scaled(10, seed, i));
    return values;
}

TYPED_TEST(dots_of, complex_parts_are_dot_products_of_parts) {
    using T = TypeParam;
    for (const std::size_t n : {0, 1, 2, 7, 100, 4095, 4096, 4097, 50000}) {
        std::vector<std::complex<T>> x(n);
        std::vector<std::complex<T>> y(n);
        std::vector<T> flat_x;
        std::vector<T> direct;   // re, -im
        std::vector<T> crossed;  // im, re
        std::vector<T> straight; // re, im
        std::vector<T> turned;   // im, -re
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = {static_cast<T>(random_scaled(5, 1, i)), static_cast<T>(random_scaled(5, 2, i))};
            y[i] = {static_cast<T>(random_scaled(5, 3, i)), static_cast<T>(random_scaled(5, 4, i))};
            flat_x.insert(flat_x.end(), {x[i].real(), x[i].imag()});
            direct.insert(direct.end(), {y[i].real(), -y[i].imag()});
            crossed.insert(crossed.end(), {y[i].imag(), y[i].real()});
            straight.insert(straight.end(), {y[i].real(), y[i].imag()});
            turned.insert(turned.end(), {y[i].imag(), -y[i].real()});
        }
        const std::span<const std::complex<T>> left(x);
        const std::span<const std::complex<T>> right(y);
        for_each_execution([&](execution how) {
            for (const int threads : {1, 2}) {
                how.threads = threads;
                const auto real_dot = [&](const std::vector<T>& other) {
                    return dot(std::span<const T>(flat_x), std::span<const T>(other), how);
                };
                const auto u = dotu(left, right, how);
                const auto c = dotc(left, right, how);
                ASSERT_EQ(bits(u.real()), bits(real_dot(direct))) << slug(how) << ", " << n;
                ASSERT_EQ(bits(u.imag()), bits(real_dot(crossed))) << slug(how) << ", " << n;
                ASSERT_EQ(bits(c.real()), bits(real_dot(straight))) << slug(how) << ", " << n;
                ASSERT_EQ(bits(c.imag()), bits(real_dot(turned))) << slug(how) << ", " << n;
            }
        });
        // Independently, part by part.
        exact_sum real;
        exact_sum imaginary;
        exact_sum conjugated;
        for (std::size_t i = 0; i < n; ++i) {
            const double a = static_cast<double>(x[i].real());
            const double b = static_cast<double>(x[i].imag());
            const double c = static_cast<double>(y[i].real());
            const double d = static_cast<double>(y[i].imag());
            real.add(a, c);
            real.add(-b, d);
            imaginary.add(a, d);
            imaginary.add(b, c);
            conjugated.add(a, d);
            conjugated.add(-b, c);
        }
        const execution exactly{.accumulator = accumulator_kind::exact};
        EXPECT_EQ(bits(dotu(left, right, exactly).real()), bits(real.rounded()));
        EXPECT_EQ(bits(dotu(left, right, exactly).imag()), bits(imaginary.rounded()));
        EXPECT_EQ(bits(dotc(left, right, exactly).imag()), bits(conjugated.rounded()));
    }
}

TYPED_TEST(dots_of, strides_change_nothing_but_the_place) {
    using T = TypeParam;
    for (const std::size_t n : {0, 1, 5, 100, 8192, 20011}) {
        const auto x = vector_of<T>(n, 1);
        const auto y = vector_of<T>(n, 2);
        for (const std::ptrdiff_t step_x : {1, 2, -1, -3}) {
            for (const std::ptrdiff_t step_y : {1, 7, -2}) {
                // As BLAS places them: from the far end where the increment is negative.
                const auto spread = [n](const std::vector<T>& values, std::ptrdiff_t step) {
                    const auto distance = static_cast<std::size_t>(step < 0 ? -step : step);
                    std::vector<T> storage(n == 0 ? 0 : (n - 1) * distance + 1, T(1e30F));
                    for (std::size_t i = 0; i < n; ++i) storage[(step < 0 ? n - 1 - i : i) * distance] = values[i];
                    return storage;
                };
                const auto stored_x = spread(x, step_x);
                const auto stored_y = spread(y, step_y);
                for_each_execution([&](const execution& how) {
                    const double value = dot(strided<T>{stored_x.data(), n, step_x}, strided<T>{stored_y.data(), n, step_y}, how);
                    ASSERT_EQ(bits(value), bits(dot(std::span<const T>(x), std::span<const T>(y), how)))
                        << slug(how) << ", n " << n << ", increments " << step_x << ", " << step_y;
                });
            }
        }
        const T one = T(2);
        double total = 0;
        for (const T value : y) total += static_cast<double>(value) * 2;
        EXPECT_NEAR(dot(strided<T>{&one, n, 0}, strided<T>{y.data(), n, 1}), total, 1e-9 * static_cast<double>(n + 1) * 1024);
    }
    EXPECT_THROW(static_cast<void>(dot(strided<T>{nullptr, 3, 1}, strided<T>{nullptr, 2, 1})), error);
}

TYPED_TEST(dots_of, a_matrix_times_a_vector_is_a_dot_product_a_row) {
    using T = TypeParam;
    for (const auto& [rows, columns] :
         {std::pair<std::size_t, std::size_t>{0, 5}, {1, 100003}, {3, 0}, {7, 1}, {2, 60000}, {100, 1000}, {1000, 33}}) {
        const auto matrix = vector_of<T>(rows * columns, 3);
        const auto y = vector_of<T>(columns, 4);
        for_each_execution([&, rows = rows, columns = columns](execution how) {
            for (const int threads : {1, 2, 5}) {
                how.threads = threads;
                std::vector<double> products(rows, -1);
                matrix_vector(std::span<const T>(matrix), std::span<const T>(y), products, how);
                for (std::size_t r = 0; r < rows; ++r) {
                    const std::span<const T> row = std::span<const T>(matrix).subspan(r * columns, columns);
                    ASSERT_EQ(bits(products[r]), bits(dot(row, std::span<const T>(y), how)))
                        << slug(how) << ", row " << r << " of " << rows;
                }
            }
        });
    }
    const std::vector<T> six(6);
    std::vector<double> two(2);
    EXPECT_THROW(matrix_vector(std::span<const T>(six), std::span<const T>(six).first(2), two), error);
}

} // namespace
