// What a document says beside its rows.
#pragma once

#include "drivers/documents/merged.hpp"

namespace quadot::drivers {

/// "fits". Points of a curve without positive workers and seconds are left out; bounds that do not enclose them become them.
std::vector<fit_on_record> fits_of(const document& from, std::size_t source);

} // namespace quadot::drivers
