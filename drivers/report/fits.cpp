#include "drivers/report/fits.hpp"

#include <algorithm>
#include <utility>

namespace quadot::drivers {

namespace {

/// How far beyond the last measured number of workers curves are drawn.
constexpr int reach = 8;

template <class Fit>
recorded_fit record(recorded_fit base, scaling_law law, const fit_or_reason<Fit>& outcome, std::vector<fitted_parameter> parameters) {
    if (!outcome.fit) {
        base.refusal = describe(outcome.why, law);
        return base;
    }
    const fitted_curve& curve = outcome.fit->curve;
    base.parameters = std::move(parameters);
    base.loses_80_percent = curve.first_below();
    for (int workers = law == scaling_law::allreduce ? 2 : 1; workers <= reach * curve.largest_measured(); workers *= 2) {
        base.curve.push_back({static_cast<double>(workers), curve.seconds(workers), workers > curve.largest_measured()});
    }
    return base;
}

} // namespace

std::vector<recorded_fit> fit_study(const std::string& study, const std::string& variant, const std::vector<scaling_point>& points) {
    const auto base = [&](const char* model) { return recorded_fit{study, variant, model, points.size(), {}, {}, {}, {}}; };
    std::vector<recorded_fit> fits;
    if (study == "strong") {
        const auto amdahl = fit_amdahl(points);
        fits.push_back(record(base("amdahl"), scaling_law::amdahl, amdahl,
                              amdahl.fit ? std::vector<fitted_parameter>{{"serial_fraction", amdahl.fit->serial_fraction},
                                                                         {"one_worker_seconds", amdahl.fit->one_worker}}
                                         : std::vector<fitted_parameter>{}));
        const auto universal = fit_universal(points);
        fits.push_back(record(base("usl"), scaling_law::universal, universal,
                              universal.fit ? std::vector<fitted_parameter>{{"contention", universal.fit->contention},
                                                                            {"coherency", universal.fit->coherency},
                                                                            {"one_worker_seconds", universal.fit->one_worker}}
                                            : std::vector<fitted_parameter>{}));
    } else if (study == "weak") {
        const auto gustafson = fit_gustafson(points);
        fits.push_back(record(base("gustafson"), scaling_law::gustafson, gustafson,
                              gustafson.fit ? std::vector<fitted_parameter>{{"serial_fraction", gustafson.fit->serial_fraction},
                                                                            {"one_worker_seconds", gustafson.fit->one_worker}}
                                            : std::vector<fitted_parameter>{}));
    } else if (study == "allreduce") {
        const auto allreduce = fit_allreduce(points);
        fits.push_back(record(base("allreduce"), scaling_law::allreduce, allreduce,
                              allreduce.fit ? std::vector<fitted_parameter>{{"seconds_a_round", allreduce.fit->round},
                                                                            {"constant_seconds", allreduce.fit->constant}}
                                            : std::vector<fitted_parameter>{}));
    }
    return fits;
}

} // namespace quadot::drivers
