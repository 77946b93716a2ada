// The naive loops again; the flags alone let the compiler reorder sums, use all lanes and call the vector C
// library.
#include "baselines/baselines.hpp"
#include "baselines/plain_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {
namespace {

struct fast_math_loop {
    int workers; // unused: one thread

    template <class Part>
    double on_every_worker(const Part& part) const {
        return part();
    }

    template <class Term>
    double sum(std::int64_t first, std::int64_t last, const Term& term) const {
        return sum_chunks(first, last, [&](std::int64_t start, int count) {
            double s = 0;
            for (int i = 0; i < count; ++i) s += term(short_index{start, i});
            return s;
        });
    }
};

} // namespace

extern constinit const dot_baseline dot_fast_math{
    "fast-math", "the naive loop under -ffast-math", QUADOT_BASELINE_LABEL, false, &plain_dot<double>, &plain_dot<float>};

extern constinit const integrate_baseline integrate_fast_math{"fast-math", "the naive loop under -ffast-math", QUADOT_BASELINE_LABEL, false,
                                                              &every_rule, &integrate<fast_math_loop>};

} // namespace quadot::baselines
