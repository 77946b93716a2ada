// What every quadot/1 document is put together from.
#pragma once

#include "drivers/report/report.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace quadot::drivers {

/// A number, or one of the strings "nan", "inf", "-inf": JSON has no such numbers.
nlohmann::ordered_json json_number(double value);
/// "context": where and how the run took place.
nlohmann::ordered_json json_context(const report& report);
/// One entry of "benchmarks".
nlohmann::ordered_json json_row(const report_row& row, std::size_t index);
/// One entry of "fits".
nlohmann::ordered_json json_fit(const recorded_fit& fit);
/// The text of a whole document. Stray bytes are replaced: a host name in another encoding shall not lose a run.
std::string json_text(const nlohmann::ordered_json& document);

} // namespace quadot::drivers
