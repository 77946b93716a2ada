// The headers that compiled formulas include.
#pragma once

#include <string>
#include <string_view>

namespace quadot::compiled {

/// The folder for -I: QUADOT_INCLUDE if set; otherwise beside the installed library or program; otherwise the source tree. The headers in it are
/// those that this library was built from. Throws refusal.
std::string find_headers();

/// SHA-256 of the headers' names and contents in `folder`, as headers_hash; empty where one cannot be read.
std::string hash_of_headers(const std::string& folder);

} // namespace quadot::compiled
