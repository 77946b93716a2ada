// quadot dot: the dot product of two vectors, by every variant, judged against the exact one. A matrix and a vector: dot_rows.cpp.
#include "drivers/commands.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/data/vectors.hpp"
#include "drivers/dot_options.hpp"
#include "drivers/dot_rows.hpp"
#include "drivers/dot_selection.hpp"
#include "drivers/input/npy.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/input/suggest.hpp"
#include "drivers/options/common_options.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/run.hpp"
#include "drivers/size_sweep.hpp"
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

/// The candidates of one problem; `reference` must outlive them.
template <class T>
std::vector<candidate> candidates_of(const dot_selection<T>& selection, const registry::dot_problem<T>& problem,
                                     const dot_reference& reference) {
    std::vector<candidate> candidates;
    for (const auto* variant : selection.measured) {
        candidates.push_back({variant, [variant, &problem] { return variant->run(problem); },
                              [variant, &problem, &reference](report_row& row) {
                                  row.items = static_cast<double>(problem.n);
                                  row.bytes = registry::dot_variant<T>::bytes(problem.n);
                                  row.error = reference.sum.error_of(row.value);
                                  row.bound = variant->bound(row.value, reference.magnitude, problem.n);
                              }});
    }
    return candidates;
}

/// Loads of the same bytes as doubles: what is loaded does not matter.
template <class T>
measured_roof roof_of(const vectors<T>& data, const common_settings& settings) {
    const std::size_t words = data.x.size() * sizeof(T) / sizeof(double);
    const std::span<const double> x(reinterpret_cast<const double*>(data.x.data()), words);
    const std::span<const double> y(reinterpret_cast<const double*>(data.y.data()), words);
    const execution how{.threads = settings.threads, .isa = settings.isa};
    return {[x, y, how] { return static_cast<double>(load_only(x, y, how)); }, registry::dot_variant<T>::bytes(data.n)};
}

/// Collective: one problem's rows, appended, and its result.
template <class T>
void measure_dot(const surroundings& around, report& report, const dot_options& options, const common_settings& settings,
                 const vectors<T>& data) {
    const registry::dot_problem<T> problem{around.ranks, data.n, data.x, data.y, settings.threads};
    const auto variants = registry::dot_variants<T>(settings.isa);
    const dot_selection<T> selection = select_variants(variants, options.common, settings);
    report.result = {};
    report.result.accumulator = name_of(settings.accumulator);
    report.result.evaluations = data.n;
    if (settings.accumulator == accumulator_kind::exact) {
        report.result.exact =
            distributed_exact_dot(around.ranks, data.n, data.x, data.y, {.threads = settings.threads, .isa = settings.isa});
    }
    if (!wants_table(options.common)) {
        report.result.value = report.result.exact ? report.result.exact->value : selection.own->run(problem);
        if (std::isnan(report.result.value)) report.result.status = "not_a_number";
        return;
    }
    const dot_reference reference = reference_dot(around.ranks, data.x, data.y, settings.threads);
    report.reference = "the exact sum of products (fixed point, 4352 bits)";
    const std::size_t before = report.rows.size();
    measure(around, report, candidates_of(selection, problem, reference), selection.timing, settings.threads,
            selection.compares && data.n > 0 ? roof_of(data, settings) : measured_roof{});
    for (const auto& row : std::span(report.rows).subspan(before)) {
        if (row.name != selection.own->name) continue;
        report.result.value = row.value;
        report.result.error = row.bound;
        if (std::isnan(row.value)) report.result.status = "not_a_number";
    }
}

template <class T>
int run_typed(const surroundings& around, const dot_options& options, const common_settings& settings, const vectors<T>& data) {
    const auto problem_text = fmt::format("dot, n = {}, {}, {}", data.n, sizeof(T) == 8 ? "f64" : "f32", data.origin);
    report report = start_report(around, options.common, settings, problem_text);
    report.rate_unit = "GB/s";
    measure_dot(around, report, options, settings, data);
    return finish(around, report, options.common);
}

/// One table over many sizes. The result is that of the last.
template <class T>
int run_sizes(const surroundings& around, const dot_options& options, const common_settings& settings,
              const std::vector<std::uint64_t>& sizes) {
    const data_kind kind = wanted_data(options, sizeof(T) == 4);
    report report = start_report(around, options.common, settings,
                                 fmt::format("dot, {} sizes from {} to {}, {}, {} data, seed {}", sizes.size(),
                                             *std::min_element(sizes.begin(), sizes.end()), *std::max_element(sizes.begin(), sizes.end()),
                                             sizeof(T) == 8 ? "f64" : "f32", kind.name(), settings.seed));
    report.rate_unit = "GB/s";
    size_sweep swept(report);
    for (const std::uint64_t n : sizes) {
        const auto data = generate_vectors<T>(around.ranks, kind, settings.seed, settings.threads, n);
        measure_dot(around, report, options, settings, data);
        swept.take(n);
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
    if (!options.n.empty() || !options.data.empty() || !options.sizes.empty()) {
        throw usage_error("dot: files bring their own data; leave out -n, --sizes and --data");
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
    std::vector<std::uint64_t> sizes;
    data_kind kind;
    agree(around.ranks, [&] {
        settings = check_common_options(options.common);
        single_precision = wants_single_precision(options);
        if (options.files.empty()) {
            kind = wanted_data(options, single_precision);
            if (!options.sizes.empty()) {
                if (!options.n.empty()) throw usage_error("--sizes: many sizes and -n one; give either of them");
                sizes = parse_sizes("--sizes", options.sizes);
            }
            n = !sizes.empty() ? *std::max_element(sizes.begin(), sizes.end()) : options.n.empty() ? 1000000 : parse_size("-n", options.n);
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
    const std::size_t element_bytes = single_precision ? 4 : 8;
    if (options.common.dry_run) return dry_run(around, settings, n, element_bytes);
    agree(around.ranks, [&] { // the largest first: minutes of small ones would be lost
        if (sizes.empty()) return;
        const double bytes = 2.0 * static_cast<double>(element_bytes) * static_cast<double>(rank_terms(n, around.ranks).count);
        require_memory(around.ranks, bytes, fmt::format("dot --sizes with {}", n));
    });
    const auto go = [&]<class T>(T) {
        if (!sizes.empty()) return run_sizes<T>(around, options, settings, sizes);
        const vectors<T> data = files.empty() ? generate_vectors<T>(around.ranks, kind, settings.seed, settings.threads, n)
                                              : map_vectors<T>(around.ranks, std::move(files));
        return run_typed<T>(around, options, settings, data);
    };
    return single_precision ? go(float{}) : go(double{});
}

} // namespace

void add_generated_data_options(CLI::App& app, dot_options& options) {
    add_option_with_environment(app, "-n,--n", options.n, "terms, e.g. 1000, 1e9, 2^30, 64k, 1Gi (default: 1e6)")->type_name("SIZE");
    add_option_with_environment(app, "--type", options.type, "of generated data (default: f64)")->type_name("f64|f32");
    add_option_with_environment(app, "--data", options.data, "generated data (default: uniform)")->type_name("uniform|normal|cancel:COND");
}

bool wants_single_precision(const dot_options& options) {
    if (!options.type.empty() && options.type != "f64" && options.type != "f32") {
        throw usage_error(unknown_name_message("--type", options.type, std::vector<std::string>{"f64", "f32"}));
    }
    return options.type == "f32";
}

data_kind wanted_data(const dot_options& options, bool single_precision) {
    return parse_data_kind(options.data.empty() ? "uniform" : options.data, single_precision);
}

command add_dot(CLI::App& program) {
    auto options = std::make_shared<dot_options>();
    CLI::App* app = program.add_subcommand(
        "dot", "the dot product of two vectors, or of a matrix's rows and a vector, by every variant, judged against the exact one");
    app->add_option("files", options->files,
                    "two NumPy .npy files, C order, <f8 or <f4: vectors, or a matrix and a vector (one product a row)")
        ->type_name("X.npy Y.npy");
    add_generated_data_options(*app, *options);
    add_option_with_environment(*app, "--sizes", options->sizes, "many sizes in one table, e.g. 2^6..2^28:x4 or 1e3,1e6")
        ->type_name("LIST");
    add_common_options(*app, options->common, true);
    app->footer("Examples:\n  quadot dot -n 1e6\n  quadot dot --sizes 2^6..2^24:x4\n  quadot dot x.npy y.npy --quiet\n"
                "  quadot dot matrix.npy vector.npy --accumulator exact --quiet\n"
                "  mpirun -n 2 quadot dot -n 2^26 --compare blas,plain --json dot.json");
    return {app, [options](const surroundings& around) { return run(around, *options); }};
}

} // namespace quadot::drivers
