// Where each file was made, and which CPUs its ranks had.
#include "drivers/page/html.hpp"
#include "drivers/page/numbers.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

using json = nlohmann::ordered_json;

struct place {
    std::string facts;              ///< as HTML: equal for files that were made alike
    std::vector<std::size_t> files; ///< that share them
};

std::string fact(const char* name, const std::string& value) {
    return value.empty() || value == "\u2013" ? "" : fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

std::string code(const std::string& text) { return text.empty() ? "" : "<code>" + escaped(text) + "</code>"; }

/// A list of words.
std::string words_of(const document& from, const char* key) {
    std::string out;
    const auto context = from.raw.find("context");
    if (context == from.raw.end() || !context->is_object() || !context->contains(key) || !(*context)[key].is_array()) return out;
    for (const json& each : (*context)[key]) {
        if (each.is_string()) out += (out.empty() ? "" : " ") + each.get<std::string>();
    }
    return out;
}

std::string caches_of(const document& from) {
    std::string out;
    const auto context = from.raw.find("context");
    if (context == from.raw.end() || !context->is_object() || !context->contains("caches") || !(*context)["caches"].is_array()) return out;
    for (const json& each : (*context)["caches"]) {
        if (!each.is_object() || !each.contains("level") || !each.contains("size")) continue;
        const double sharing = each.contains("num_sharing") ? recorded_number(each["num_sharing"]) : 0;
        const std::string type = each.contains("type") && each["type"].is_string() ? each["type"].get<std::string>() : "";
        out += fmt::format("{}L{:g}{} {}{}", out.empty() ? "" : ", ", recorded_number(each["level"]),
                           type == "Instruction" ? "i"
                           : type == "Data"      ? "d"
                                                 : "",
                           bytes_text(recorded_number(each["size"])), sharing > 1 ? fmt::format(" for {:g} CPUs", sharing) : "");
    }
    return out;
}

std::string binding_of(const document& from) {
    const auto context = from.raw.find("context");
    if (context == from.raw.end() || !context->is_object()) return "";
    const auto text = [](const json& entry, const char* key) {
        const auto found = entry.find(key);
        return found == entry.end()
                   ? std::string("\u2013")
                   : escaped(found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, json::error_handler_t::replace));
    };
    std::string out;
    const std::string verdict = from.context("binding_verdict");
    if (!verdict.empty()) {
        out += verdict == "good" ? "<p><span class=\"good\">\u2713 binding is good</span>: no thread waits for another\u2019s CPU.</p>\n"
                                 : "<p><strong class=\"bad\">\u2717 binding is " + escaped(verdict) + "</strong></p>\n";
    }
    const auto warnings = context->find("warnings");
    if (warnings != context->end() && warnings->is_array()) {
        for (const json& each : *warnings)
            out += "<p class=\"warning\">" +
                   escaped(each.is_string() ? each.get<std::string>() : each.dump(-1, ' ', false, json::error_handler_t::replace)) +
                   "</p>\n";
    }
    const auto binding = context->find("binding");
    if (binding == context->end() || !binding->is_array() || binding->empty()) return out;
    std::vector<std::vector<std::string>> rows;
    for (const json& rank : *binding) {
        if (rank.is_object()) rows.push_back({text(rank, "rank"), text(rank, "host"), text(rank, "threads"), text(rank, "cpus")});
    }
    constexpr std::size_t short_enough = 8;
    const std::string table =
        html_table("Binding of ranks to CPUs", {{"Rank", false}, {"Host", false}, {"Threads", true}, {"CPUs", false}}, rows);
    return out + (rows.size() <= short_enough
                      ? table
                      : fmt::format("<details><summary>The binding of {} ranks</summary>\n{}</details>\n", rows.size(), table));
}

std::string facts_of(const merged& shown, std::size_t source) {
    const document& from = shown.documents()[source];
    const auto known = [&](const char* key) { return escaped(from.context(key)); };
    std::string simulated;
    if (const auto context = from.raw.find("context");
        context != from.raw.end() && context->is_object() && context->contains("simulated") && (*context)["simulated"].is_object()) {
        const json& model = (*context)["simulated"];
        simulated = "<strong class=\"simulated\">SIMULATED</strong> " +
                    escaped(model.is_object() && model.contains("description") && model["description"].is_string()
                                ? model["description"].get<std::string>()
                                : "cluster");
    }
    const std::string cpus = from.context("num_cpus");
    std::string isa = known("isa");
    if (const std::string built = words_of(from, "isa_built"); !built.empty() && !isa.empty())
        isa += " <small>of " + escaped(built) + "</small>";
    std::string launch;
    const auto counted = [&](const char* key, const std::string& what) {
        return known(key) + " " + what + (from.context(key) == "1" ? "" : "s");
    };
    if (!from.context("ranks").empty())
        launch = counted("ranks", "rank") + " \u00d7 " + counted("threads", "thread") + "; MPI: " + known("mpi");
    std::string out = "<dl class=\"facts\">\n";
    out += fact("Model", simulated);
    out += fact("Host", escaped(shown.host(source)));
    out += fact("CPU", known("cpu") + (cpus.empty() ? "" : (from.context("cpu").empty() ? "" : ", ") + escaped(cpus) + " CPUs"));
    out += fact("Caches", caches_of(from));
    out += fact("System", known("operating_system"));
    out += fact("Instructions", isa);
    out += fact("Compiler", known("compiler"));
    out += fact("Flags", code(from.context("flags")));
    out += fact("Build", known("build_type").empty() ? known("library_build_type") : known("build_type"));
    out += fact("Quadot", known("git"));
    out += fact("Launch", launch);
    out += fact("Job", known("job"));
    return out + "</dl>\n" + binding_of(from);
}

} // namespace

std::string machine_section(const merged& shown) {
    std::vector<place> places;
    for (std::size_t source = 0; source < shown.documents().size(); ++source) {
        std::string facts = facts_of(shown, source);
        const auto known = std::find_if(places.begin(), places.end(), [&](const place& each) { return each.facts == facts; });
        if (known == places.end()) {
            places.push_back({std::move(facts), {source}});
        } else {
            known->files.push_back(source);
        }
    }
    std::string out;
    for (const place& each : places) {
        std::string files;
        for (const std::size_t source : each.files) {
            const std::string date = shown.documents()[source].context("date");
            files += (files.empty() ? "" : ", ") + code(shown.file_name(source)) +
                     (date.empty() ? "" : " <small>" + escaped(date.substr(0, 16)) + "</small>");
        }
        out += "<h3 class=\"files\">" + files + "</h3>\n" + each.facts;
    }
    return html_section("machine", "Machine and binding", out);
}

} // namespace quadot::drivers::page
