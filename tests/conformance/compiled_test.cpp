// Text integrands compiled at run time: the interpreter's bits, a cache that cannot be fooled, and the interpreter wherever compiling fails.
#include "compiled/build_facts.hpp"
#include "compiled/cache.hpp"
#include "compiled/compiler.hpp"
#include "compiled/formulas.hpp"
#include "compiled/header_list.hpp"
#include "compiled/headers.hpp"
#include "compiled/loader.hpp"
#include "compiled/refusal.hpp"
#include "compiled/sha256.hpp"
#include "compiled/source.hpp"
#include "quadot.hpp"
#include "tests/support/bits.hpp"
#include "tests/support/configurations.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using namespace quadot;
using namespace std::chrono_literals;

bool same_bits(double a, double b) { return tests::bits(a) == tests::bits(b); }

/// Set for as long as it lives.
class environment_variable {
  public:
    environment_variable(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) {
            had_ = true;
            old_ = old;
        }
        ::setenv(name, value.c_str(), 1);
    }
    ~environment_variable() {
        if (had_) {
            ::setenv(name_, old_.c_str(), 1);
        } else {
            ::unsetenv(name_);
        }
    }
    environment_variable(const environment_variable&) = delete;
    environment_variable& operator=(const environment_variable&) = delete;

  private:
    const char* name_;
    bool had_ = false;
    std::string old_;
};

/// Every test has a cache of its own, and formulas that no other test of this process has compiled.
class Compiled : public testing::Test {
  protected:
    void SetUp() override {
        // Where no compiler makes objects that this process can load (a foreign architecture without its compiler), there is nothing to test.
        try {
            const auto compiler = compiled::find_compiler();
            const auto flags = compiled::compiler_flags(default_isa(), compiled::find_headers());
            const std::string probe = "extern \"C\" __attribute__((visibility(\"default\"))) void quadot_compiled() {}\n";
            static const std::string object = compiled::compile(compiler, flags, probe + compiled::identity_source("probe"));
            static const auto loaded = compiled::load(object, "probe").whole;
            ASSERT_NE(loaded, nullptr);
        } catch (const compiled::refusal& why) {
#ifdef QUADOT_TEST_MAY_NOT_COMPILE
            GTEST_SKIP() << "no run-time compilation here: " << why.what();
#else
            FAIL() << why.what(); // the compiler that built this is here
#endif
        }
    }

    [[nodiscard]] fs::path cache_folder() const { return folder_.path() / "cache"; }
    [[nodiscard]] std::vector<fs::path> cached_files() const {
        std::vector<fs::path> files;
        if (!fs::exists(cache_folder())) return files;
        for (const auto& entry : fs::directory_iterator(cache_folder())) files.push_back(entry.path());
        return files;
    }
    [[nodiscard]] const fs::path& scratch() const { return folder_.path(); }

    /// A formula that nobody else has.
    static expression fresh_formula() {
        static int number = 0;
        return expression("x*x + " + std::to_string(++number) + "e3");
    }

    /// A compiler that remembers what it made, for tests that need many compilations of the same.
    [[nodiscard]] std::string remembering_compiler() const {
        const fs::path script = scratch() / "remembering-c++";
        std::ofstream(script) << "#!/bin/sh\ncase \"$1\" in --version) echo 1; exit 0;; esac\n"
                                 "previous=; for word; do [ \"$previous\" = -o ] && output=$word; previous=$word; done\n"
                                 "known="
                              << scratch().string()
                              << "/made-$(cksum < \"$word\" | tr ' ' -)\n"
                                 "[ -f \"$known\" ] || "
                              << compiled::find_compiler().path.string()
                              << " \"$@\" && \n"
                                 "{ [ -f \"$known\" ] || cp \"$output\" \"$known\"; } && cp \"$known\" \"$output\"\n";
        fs::permissions(script, fs::perms::owner_all);
        return script.string();
    }

  private:
    compiled::temporary_folder folder_;
    environment_variable cache_{"QUADOT_CACHE", (folder_.path() / "cache").string()};
};

execution with(jit_mode mode) { return {.threads = 1, .jit = mode}; }

double integral(const expression& f, jit_mode mode) { return integrate(f, -1.5, 2, 12345, {rule_kind::simpson}, with(mode)); }

/// What compiling gives when the formula is not in this process's memory yet: a copy of the library's own path, without its registry.
struct outcome {
    jit_state state;
    std::string reason;
    double value;
};
outcome in_a_new_process(const std::string& text, jit_mode mode = jit_mode::on) {
    int ends[2];
    if (::pipe(ends) != 0) return {jit_state::interpreted, "no pipe", 0};
    const pid_t child = ::fork();
    if (child == 0) {
        const expression f(text);
        const jit_report report = prepare(f, with(mode));
        struct {
            int state;
            double value;
            char reason[500];
        } message{static_cast<int>(report.state), integral(f, mode), {}};
        report.reason.copy(static_cast<char*>(message.reason), sizeof message.reason - 1);
        const bool sent = ::write(ends[1], &message, sizeof message) == sizeof message;
        ::_exit(sent ? 0 : 1);
    }
    ::close(ends[1]);
    struct {
        int state;
        double value;
        char reason[500];
    } message{};
    const bool received = ::read(ends[0], &message, sizeof message) == sizeof message;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!received) return {jit_state::interpreted, "the process died: status " + std::to_string(status), 0};
    return {static_cast<jit_state>(message.state), static_cast<const char*>(message.reason), message.value};
}

/// Every operator and every function, constants of all kinds, and graphs of several shapes.
std::vector<std::string> formulas() {
    std::vector<std::string> all{"x",
                                 "2",
                                 "-x",
                                 "x+1",
                                 "x-0.1",
                                 "1/x",
                                 "x/3",
                                 "x*x*x",
                                 "x^2",
                                 "2^x",
                                 "x^-1.5",
                                 "-(x-x)",
                                 "x<0.5",
                                 "x<=0.5",
                                 "x>0.5",
                                 "x>=0.5",
                                 "x==0.5",
                                 "x!=0.5",
                                 "!x",
                                 "x && x-1",
                                 "x || x-1",
                                 "if(x>0, sqrt(x), -x)",
                                 "x > 1 ? exp(x) : x < -1 ? 1/x : x*x",
                                 "x + inf",
                                 "x - inf*0",
                                 "x*1e-310 + 5e-324",
                                 "exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)",
                                 "sin(x)*sin(x)+cos(x)*cos(x)",
                                 "4/(1+x^2)",
                                 "exp(sin(exp(cos(x))))",
                                 "hypot(x, 1/x) + max(x, 0.25) - min(x*x, 3)",
                                 "pow(abs(x), x) - floor(x) + ceil(3*x)",
                                 "1+x*(1+x*(1+x*(1+x*(1+x*(1+x*(1+x))))))",
                                 "(x > -1) * (x < 1) * (1 - x*x)"};
    for (const auto& function : math::functions::descriptions) {
        all.push_back(std::string(function.name) + (function.arity == 1 ? "(3*x)" : "(x, 1-2*x)"));
    }
    return all;
}

TEST(Sha256, PublishedVectors) {
    // FIPS 180-4's examples, and the million letters of the NIST test suite.
    const auto hash = [](std::string_view text) { return compiled::hexadecimal(compiled::sha256_of(text)); };
    EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hash(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    // In pieces of every length.
    const std::string text(300, 'q');
    for (std::size_t piece = 1; piece < 150; ++piece) {
        compiled::sha256 pieces;
        for (std::size_t at = 0; at < text.size(); at += piece) pieces.add(std::string_view(text).substr(at, piece));
        EXPECT_EQ(compiled::hexadecimal(pieces.finish()), hash(text));
    }
}

TEST(Source, SaysNothingButTheGraph) {
    const expression f("if(x > 0.1, sin(x), 1/0) + k", {"x"}, {{"k", -0x1.8p-1070}});
    const std::string source = compiled::source_of(f.nodes());
    EXPECT_NE(source.find("call<\"sin\">("), std::string::npos);
    EXPECT_NE(source.find("from_bits(0x7ff0000000000000)"), std::string::npos);
    EXPECT_NE(source.find("value(0x1.999999999999ap-4)"), std::string::npos);
    EXPECT_EQ(source, compiled::source_of(expression(" if(x>1e-1,sin( x ),1/0)+c", {"x"}, {{"c", -0x1.8p-1070}}).nodes()));
    std::vector<std::string> names;
    std::string sum = "0";
    for (int k = 0; k < 65; ++k) {
        names.push_back("a" + std::to_string(k));
        sum += "+" + names.back();
    }
    EXPECT_THROW(compiled::source_of(expression(sum, names).nodes()), compiled::refusal);
}

TEST_F(Compiled, BitsAreTheInterpretersOnEveryInstructionSet) {
    // All formulas in one translation unit, each a function: what the compiler makes of one does not depend on the others, and it is run once.
    const auto compiler = compiled::find_compiler();
    const std::string headers = compiled::find_headers();
    const auto all = formulas();
    for (const block_table* table : built_tables()) {
        if (!runs_here(table->isa)) continue;
        std::string source;
        std::string names;
        for (std::size_t k = 0; k < all.size(); ++k) {
            const std::string one = compiled::source_of(expression(all[k]).nodes());
            const auto cut = one.find("namespace {");
            const auto end = one.find("extern \"C\"");
            if (k == 0) source = one.substr(0, cut);
            const std::string number = std::to_string(k);
            source += "namespace formula_" + number + " {\n" + one.substr(cut, end - cut) +
                      "void at(const double* const* v, double* y, std::size_t n) { evaluate<formula>(v, y, n); }\n}\n";
            names += "formula_" + number + "::at, ";
        }
        source += "extern \"C\" __attribute__((visibility(\"default\"))) void quadot_compiled(const double* const* v, double* y, "
                  "std::size_t n) {\n"
                  "    static constexpr void (*all[])(const double* const*, double*, std::size_t) = {" +
                  names + "};\n    all[static_cast<std::size_t>(*v[1])](v, y, n);\n}\n" + compiled::identity_source("all");
        const auto object = compiled::compile(compiler, compiled::compiler_flags(table->isa, headers), source, {}, 600s);
        const auto function = compiled::load(object, "all").whole;

        std::vector<double> x;
        for (int k = 0; k < 400; ++k) x.push_back((k - 200) * 0.037);
        for (const double special : {0.0, -0.0, 0.5, 1e-300, -1e300, 1e9, 746.0, -746.0, 5e-324, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
            x.push_back(special);
        }
        for (std::size_t k = 0; k < all.size(); ++k) {
            const expression f(all[k]);
            const double number = static_cast<double>(k);
            for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{31}, std::size_t{32},
                                            std::size_t{33}, std::size_t{129}, x.size()}) {
                // From the end, so that the special ones meet the rest of a pack.
                const double* const from = x.data() + (x.size() - count);
                const double* const variables[2] = {from, &number};
                std::vector<double> found(count + 1, -77.0);
                std::vector<double> expected(count + 1, -77.0);
                function(static_cast<const double* const*>(variables), found.data(), count);
                table->programs->evaluate(f.compiled_view(), static_cast<const double* const*>(variables), expected.data(), count);
                for (std::size_t i = 0; i <= count; ++i) {
                    ASSERT_TRUE(same_bits(found[i], expected[i]) || (std::isnan(found[i]) && std::isnan(expected[i])))
                        << name_of(table->isa) << " " << all[k] << " at " << (i < count ? from[i] : 0) << ", sample " << i << " of "
                        << count << ": " << found[i] << " != " << expected[i];
                }
                // In place.
                std::vector<double> place(from, from + count);
                const double* const same[2] = {place.data(), &number};
                function(static_cast<const double* const*>(same), place.data(), count);
                for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(same_bits(place[i], found[i]) || std::isnan(found[i])) << all[k];
            }
        }
    }
}

TEST_F(Compiled, IntegralsHaveTheSameBits) {
    const expression f = fresh_formula();
    EXPECT_EQ(prepare(f, with(jit_mode::on)).state, jit_state::compiled) << prepare(f, with(jit_mode::on)).reason;
    for (const auto accumulator : {accumulator_kind::plain, accumulator_kind::compensated, accumulator_kind::exact}) {
        for (const auto& which : {rule{rule_kind::midpoint}, rule{rule_kind::gauss, 7}, rule{rule_kind::clenshaw}}) {
            execution how{.accumulator = accumulator, .threads = 2};
            const double expected = integrate(f, 0, 3, 5001, which, how);
            const bounded bound = integrate_bounded(f, 0, 3, 5001, which, how);
            how.jit = jit_mode::on;
            EXPECT_EQ(integrate(f, 0, 3, 5001, which, how), expected);
            EXPECT_EQ(integrate_bounded(f, 0, 3, 5001, which, how).bound, bound.bound);
        }
    }
    EXPECT_EQ(cached_files().size(), 1U);
}

bool same(const quadot::integral& a, const quadot::integral& b) {
    return same_bits(a.value, b.value) && same_bits(a.error, b.error) && a.evaluations == b.evaluations && a.regions == b.regions &&
           a.status == b.status && a.trouble == b.trouble && same_bits(a.worst_left, b.worst_left) &&
           same_bits(a.worst_right, b.worst_right);
}

/// Parts of x alone and of the parameter alone, none of either, more than are kept, and both ways of integrating: together and each by itself.
TEST_F(Compiled, FamiliesHaveTheSameBits) {
    std::vector<double> parameters;
    for (int k = 0; k < 333; ++k) parameters.push_back(0.05 * k - 3);
    std::string many = "0";
    for (int k = 1; k < 12; ++k) many += "+k*cos(" + std::to_string(k) + "*x)*exp(k/" + std::to_string(k) + ")";
    std::size_t compiled_so_far = 0;
    for (const std::string& text :
         {std::string("exp(-k*x)*cos(x)"), std::string("abs(x-0.5)^k"), std::string("if(x<0.5,k*x,k)+1/(exp(k)+x*x)"),
          std::string("cos(x)/3"), std::string("exp(k)"), std::string("log(k-x)"), many}) {
        const expression f(text, {"x", "k"});
        // Compiling takes 2 to 3 s: one formula on all instruction sets, the others on one.
        const auto isas = compiled_so_far == 0 ? tests::fused_isas() : std::vector{default_isa()};
        for (const isa_kind isa : isas) {
            const jit_report report = prepare(f, {.isa = isa, .jit = jit_mode::on});
            EXPECT_EQ(report.state, jit_state::compiled) << text << ": " << report.reason;
            EXPECT_EQ(cached_files().size(), ++compiled_so_far);
            for (const tolerance& wanted : {tolerance{.min_width = 0}, tolerance{.relative = 1e-5, .absolute = 1e-7, .min_width = 0},
                                            tolerance{.relative = 1e-8, .max_evaluations = 5'000, .min_width = 1e-2}}) {
                std::vector<quadot::integral> expected(parameters.size());
                integrate_each(f, 0, 1, parameters, expected, wanted, {.threads = 1, .isa = isa});
                for (const int threads : {1, 2, 5}) {
                    std::vector<quadot::integral> found(parameters.size());
                    integrate_each(f, 0, 1, parameters, found, wanted, {.threads = threads, .isa = isa, .jit = jit_mode::on});
                    for (std::size_t k = 0; k < found.size(); ++k) {
                        ASSERT_TRUE(same(found[k], expected[k])) << text << " at " << parameters[k] << ", threads " << threads;
                    }
                }
            }
        }
    }
    EXPECT_EQ(cached_files().size(), compiled_so_far);
}

TEST_F(Compiled, AFamilyWithoutACompilerIsInterpreted) {
    const environment_variable compiler("QUADOT_CXX", "/nonexistent");
    const expression f("exp(-k*x)*sin(x)", {"x", "k"});
    const jit_report report = prepare(f, with(jit_mode::on));
    EXPECT_EQ(report.state, jit_state::interpreted);
    EXPECT_NE(report.reason.find("/nonexistent"), std::string::npos) << report.reason;
    const std::vector<double> parameters{0.5, 1, 7};
    std::vector<quadot::integral> expected(3);
    std::vector<quadot::integral> found(3);
    integrate_each(f, 0, 1, parameters, expected, {.min_width = 0}, with(jit_mode::off));
    integrate_each(f, 0, 1, parameters, found, {.min_width = 0}, with(jit_mode::on));
    for (std::size_t k = 0; k < found.size(); ++k) EXPECT_TRUE(same(found[k], expected[k]));
}

TEST_F(Compiled, SecondRunTakesTheCachedObject) {
    const auto start = std::chrono::steady_clock::now();
    const outcome first = in_a_new_process("x*x+0.125");
    const auto middle = std::chrono::steady_clock::now();
    const outcome second = in_a_new_process("x*x+0.125");
    const auto end = std::chrono::steady_clock::now();
    EXPECT_EQ(first.state, jit_state::compiled) << first.reason;
    EXPECT_EQ(second.state, jit_state::cached) << second.reason;
    EXPECT_EQ(first.value, second.value);
    EXPECT_EQ(first.value, integral(expression("x*x+0.125"), jit_mode::off));
    EXPECT_LT((end - middle) * 4, middle - start);
    ASSERT_EQ(cached_files().size(), 1U);
    struct stat facts {};
    ASSERT_EQ(::stat(cache_folder().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
    // Another formula is another file; another compiler too.
    EXPECT_EQ(in_a_new_process("x*x+0.25").state, jit_state::compiled);
    EXPECT_EQ(cached_files().size(), 2U);
    const fs::path wrapper = scratch() / "my-c++";
    std::ofstream(wrapper) << "#!/bin/sh\nexec " << compiled::find_compiler().path.string() << " \"$@\"\n";
    fs::permissions(wrapper, fs::perms::owner_all);
    const environment_variable compiler("QUADOT_CXX", wrapper.string());
    EXPECT_EQ(in_a_new_process("x*x+0.25").state, jit_state::compiled);
    EXPECT_EQ(cached_files().size(), 3U);
}

TEST_F(Compiled, TamperedFilesAreMadeAnew) {
    const environment_variable compiler("QUADOT_CXX", remembering_compiler());
    const std::string text = "x*x+0.375";
    const double expected = integral(expression(text), jit_mode::off);
    ASSERT_EQ(in_a_new_process(text).state, jit_state::compiled);
    const auto files = cached_files();
    ASSERT_EQ(files.size(), 1U);
    const fs::path file = files.front();
    const auto size = fs::file_size(file);
    const auto again = [&](const std::string& what) {
        const outcome result = in_a_new_process(text);
        EXPECT_EQ(result.state, jit_state::compiled) << what << ": " << result.reason;
        EXPECT_EQ(result.value, expected) << what;
        EXPECT_EQ(in_a_new_process(text).state, jit_state::cached) << what << ": not mended";
    };
    for (const auto place : {std::uintmax_t{4}, size / 2, size - 40, size - 1}) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekg(static_cast<std::streamoff>(place));
        const int byte = stream.get();
        stream.seekp(static_cast<std::streamoff>(place));
        stream.put(static_cast<char>(byte ^ 0x10));
        stream.close();
        again("byte " + std::to_string(place));
    }
    fs::resize_file(file, size / 2);
    again("cut");
    fs::resize_file(file, 0);
    again("emptied");
    fs::permissions(file, fs::perms::owner_all | fs::perms::others_write);
    again("writable by others");

    // What is behind a symbolic link is not ours, even if it is sound.
    const fs::path elsewhere = scratch() / "elsewhere.so";
    fs::rename(file, elsewhere);
    fs::create_symlink(elsewhere, file);
    again("symbolic link");
    EXPECT_FALSE(fs::is_symlink(file));
    fs::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    again("pipe");

    // A sound file under another formula's name.
    ASSERT_EQ(in_a_new_process("x*x+0.4375").state, jit_state::compiled);
    fs::path other;
    for (const auto& each : cached_files()) {
        if (each != file) other = each;
    }
    fs::copy_file(other, file, fs::copy_options::overwrite_existing);
    again("renamed");
}

TEST_F(Compiled, AnUnsafeFolderIsNotUsed) {
    const environment_variable compiler("QUADOT_CXX", remembering_compiler());
    fs::create_directory(cache_folder());
    fs::permissions(cache_folder(), fs::perms::all);
    const std::string text = "x*x+0.625";
    for (int k = 0; k < 2; ++k) {
        const outcome result = in_a_new_process(text);
        EXPECT_EQ(result.state, jit_state::compiled) << result.reason;
        EXPECT_NE(result.reason.find("can be written by others"), std::string::npos) << result.reason;
    }
    EXPECT_TRUE(cached_files().empty());
    if (::geteuid() == 0) {
        fs::permissions(cache_folder(), fs::perms::owner_all);
        ASSERT_EQ(::chown(cache_folder().c_str(), 12345, 12345), 0);
        const outcome result = in_a_new_process(text);
        EXPECT_EQ(result.state, jit_state::compiled);
        EXPECT_NE(result.reason.find("belongs to somebody else"), std::string::npos) << result.reason;
    }
    {
        const environment_variable cache("QUADOT_CACHE", "/proc/nowhere/cache");
        EXPECT_NE(in_a_new_process(text).reason.find("cannot be made"), std::string::npos);
    }
}

TEST_F(Compiled, ConcurrentProcessesDoNotDisturbEachOther) {
    const std::string text = "sin(x)+0.875";
    const double expected = integral(expression(text), jit_mode::off);
    std::vector<pid_t> children;
    for (int k = 0; k < 4; ++k) {
        const pid_t child = ::fork();
        if (child == 0) {
            const expression f(text);
            const bool fine = prepare(f, with(jit_mode::on)).state != jit_state::interpreted && integral(f, jit_mode::on) == expected;
            ::_exit(fine ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = -1;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(cached_files().size(), 1U);
    EXPECT_EQ(in_a_new_process(text).state, jit_state::cached);
}

TEST_F(Compiled, WithoutACompilerTheInterpreterServes) {
    const std::string text = "cos(x)+0.0625";
    const double expected = integral(expression(text), jit_mode::off);
    const auto interpreted = [&](const std::string& because) {
        const outcome result = in_a_new_process(text);
        EXPECT_EQ(result.state, jit_state::interpreted);
        EXPECT_NE(result.reason.find(because), std::string::npos) << result.reason;
        EXPECT_EQ(result.reason.find('\n'), std::string::npos);
        EXPECT_EQ(result.value, expected);
    };
    {
        const environment_variable compiler("QUADOT_CXX", "/nonexistent");
        const environment_variable path("PATH", "");
        interpreted("/nonexistent");
    }
    {
        const environment_variable compiler("QUADOT_CXX", "no-such-compiler");
        interpreted("not in PATH");
    }
    const fs::path script = scratch() / "script";
    const auto write = [&](const std::string& lines) {
        std::ofstream(script) << "#!/bin/sh\ncase \"$1\" in --version) echo 1; exit 0;; esac\n" << lines << "\n";
        fs::permissions(script, fs::perms::owner_all);
    };
    const environment_variable compiler("QUADOT_CXX", script.string());
    write("echo 'formula.cpp:1:1: error: planted' >&2; exit 1");
    interpreted("error: planted");
    write("exit 0");
    interpreted("wrote nothing");
    write("while [ \"$1\" != -o ]; do shift; done; echo 'no object' > \"$2\"");
    interpreted("cannot be loaded");
    write("kill -9 $$");
    interpreted("fails");
    EXPECT_TRUE(cached_files().empty());
}

TEST_F(Compiled, ACompilerThatHangsIsStopped) {
    const fs::path script = scratch() / "script";
    // What it started in the background must go as well.
    std::ofstream(script) << "#!/bin/sh\necho $$ > " << (scratch() / "pid").string() << "\nsleep 1000 & sleep 1000\n";
    fs::permissions(script, fs::perms::owner_all);
    const auto start = std::chrono::steady_clock::now();
    try {
        (void)compiled::compile({script, ""}, {}, "int x;\n", {}, 500ms);
        FAIL() << "it finished";
    } catch (const compiled::refusal& why) {
        EXPECT_NE(std::string(why.what()).find("did not finish within 1 s"), std::string::npos) << why.what();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
    pid_t group = 0;
    std::ifstream(scratch() / "pid") >> group;
    ASSERT_GT(group, 0);
    for (int k = 0; k < 500 && ::kill(-group, 0) == 0; ++k) std::this_thread::sleep_for(10ms);
    EXPECT_NE(::kill(-group, 0), 0) << "processes of the compiler are left";

    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)compiled::compile({script, ""}, {}, "int x;\n", stop.get_token()), compiled::refusal);
}

TEST_F(Compiled, OtherHeadersAreRefused) {
    const std::string text = "exp(x)+0.03125";
    const fs::path copy = scratch() / "headers";
    for (const auto name : compiled::header_names) {
        fs::create_directories((copy / name).parent_path());
        fs::copy_file(fs::path(compiled::find_headers()) / name, copy / name);
    }
    const environment_variable include("QUADOT_INCLUDE", copy.string());
    EXPECT_EQ(in_a_new_process(text).state, jit_state::compiled);
    std::ofstream(copy / compiled::header_names.back(), std::ios::app) << "// newer\n";
    const outcome stale = in_a_new_process(text);
    EXPECT_EQ(stale.state, jit_state::interpreted);
    EXPECT_NE(stale.reason.find("not those that this library was built from"), std::string::npos) << stale.reason;
    fs::remove(copy / compiled::header_names.back());
    EXPECT_NE(in_a_new_process(text).reason.find("QUADOT_INCLUDE"), std::string::npos);
    EXPECT_EQ(in_a_new_process(text).value, integral(expression(text), jit_mode::off));
}

TEST_F(Compiled, AnObjectThatComputesSomethingElseIsRefused) {
    // A compiler that changes the formula: what it makes loads and has the right identity, but not the interpreter's bits.
    const fs::path script = scratch() / "script";
    std::ofstream(script) << "#!/bin/sh\ncase \"$1\" in --version) echo 1; exit 0;; esac\nfor last; do :; done\n"
                          << "sed -i 's/value(0x1.8p-6)/value(0x1.8000000000001p-6)/' \"$last\"\nexec "
                          << compiled::find_compiler().path.string() << " \"$@\"\n";
    fs::permissions(script, fs::perms::owner_all);
    const environment_variable compiler("QUADOT_CXX", script.string());
    EXPECT_EQ(in_a_new_process("x+0.046875").state, jit_state::compiled);
    const outcome result = in_a_new_process("x*0.0234375");
    EXPECT_EQ(result.state, jit_state::interpreted);
    EXPECT_NE(result.reason.find("does not give the interpreter's bits"), std::string::npos) << result.reason;
    EXPECT_EQ(result.value, integral(expression("x*0.0234375"), jit_mode::off));
    EXPECT_EQ(cached_files().size(), 1U);
}

TEST_F(Compiled, AutomaticSwitchesWhenReady) {
    const expression f = fresh_formula();
    const double expected = integral(f, jit_mode::off);
    EXPECT_EQ(integral(f, jit_mode::automatic), expected);
    const auto deadline = std::chrono::steady_clock::now() + 120s;
    jit_report now = prepare(f, with(jit_mode::automatic));
    EXPECT_EQ(now.state, jit_state::interpreted) << "a compiler as quick as that?";
    const std::string waiting = now.reason; // another one: it was refused
    while (now.state == jit_state::interpreted && now.reason == waiting && std::chrono::steady_clock::now() < deadline) {
        ASSERT_EQ(integral(f, jit_mode::automatic), expected);
        now = prepare(f, with(jit_mode::automatic));
    }
    EXPECT_EQ(now.state, jit_state::compiled) << now.reason;
    EXPECT_EQ(integral(f, jit_mode::automatic), expected);
    // Both tiers in one integral: the switch falls into one of these many blocks.
    const expression g = fresh_formula();
    const double whole = integrate(g, 0, 1, 3000000, {rule_kind::midpoint}, with(jit_mode::off));
    EXPECT_EQ(prepare(g, with(jit_mode::automatic)).state, jit_state::interpreted);
    do {
        ASSERT_EQ(integrate(g, 0, 1, 3000000, {rule_kind::midpoint}, with(jit_mode::automatic)), whole);
    } while (prepare(g, with(jit_mode::automatic)).state == jit_state::interpreted && std::chrono::steady_clock::now() < deadline);
    EXPECT_EQ(prepare(g, with(jit_mode::on)).state, jit_state::compiled);
}

TEST_F(Compiled, AProcessMayEndWhileItCompiles) {
    // exit() waits for the compiler's end, which is at once: no hang, no crash, no files left.
    const fs::path temporary = scratch() / "tmp";
    fs::create_directory(temporary);
    const environment_variable folder("TMPDIR", temporary.string());
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        (void)integral(expression("exp(sin(x))+0.09375"), jit_mode::automatic);
        std::this_thread::sleep_for(100ms);
        std::exit(0); // NOLINT: the handlers are what is tested
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
    EXPECT_TRUE(fs::is_empty(temporary));
}

TEST_F(Compiled, ManyFormulasLeaveNoDescriptors) {
    const auto open = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{}); };
    const auto compiler = compiled::find_compiler();
    const auto flags = compiled::compiler_flags(default_isa(), compiled::find_headers());
    const auto before = open();
    std::vector<compiled::formula_function> functions;
    // Descriptors' numbers come back: each load must be an object of its own all the same.
    for (int k = 0; k < 3; ++k) {
        const std::string body = "#include <cstddef>\nextern \"C\" __attribute__((visibility(\"default\"))) void "
                                 "quadot_compiled(const double* const*, double* y, std::size_t) { *y = " +
                                 std::to_string(k) + "; }\n";
        functions.push_back(compiled::load(compiled::compile(compiler, flags, body + compiled::identity_source("many")), "many").whole);
    }
    EXPECT_EQ(open(), before);
    for (int k = 0; k < 3; ++k) {
        double y = -1;
        functions[static_cast<std::size_t>(k)](nullptr, &y, 1);
        EXPECT_EQ(y, k);
    }
}

} // namespace
