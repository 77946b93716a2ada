#include "registry/dot_variants.hpp"

#include "accumulators/eft.hpp"
#include "baselines/baselines.hpp"
#include "dot.hpp"

#include <type_traits>

namespace quadot::registry {

namespace {

/// A loop whose order nobody promises: n roundings of sums and one of each product at worst (Higham 2002, eq. 3.5).
template <class T>
double any_order_bound(double, double magnitude, std::uint64_t n) {
    return 2 * (static_cast<double>(n) + 1) * unit_roundoff<T> * magnitude + static_cast<double>(n) * 0x1p-149;
}

} // namespace

template <class T>
std::vector<dot_variant<T>> dot_variants(isa_kind isa) {
    std::vector<dot_variant<T>> variants;
    accumulators::for_each([&]<class Accumulator>() {
        const auto kind = static_cast<accumulator_kind>(variants.size());
        dot_variant<T> own;
        own.name = "dot/" + std::string(Accumulator::name) + "/" + std::string(name_of(isa));
        own.short_name = Accumulator::name;
        own.summary = Accumulator::summary;
        own.accumulator = kind;
        own.threaded = true;
        own.run = [isa, kind](const dot_problem<T>& problem) {
            const execution how{.accumulator = kind, .threads = problem.threads, .isa = isa};
            if (problem.ranks.size() == 1) return dot(problem.x, problem.y, how);
            return distributed_dot(problem.ranks, problem.n, problem.x, problem.y, how);
        };
        own.bound = [kind](double value, double magnitude, std::uint64_t n) { return dot_error_bound<T>(kind, value, magnitude, n); };
        variants.push_back(std::move(own));
    });
    for (const auto& baseline : baselines::dot_baselines()) {
        dot_variant<T> rival;
        rival.name = "dot/baseline/" + std::string(baseline.name);
        rival.short_name = baseline.name;
        rival.summary = baseline.summary;
        rival.flags = baseline.flags;
        rival.threaded = baseline.threaded;
        rival.run = [&baseline](const dot_problem<T>& problem) {
            double local = 0;
            if constexpr (std::is_same_v<T, double>) {
                local = baseline.f64(problem.x.data(), problem.y.data(), problem.x.size(), problem.threads);
            } else {
                local = baseline.f32(problem.x.data(), problem.y.data(), problem.x.size(), problem.threads);
            }
            return problem.ranks.unordered_sum(local);
        };
        rival.bound = any_order_bound<T>;
        variants.push_back(std::move(rival));
    }
    return variants;
}

template std::vector<dot_variant<double>> dot_variants<double>(isa_kind);
template std::vector<dot_variant<float>> dot_variants<float>(isa_kind);

} // namespace quadot::registry
