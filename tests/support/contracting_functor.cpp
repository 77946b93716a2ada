// Compiled with contraction, and optimised so that the compiler makes use of it.
#include "batch_functor.hpp"
#include "quadot.hpp"

namespace quadot::tests {

bool contraction_is_refused();

bool contraction_is_refused() {
    try {
        (void)vectorized([](lanes x) { return x * x + 1.0; });
        return false;
    } catch (const error& e) {
        return e.kind() == error_kind::usage;
    }
}

} // namespace quadot::tests
