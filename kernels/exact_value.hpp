// How the accumulator `exact` came to its value.
#pragma once

#include <string_view>

namespace quadot {

/// Each step costs more than the one before, and is taken only if that could not decide how the sum rounds.
enum class exact_step : int {
    ball,      ///< one pass at the speed of a plain sum; decides up to condition numbers of about 1e9
    tolerance, ///< a second pass, 136 bits and more below the largest term; to about 1e30
    integers,  ///< a third: exact integers, for any condition
};

struct exact_value {
    double value;            ///< the double nearest to the true sum
    exact_step step;         ///< that decided
    double radius;           ///< the certificate: the true sum lay this close to what the step had computed; 0 for integers
    double certified_blocks; ///< the share of blocks whose sum came with a bound, rather than in exact integers: 0 … 1
};

constexpr std::string_view name_of(exact_step step) {
    switch (step) {
    case exact_step::ball:
        return "ball";
    case exact_step::tolerance:
        return "tolerance";
    case exact_step::integers:
        break;
    }
    return "integers";
}

/// For sentences: the sum was decided by …
constexpr std::string_view describe(exact_step step) {
    switch (step) {
    case exact_step::ball:
        return "the bound of the first pass";
    case exact_step::tolerance:
        return "the bound of a second pass";
    case exact_step::integers:
        break;
    }
    return "a third pass, in exact integers";
}

} // namespace quadot
