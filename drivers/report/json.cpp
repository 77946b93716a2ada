#include "drivers/report/json_parts.hpp"
#include "drivers/report/report.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

namespace quadot::drivers {

namespace {

using json = nlohmann::ordered_json;

} // namespace

json json_number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
}

json json_context(const report& report) {
    const environment& machine = report.machine;
    json caches = json::array();
    for (const auto& cache : machine.caches) {
        caches.push_back({{"type", cache.type}, {"level", cache.level}, {"size", cache.bytes}, {"num_sharing", cache.sharing}});
    }
    json binding = json::array();
    for (const auto& rank : report.binding.ranks) {
        binding.push_back({{"rank", rank.rank}, {"host", rank.host}, {"threads", rank.threads}, {"cpus", cpu_ranges(rank.cpus)}});
    }
    std::vector<std::string> warnings = report.binding.warnings;
    for (const auto& each : report.findings) {
        if (each.finding.severity == severity::warning) warnings.push_back(each.finding.check + ": " + each.finding.what);
    }
    return {{"date", machine.date},
            {"host_name", machine.host},
            {"executable", report.command.empty() ? "quadot" : report.command.front()},
            {"num_cpus", machine.cpus},
            {"mhz_per_cpu", static_cast<long>(machine.megahertz)},
            {"cpu_scaling_enabled", machine.scaling},
            {"caches", caches},
            {"load_avg", json::array()},
            {"library_build_type", machine.build_type == "Debug" ? "debug" : "release"},
            {"host", machine.host},
            {"cpu", machine.cpu},
            {"operating_system", machine.operating_system},
            {"isa", report.isa},
            {"isa_built", report.isa_built},
            {"compiler", machine.compiler},
            {"flags", machine.flags},
            {"build_type", machine.build_type},
            {"git", machine.version},
            {"threads", report.threads},
            {"ranks", report.ranks},
            {"mpi", machine.mpi},
            {"job", machine.job},
            {"binding", binding},
            {"binding_verdict", report.binding.good() ? "good" : "bad"},
            {"warnings", warnings},
            {"problem", report.problem},
            {"seed", report.seed},
            {"reference", report.reference}};
}

json json_row(const report_row& row, std::size_t index) {
    json samples = json::array();
    for (const double seconds : row.samples) samples.push_back(seconds * 1e9);
    json entry = {{"name", row.name},
                  {"family_index", index},
                  {"per_family_instance_index", 0},
                  {"run_name", row.name},
                  {"run_type", "iteration"},
                  {"repetitions", 1},
                  {"repetition_index", 0},
                  {"threads", row.threads},
                  {"iterations", row.iterations * row.samples.size()},
                  {"real_time", row.time.median * 1e9},
                  {"cpu_time", row.processor_seconds * 1e9},
                  {"time_unit", "ns"},
                  {"real_time_lower", row.time.lower * 1e9},
                  {"real_time_upper", row.time.upper * 1e9},
                  {"interval_covers_95_percent", row.time.covers},
                  {"samples", samples}};
    if (row.judged) {
        entry["value"] = json_number(row.value);
        entry["value_hex"] = hexadecimal(row.value);
        entry["error"] = json_number(row.error);
        entry["bound"] = json_number(row.bound);
        entry["verdict"] = row.passes() ? "pass" : "fail";
    }
    if (row.bytes > 0) entry["bytes_per_second"] = row.bytes_per_second();
    if (row.items > 0 || row.judged) entry["items_per_second"] = row.items_per_second();
    if (row.limit > 0) entry[row.bytes > 0 ? "limit_bytes_per_second" : "limit_items_per_second"] = row.limit;
    if (row.baseline) entry["compiler_flags"] = row.flags;
    if (!row.study.empty()) entry["study"] = row.study;
    if (!row.variant.empty()) entry["variant"] = row.variant;
    if (row.problem_size > 0) entry["problem_size"] = row.problem_size;
    if (row.ranks > 0) {
        entry["ranks"] = row.ranks;
        entry["workers"] = row.ranks * row.threads;
    }
    if (const auto& scaling = row.scaling) {
        entry["speedup"] = json_number(scaling->speedup);
        entry["efficiency"] = json_number(scaling->efficiency);
        if (!std::isnan(scaling->karp_flatt)) entry["karp_flatt"] = scaling->karp_flatt;
        entry["imbalance"] = json_number(scaling->imbalance);
        entry["communication_share"] = json_number(scaling->communication_share);
    }
    if (const auto& counts = row.counts) {
        entry["cycles"] = counts->cycles;
        entry["instructions"] = counts->instructions;
        entry["cache_misses"] = counts->cache_misses;
    }
    return entry;
}

json json_fit(const recorded_fit& fit) {
    json entry = {{"study", fit.study}, {"variant", fit.variant}, {"model", fit.model}, {"points", fit.points}};
    json parameters = json::array();
    for (const auto& [name, figure] : fit.parameters) {
        parameters.push_back({{"name", name},
                              {"value", json_number(figure.value)},
                              {"lower", json_number(figure.lower)},
                              {"upper", json_number(figure.upper)}});
    }
    entry["parameters"] = parameters;
    json curve = json::array();
    for (const auto& [workers, seconds, extrapolated] : fit.curve) {
        curve.push_back({{"workers", workers},
                         {"seconds", json_number(seconds.value)},
                         {"lower", json_number(seconds.lower)},
                         {"upper", json_number(seconds.upper)},
                         {"extrapolated", extrapolated}});
    }
    entry["curve"] = curve;
    if (const auto& loses = fit.loses_80_percent) {
        entry["loses_80_percent_at"] = {{"workers", json_number(loses->value)},
                                        {"lower", json_number(loses->lower)},
                                        {"upper", json_number(loses->upper)},
                                        {"extrapolated", loses->extrapolated}};
    }
    if (!fit.refusal.empty()) entry["refusal"] = fit.refusal;
    return entry;
}

std::string json_text(const json& document) { return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n"; }

std::string hexadecimal(double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%a", value);
    return text.data();
}

std::string render_json(const report& report) {
    json rows = json::array();
    for (const auto& row : report.rows) rows.push_back(json_row(row, rows.size()));
    json document = {{"schema", "quadot/1"},
                     {"command", report.command},
                     {"context", json_context(report)},
                     {"result",
                      {{"value", json_number(report.result.value)},
                       {"value_hex", hexadecimal(report.result.value)},
                       {"error", json_number(report.result.error)},
                       {"status", report.result.status},
                       {"accumulator", report.result.accumulator},
                       {"evaluations", report.result.evaluations},
                       {"certified", report.result.certified()}}},
                     {"benchmarks", rows}};
    if (!report.fits.empty()) {
        json fits = json::array();
        for (const auto& fit : report.fits) fits.push_back(json_fit(fit));
        document["fits"] = std::move(fits);
    }
    if (report.limits) document["machine"] = to_json(*report.limits);
    if (report.machine.simulated) document["context"]["simulated"] = true;
    if (report.result.regions > 0) document["result"]["regions"] = report.result.regions;
    if (!report.result.message.empty()) document["result"]["message"] = report.result.message;
    if (const auto& exact = report.result.exact) {
        document["result"]["decided_by"] = name_of(exact->step);
        document["result"]["radius"] = json_number(exact->radius);
        document["result"]["certified_blocks"] = exact->certified_blocks;
    }
    if (const auto& jit = report.result.jit) {
        document["result"]["jit"] = name_of(jit->state);
        if (!jit->reason.empty()) document["result"]["jit_reason"] = jit->reason;
    }
    if (const auto& batch = report.result.batch) {
        json values = json::array();
        for (const double value : batch->values) values.push_back(json_number(value));
        document["result"]["rows"] = batch->rows;
        document["result"]["columns"] = batch->columns;
        document["result"]["values"] = std::move(values);
    }
    if (const auto& sweep = report.result.sweep) {
        json values = json::array();
        json errors = json::array();
        json statuses = json::array();
        for (const integral& each : sweep->integrals) {
            values.push_back(json_number(each.value));
            errors.push_back(json_number(each.error));
            statuses.push_back(name_of(each.status));
        }
        document["result"]["parameter"] = sweep->parameter;
        document["result"]["parameters"] = sweep->values;
        document["result"]["values"] = std::move(values);
        document["result"]["errors"] = std::move(errors);
        document["result"]["statuses"] = std::move(statuses);
    }
    return json_text(document);
}

} // namespace quadot::drivers
