// The naive loops again; the flags alone let the compiler reorder sums, use all lanes and call the vector C
// library.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {

extern constinit const dot_baseline dot_fast_math{"fast-math",           "the naive loop under -ffast-math",
                                                  QUADOT_BASELINE_LABEL, false,
                                                  &plain_dot<double>,    &plain_dot<float>};

extern constinit const integrate_baseline integrate_fast_math{
    "fast-math",           "the naive loop under -ffast-math", QUADOT_BASELINE_LABEL, false, &every_rule,
    &integrate<plain_loop>};

} // namespace quadot::baselines
