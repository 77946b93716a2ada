// products[r] = sum over c of X[r, c] y[c]: each row one dot product, with the bits that it has alone, whatever rank computes it.
#include "drivers/dot_rows.hpp"

#include "drivers/data/memory.hpp"
#include "drivers/dot_selection.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/run.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"
#include "registry/dot_variants.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// This rank's rows of the matrix, and all of the vector.
template <class T>
struct row_share {
    std::uint64_t rows; ///< over all ranks
    std::uint64_t columns;
    slice mine;
    std::span<const T> matrix; ///< mine.count * columns
    std::span<const T> vector; ///< columns

    /// Row `r` of this rank's.
    [[nodiscard]] std::span<const T> row(std::uint64_t r) const { return matrix.subspan(r * columns, columns); }
    [[nodiscard]] double terms() const { return static_cast<double>(rows) * static_cast<double>(columns); }
    /// Cost model: the matrix once, and the vector, which caches may keep from one row to the next.
    [[nodiscard]] double bytes() const { return sizeof(T) * (terms() + static_cast<double>(columns)); }
};

slice rank_rows(std::uint64_t rows, const communicator& ranks) {
    return share(rows, static_cast<std::uint64_t>(ranks.rank()), static_cast<std::uint64_t>(ranks.size()));
}

/// On each rank `buffers` arrays of its own products and one of everybody's; on rank 0, up to 64 bytes of text for each product.
double memory_for(const surroundings& around, std::uint64_t rows, std::size_t buffers) {
    const double own = sizeof(double) * static_cast<double>(buffers) * static_cast<double>(rank_rows(rows, around.ranks).count);
    return own + (sizeof(double) + (around.speaks() ? 64.0 : 0.0)) * static_cast<double>(rows);
}

/// Collective: the products of all ranks' rows, in the rows' order, on every rank.
std::vector<double> gather_products(const communicator& ranks, std::uint64_t rows, std::span<const double> mine) {
    const auto size = static_cast<std::uint64_t>(ranks.size());
    const std::uint64_t longest = share(rows, 0, size).count;
    // In pieces of 64 MiB over all ranks: MPI counts a message's bytes in an int.
    const std::uint64_t piece = std::max<std::uint64_t>(1, (std::uint64_t{1} << 23) / size);
    std::vector<double> all(rows);
    for (std::uint64_t first = 0; first < longest; first += piece) {
        // Messages have one size, shares may differ by a row: the shorter are padded.
        std::vector<double> message(std::min(piece, longest - first));
        if (first < mine.size()) {
            const std::uint64_t count = std::min<std::uint64_t>(message.size(), mine.size() - first);
            std::ranges::copy(mine.subspan(first, count), message.begin());
        }
        const auto gathered = ranks.allgather(std::as_bytes(std::span<const double>(message)));
        for (std::uint64_t rank = 0; rank < size; ++rank) {
            const slice theirs = share(rows, rank, size);
            if (first >= theirs.count) continue;
            const std::uint64_t count = std::min<std::uint64_t>(message.size(), theirs.count - first);
            std::memcpy(all.data() + theirs.first + first, gathered.data() + rank * message.size() * sizeof(double),
                        count * sizeof(double));
        }
    }
    return all;
}

/// One variant's products against the exact ones.
struct judgement {
    // The row with the largest error in units of its bound, the first of equals; without rows, nothing was wrong.
    double error = 0;
    double bound = 0;
    std::uint64_t row = std::numeric_limits<std::uint64_t>::max();
    double largest_bound = 0; ///< of all rows; NaN if one is

    /// Above 1 exactly where the row fails.
    [[nodiscard]] double severity() const {
        if (error <= bound) return bound > 0 && std::isfinite(bound) ? error / bound : 0;
        const double ratio = error / bound;
        return std::isnan(ratio) ? std::numeric_limits<double>::infinity() : ratio;
    }

    void merge(const judgement& other) {
        const bool worse = other.severity() > severity() || (other.severity() == severity() && other.row < row);
        if (worse) {
            error = other.error;
            bound = other.bound;
            row = other.row;
        }
        if (std::isnan(other.largest_bound) || other.largest_bound > largest_bound) largest_bound = other.largest_bound;
    }
};

/// The variants that run, each with this rank's products of its last run.
template <class T>
struct contender {
    const registry::dot_variant<T>* variant;
    std::vector<double> products;
};

/// Collective: a judgement for each contender. A row's exact product is made once for all of them: it costs far more than they do.
template <class T>
std::vector<judgement> judge_rows(const communicator& ranks, const row_share<T>& data, const std::vector<contender<T>>& contenders,
                                  int threads) {
    std::vector<judgement> total(contenders.size());
    agree(ranks, [&] {
        for (std::uint64_t r = 0; r < data.mine.count; ++r) {
            const dot_reference reference = reference_dot(single_process(), data.row(r), data.vector, threads);
            for (std::size_t k = 0; k < contenders.size(); ++k) {
                const double value = contenders[k].products[r];
                const double bound = contenders[k].variant->bound(value, reference.magnitude, data.columns);
                // A NaN product fails even where it is the right one.
                const double error = std::isnan(value) ? value : reference.sum.error_of(value);
                total[k].merge({error, bound, data.mine.first + r, bound});
            }
        }
    });
    const auto all = ranks.allgather(std::as_bytes(std::span<const judgement>(total)));
    for (std::size_t k = 0; k < all.size() / sizeof(judgement); ++k) {
        judgement theirs;
        std::memcpy(&theirs, all.data() + k * sizeof theirs, sizeof theirs);
        total[k % total.size()].merge(theirs);
    }
    return total;
}

/// Loads this rank's rows as a dot product of their first half and their second would.
template <class T>
measured_roof roof_of(const row_share<T>& data, const common_settings& settings) {
    const T* begin = data.matrix.data();
    std::size_t count = data.matrix.size();
    // A row of floats may begin between two doubles.
    if (count > 0 && reinterpret_cast<std::uintptr_t>(begin) % alignof(double) != 0) {
        ++begin;
        --count;
    }
    const auto* const words = reinterpret_cast<const double*>(begin);
    const std::size_t half = count * sizeof(T) / sizeof(double) / 2;
    const std::span<const double> first(words, half);
    const std::span<const double> second(words + half, half);
    const execution how{.threads = settings.threads, .isa = settings.isa};
    return {[first, second, how] { return static_cast<double>(load_only(first, second, how)); }, sizeof(T) * data.terms()};
}

/// This rank's first product: on rank 0, row 0's.
double first_of(std::span<const double> products) { return products.empty() ? 0 : products.front(); }

template <class T>
double run_rows(const row_share<T>& data, contender<T>& contender, const common_settings& settings) {
    const registry::dot_variant<T>& variant = *contender.variant;
    if (variant.accumulator) {
        matrix_vector(data.matrix, data.vector, contender.products,
                      {.accumulator = *variant.accumulator, .threads = settings.threads, .isa = settings.isa});
    } else {
        for (std::uint64_t r = 0; r < data.mine.count; ++r) {
            contender.products[r] = variant.run({single_process(), data.columns, data.row(r), data.vector, settings.threads});
        }
    }
    return first_of(contender.products);
}

/// Collective: what all ranks computed is the result.
void gather_result(const communicator& ranks, run_result& result, std::uint64_t rows, std::span<const double> mine) {
    result.batch->values = gather_products(ranks, rows, mine);
    const std::vector<double>& values = result.batch->values;
    result.value = first_of(values);
    if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) result.status = "not_a_number";
}

template <class T>
int run_typed(const surroundings& around, const common_options& options, const common_settings& settings, const row_share<T>& data,
              const std::string& problem_text) {
    const auto variants = registry::dot_variants<T>(settings.isa);
    const dot_selection<T> selection = select_variants(variants, options, settings);
    const bool table = wants_table(options);

    report report = start_report(around, options, settings, problem_text);
    report.rate_unit = "GB/s";
    report.result.accumulator = name_of(settings.accumulator);
    report.result.evaluations = data.rows * data.columns;
    report.result.batch = row_products{data.rows, data.columns, {}, settings.accumulator == accumulator_kind::exact};

    std::vector<contender<T>> contenders;
    agree(around.ranks, [&] {
        const std::size_t buffers = table ? selection.measured.size() : 1;
        require_memory(around.ranks, memory_for(around, data.rows, buffers), fmt::format("dot with {} rows", data.rows));
        for (const auto* variant : selection.measured) {
            if (table || variant == selection.own) contenders.push_back({variant, std::vector<double>(data.mine.count)});
        }
    });
    if (!table) {
        agree(around.ranks, [&] { run_rows(data, contenders.front(), settings); });
        gather_result(around.ranks, report.result, data.rows, contenders.front().products);
        return finish(around, report, options);
    }

    std::vector<candidate> candidates;
    for (auto& contender : contenders) {
        candidates.push_back({contender.variant, [&] { return run_rows(data, contender, settings); },
                              [&](report_row& row) {
                                  row.items = data.terms();
                                  row.bytes = data.bytes();
                              }});
    }
    const bool wants_roof = selection.compares && data.rows > 0 && data.columns > 0;
    measure(around, report, candidates, selection.timing, settings.threads, wants_roof ? roof_of(data, settings) : measured_roof{});

    report.reference = "each row's exact sum of products (fixed point, 4352 bits); shown: the row of the largest error / bound";
    const auto judgements = judge_rows(around.ranks, data, contenders, settings.threads);
    for (std::size_t k = 0; k < contenders.size(); ++k) {
        report.rows[k].error = judgements[k].error;
        report.rows[k].bound = judgements[k].bound;
        if (contenders[k].variant != selection.own) continue;
        report.result.error = judgements[k].largest_bound;
        gather_result(around.ranks, report.result, data.rows, contenders[k].products);
    }
    return finish(around, report, options);
}

int dry_run(const surroundings& around, const common_settings& settings, const npy_file& matrix) {
    const auto element = static_cast<double>(element_bytes(matrix.type()));
    const double vector_bytes = element * static_cast<double>(matrix.columns());
    const double total = element * static_cast<double>(matrix.size()) + vector_bytes;
    const double bytes = vector_bytes * static_cast<double>(rank_rows(matrix.rows(), around.ranks).count + 1);
    const double products = memory_for(around, matrix.rows(), 1);
    const memory_limit memory = available_memory(around.ranks);
    if (around.speaks()) {
        fmt::print("dry run: dot, X ({} x {}) times y, {} ranks x {} threads; nothing was computed\n", matrix.rows(), matrix.columns(),
                   around.ranks.size(), settings.threads);
        fmt::print("memory    {} a rank of {} ({}) for the products{}; {} a rank mapped\n", readable_bytes(products),
                   readable_bytes(static_cast<double>(memory.bytes)), memory.reason,
                   products > static_cast<double>(memory.bytes) ? ": DOES NOT FIT" : "", readable_bytes(bytes));
        fmt::print("work      {:.4g} flops, {} to read, in all\n", 2.0 * static_cast<double>(matrix.size()), readable_bytes(total));
        fmt::print("time      about {} a run if a rank reads 20 GB/s\n", readable_seconds(bytes / 20e9));
    }
    return 0;
}

} // namespace

int run_dot_rows(const surroundings& around, const common_options& options, const common_settings& settings, npy_file matrix,
                 npy_file vector) {
    if (options.dry_run) return dry_run(around, settings, matrix);
    const auto go = [&]<class T>(T) {
        row_share<T> data{matrix.rows(), matrix.columns(), rank_rows(matrix.rows(), around.ranks), {}, {}};
        agree(around.ranks, [&] {
            data.matrix = matrix.slice<T>(data.mine.first * data.columns, data.mine.count * data.columns);
            data.vector = vector.slice<T>(0, data.columns);
        });
        const auto problem_text = fmt::format("dot, X ({} x {}) times y, {}, {}, {}", data.rows, data.columns,
                                              sizeof(T) == 8 ? "f64" : "f32", matrix.path(), vector.path());
        return run_typed<T>(around, options, settings, data, problem_text);
    };
    return matrix.type() == element_type::f32 ? go(float{}) : go(double{});
}

} // namespace quadot::drivers
