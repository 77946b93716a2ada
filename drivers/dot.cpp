// quadot dot: the dot product of two vectors, by every variant, judged against the exact one. A matrix and a vector: dot_rows.cpp.
#include "drivers/commands.hpp"
#include "drivers/data/first_touch_array.hpp"
#include "drivers/data/generated_vectors.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/dot_rows.hpp"
#include "drivers/dot_selection.hpp"
#include "drivers/input/npy.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/run.hpp"
#include "errors.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"
#include "registry/dot_variants.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <omp.h>

namespace quadot::drivers {

namespace {

struct dot_options {
    common_options common;
    std::vector<std::string> files;
    std::string n;
    std::string type;
    std::string data;
};

/// The two vectors' slices on this rank, generated or mapped.
template <class T>
struct vectors {
    std::uint64_t n = 0;
    std::span<const T> x;
    std::span<const T> y;
    std::string origin;
    first_touch_array<T> x_storage;
    first_touch_array<T> y_storage;
    std::vector<npy_file> files;
};

slice rank_terms(std::uint64_t n, const communicator& ranks) { return dot_slice(n, ranks.rank(), ranks.size()); }

template <class T>
vectors<T> generate_vectors(const surroundings& around, const dot_options& options, const common_settings& settings, std::uint64_t n) {
    const data_kind kind = parse_data_kind(options.data.empty() ? "uniform" : options.data, sizeof(T) == 4);
    vectors<T> made;
    made.n = n;
    made.origin = fmt::format("{} data, seed {}", kind.name(), settings.seed);
    const slice mine = rank_terms(n, around.ranks);
    const double bytes = 2.0 * sizeof(T) * static_cast<double>(mine.count);
    agree(around.ranks, [&] {
        require_memory(around.ranks, bytes, fmt::format("dot -n {}", n));
        made.x_storage = first_touch_array<T>(mine.count);
        made.y_storage = first_touch_array<T>(mine.count, 1);
    });
    T* const x = made.x_storage.data();
    T* const y = made.y_storage.data();
    // The worker that will reduce a share writes it first, so that its pages are near that worker. Small arrays are made in pieces all the
    // same: making a term costs ten times what reading it does.
    const int workers = mine.count < 4096 ? 1 : std::max(dot_workers(mine.count, settings.threads), settings.threads);
#pragma omp parallel num_threads(workers)
    {
        const slice share = dot_worker_slice(mine, omp_get_thread_num(), omp_get_num_threads());
        const std::uint64_t offset = share.first - mine.first;
        generate(kind, settings.seed, n, share, x + offset, y + offset);
    }
    made.x = made.x_storage.view();
    made.y = made.y_storage.view();
    return made;
}

template <class T>
vectors<T> map_vectors(const surroundings& around, std::vector<npy_file> files) {
    vectors<T> mapped;
    mapped.n = files[0].size();
    mapped.origin = files[0].path() + ", " + files[1].path();
    const slice mine = rank_terms(mapped.n, around.ranks);
    agree(around.ranks, [&] {
        mapped.x = files[0].template slice<T>(mine.first, mine.count);
        mapped.y = files[1].template slice<T>(mine.first, mine.count);
    });
    mapped.files = std::move(files);
    return mapped;
}

template <class T>
int run_typed(const surroundings& around, const dot_options& options, const common_settings& settings, const vectors<T>& data) {
    const auto problem_text = fmt::format("dot, n = {}, {}, {}", data.n, sizeof(T) == 8 ? "f64" : "f32", data.origin);
    const registry::dot_problem<T> problem{around.ranks, data.n, data.x, data.y, settings.threads};
    const auto variants = registry::dot_variants<T>(settings.isa);
    const dot_selection<T> selection = select_variants(variants, options.common, settings);

    report report = start_report(around, options.common, settings, problem_text);
    report.rate_unit = "GB/s";
    report.result.accumulator = name_of(settings.accumulator);
    report.result.evaluations = data.n;
    if (settings.accumulator == accumulator_kind::exact) {
        report.result.exact =
            distributed_exact_dot(around.ranks, data.n, data.x, data.y, {.threads = settings.threads, .isa = settings.isa});
    }
    if (!wants_table(options.common)) {
        report.result.value = report.result.exact ? report.result.exact->value : selection.own->run(problem);
        if (std::isnan(report.result.value)) report.result.status = "not_a_number";
        return finish(around, report, options.common);
    }

    const dot_reference reference = reference_dot(around.ranks, data.x, data.y, settings.threads);
    report.reference = "the exact sum of products (fixed point, 4352 bits)";
    std::vector<candidate> candidates;
    for (const auto* variant : selection.measured) {
        candidates.push_back({variant, [variant, &problem] { return variant->run(problem); },
                              [variant, &data, &reference](report_row& row) {
                                  row.items = static_cast<double>(data.n);
                                  row.bytes = registry::dot_variant<T>::bytes(data.n);
                                  row.error = reference.sum.error_of(row.value);
                                  row.bound = variant->bound(row.value, reference.magnitude, data.n);
                              }});
    }
    measured_roof roof;
    if (selection.compares && data.n > 0) {
        // The same bytes as doubles: what is loaded does not matter.
        const std::size_t words = data.x.size() * sizeof(T) / sizeof(double);
        const std::span<const double> x(reinterpret_cast<const double*>(data.x.data()), words);
        const std::span<const double> y(reinterpret_cast<const double*>(data.y.data()), words);
        const execution how{.threads = settings.threads, .isa = settings.isa};
        roof = {[x, y, how] { return static_cast<double>(load_only(x, y, how)); }, registry::dot_variant<T>::bytes(data.n)};
    }
    measure(around, report, candidates, selection.timing, settings.threads, roof);

    for (const auto& row : report.rows) {
        if (row.name != selection.own->name) continue;
        report.result.value = row.value;
        report.result.error = row.bound;
        if (std::isnan(row.value)) report.result.status = "not_a_number";
    }
    return finish(around, report, options.common);
}

int dry_run(const surroundings& around, const common_settings& settings, std::uint64_t n, std::size_t element_bytes) {
    const slice mine = rank_terms(n, around.ranks);
    const double bytes = 2.0 * static_cast<double>(element_bytes) * static_cast<double>(mine.count);
    const memory_limit memory = available_memory(around.ranks);
    if (around.speaks()) {
        fmt::print("dry run: dot, n = {}, {} ranks x {} threads; nothing was computed\n", n, around.ranks.size(), settings.threads);
        fmt::print("memory    {} a rank of {} ({}){}\n", readable_bytes(bytes), readable_bytes(static_cast<double>(memory.bytes)),
                   memory.reason, bytes > static_cast<double>(memory.bytes) ? ": DOES NOT FIT" : "");
        fmt::print("work      {:.4g} flops, {} to read, in all\n", 2.0 * static_cast<double>(n),
                   readable_bytes(2.0 * static_cast<double>(element_bytes) * static_cast<double>(n)));
        fmt::print("time      about {} a run if a rank reads 20 GB/s, {} to make the data at 100 million terms a second and thread\n",
                   readable_seconds(bytes / 20e9), readable_seconds(static_cast<double>(mine.count) / 1e8 / settings.threads));
    }
    return 0;
}

/// Two vectors of one length, or a matrix and a vector as long as its rows; of one element type.
std::vector<npy_file> open_files(const dot_options& options) {
    if (options.files.size() != 2) {
        throw usage_error("dot: one file; give two, as in: quadot dot x.npy y.npy");
    }
    if (!options.n.empty() || !options.data.empty()) {
        throw usage_error("dot: files bring their own data; leave out -n and --data");
    }
    std::vector<npy_file> files;
    files.emplace_back(options.files[0], npy_shapes::vector_or_matrix);
    files.emplace_back(options.files[1], npy_shapes::vector);
    if (files[0].dimensions() == 2 && files[0].columns() != files[1].size()) {
        throw usage_error(fmt::format("{}: shape ({}, {}) where {} has {} elements; give a vector of {}", files[0].path(), files[0].rows(),
                                      files[0].columns(), files[1].path(), files[1].size(), files[0].columns()));
    }
    if (files[0].dimensions() == 1 && files[0].size() != files[1].size()) {
        throw usage_error(files[1].path() + ": " + std::to_string(files[1].size()) + " elements where " + files[0].path() + " has " +
                          std::to_string(files[0].size()) + "; give vectors of one length");
    }
    if (files[0].type() != files[1].type()) {
        throw usage_error(files[1].path() + ": its element type differs from that of " + files[0].path() + "; give files of one type");
    }
    return files;
}

int run(const surroundings& around, const dot_options& options) {
    common_settings settings{};
    std::uint64_t n = 0;
    bool single_precision = false;
    std::vector<npy_file> files;
    agree(around.ranks, [&] {
        settings = check_common_options(options.common);
        if (!options.type.empty() && options.type != "f64" && options.type != "f32") {
            throw usage_error(unknown_name_message("--type", options.type, std::vector<std::string>{"f64", "f32"}));
        }
        single_precision = options.type == "f32";
        if (options.files.empty()) {
            n = options.n.empty() ? 1000000 : parse_size("-n", options.n);
            return;
        }
        files = open_files(options);
        n = files[0].size();
        const bool stored_single = files[0].type() == element_type::f32;
        if (!options.type.empty() && stored_single != single_precision) {
            throw usage_error("--type " + options.type + ": the files hold " + (stored_single ? "f32" : "f64") + "; leave the option out");
        }
        single_precision = stored_single;
    });
    require_writable_outputs(around, options.common);
    if (!files.empty() && files[0].dimensions() == 2) {
        return run_dot_rows(around, options.common, settings, std::move(files[0]), std::move(files[1]));
    }
    if (options.common.dry_run) return dry_run(around, settings, n, single_precision ? 4 : 8);
    const auto go = [&]<class T>(T) {
        const vectors<T> data =
            files.empty() ? generate_vectors<T>(around, options, settings, n) : map_vectors<T>(around, std::move(files));
        return run_typed<T>(around, options, settings, data);
    };
    return single_precision ? go(float{}) : go(double{});
}

} // namespace

command add_dot(CLI::App& program) {
    auto options = std::make_shared<dot_options>();
    CLI::App* app = program.add_subcommand(
        "dot", "the dot product of two vectors, or of a matrix's rows and a vector, by every variant, judged against the exact one");
    app->add_option("files", options->files,
                    "two NumPy .npy files, C order, <f8 or <f4: vectors, or a matrix and a vector (one product a row)")
        ->type_name("X.npy Y.npy");
    add_option_with_environment(*app, "-n,--n", options->n, "terms, e.g. 1000, 1e9, 2^30, 64k, 1Gi (default: 1e6)")->type_name("SIZE");
    add_option_with_environment(*app, "--type", options->type, "of generated data (default: f64)")->type_name("f64|f32");
    add_option_with_environment(*app, "--data", options->data, "generated data (default: uniform)")
        ->type_name("uniform|normal|cancel:COND");
    add_common_options(*app, options->common, true);
    app->footer("Examples:\n  quadot dot -n 1e6\n  quadot dot x.npy y.npy --quiet\n"
                "  quadot dot matrix.npy vector.npy --accumulator exact --quiet\n"
                "  mpirun -n 2 quadot dot -n 2^26 --compare blas,plain --json dot.json");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
