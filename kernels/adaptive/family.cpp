#include "adaptive/distribution.hpp"
#include "adaptive/refinement.hpp"
#include "block/block_table.hpp"
#include "block/regions.hpp"
#include "errors.hpp"
#include "integrate_family.hpp"
#include "ranks/agreement.hpp"
#include "reduce/evaluator.hpp"
#include "reduce/threads.hpp"
#include "reduce/workers.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <exception>
#include <string>
#include <vector>

namespace quadot {

namespace {

/// Parameters that a thread takes at a time: some 4 us of the easiest, so that 64 threads do not wait for each other.
constexpr std::size_t parameters_at_once = 2 * regions_per_block;

class family {
  public:
    family(const family_view& f, const block_table& table) : f_(f), table_(table) {}

    /// y[k] = f(x[k], p[k]).
    void operator()(const double* x, const double* p, double* y, std::size_t count) const {
        if (f_.evaluator() != nullptr) {
            f_.evaluator()(f_.context(), x, p, y, count);
            return;
        }
        const double* const variables[] = {x, p};
        table_.programs->evaluate(static_cast<const expression*>(f_.context())->compiled_view(),
                                  static_cast<const double* const*>(variables), y, count);
    }

    [[nodiscard]] const block_table& table() const { return table_; }

  private:
    const family_view& f_;
    const block_table& table_;
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

/// A block of regions over the same range, each with its own parameter: what the regions' kernel evaluates.
struct members {
    const family& of;
    const double* parameters; ///< as many as regions

    static void evaluate(const void* context, const double* x, double* y, std::size_t count) {
        const auto& [of, parameters] = *static_cast<const members*>(context);
        const std::size_t lanes = count / static_cast<std::size_t>(region_nodes);
        std::array<double, chunk_samples> p; // NOLINT: filled below
        for (std::size_t k = 0; k < count; k += lanes) std::copy_n(parameters, lanes, p.data() + k);
        of(x, p.data(), y, count);
    }
};

/// At most regions_per_block members over one range, whose limits are finite.
class members_at_once {
  public:
    members_at_once(const family& f, double a, double b, std::span<const double> parameters, std::span<integral> results,
                    const tolerance& wanted)
        : f_(f), left_(std::min(a, b)), right_(std::max(a, b)), sign_(a < b ? 1 : -1), parameters_(parameters), results_(results),
          wanted_(wanted) {
        for (std::size_t k = 0; k < parameters.size(); ++k) open_[k] = k;
        count_ = parameters.size();
    }

    /// Cuts the range into so many regions for each member that is not found yet: 1, 2, 4 ...
    void try_with(std::size_t pieces) {
        std::size_t still_open = 0;
        tried_ += pieces;
        const std::size_t at_once = regions_per_block / pieces;
        for (std::size_t first = 0; first < count_; first += at_once) {
            const std::size_t size = std::min(at_once, count_ - first);
            fill(first, size, pieces);
            for (std::size_t i = 0; i < size; ++i) {
                const std::size_t which = open_[first + i];
                if (!found(i * pieces, pieces, results_[which])) open_[still_open++] = which;
            }
        }
        count_ = still_open;
    }

    [[nodiscard]] std::span<const std::size_t> open() const { return std::span(open_).first(count_); }

  private:
    void fill(std::size_t first, std::size_t size, std::size_t pieces) {
        std::array<double, regions_per_block> p; // NOLINT: filled here
        std::size_t lane = 0;
        const double width = right_ - left_;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t piece = 0; piece < pieces; ++piece, ++lane) {
                p[lane] = parameters_[open_[first + i]];
                block_.left[lane] = left_ + width * (static_cast<double>(piece) / static_cast<double>(pieces));
                block_.right[lane] =
                    piece + 1 == pieces ? right_ : left_ + width * (static_cast<double>(piece + 1) / static_cast<double>(pieces));
            }
        }
        std::fill(p.begin() + static_cast<std::ptrdiff_t>(lane), p.end(), p[lane - 1]);
        const members context{f_, p.data()};
        f_.table().regions.evaluate(block_, lane, members::evaluate, &context);
    }

    bool found(std::size_t lane, std::size_t pieces, integral& into) const {
        double value = 0;
        double estimate = 0;
        double squared_noise = 0;
        double magnitude = 0;
        bool resolved = true;
        for (std::size_t k = lane; k < lane + pieces; ++k) {
            value += block_.value[k];
            estimate += block_.error[k];
            squared_noise += block_.noise[k] * block_.noise[k];
            magnitude += block_.magnitude[k];
            resolved = resolved && block_.error[k] <= rough_part * block_.magnitude[k];
        }
        const double error = adaptive::error_of(estimate, squared_noise, magnitude);
        if (!resolved || !(magnitude > 0) || !(error <= std::max(wanted_.absolute, wanted_.relative * std::fabs(value)))) return false;
        into.value = sign_ * value;
        into.error = error;
        into.evaluations = tried_ * static_cast<std::uint64_t>(region_nodes);
        into.regions = pieces;
        into.status = integral_status::ok;
        into.trouble = integral_trouble::none;
        into.worst_left = left_;
        into.worst_right = right_;
        return true;
    }

    const family& f_;
    double left_;
    double right_;
    double sign_;
    std::span<const double> parameters_;
    std::span<integral> results_;
    const tolerance& wanted_;
    region_block block_; // NOLINT: filled before use
    std::array<std::size_t, regions_per_block> open_{};
    std::size_t count_ = 0;
    std::size_t tried_ = 0; ///< regions for each member that is still open
};

/// At most regions_per_block parameters: together where that is enough, the others by `alone`.
void integrate_block_of(const family& f, double a, double b, std::span<const double> parameters, std::span<integral> results,
                        const tolerance& wanted, const execution& alone) {
    const auto by_itself = [&](std::size_t k) { results[k] = integrate(member{f, parameters[k]}, a, b, wanted, alone); };
    const bool together =
        wanted.min_width == 0 && wanted.breakpoints.empty() && std::isfinite(a) && std::isfinite(b) && std::isfinite(b - a) && a != b;
    if (!together) {
        for (std::size_t k = 0; k < parameters.size(); ++k) by_itself(k);
        return;
    }
    members_at_once members(f, a, b, parameters, results, wanted);
    const auto at_once = [&] {
        // exp(-k x) cos x over [0, 1] to 1e-10 needs one up to k = 6.9, two up to 10.
        members.try_with(1);
        members.try_with(2);
        members.try_with(4);
    };
    if (alone.ranks == nullptr) {
        strictly(at_once);
    } else {
        // Every rank computes the same; what one throws, all throw.
        agree(*alone.ranks, [&] { strictly(at_once); });
    }
    for (const std::size_t k : members.open()) by_itself(k);
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
    const family members_of(f, table_of(how));
    const auto size = static_cast<std::size_t>(ranks.size());
    const int threads = default_or(how.threads);
    // So few that their regions are worth more workers than they are.
    if (parameters.size() < static_cast<std::size_t>(threads) * size) {
        for (std::size_t from = 0; from < parameters.size(); from += regions_per_block) {
            const std::size_t count = std::min(regions_per_block, parameters.size() - from);
            integrate_block_of(members_of, a, b, parameters.subspan(from, count), results.subspan(from, count), wanted, how);
        }
        return;
    }
    // Dealt in turn: neighbours cost alike, and often the more the further one goes.
    const std::size_t packs = (parameters.size() + parameters_at_once - 1) / parameters_at_once;
    const auto own = static_cast<std::size_t>(ranks.rank());
    const auto packs_of = [&](std::size_t rank) { return rank < packs ? (packs - rank + size - 1) / size : 0; };
    const auto pack_of = [&](auto all, std::size_t pack) {
        const std::size_t from = pack * parameters_at_once;
        return all.subspan(from, std::min(parameters_at_once, parameters.size() - from));
    };
    execution alone = how;
    alone.threads = 1;
    alone.ranks = nullptr;
    const auto integrate_pack = [&](std::size_t pack) {
        const std::span<const double> members = pack_of(parameters, pack);
        const std::span<integral> found = pack_of(results, pack);
        for (std::size_t from = 0; from < members.size(); from += regions_per_block) {
            const std::size_t count = std::min(regions_per_block, members.size() - from);
            integrate_block_of(members_of, a, b, members.subspan(from, count), found.subspan(from, count), wanted, alone);
        }
    };
    const auto run = [&] {
        std::atomic<std::size_t> free{0};
        on_team(static_cast<int>(std::clamp<std::size_t>(packs_of(own), 1, static_cast<std::size_t>(threads))), [&](int, int) {
            for (std::size_t k = free++; k < packs_of(own); k = free++) integrate_pack(own + k * size);
        });
    };
    if (size == 1) {
        run();
        return;
    }
    std::exception_ptr failure;
    try {
        run();
    } catch (...) {
        failure = std::current_exception();
    }
    std::vector<integral> mine;
    for (std::size_t k = 0; k < packs_of(own); ++k) {
        const std::span<integral> found = pack_of(results, own + k * size);
        mine.insert(mine.end(), found.begin(), found.end());
    }
    const auto all = adaptive::distribution(how).exchange(std::as_bytes(std::span(mine)), failure);
    for (std::size_t rank = 0; rank < size; ++rank) {
        auto next = all[rank].begin();
        for (std::size_t k = 0; k < packs_of(rank); ++k) {
            const auto to = std::as_writable_bytes(pack_of(results, rank + k * size));
            std::copy_n(next, to.size(), to.begin());
            next += static_cast<std::ptrdiff_t>(to.size());
        }
    }
}

} // namespace quadot
