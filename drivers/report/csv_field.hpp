// A field of a CSV line.
#pragma once

#include <string>

namespace quadot::drivers {

/// As RFC 4180 writes it: in quotation marks where it holds a comma, a quotation mark or the end of a line.
inline std::string csv_field(const std::string& field) {
    if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
    std::string out = "\"";
    for (const char c : field) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

} // namespace quadot::drivers
