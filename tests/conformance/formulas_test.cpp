// Formulas with a closed form, each function of the list among them: text integrands against values to 30 digits (formulas/formulas.json).
#include "math/all.hpp"
#include "quadot.hpp"
#include "tests/support/configurations.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <string>

namespace {

nlohmann::json formulas() {
    std::ifstream file(QUADOT_FORMULAS);
    return nlohmann::json::parse(file);
}

/// Panels: kinks and jumps lie on multiples of 1/24 of the range.
constexpr std::uint64_t panels = 48;

TEST(Formulas, AgreeWithTheirClosedForms) {
    const auto all = formulas();
    ASSERT_GE(all.size(), 40u);
    const quadot::rule gauss{quadot::rule_kind::gauss, 16};
    for (const auto& each : all) {
        const std::string text = each.at("text");
        const quadot::expression f(text);
        const double a = quadot::constant_expression("LO", each.at("from").get<std::string>());
        const double b = quadot::constant_expression("HI", each.at("to").get<std::string>());
        const long double exact = std::stold(each.at("exact").get<std::string>());
        for (const quadot::isa_kind isa : quadot::tests::runnable_isas()) {
            const double value = quadot::integrate(f, a, b, panels, gauss, {.accumulator = quadot::accumulator_kind::exact, .isa = isa});
            // A sample is off by at most 3 ulp, of a size below 4 here, the rounding of its abscissa by as much: 24 u (b - a) <= 12 24 u = 3.2e-14.
            EXPECT_NEAR(value, static_cast<double>(exact), 24 * 0x1p-53 * std::max(1.0, b - a) * std::max(1.0, std::fabs(value)))
                << text << " on " << quadot::name_of(isa) << "; " << each.at("source");
        }
    }
}

TEST(Formulas, NameEveryFunction) {
    std::string texts;
    for (const auto& each : formulas()) texts += " " + each.at("text").get<std::string>();
    for (const auto& f : quadot::math::functions::descriptions) {
        const std::string call = std::string(f.name) + "(";
        bool found = false;
        for (std::size_t at = texts.find(call); at != std::string::npos; at = texts.find(call, at + 1)) {
            found = found || std::isalnum(static_cast<unsigned char>(texts[at - 1])) == 0;
        }
        EXPECT_TRUE(found) << f.name << " is in no formula";
    }
}

} // namespace
