// Eigen::Map<const VectorXd>::dot, and rules in blocks of Eigen::Array.
#include "baselines/baselines.hpp"
#include "baselines/eigen_loops.hpp"
#include "baselines/rule_loops.hpp"

namespace quadot::baselines {
namespace {

template <class T>
double dot_on_one_thread(const T* x, const T* y, std::uint64_t n, int /*threads*/) {
    return eigen_dot(x, y, n);
}

} // namespace

extern constinit const dot_baseline dot_eigen{"eigen",
                                              "Eigen::Map<const VectorXd>(x, n).dot(...)",
                                              QUADOT_BASELINE_LABEL,
                                              false,
                                              &dot_on_one_thread<double>,
                                              &dot_on_one_thread<float>};

extern constinit const integrate_baseline integrate_eigen{
    "eigen", "f on blocks of Eigen::Array, then .sum()", QUADOT_BASELINE_LABEL, false, &every_rule, &integrate<eigen_loop>};

} // namespace quadot::baselines
