// What a document says beside its rows.
#pragma once

#include "drivers/documents/merged.hpp"

#include <string>
#include <vector>

namespace quadot::drivers {

/// What `quadot doctor` found, an entry of "findings".
struct recorded_finding {
    std::string check;
    std::string severity; ///< warning, note or ok
    std::string what;
    std::string why;    ///< empty: nothing to say
    std::string remedy; ///< likewise
    std::string ranks;  ///< "0-3"
};
/// Warnings first, then notes, then the rest; entries without a check or a severity are left out.
std::vector<recorded_finding> findings_of(const document& from);

/// "fits". Points of a curve without positive workers and seconds are left out; bounds that do not enclose them become them.
std::vector<fit_on_record> fits_of(const document& from, std::size_t source);

} // namespace quadot::drivers
