#include "batch_functor.hpp"
#include "bench/adaptive/functions.hpp"
#include "tests/conformance/batteries/battery_functions.hpp"

namespace quadot::bench {

namespace {

template <class List>
lanes_function find_in(std::string_view name) {
    lanes_function found = nullptr;
    List::for_each([&]<class F>() {
        if (F::name == name) {
            found = [](std::span<const double> x, std::span<double> y) { evaluate_in_lanes<lanes>(F{}, x, y); };
        }
    });
    return found;
}

} // namespace

// The classic batteries alone: each integrand takes a second to compile.
lanes_function find_lanes(std::string_view name) {
    for (const auto find : {find_in<batteries::lists::quadpack>, find_in<batteries::lists::kahaner>, find_in<batteries::lists::bailey>,
                            find_in<batteries::lists::slow>}) {
        if (const lanes_function found = find(name)) return found;
    }
    return nullptr;
}

} // namespace quadot::bench
