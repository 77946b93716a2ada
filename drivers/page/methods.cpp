#include "drivers/page/methods.hpp"

#include "drivers/page/html.hpp"
#include "drivers/page/sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quadot::drivers::page {

namespace {

using json = nlohmann::ordered_json;

/// Words as a shell takes them.
std::string command_of(const document& from) {
    const auto command = from.raw.find("command");
    std::string out;
    if (command == from.raw.end() || !command->is_array()) return out;
    for (const json& each : *command) {
        if (!each.is_string()) continue;
        const auto& word = each.get_ref<const std::string&>();
        if (!out.empty()) out += ' ';
        if (!word.empty() && word.find_first_of(" \t\n*?()[]{}<>|&;$`\"'\\^#~!") == std::string::npos) {
            out += word;
            continue;
        }
        out += '\'';
        for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
        out += '\'';
    }
    return out;
}

bool by_quadot(const document& from) { return from.schema() == "quadot/1"; }

class writer {
  public:
    writer& say(const std::string& text) { return append(text, false); }
    writer& code(const std::string& text) { return append(text, true); }
    [[nodiscard]] std::vector<methods_piece> pieces() const { return pieces_; }

  private:
    writer& append(const std::string& text, bool code) {
        if (!text.empty()) pieces_.push_back({text, code});
        return *this;
    }
    std::vector<methods_piece> pieces_;
};

std::string plural(const std::string& count, const char* what) { return count + " " + what + (count == "1" ? "" : "s"); }

struct counts {
    std::size_t least = 0;
    std::size_t most = 0;
    bool few = false; ///< some row has fewer than 6: no interval
};

counts samples_of(const merged& shown, const std::vector<std::size_t>& sources) {
    counts found;
    for (const merged_row& row : shown.rows()) {
        if (std::find(sources.begin(), sources.end(), row.source) == sources.end()) continue;
        const std::size_t samples = row.recorded->samples.size();
        found.least = found.most == 0 ? samples : std::min(found.least, samples);
        found.most = std::max(found.most, samples);
        found.few = found.few || samples < 6;
    }
    return found;
}

std::vector<methods_piece> setting(const document& from, bool simulated) {
    writer out;
    const auto context = [&](const char* key) { return from.context(key); };
    if (simulated) out.say("All times are SIMULATED: they come from a model of a cluster, not from a run on one. ");
    if (!by_quadot(from)) {
        out.say("Measured with Google Benchmark");
        if (!context("host_name").empty()) out.say(" on " + context("host_name"));
        if (!context("num_cpus").empty()) out.say(" (" + plural(context("num_cpus"), "CPU") + ")");
        return out.say(". ").pieces();
    }
    out.say("Measured with Quadot " + context("git") + " on " + context("host"));
    out.say(" (" + context("cpu") + ", " + plural(context("num_cpus"), "CPU") + ", " + context("operating_system") + "), built with " +
            context("compiler") + ", ");
    out.code(context("flags"));
    out.say(", " + context("build_type") + " build, instruction set " + context("isa") + "; ");
    out.say(plural(context("ranks"), "rank") + " with " + plural(context("threads"), "thread") + " each");
    if (const std::string mpi = context("mpi"); !mpi.empty() && mpi != "none") out.say(", " + mpi);
    if (const std::string job = context("job"); !job.empty()) out.say(", job " + job);
    if (const std::string verdict = context("binding_verdict"); !verdict.empty()) {
        out.say(verdict == "good" ? "; each thread had a CPU of its own" : "; the binding of threads to CPUs was bad");
    }
    return out.say(". ").pieces();
}

std::vector<methods_piece> timing(const document& from, const counts& samples) {
    writer out;
    if (!by_quadot(from)) {
        if (samples.most > 1) out.say(fmt::format("Times are medians of {} to {} repetitions, ", samples.least, samples.most));
        out.say(samples.most > 1 ? "with 95 % intervals from order statistics where there are at least 6. "
                                 : "Times are those of one repetition each, without intervals. ");
        return out.pieces();
    }
    out.say("After a warm-up the variants were run in turn (interleaved), one sample of each a round; a sample is the wall-clock time of "
            "one run, or the mean of as many "
            "as take 20 \u00b5s, between barriers, and with several ranks the time of the slowest counts. ");
    out.say(samples.least == samples.most
                ? fmt::format("Given are medians of {} sample{} a variant", samples.most, samples.most == 1 ? "" : "s")
                : fmt::format("Given are medians of {} to {} samples a variant", samples.least, samples.most));
    out.say(" and their 95 % confidence intervals from order statistics, which assume no distribution [1, 2]");
    if (samples.few) out.say("; with fewer than 6 samples, where no such interval exists, the range");
    return out.say(". ").pieces();
}

std::vector<methods_piece> errors(const document& from) {
    writer out;
    if (!by_quadot(from)) return out.say("No errors were recorded. ").pieces();
    const std::string reference = from.context("reference");
    if (!reference.empty()) out.say("Errors are absolute, against " + reference + ". ");
    out.say("A row passes if its error is within its own a-priori bound or tolerance; a NaN never passes. ");
    bool bytes = false;
    bool items = false;
    for (const recorded_row& row : from.rows) {
        bytes = bytes || row.raw.contains("limit_bytes_per_second");
        items = items || row.raw.contains("limit_items_per_second");
    }
    if (bytes) out.say("The limit is the bandwidth that a loop reaches which only loads the same data, timed among the variants. ");
    if (items && !bytes) out.say("The limit is the rate of the costliest operations alone, measured on the same machine. ");
    return out.pieces();
}

} // namespace

std::vector<methods_paragraph> methods_of(const merged& shown) {
    struct gathered {
        std::vector<methods_piece> setting;
        std::vector<methods_piece> errors;
        std::vector<std::size_t> sources;
    };
    const auto same = [](const std::vector<methods_piece>& a, const std::vector<methods_piece>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return x.text == y.text; });
    };
    std::vector<gathered> found;
    for (std::size_t source = 0; source < shown.documents().size(); ++source) {
        const document& from = shown.documents()[source];
        gathered one{setting(from, shown.simulated(source)), errors(from), {source}};
        const auto known = std::find_if(found.begin(), found.end(), [&](const gathered& each) {
            return same(each.setting, one.setting) && same(each.errors, one.errors);
        });
        if (known == found.end()) {
            found.push_back(std::move(one));
        } else {
            known->sources.push_back(source);
        }
    }
    std::vector<methods_paragraph> paragraphs;
    for (gathered& each : found) {
        methods_paragraph paragraph{std::move(each.setting), {}};
        const document& first = shown.documents()[each.sources.front()];
        for (auto& piece : timing(first, samples_of(shown, each.sources))) paragraph.pieces.push_back(std::move(piece));
        for (auto& piece : each.errors) paragraph.pieces.push_back(std::move(piece));
        for (const std::size_t source : each.sources) {
            const std::string command = command_of(shown.documents()[source]);
            if (!command.empty() && std::find(paragraph.commands.begin(), paragraph.commands.end(), command) == paragraph.commands.end()) {
                paragraph.commands.push_back(command);
            }
        }
        paragraphs.push_back(std::move(paragraph));
    }
    return paragraphs;
}

std::vector<std::string> methods_sources(const merged& shown) {
    std::vector<std::string> sources{
        "[1] W. J. Conover, Practical Nonparametric Statistics, 3rd ed., Wiley, 1999, section 3.2.",
        "[2] T. Hoefler and R. Belli, Scientific benchmarking of parallel computing systems, SC\u201915, 2015, rule 7.",
    };
    if (!shown.machines().empty()) {
        sources.emplace_back(
            "[3] S. Williams, A. Waterman and D. Patterson, Roofline: an insightful visual performance model for multicore architectures, "
            "Communications of the ACM 52(4), 2009.");
    }
    return sources;
}

std::string methods_section(const merged& shown) {
    std::string out;
    for (const methods_paragraph& paragraph : methods_of(shown)) {
        out += "<p>";
        for (const methods_piece& piece : paragraph.pieces)
            out += piece.code ? "<code>" + escaped(piece.text) + "</code>" : escaped(piece.text);
        out += "</p>\n";
        if (paragraph.commands.empty()) continue;
        out += "<pre>";
        for (const std::string& command : paragraph.commands) out += escaped(command) + "\n";
        out += "</pre>\n";
    }
    out += "<ol class=\"sources\">\n";
    for (const std::string& source : methods_sources(shown)) out += "<li>" + escaped(source) + "</li>\n";
    return html_section("methods", "Methods", out + "</ol>\n");
}

} // namespace quadot::drivers::page
