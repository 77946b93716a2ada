#include "matrix_vector.hpp"

#include "dot.hpp"
#include "errors.hpp"
#include "reduce/slices.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <string>

namespace quadot {

namespace {

template <class T>
void multiply(std::span<const T> matrix, std::span<const T> y, std::span<double> products, const execution& how) {
    check_threads(how.threads);
    const std::uint64_t rows = products.size();
    const std::uint64_t columns = y.size();
    if (matrix.size() != rows * columns) {
        throw usage_error("matrix_vector: " + std::to_string(matrix.size()) + " elements for " + std::to_string(rows) + " rows of " +
                          std::to_string(columns) + "; pass rows * columns");
    }
    const auto row = [&](std::uint64_t r) { return matrix.subspan(r * columns, columns); };
    const int threads = default_or(how.threads);
    const int workers = dot_workers(matrix.size(), threads);
    if (rows < static_cast<std::uint64_t>(workers)) {
        for (std::uint64_t r = 0; r < rows; ++r) products[r] = dot(row(r), y, how);
        return;
    }
    execution alone = how;
    alone.threads = 1;
    on_team(workers, [&](int worker, int team) {
        const slice mine = share(rows, static_cast<std::uint64_t>(worker), static_cast<std::uint64_t>(team));
        for (std::uint64_t r = mine.first; r < mine.last(); ++r) products[r] = dot(row(r), y, alone);
    });
}

} // namespace

void matrix_vector(std::span<const double> matrix, std::span<const double> y, std::span<double> products, const execution& how) {
    multiply(matrix, y, products, how);
}
void matrix_vector(std::span<const float> matrix, std::span<const float> y, std::span<double> products, const execution& how) {
    multiply(matrix, y, products, how);
}

} // namespace quadot
