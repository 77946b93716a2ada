// quadot scale: strong and weak scaling of a dot product or an integral, inside one launch.
#include "drivers/commands.hpp"
#include "drivers/data/memory.hpp"
#include "drivers/data/vectors.hpp"
#include "drivers/dot_options.hpp"
#include "drivers/dot_selection.hpp"
#include "drivers/input/negative_limits.hpp"
#include "drivers/input/sizes.hpp"
#include "drivers/integrate_problem.hpp"
#include "drivers/integrate_rule.hpp"
#include "drivers/reference/dot_reference.hpp"
#include "drivers/report/output_file.hpp"
#include "drivers/run.hpp"
#include "drivers/scale/plan.hpp"
#include "drivers/scale/study.hpp"
#include "drivers/scale/to_tolerance.hpp"
#include "errors.hpp"
#include "quadot.hpp"
#include "ranks/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// The result is that of the strong study's last configuration, or of the weak one's.
void take_result(report& report, const std::string& own) {
    for (const auto& row : report.rows) {
        if (row.variant != own) continue;
        report.result.value = row.value;
        report.result.error = row.bound;
        report.result.evaluations = static_cast<std::uint64_t>(row.items);
        if (std::isnan(row.value)) report.result.status = "not_a_number";
        if (std::isinf(row.value) && row.bytes == 0) report.result.status = status_of_sum(row.value);
        if (row.study == "weak") break;
    }
}

/// `rate`: terms or panels a second and worker, a guess.
int dry_run(const surroundings& around, const std::string& what, double bytes, const std::vector<configuration>& points, double rate,
            const common_settings& settings) {
    double seconds = 0;
    for (const configuration& where : points) {
        const int samples = std::max(1, study_timing(settings).repetitions);
        seconds += samples * std::max(20e-6, static_cast<double>(where.size) / rate / where.workers());
    }
    if (!around.speaks()) return 0;
    write_standard_output(fmt::format("dry run: scale {}; nothing was computed\n"
                                      "memory    {} on rank 0, which takes part in every point\n"
                                      "work      {} points\ntime      about {} of each variant, and making the data\n",
                                      what, readable_bytes(bytes), points.size(), readable_seconds(seconds)));
    return 0;
}

template <class T>
struct dot_work {
    vectors<T> data;
    dot_reference reference;
};

template <class T>
int scale_dot(const surroundings& around, const dot_options& options, const common_settings& settings, const scale_plan& plan,
              std::uint64_t n) {
    const data_kind kind = wanted_data(options, sizeof(T) == 4);
    const auto variants = registry::dot_variants<T>(settings.isa);
    common_options compared = options.common;
    if (compared.compare.empty()) compared.compare = "none";
    const dot_selection<T> selection = select_variants(variants, compared, settings);
    const auto points = configurations(plan, n, maximum_terms);
    report report =
        start_report(around, options.common, settings,
                     fmt::format("dot, n = {}{}, {}, {} data, seed {}; {}", n,
                                 plan.modes.size() == 1 && plan.modes[0] == scaling_mode::strong ? "" : " (weak: of each worker)",
                                 sizeof(T) == 8 ? "f64" : "f32", kind.name(), settings.seed, text_of(plan)));
    report.rate_unit = "GB/s";
    report.reference = "the exact sum of products (fixed point, 4352 bits)";
    report.result.accumulator = name_of(settings.accumulator);

    // Everything is kept, so that it can be timed in turn: what this rank needs for all points is asked before anything is allocated.
    double bytes = 0;
    for (const configuration& where : points) {
        if (around.ranks.rank() < where.ranks) bytes += 2.0 * sizeof(T) * static_cast<double>(where.size) / where.ranks;
    }
    if (options.common.dry_run) {
        return dry_run(around, fmt::format("dot, n = {}; {}", n, text_of(plan)), bytes, points, 16e9 / sizeof(T), settings);
    }
    agree(around.ranks, [&] { require_memory(around.ranks, bytes, fmt::format("scale dot -n {}", n)); });

    std::map<std::pair<int, std::uint64_t>, std::shared_ptr<dot_work<T>>> made; // threads share a strong study's data
    const prepare_function prepare = [&](const configuration& where, const communicator& ranks) {
        auto& work = made[{where.ranks, where.size}];
        if (!work) {
            work = std::make_shared<dot_work<T>>();
            work->data = generate_vectors<T>(ranks, kind, settings.seed, settings.threads, where.size);
            work->reference = reference_dot(ranks, work->data.x, work->data.y, settings.threads);
        }
        prepared_work prepared{work, {}};
        for (const auto* variant : selection.measured) {
            prepared.candidates.push_back({variant,
                                           [variant, work, where](const communicator& some) {
                                               return variant->run({some, work->data.n, work->data.x, work->data.y, where.threads});
                                           },
                                           [variant, work](report_row& row) {
                                               row.items = static_cast<double>(work->data.n);
                                               row.bytes = registry::dot_variant<T>::bytes(work->data.n);
                                               row.error = work->reference.sum.error_of(row.value);
                                               row.bound = variant->bound(row.value, work->reference.magnitude, work->data.n);
                                           }});
        }
        return prepared;
    };
    run_study(around, report, points, selection.measured.size(), prepare, study_timing(settings));
    take_result(report, selection.own->name);
    return finish(around, report, options.common);
}

/// What a study of dot products was asked for.
struct understood_dot {
    scale_plan plan;
    common_settings settings{};
    std::uint64_t n = 0;
    bool single_precision = false;
};

understood_dot understand_dot(dot_options& options, const scale_options& scale, int ranks) {
    understood_dot asked;
    asked.plan = understand_scale(scale, options.common, ranks);
    asked.settings = check_common_options(options.common);
    asked.single_precision = wants_single_precision(options);
    static_cast<void>(wanted_data(options, asked.single_precision));
    asked.n = options.n.empty() ? std::uint64_t{1} << 24 : parse_size("-n", options.n);
    if (asked.n < 1) throw usage_error("-n 0: nothing to scale; give at least 1");
    return asked;
}

int run_dot(const surroundings& around, dot_options options, const scale_options& scale) {
    understood_dot wanted;
    agree(around.ranks, [&] { wanted = understand_dot(options, scale, around.ranks.size()); });
    require_writable_outputs(around, options.common);
    const auto& [plan, settings, n, single_precision] = wanted;
    return single_precision ? scale_dot<float>(around, options, settings, plan, n) : scale_dot<double>(around, options, settings, plan, n);
}

struct understood_integral {
    scale_plan plan;
    common_settings settings{};
    asked problem;
};

understood_integral understand_integral(integrate_options& options, const scale_options& scale, int ranks) {
    understood_integral wanted;
    wanted.plan = understand_scale(scale, options.common, ranks);
    wanted.settings = check_common_options(options.common);
    const bool to_tolerance = options.n.empty() && asks_for_tolerance(options);
    if (options.n.empty() && !to_tolerance) options.n = "1e8";
    wanted.problem = understand(options);
    if (wanted.problem.sweep) throw usage_error("scale integrate: --param: a range is many integrals; give one value");
    if (to_tolerance) {
        if (scale.modes.empty()) wanted.plan.modes = {scaling_mode::strong};
        if (wanted.plan.modes != std::vector{scaling_mode::strong}) {
            throw usage_error("--mode weak: an integral to a tolerance does not grow with the workers; give -n PANELS, or --mode strong");
        }
    }
    if (wanted.problem.lower == wanted.problem.upper) {
        throw usage_error("scale integrate: LO = HI: nothing to scale; choose limits that differ");
    }
    return wanted;
}

int run_integrate(const surroundings& around, integrate_options options, const scale_options& scale) {
    understood_integral wanted;
    agree(around.ranks, [&] { wanted = understand_integral(options, scale, around.ranks.size()); });
    require_writable_outputs(around, options.common);
    const scale_plan& plan = wanted.plan;
    const common_settings& settings = wanted.settings;
    const asked& problem = wanted.problem;
    if (problem.to_tolerance) return scale_to_tolerance(around, options, settings, plan, problem);
    const auto variants = variants_of(problem, settings.isa);
    std::vector<std::string> known;
    for (const auto& variant : variants) known.push_back(variant.short_name);
    const auto compared = parse_comparison(options.common.compare.empty() ? "none" : options.common.compare, known);
    std::vector<const registry::integrate_variant*> measured;
    const registry::integrate_variant* own = nullptr;
    for (const auto& variant : variants) {
        const bool is_own = variant.accumulator == settings.accumulator;
        if (is_own) own = &variant;
        if (is_own || std::find(compared.begin(), compared.end(), variant.short_name) != compared.end()) measured.push_back(&variant);
    }
    const auto points = configurations(plan, problem.n, maximum_terms / 64);
    if (options.common.dry_run) {
        const std::string what = fmt::format("integrate {}, n = {}; {}", problem.name(), problem.n, text_of(plan));
        return dry_run(around, what, 65536, points, 1e9, settings);
    }
    report report = start_report(around, options.common, settings,
                                 fmt::format("integrate {} from {}, {}, n = {}; {}", integrand_text(problem), problem.limits_text,
                                             problem.which.name(), problem.n, text_of(plan)));
    report.rate_unit = "Geval/s";
    report.result.accumulator = name_of(settings.accumulator);
    const execution how{
        .accumulator = settings.accumulator, .threads = settings.threads, .isa = settings.isa, .ranks = &around.ranks, .jit = problem.jit};
    prepare_text(around, problem, how, report);
    std::map<std::uint64_t, rule_truth> truths;
    for (const configuration& where : points) {
        if (!truths.contains(where.size)) truths.emplace(where.size, judge(problem, where.size));
    }
    report.reference = truths.begin()->second.rule.reference_name;
    const prepare_function prepare = [&](const configuration& where, const communicator&) {
        prepared_work prepared;
        for (const auto* variant : measured) {
            prepared.candidates.push_back({variant,
                                           [&problem, variant, where](const communicator& some) {
                                               return problem.sign() * variant->run({some, problem.integrand, problem.which, problem.a(),
                                                                                     problem.b(), where.size, where.threads, problem.jobs,
                                                                                     problem.text ? &*problem.text : nullptr, problem.jit});
                                           },
                                           [&problem, &truths, variant, where](report_row& row) {
                                               const rule_judgement& truth = truths.at(where.size).rule;
                                               row.items = static_cast<double>(problem.which.evaluations(where.size));
                                               row.error = static_cast<double>(std::abs(problem.sign() * row.value - truth.reference));
                                               row.bound = bound_of(*variant, truth, row.items);
                                           }});
        }
        return prepared;
    };
    run_study(around, report, points, measured.size(), prepare, study_timing(settings));
    take_result(report, own->name);
    return finish(around, report, options.common);
}

/// `dot` and `integrate`, as subcommands of `app`.
struct kinds_of_study {
    std::shared_ptr<scale_options> scale = std::make_shared<scale_options>();
    std::shared_ptr<dot_options> dot = std::make_shared<dot_options>();
    std::shared_ptr<integrate_options> integrate = std::make_shared<integrate_options>();
    CLI::App* dot_app;
    CLI::App* integrate_app;

    explicit kinds_of_study(CLI::App& app)
        : dot_app(app.add_subcommand("dot", "of generated vectors")),
          integrate_app(app.add_subcommand("integrate", "by a fixed rule, or to a tolerance")) {
        add_generated_data_options(*dot_app, *dot);
        add_scale_options(*dot_app, *scale);
        add_common_options(*dot_app, dot->common, true);
        dot_app->footer(
            "-n: 2^24 unless given; --threads takes a list; --compare: none unless given; --reps: 15 unless given.\n"
            "Examples:\n  quadot scale dot -n 2^22 --threads 1,2\n  mpirun -n 4 quadot scale dot -n 2^24 --threads 1 --mode strong,weak");
        add_integrand_options(*integrate_app, *integrate);
        add_rule_options(*integrate_app, *integrate);
        add_tolerance_options(*integrate_app, *integrate);
        add_scale_options(*integrate_app, *scale);
        add_common_options(*integrate_app, integrate->common, true);
        integrate_app->footer(
            "-n: 1e8 unless given, or one of the options of a tolerance, which is scaled strongly; --threads takes a list;\n"
            "--compare: none unless given; --reps: 15 unless given.\n"
            "Examples:\n  mpirun -n 2 quadot scale integrate pi 0 1 -n 1e7 --rule simpson --threads 1\n"
            "  quadot scale integrate 'cos(1e6*x^2)+2' 0 1 --rtol 1e-10 --max-evaluations 1e8 --threads 1,2");
    }
};

/// As `quadot scale` would read the words on so many ranks: a job that waited for hours shall not end in a misspelt option.
void check_words(std::vector<std::string> words, int ranks, int threads) {
    CLI::App probe("", "scale");
    probe.require_subcommand(1);
    const kinds_of_study kinds(probe);
    words = protect_negative_limits(std::move(words));
    try {
        std::vector<std::string> reversed(words.rbegin(), words.rend());
        probe.parse(std::move(reversed));
    } catch (const CLI::ParseError& failure) {
        throw usage_error("scale plan: behind --: " +
                          std::string(dynamic_cast<const CLI::Success*>(&failure) != nullptr ? "this measures nothing" : failure.what()) +
                          "; see quadot scale " + words.front() + " --help");
    }
    scale_plan plan;
    try {
        plan = kinds.dot_app->parsed() ? understand_dot(*kinds.dot, *kinds.scale, ranks).plan
                                       : understand_integral(*kinds.integrate, *kinds.scale, ranks).plan;
    } catch (const error& trouble) {
        if (trouble.kind() == error_kind::usage) throw;
        return; // what this machine lacks, its nodes may have
    }
    const auto& given = kinds.dot_app->parsed() ? kinds.dot->common.threads : kinds.integrate->common.threads;
    const bool chosen = std::any_of(words.begin(), words.end(), [](const std::string& word) { return word.starts_with("--threads"); });
    if (chosen && plan.threads.back() > threads) {
        throw usage_error(fmt::format("--threads {} behind --: each rank gets {} core{}; raise the plan's own --threads", given, threads,
                                      threads == 1 ? "" : "s"));
    }
}

} // namespace

command add_scale(CLI::App& program) {
    CLI::App* app = program.add_subcommand(
        "scale",
        "strong and weak scaling inside one launch, on sub-communicators of 1, 2, 4 ... ranks, with fits; job scripts for clusters");
    app->require_subcommand(1);
    app->footer("Examples:\n  quadot scale dot -n 2^22 --threads 1,2 --mode strong\n"
                "  mpirun -n 4 quadot scale integrate pi 0 1 -n 1e7 --threads 1 --json scale.json\n"
                "  quadot scale plan --nodes 1,2,4 --slurm --threads 8 -- dot -n 2^30");
    const kinds_of_study kinds(*app);
    const command plan = add_scale_plan(*app, check_words);
    return {app, [kinds, plan](const surroundings& around) {
                if (plan.app->parsed()) return plan.run(around);
                return kinds.dot_app->parsed() ? run_dot(around, *kinds.dot, *kinds.scale)
                                               : run_integrate(around, *kinds.integrate, *kinds.scale);
            }};
}

} // namespace quadot::drivers
