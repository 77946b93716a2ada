#include "bench/adaptive/functions.hpp"
#include "tests/conformance/batteries/battery_functions.hpp"

namespace quadot::bench {

scalar_function find_scalar(std::string_view name) {
    scalar_function found = nullptr;
    batteries::for_each([&]<class F>() {
        if (F::name == name) found = [](double x, void*) { return static_cast<double>(F{}(x)); };
    });
    return found;
}

} // namespace quadot::bench
