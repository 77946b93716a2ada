// The list of accumulators. A new one is a file here and a line in `accumulators`: kernels, drivers, benches and tests
// iterate over it.
#pragma once

#ifdef __FAST_MATH__
#error "Quadot's error-free transformations need strict IEEE arithmetic: compile without -ffast-math / -Ofast."
#endif

#include "accumulators/compensated.hpp"
#include "accumulators/exact.hpp"
#include "accumulators/magnitude.hpp"
#include "accumulators/plain.hpp"
#include "type_list.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace quadot {

/// What users choose from; an enumerator's position in accumulator_kind is its type's position here.
using accumulators = type_list<plain, compensated, exact>;

enum class accumulator_kind : int { plain, compensated, exact };

inline constexpr std::array<std::string_view, accumulators::size> accumulator_names = []<class... Accumulator>(type_list<Accumulator...>) {
    return std::array{Accumulator::name...};
}(accumulators{});

inline constexpr std::string_view name_of(accumulator_kind kind) { return accumulator_names[static_cast<std::size_t>(kind)]; }
static_assert(name_of(accumulator_kind::plain) == "plain");
static_assert(name_of(accumulator_kind::compensated) == "compensated");
static_assert(name_of(accumulator_kind::exact) == "exact");

/// What a reduction needs of an accumulator: partials of blocks that merge, and a value at the end.
template <class A>
concept accumulator = requires(typename A::partial partial) {
    { A::name } -> std::convertible_to<std::string_view>;
    { A::widens_float } -> std::convertible_to<bool>;
    { A::partial::merge(partial, partial) } -> std::same_as<typename A::partial>;
    { partial.round() } -> std::same_as<double>;
}
&&std::is_trivially_copyable_v<typename A::partial>;

/// One whose blocks are sums in lanes: the verbs accumulate -> fold -> merge -> round. The others bring a block kernel of their own.
template <class A>
concept lane_accumulator = accumulator<A> && requires(typename A::template lanes<double> lanes, double v) {
    { A::template lanes<double>::zero() } -> std::same_as<typename A::template lanes<double>>;
    lanes.accumulate(v, v);
    lanes.accumulate(v);
    { A::template lanes<double>::fold(lanes, lanes) } -> std::same_as<typename A::template lanes<double>>;
    { A::partial_of(lanes) } -> std::same_as<typename A::partial>;
};

/// Calls `visit.template operator()<Accumulator>()` for the accumulator of that kind and returns its result.
template <class Visit>
decltype(auto) with_accumulator(accumulator_kind kind, Visit&& visit) {
    switch (kind) {
    case accumulator_kind::compensated:
        return visit.template operator()<compensated>();
    case accumulator_kind::exact:
        return visit.template operator()<exact>();
    case accumulator_kind::plain:
        break;
    }
    return visit.template operator()<plain>();
}

} // namespace quadot
