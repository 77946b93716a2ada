// s += x[i] * y[i] and s += f(a + i * h) * h: one scalar chain of additions, so that 3 to 4 cycles of latency
// bound every term.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {

extern constinit const dot_baseline dot_naive{
    "naive", "for (i = 0; i < n; ++i) s += x[i] * y[i];", QUADOT_BASELINE_LABEL, false, &plain_dot<double>, &plain_dot<float>};

extern constinit const integrate_baseline integrate_naive{
    "naive", "for (i = 0; i < n; ++i) s += f(a + i * h) * h;", QUADOT_BASELINE_LABEL, false, &every_rule, &integrate<plain_loop>};

} // namespace quadot::baselines
