#include "bench/adaptive/rivals.hpp"

#include <cmath>
#include <exception>

#if __has_include(<gsl/gsl_integration.h>)
#define QUADOT_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#endif
#if __has_include(<boost/math/quadrature/gauss_kronrod.hpp>)
#define QUADOT_BOOST
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/sinh_sinh.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#endif

namespace quadot::bench {

namespace {

#ifdef QUADOT_GSL
/// qags, qagi, qagiu or qagil, as the limits ask: 1000 regions at most. The workspace is kept, as a careful user would.
answer gsl_qags(scalar_function f, void* context, double a, double b, double relative) {
    constexpr std::size_t most = 1000;
    static gsl_integration_workspace* const space = gsl_integration_workspace_alloc(most);
    static const auto quiet = gsl_set_error_handler_off();
    static_cast<void>(quiet);
    gsl_function function{f, context};
    answer found;
    int status = 0;
    if (std::isinf(a) && std::isinf(b)) {
        status = gsl_integration_qagi(&function, 0, relative, most, space, &found.value, &found.error);
    } else if (std::isinf(b)) {
        status = gsl_integration_qagiu(&function, a, 0, relative, most, space, &found.value, &found.error);
    } else if (std::isinf(a)) {
        status = gsl_integration_qagil(&function, b, 0, relative, most, space, &found.value, &found.error);
    } else {
        status = gsl_integration_qags(&function, a, b, 0, relative, most, space, &found.value, &found.error);
    }
    found.claims_success = status == GSL_SUCCESS && std::isfinite(found.value);
    found.evaluations = space->size * (std::isinf(a) || std::isinf(b) ? 30 : 42);
    return found;
}

answer gsl_cquad(scalar_function f, void* context, double a, double b, double relative) {
    static gsl_integration_cquad_workspace* const space = gsl_integration_cquad_workspace_alloc(1000);
    if (std::isinf(a) || std::isinf(b)) return {};
    gsl_function function{f, context};
    answer found;
    std::size_t evaluations = 0;
    const int status = gsl_integration_cquad(&function, a, b, 0, relative, space, &found.value, &found.error, &evaluations);
    found.evaluations = evaluations;
    found.claims_success = status == GSL_SUCCESS && std::isfinite(found.value);
    return found;
}
#endif

#ifdef QUADOT_BOOST
/// integrate(g, error, magnitude) with a counting g; Boost's tolerances are relative to the integral of |f|.
template <class Integrate>
answer with_boost(scalar_function f, void* context, double relative, const Integrate& integrate) {
    answer found;
    const auto g = [&](double x) {
        ++found.evaluations;
        return f(x, context);
    };
    try {
        double magnitude = 0;
        found.value = integrate(g, &found.error, &magnitude);
        found.claims_success = found.error <= relative * magnitude && std::isfinite(found.value);
    } catch (const std::exception&) {
        found.claims_success = false;
    }
    return found;
}

answer boost_gauss_kronrod(scalar_function f, void* context, double a, double b, double relative) {
    return with_boost(f, context, relative, [&](const auto& g, double* error, double* magnitude) {
        return boost::math::quadrature::gauss_kronrod<double, 15>::integrate(g, a, b, 15, relative, error, magnitude);
    });
}

answer boost_double_exponential(scalar_function f, void* context, double a, double b, double relative) {
    static boost::math::quadrature::tanh_sinh<double> finite;
    static boost::math::quadrature::exp_sinh<double> half;
    static boost::math::quadrature::sinh_sinh<double> whole;
    return with_boost(f, context, relative, [&](const auto& g, double* error, double* magnitude) {
        if (std::isinf(a) && std::isinf(b)) return whole.integrate(g, relative, error, magnitude);
        if (std::isinf(a) || std::isinf(b)) return half.integrate(g, a, b, relative, error, magnitude);
        return finite.integrate(g, a, b, relative, error, magnitude);
    });
}
#endif

} // namespace

std::vector<rival> rivals() {
    return {
#ifdef QUADOT_GSL
        {"GSL qags/qagi", gsl_qags},
        {"GSL cquad", gsl_cquad},
#endif
#ifdef QUADOT_BOOST
        {"Boost gauss_kronrod", boost_gauss_kronrod},
        {"Boost tanh_sinh", boost_double_exponential},
#endif
    };
}

} // namespace quadot::bench
