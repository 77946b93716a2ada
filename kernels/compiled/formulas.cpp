#include "compiled/formulas.hpp"

#include "compiled/build_facts.hpp"
#include "compiled/cache.hpp"
#include "compiled/compiler.hpp"
#include "compiled/header_list.hpp"
#include "compiled/headers.hpp"
#include "compiled/refusal.hpp"
#include "compiled/sha256.hpp"
#include "compiled/source.hpp"
#include "ranks/agreement.hpp"
#include "reduce/floating_point_environment.hpp"
#include "spelling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cfenv>
#include <cmath>
#include <limits>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include <signal.h>
#include <unistd.h>

namespace quadot::compiled {

namespace {

/// Abscissae of the comparison with the interpreter: where functions change their path, and a spread of ordinary numbers. An odd number, so that
/// the rest of a pack is among it.
constexpr std::size_t checked_points = 101;

std::array<double, checked_points> points_of(std::size_t variable) {
    using limits = std::numeric_limits<double>;
    constexpr std::array special{0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 0.5,
                                 -0.5,
                                 2.0,
                                 1e-300,
                                 -1e-300,
                                 1e300,
                                 -1e300,
                                 709.0,
                                 -709.0,
                                 746.0,
                                 -746.0,
                                 1e9,
                                 -1e9,
                                 4503599627370497.0,
                                 limits::max(),
                                 limits::min(),
                                 limits::denorm_min(),
                                 limits::infinity(),
                                 -limits::infinity(),
                                 limits::quiet_NaN()};
    std::array<double, checked_points> points{};
    for (std::size_t k = 0; k < points.size(); ++k) {
        // Other variables take them in another order.
        const std::size_t at = (k * (2 * variable + 1) + 7 * variable) % points.size();
        const double spread = (static_cast<double>(at) * 0.61803398874989485 - 31.0) * 0.37;
        points[k] = at < special.size() ? special[at] : spread;
    }
    return points;
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

/// The caller's flags and traps, given back: the comparison divides by zero on purpose.
class held_floating_point {
  public:
    held_floating_point() { std::feholdexcept(&saved_); }
    ~held_floating_point() { std::fesetenv(&saved_); }
    held_floating_point(const held_floating_point&) = delete;
    held_floating_point& operator=(const held_floating_point&) = delete;

  private:
    std::fenv_t saved_{};
};

/// Compilations under way, so that the process does not end in the middle of one and leave its files.
class background {
  public:
    ~background() {
        // A forked child has the counter but not the threads.
        if (::getpid() != owner_) return;
        stop_.request_stop();
        std::unique_lock lock(mutex_);
        idle_.wait(lock, [&] { return running_ == 0; });
    }

    template <class Work>
    void start(Work work) {
        // Signals are for the threads that the program knows.
        sigset_t all{};
        sigset_t before{};
        sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before);
        {
            const std::lock_guard lock(mutex_);
            owner_ = ::getpid();
            ++running_;
        }
        try {
            std::thread([this, work] {
                work(stop_.get_token());
                const std::lock_guard lock(mutex_);
                --running_;
                idle_.notify_all();
            }).detach();
        } catch (const std::system_error&) {
            const std::lock_guard lock(mutex_);
            --running_;
            ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw refusal("no thread could be started for the compiler");
        }
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    static background& get() {
        static background one;
        return one;
    }

  private:
    background() = default;

    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable idle_;
    int running_ = 0;
    pid_t owner_ = 0;
};

struct registry {
    std::mutex mutex;
    std::map<std::pair<isa_kind, std::string>, std::unique_ptr<formula>> formulas;
};

/// Never destroyed: threads may be inside its formulas when the process ends.
registry& all_formulas() {
    static registry* const one = std::make_unique<registry>().release();
    return *one;
}

} // namespace

void formula::evaluate(const double* const* variables, double* y, std::size_t count) const {
    if (const formula_function function = function_.load(std::memory_order_acquire)) {
        function(variables, y, count);
    } else {
        table_.programs->evaluate(text_.compiled_view(), variables, y, count);
    }
}

void formula::evaluate_rows(const double* const* variables, const double* shared, std::size_t rows, double* y, std::size_t count) const {
    if (const rows_function function = rows_.load(std::memory_order_acquire)) {
        function(variables, shared, rows, y, count);
    } else {
        table_.programs->evaluate_rows(parts_->rest.view(), variables, shared, parts_->of_x.size(), rows, y, count);
    }
}

jit_report formula::report() const {
    const std::lock_guard lock(mutex_);
    if (phase_ == phase::working) return {jit_state::interpreted, "the compiler has not finished"};
    // What evaluate() does counts, not what was planned.
    return {function_.load(std::memory_order_acquire) != nullptr ? made_.how.state : jit_state::interpreted, made_.how.reason};
}

formula::phase formula::now() const {
    const std::lock_guard lock(mutex_);
    return phase_;
}

/// Compares with the interpreter. Throws refusal.
void formula::check(const compiled_functions& functions) const {
    const held_floating_point held;
    constexpr double untouched = 0x1.2345p+3;
    const bool same = strictly([&] {
        std::vector<std::array<double, checked_points>> abscissae;
        std::vector<const double*> starts;
        const std::size_t variables = std::max<std::size_t>(1, text_.variables().size());
        for (std::size_t v = 0; v < variables; ++v) abscissae.push_back(points_of(v));
        for (const auto& each : abscissae) starts.push_back(each.data());
        std::array<double, checked_points> expected{};
        std::array<double, checked_points + 1> found{};
        found.back() = untouched;
        table_.programs->evaluate(text_.compiled_view(), starts.data(), expected.data(), checked_points);
        functions.whole(starts.data(), found.data(), checked_points);
        return std::equal(expected.begin(), expected.end(), found.begin(), same_bits) && found.back() == untouched;
    });
    const bool same_rows = !parts_ || strictly([&] {
        if (functions.rows == nullptr) return false;
        constexpr std::size_t rows = 11;
        constexpr std::size_t columns = 3 * program::smallest_run;
        static_assert(columns <= checked_points);
        std::vector<std::array<double, checked_points>> abscissae;
        std::vector<const double*> starts;
        for (std::size_t part = 0; part < parts_->of_p.size(); ++part) abscissae.push_back(points_of(part));
        for (const auto& each : abscissae) starts.push_back(each.data());
        const std::size_t values = parts_->of_x.size();
        std::vector<double> shared(rows * values + 1);
        for (std::size_t value = 0; value < values; ++value) {
            const auto points = points_of(starts.size() + value);
            for (std::size_t row = 0; row < rows; ++row) shared[row * values + value] = points[row * checked_points / rows];
        }
        std::vector<double> expected(rows * columns + 1, untouched);
        std::vector<double> found = expected;
        table_.programs->evaluate_rows(parts_->rest.view(), starts.data(), shared.data(), values, rows, expected.data(), columns);
        functions.rows(starts.data(), shared.data(), rows, found.data(), columns);
        return std::equal(expected.begin(), expected.end(), found.begin(), same_bits);
    });
    if (!same || !same_rows) throw refusal("the compiled formula does not give the interpreter's bits");
}

compiled_functions formula::adopt(const object& made) const {
    const compiled_functions functions = load(made.bytes, made.identity);
    check(functions);
    return functions;
}

/// From the cache or the compiler, and tried. Throws refusal.
formula::object formula::obtain(const std::stop_token& stop) const {
    const std::string headers = find_headers();
    const found_compiler compiler = find_compiler(stop);
    const auto flags = compiler_flags(table_.isa, headers);
    std::string everything = "quadot " + std::string(library_version) + "\n" + std::string(headers_hash) + "\n" + compiler.identity;
    for (const auto& flag : flags) everything += flag + "\n";
    const std::string identity = hexadecimal(sha256_of(everything + source_));

    const cache kept;
    if (auto bytes = kept.find(identity)) {
        object found{std::move(*bytes), identity, {jit_state::cached, {}}};
        try {
            (void)adopt(found);
            return found;
        } catch (const refusal&) { // made anew, then
        }
    }
    object made{compile(compiler, flags, source_ + identity_source(identity), stop), identity, {jit_state::compiled, kept.trouble()}};
    (void)adopt(made);
    kept.keep(identity, made.bytes);
    return made;
}

void formula::settle(const compiled_functions& functions, object made) {
    const std::lock_guard lock(mutex_);
    made_ = std::move(made);
    phase_ = phase::loaded;
    rows_.store(functions.rows, std::memory_order_release);
    function_.store(functions.whole, std::memory_order_release);
    changed_.notify_all();
}

void formula::refuse(const std::string& why) {
    const std::lock_guard lock(mutex_);
    made_ = {{}, {}, {jit_state::interpreted, why}};
    phase_ = phase::refused;
    rows_.store(nullptr, std::memory_order_release);
    function_.store(nullptr, std::memory_order_release);
    changed_.notify_all();
}

void formula::run(const std::stop_token& stop) {
    try {
        object made = obtain(stop);
        const compiled_functions functions = adopt(made);
        settle(functions, std::move(made));
    } catch (const std::exception& failure) {
        // Whatever it was, the interpreter does without: a full memory or disk shows where the user's own work meets it.
        refuse(printable(failure.what(), 400));
    }
}

/// Whether the caller is to do the work.
bool formula::claim() {
    const std::lock_guard lock(mutex_);
    const bool abandoned = phase_ == phase::working && worker_ != ::getpid();
    if (phase_ != phase::untried && !abandoned) return false;
    phase_ = phase::working;
    worker_ = ::getpid();
    return true;
}

void formula::complete() {
    if (claim()) return run({});
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return phase_ != phase::working; });
}

void formula::start() {
    if (!claim()) return;
    try {
        background::get().start([this](const std::stop_token& stop) { run(stop); });
    } catch (const std::exception& failure) {
        refuse(printable(failure.what(), 400));
    }
}

void formula::share(const communicator& ranks) {
    struct {
        std::uint64_t bytes; ///< 0: refused
        int isa;
        jit_state state;
        std::array<char, 65> identity;
        std::array<char, 420> reason;
    } message{};
    object made;
    if (ranks.rank() == 0) {
        complete();
        const std::lock_guard lock(mutex_);
        made = made_;
        message.bytes = phase_ == phase::loaded ? made.bytes.size() : 0;
        message.isa = static_cast<int>(table_.isa);
        message.state = made.how.state;
        made.identity.copy(message.identity.data(), message.identity.size() - 1);
        made.how.reason.copy(message.reason.data(), message.reason.size() - 1);
    }
    ranks.broadcast(std::as_writable_bytes(std::span(&message, 1)), 0);
    if (message.bytes == 0) return refuse(message.reason.data());

    std::string why;
    try {
        if (ranks.rank() != 0) {
            made.bytes.resize(message.bytes);
            made.identity = message.identity.data();
            made.how = {message.state, message.reason.data()};
        }
    } catch (const std::bad_alloc&) {
        why = "no memory for the compiled formula";
    }
    // A rank without memory still takes part, into a buffer that is there anyway.
    std::array<std::byte, 16384> elsewhere{};
    for (std::uint64_t at = 0; at < message.bytes; at += elsewhere.size()) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(elsewhere.size(), message.bytes - at));
        const auto piece = std::as_writable_bytes(std::span(made.bytes));
        ranks.broadcast(why.empty() ? piece.subspan(at, count) : std::span(elsewhere).first(count), 0);
    }
    compiled_functions functions;
    try {
        if (why.empty() && message.isa != static_cast<int>(table_.isa)) why = "it uses another instruction set than rank 0";
        functions = {function_.load(std::memory_order_acquire), rows_.load(std::memory_order_acquire)};
        if (why.empty() && functions.whole == nullptr) functions = adopt(made);
    } catch (const std::exception& failure) {
        why = printable(failure.what(), 300);
    }
    const double none = ranks.size();
    const int failed = -static_cast<int>(ranks.maximum(-(why.empty() ? none : static_cast<double>(ranks.rank()))));
    if (failed == ranks.size()) return settle(functions, std::move(made));
    std::array<char, 420> reason{};
    if (failed == ranks.rank()) ("rank " + std::to_string(failed) + ": " + why).copy(reason.data(), reason.size() - 1);
    ranks.broadcast(std::as_writable_bytes(std::span(reason)), failed);
    refuse(reason.data());
}

formula& formula_for(const expression& f, const block_table& table) {
    auto& [mutex, formulas] = all_formulas();
    std::optional<expressions::split_program> parts;
    if (f.variables().size() == 2) parts = expressions::split(f.nodes());
    std::string source = parts ? source_of(f.nodes(), *parts) : source_of(f.nodes());
    const std::lock_guard lock(mutex);
    auto& place = formulas[{table.isa, source}];
    if (!place) place = std::make_unique<formula>(f, std::move(parts), std::move(source), table);
    return *place;
}

const formula* choose(const expression& f, const execution& how, std::string* why) {
    if (how.jit == jit_mode::off) return nullptr;
    formula* mine = nullptr;
    std::string trouble;
    try {
        mine = &formula_for(f, how.isa ? table_for(*how.isa) : default_table());
    } catch (const std::exception& failure) {
        trouble = printable(failure.what(), 400);
    }
    const communicator& ranks = how.ranks != nullptr ? *how.ranks : single_process();
    const bool leads = ranks.rank() == 0;
    if (mine != nullptr && leads) {
        if (how.jit == jit_mode::automatic) {
            mine->start();
        } else {
            mine->complete();
        }
    }
    if (ranks.size() > 1) {
        // What this rank has to say, the gravest last. One small message a call: bits are equal whoever compiles, but all must take part in share().
        enum : int { ready, lacking, waiting, unable };
        const auto phase = mine != nullptr ? mine->now() : formula::phase::refused;
        int mood = unable;
        if (phase == formula::phase::loaded) mood = ready;
        if (phase == formula::phase::untried) mood = lacking;
        if (phase == formula::phase::working) mood = leads ? waiting : lacking;
        const int gravest = static_cast<int>(ranks.maximum(mood));
        if (gravest == lacking) mine->share(ranks);
        // The others go on with what they have: their bits are equal.
        if (gravest == unable && trouble.empty()) {
            trouble = phase == formula::phase::refused ? mine->report().reason : "another rank cannot compile or load the formula";
        }
    }
    if (why != nullptr) *why = trouble;
    return mine;
}

} // namespace quadot::compiled

namespace quadot {

jit_report prepare(const expression& f, const execution& how) {
    std::string why;
    const compiled::formula* const chosen = compiled::choose(f, how, &why);
    if (chosen == nullptr) return {jit_state::interpreted, why};
    jit_report report = chosen->report();
    if (report.reason.empty()) report.reason = why;
    return report;
}

} // namespace quadot
