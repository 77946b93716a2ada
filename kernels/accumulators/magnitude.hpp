// magnitude: the sum of |w v|, which every a-priori error bound is a multiple of. Not offered to users as an
// accumulator: it is the second figure of a reduction, asked for when a bound is wanted.
#pragma once

#include <cmath>
#include <string_view>

namespace quadot {

struct magnitude {
    static constexpr std::string_view name = "magnitude";
    static constexpr bool widens_float = true;

    template <class V, class Term = double>
    struct lanes {
        V sum;

        [[gnu::always_inline]] static lanes zero() { return {V(0)}; }
        [[gnu::always_inline]] void accumulate(V weight, V value) {
            using std::abs;
            sum = sum + abs(weight * value);
        }
        [[gnu::always_inline]] void accumulate(V value) {
            using std::abs;
            sum = sum + abs(value);
        }
        [[gnu::always_inline]] static lanes fold(lanes a, lanes b) { return {a.sum + b.sum}; }
        template <class Part>
        [[gnu::always_inline]] auto part(Part part) const {
            return lanes<decltype(part(sum)), Term>{part(sum)};
        }
    };

    struct partial {
        double sum;

        static partial merge(partial a, partial b) { return {a.sum + b.sum}; }
        [[nodiscard]] double high() const { return sum; }
        [[nodiscard]] double low() const { return 0; }
        [[nodiscard]] double round() const { return sum; }
    };

    template <class Scalar, class Term>
    [[gnu::always_inline]] static partial partial_of(lanes<Scalar, Term> lane) {
        return {static_cast<double>(lane.sum)};
    }
};

} // namespace quadot
