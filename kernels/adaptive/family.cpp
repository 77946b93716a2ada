#include "adaptive/distribution.hpp"
#include "adaptive/refinement.hpp"
#include "block/block_table.hpp"
#include "block/members.hpp"
#include "errors.hpp"
#include "integrands/expression/split.hpp"
#include "integrate_family.hpp"
#include "ranks/agreement.hpp"
#include "reduce/evaluator.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"
#include "rules/gauss_kronrod.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <exception>
#include <optional>
#include <string>
#include <vector>

namespace quadot {

namespace {

/// The nodes of a range cut into equal pieces, and what the family's formula has there that does not depend on the parameter.
struct placed_nodes {
    std::size_t pieces = 0;
    std::array<double, most_member_pieces * member_nodes> x; // NOLINT: `pieces` of them are filled
    std::vector<double> shared;                              ///< for each node the values of split_program::of_x

    [[nodiscard]] std::size_t count() const { return pieces * static_cast<std::size_t>(member_nodes); }
};

class family {
  public:
    /// Collective for expressions, unless how.jit is off.
    family(const family_view& f, const execution& how) : f_(f), table_(table_of(how)) {
        if (f.evaluator() != nullptr) return;
        split_ = expressions::split(formula().nodes());
        compiled_ = compiled::choose(formula(), how);
    }

    /// y[k] = f(x[k], p[k]).
    void operator()(const double* x, const double* p, double* y, std::size_t count) const {
        if (f_.evaluator() != nullptr) {
            f_.evaluator()(f_.context(), x, p, y, count);
            return;
        }
        const double* const variables[] = {x, p};
        if (compiled_ != nullptr) {
            compiled_->evaluate(static_cast<const double* const*>(variables), y, count);
        } else {
            table_.programs->evaluate(formula().compiled_view(), static_cast<const double* const*>(variables), y, count);
        }
    }

    /// Lanes come in whole steps: of the interpreter's runs, or of registers on any instruction set.
    [[nodiscard]] std::size_t lane_step() const { return split_ ? program::smallest_run : 8; }

    void prepare(placed_nodes& nodes) const {
        if (!split_) return;
        const std::size_t values = split_->of_x.size();
        nodes.shared.resize(nodes.count() * values);
        std::array<double, most_member_pieces * member_nodes> column; // NOLINT: filled below
        const double* const variables[] = {nodes.x.data(), nullptr};
        for (std::size_t value = 0; value < values; ++value) {
            table_.programs->evaluate(split_->of_x[value].view(), static_cast<const double* const*>(variables), column.data(),
                                      nodes.count());
            for (std::size_t node = 0; node < nodes.count(); ++node) nodes.shared[node * values + value] = column[node];
        }
    }

    /// y[node * lanes + k] = f(nodes.x[node], p[k]). Calls before_nodes(first, end) before it begins with these.
    template <class Before>
    void sample(const placed_nodes& nodes, const double* p, std::size_t lanes, double* y, const Before& before_nodes) const {
        const std::size_t at_once = chunk_samples / lanes;
        if (split_) {
            alignas(64) double parts[expressions::split_program::most_parts][members_per_block];
            std::array<const double*, expressions::split_program::most_parts> runs{};
            const double* const variables[] = {nullptr, p};
            for (std::size_t part = 0; part < split_->of_p.size(); ++part) {
                table_.programs->evaluate(split_->of_p[part].view(), static_cast<const double* const*>(variables), parts[part], lanes);
                runs[part] = parts[part];
            }
            const std::size_t values = split_->of_x.size();
            for (std::size_t node = 0; node < nodes.count(); node += at_once) {
                const std::size_t count = std::min(at_once, nodes.count() - node);
                before_nodes(node, node + count);
                const double* const shared = nodes.shared.data() + node * values;
                if (compiled_ != nullptr) {
                    compiled_->evaluate_rows(runs.data(), shared, count, y + node * lanes, lanes);
                } else {
                    table_.programs->evaluate_rows(split_->rest.view(), runs.data(), shared, values, count, y + node * lanes, lanes);
                }
            }
            return;
        }
        alignas(64) double x[chunk_samples];
        alignas(64) double repeated[chunk_samples];
        for (std::size_t k = 0; k < at_once; ++k) std::copy_n(p, lanes, repeated + k * lanes);
        for (std::size_t node = 0; node < nodes.count(); node += at_once) {
            const std::size_t count = std::min(at_once, nodes.count() - node);
            before_nodes(node, node + count);
            for (std::size_t k = 0; k < count; ++k) std::fill_n(x + k * lanes, lanes, nodes.x[node + k]);
            (*this)(static_cast<const double*>(x), static_cast<const double*>(repeated), y + node * lanes, count * lanes);
        }
    }

    [[nodiscard]] const block_table& table() const { return table_; }

  private:
    [[nodiscard]] const expression& formula() const { return *static_cast<const expression*>(f_.context()); }

    const family_view& f_;
    const block_table& table_;
    std::optional<expressions::split_program> split_;
    const compiled::formula* compiled_ = nullptr; ///< none: interpreted
};

/// One member: a block callable.
struct member {
    const family& of;
    double parameter;

    void operator()(std::span<const double> x, std::span<double> y) const {
        std::array<double, chunk_samples> p; // NOLINT: filled below
        std::fill_n(p.data(), x.size(), parameter);
        of(x.data(), p.data(), y.data(), x.size());
    }
};

/// What all members have in common.
class shared_range {
  public:
    /// Strict floating point.
    shared_range(const family& f, double a, double b) : left_(std::min(a, b)), right_(std::max(a, b)), sign_(a < b ? 1 : -1) {
        for (placed_nodes& nodes : cuts_) {
            nodes.pieces = std::size_t{1} << (&nodes - cuts_.data());
            place(nodes);
            f.prepare(nodes);
        }
    }

    [[nodiscard]] double left() const { return left_; }
    [[nodiscard]] double right() const { return right_; }
    [[nodiscard]] double sign() const { return sign_; }
    /// Into 1, 2 and 4.
    [[nodiscard]] std::span<const placed_nodes> cuts() const { return cuts_; }

  private:
    void place(placed_nodes& nodes) const {
        using table = rules::gauss_kronrod<member_nodes>;
        constexpr std::size_t pairs = member_nodes / 2;
        const auto pieces = static_cast<double>(nodes.pieces);
        const double half = (right_ - left_) * (0.5 / pieces);
        double* x = nodes.x.data();
        for (std::size_t piece = 0; piece < nodes.pieces; ++piece, x += member_nodes) {
            const double middle = std::fma(half, static_cast<double>(2 * piece + 1), left_);
            x[pairs] = middle;
            for (std::size_t j = 0; j < pairs; ++j) {
                x[pairs + 1 + j] = std::fma(half, table::nodes[j], middle);
                x[pairs - 1 - j] = std::fma(-half, table::nodes[j], middle);
            }
        }
    }

    double left_;
    double right_;
    double sign_;
    std::array<placed_nodes, 3> cuts_;
};
static_assert(std::size_t{1} << 2 == most_member_pieces);

/// At most members_per_block members over one range.
class members_at_once {
  public:
    members_at_once(const family& f, const shared_range& range, std::span<const double> parameters, std::span<integral> results,
                    const tolerance& wanted)
        : f_(f), range_(range), parameters_(parameters), results_(results), wanted_(wanted), count_(parameters.size()) {
        for (std::size_t k = 0; k < count_; ++k) open_[k] = k;
    }

    /// Evaluates each member that is not found yet over the pieces of the range.
    void try_with(const placed_nodes& nodes) {
        std::size_t still_open = 0;
        tried_ += nodes.count();
        const std::size_t at_once = members_per_block / nodes.pieces;
        for (std::size_t first = 0; first < count_; first += at_once) {
            const std::size_t size = std::min(at_once, count_ - first);
            evaluate(nodes, first, size);
            // Copies of its own: a result might be any of what it is made of, for all that the compiler knows.
            const integral found{0, 0, tried_, nodes.pieces, integral_status::ok, integral_trouble::none, range_.left(), range_.right()};
            const double sign = range_.sign();
            integral* const results = results_.data();
            for (std::size_t k = 0; k < size; ++k) {
                const std::size_t which = open_[first + k];
                if (std::isnan(block_.error[k])) {
                    open_[still_open++] = which;
                } else {
                    integral& result = results[which];
                    result = found;
                    result.value = sign * block_.value[k];
                    result.error = block_.error[k];
                }
            }
        }
        count_ = still_open;
    }

    [[nodiscard]] std::span<const std::size_t> open() const { return std::span(open_).first(count_); }

  private:
    void evaluate(const placed_nodes& nodes, std::size_t first, std::size_t size) {
        alignas(64) std::array<double, members_per_block> p; // NOLINT: filled below
        const std::size_t step = f_.lane_step();
        const std::size_t lanes = (size + step - 1) / step * step;
        if (nodes.pieces == 1) {
            std::copy_n(parameters_.data() + first, size, p.data()); // all are open
        } else {
            for (std::size_t k = 0; k < size; ++k) p[k] = parameters_[open_[first + k]];
        }
        std::fill(p.begin() + static_cast<std::ptrdiff_t>(size), p.begin() + static_cast<std::ptrdiff_t>(lanes), p[size - 1]);
        // The results' lines come while samples are computed, a few at a time: a core waits for more than some ten. Inlined, since GCC 12 takes a
        // function that does nothing but fetch for one that does nothing.
        const auto fetch_results = [&](std::size_t from, std::size_t to) __attribute__((always_inline)) {
            const std::size_t end = size * to / nodes.count();
            for (std::size_t k = size * from / nodes.count(); k < end; ++k) __builtin_prefetch(&results_[open_[first + k]], 1);
        };
        f_.sample(nodes, p.data(), lanes, block_.y, fetch_results);
        f_.table().judge_members(block_, {range_.left(), range_.right(), nodes.pieces, lanes, wanted_.relative, wanted_.absolute});
    }

    const family& f_;
    const shared_range& range_;
    std::span<const double> parameters_;
    std::span<integral> results_;
    const tolerance& wanted_;
    member_block block_; // NOLINT: filled before use
    std::array<std::size_t, members_per_block> open_;
    std::size_t count_;
    std::size_t tried_ = 0; ///< samples of each member that is still open
};

/// At most members_per_block parameters: together where that is enough, the others by `alone`. range: none where each is to be alone.
void integrate_block_of(const family& f, double a, double b, const std::optional<shared_range>& range, std::span<const double> parameters,
                        std::span<integral> results, const tolerance& wanted, const execution& alone) {
    const auto by_itself = [&](std::size_t k) { results[k] = integrate(member{f, parameters[k]}, a, b, wanted, alone); };
    if (!range) {
        for (std::size_t k = 0; k < parameters.size(); ++k) by_itself(k);
        return;
    }
    members_at_once members(f, *range, parameters, results, wanted);
    const auto at_once = [&] {
        for (const placed_nodes& nodes : range->cuts()) {
            if (!members.open().empty()) members.try_with(nodes);
        }
    };
    if (alone.ranks == nullptr) {
        strictly(at_once);
    } else {
        // Every rank computes the same; what one throws, all throw.
        agree(*alone.ranks, [&] { strictly(at_once); });
    }
    for (const std::size_t k : members.open()) by_itself(k);
}

/// The parameters of each of so many shares: whole registers, and at most 4 us of the easiest.
std::size_t chunk_of(std::size_t parameters, std::size_t shares) {
    return std::clamp<std::size_t>(parameters / shares / 8 * 8, 8, 2 * members_per_block);
}

} // namespace

family_view::family_view(const expression& f) : context_(&f) {
    if (f.variables().size() == 2) return;
    throw usage_error("integrand '" + f.text().substr(0, 80) + "': " + std::to_string(f.variables().size()) +
                      " variables; a family of integrals takes an expression in two, the second of which is the parameter");
}

void integrate_each(family_view f, double a, double b, std::span<const double> parameters, std::span<integral> results,
                    const tolerance& wanted, const execution& how) {
    check_threads(how.threads);
    if (parameters.size() != results.size()) {
        throw usage_error("integrate_each: " + std::to_string(parameters.size()) + " parameters for " + std::to_string(results.size()) +
                          " results; give spans of one length");
    }
    if (parameters.empty()) return;
    const communicator& ranks = how.ranks != nullptr ? *how.ranks : single_process();
    const family members_of(f, how);
    std::optional<shared_range> range;
    if (wanted.min_width == 0 && wanted.breakpoints.empty() && std::isfinite(a) && std::isfinite(b) && std::isfinite(b - a) && a != b) {
        strictly([&] { range.emplace(members_of, a, b); });
    }
    const auto size = static_cast<std::size_t>(ranks.size());
    const int threads = default_or(how.threads);
    // The same decision on all ranks, whatever each one's default is.
    const auto workers = static_cast<std::size_t>(ranks.maximum(threads)) * size;
    // So few that their regions are worth more workers than they are.
    if (parameters.size() < workers) {
        for (std::size_t from = 0; from < parameters.size(); from += members_per_block) {
            const std::size_t count = std::min(members_per_block, parameters.size() - from);
            integrate_block_of(members_of, a, b, range, parameters.subspan(from, count), results.subspan(from, count), wanted, how);
        }
        return;
    }
    execution alone = how;
    alone.threads = 1;
    alone.ranks = nullptr;
    const auto integrate_run = [&](std::size_t from, std::size_t to) {
        for (; from < to; from += members_per_block) {
            const std::size_t count = std::min(members_per_block, to - from);
            integrate_block_of(members_of, a, b, range, parameters.subspan(from, count), results.subspan(from, count), wanted, alone);
        }
    };
    // Parameters first to last - 1, by this rank's threads.
    const auto integrate_chunk = [&](std::size_t first, std::size_t last) {
        const std::size_t at_once = chunk_of(last - first, 4 * static_cast<std::size_t>(threads));
        const auto team = static_cast<int>(std::min((last - first + at_once - 1) / at_once, static_cast<std::size_t>(threads)));
        std::atomic<std::size_t> free{first};
        on_team(team, [&](int worker, int) {
            for (std::size_t from = free.fetch_add(at_once); from < last; from = free.fetch_add(at_once)) {
                integrate_run(from, std::min(from + at_once, last));
                if (worker == 0) ranks.attend();
            }
        });
    };
    if (size == 1) {
        integrate_chunk(0, parameters.size());
        return;
    }
    // So many that the last ones end together, wherever along the sweep the hard ones lie; whole registers for each thread.
    const std::size_t chunk_size = std::max<std::size_t>(workers / size * 8, parameters.size() / (64 * size) / 8 * 8);
    const std::size_t chunks = (parameters.size() + chunk_size - 1) / chunk_size;
    const auto first_of = [&](std::size_t chunk) { return std::min(parameters.size(), chunk * chunk_size); };
    ranks.restart_count();
    std::exception_ptr failure;
    std::vector<std::size_t> own;
    try {
        // A rank that fails takes no more; the others finish what is left, and learn of it then.
        for (std::size_t chunk = ranks.count(); chunk < chunks; chunk = ranks.count()) {
            own.push_back(chunk);
            integrate_chunk(first_of(chunk), first_of(chunk + 1));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    const auto results_of = [&](std::size_t chunk) {
        return std::as_writable_bytes(results.subspan(first_of(chunk), first_of(chunk + 1) - first_of(chunk)));
    };
    // Each chunk's number and results.
    std::vector<std::byte> mine;
    for (const std::size_t chunk : own) {
        const auto number = std::as_bytes(std::span(&chunk, 1));
        mine.insert(mine.end(), number.begin(), number.end());
        const auto found = results_of(chunk);
        mine.insert(mine.end(), found.begin(), found.end());
    }
    for (const auto& theirs : adaptive::distribution(how).exchange(mine, failure)) {
        for (auto next = theirs.begin(); next != theirs.end();) {
            std::size_t chunk = 0;
            std::copy_n(next, sizeof chunk, std::as_writable_bytes(std::span(&chunk, 1)).begin());
            next += sizeof chunk;
            const auto to = results_of(chunk);
            std::copy_n(next, to.size(), to.begin());
            next += static_cast<std::ptrdiff_t>(to.size());
        }
    }
}

} // namespace quadot
