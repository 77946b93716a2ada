// Files that appear whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace quadot::drivers {

/// Throws error: environment if `path` could not be written now ("-" always can): asked before hours of work.
void require_writable(const std::string& option, const std::string& path);

/// Writes `content` to `path` by way of a temporary file, fsync and rename; to standard output for "-"; in place where `path` is a device or
/// a pipe. Throws error: environment, and leaves no partial file, when anything fails.
void write_whole(const std::string& option, const std::string& path, std::string_view content);

/// Standard output, checked to the last byte.
void write_standard_output(std::string_view content);

} // namespace quadot::drivers
