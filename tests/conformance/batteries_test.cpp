// Integrals to a tolerance against values to 30 digits (batteries/batteries.json): found, or honestly refused, never wrong.
#include "quadot.hpp"
#include "tests/support/configurations.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace quadot;

struct entry {
    std::string name, battery;
    bool classic;
    expression f;
    double from, to;
    bool has_value;
    long double exact;
};

const std::vector<entry>& entries() {
    static const std::vector<entry> all = [] {
        std::vector<entry> made;
        std::ifstream file(QUADOT_BATTERIES);
        for (const auto& each : nlohmann::json::parse(file)) {
            const bool has_value = !each.at("exact").is_null();
            made.push_back({each.at("name"), each.at("battery"), each.at("classic"), expression(each.at("formula").get<std::string>()),
                            constant_expression("LO", each.at("from").get<std::string>()),
                            constant_expression("HI", each.at("to").get<std::string>()), has_value,
                            has_value ? std::stold(each.at("exact").get<std::string>()) : 0.0L});
        }
        return made;
    }();
    return all;
}

struct tally {
    int found = 0;
    int refused = 0;
};

/// Every entry once; failures for false successes and for estimates below the error.
tally run_all(double relative, const execution& how, bool classic_only) {
    tally counts;
    for (const entry& each : entries()) {
        if (classic_only && !each.classic) continue;
        const integral result = integrate(each.f, each.from, each.to, tolerance{.relative = relative}, how);
        const std::string where = each.name + " (" + each.f.text() + ") to " + std::to_string(relative) + " on " + tests::slug(how) + ": " +
                                  std::string(name_of(result.status)) + " " + explain(result);
        const bool ok = result.status == integral_status::ok;
        ++(ok ? counts.found : counts.refused);
        if (!each.has_value) {
            EXPECT_FALSE(ok) << where;
            EXPECT_EQ(result.status == integral_status::not_a_number, each.battery == "not_a_number") << where;
            continue;
        }
        if (each.battery != "slow") {
            EXPECT_NE(result.status, integral_status::not_a_number) << where;
        }
        const auto error = static_cast<double>(std::abs(static_cast<long double>(result.value) - each.exact));
        const auto size = static_cast<double>(std::abs(each.exact));
        // The value itself is rounded, and an integral of 0 is found to rounding.
        const double rounding = std::numeric_limits<double>::epsilon() * std::max(size, each.exact == 0 ? 1.0 : 0.0);
        if (ok) {
            EXPECT_LE(error, std::max(relative * size, rounding)) << where;
        }
        if (std::isfinite(result.error)) {
            EXPECT_LE(error, result.error + rounding) << where;
        }
    }
    return counts;
}

TEST(Batteries, AreWhole) {
    EXPECT_GE(entries().size(), 300u);
    EXPECT_EQ(std::count_if(entries().begin(), entries().end(), [](const entry& each) { return each.classic; }), 49);
}

TEST(Batteries, ToOneMillionth) {
    const tally counts = run_all(1e-6, {}, false);
    EXPECT_GE(counts.found, 250);
    EXPECT_GE(run_all(1e-6, {}, true).found, 48);
}

TEST(Batteries, ToTenDigits) {
    const tally counts = run_all(1e-10, {}, false);
    EXPECT_GE(counts.found, 240);
    EXPECT_GE(run_all(1e-10, {}, true).found, 47);
}

TEST(Batteries, ToThirteenDigits) {
    const tally counts = run_all(1e-13, {}, false);
    EXPECT_GE(counts.found, 200);
    EXPECT_GE(run_all(1e-13, {}, true).found, 44);
}

TEST(Batteries, OnEveryInstructionSet) {
    for (const isa_kind isa : tests::runnable_isas()) EXPECT_GE(run_all(1e-10, {.threads = 1, .isa = isa}, true).found, 47);
}

} // namespace
