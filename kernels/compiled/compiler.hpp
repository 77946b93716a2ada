// The system's C++ compiler, run without a shell.
#pragma once

#include "block/isa.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace quadot::compiled {

struct found_compiler {
    std::filesystem::path path;
    std::string identity; ///< path, size, time of change and what it answers to --version
};

/// QUADOT_CXX if set, a path or a name in PATH, and then no other; otherwise the compiler that the library was built with, c++, g++, clang++: the
/// first that answers to --version. Throws refusal.
found_compiler find_compiler(const std::stop_token& stop = {});

/// What stands between the compiler and its input and output.
std::vector<std::string> compiler_flags(isa_kind isa, const std::string& headers);

/// A formula with 300 functions takes some 20 s.
inline constexpr std::chrono::seconds longest_compilation{120};

/// The shared object's bytes. Throws refusal: no compiler, its first complaint, a timeout, or stopped.
std::string compile(const found_compiler& compiler, const std::vector<std::string>& flags, const std::string& source,
                    const std::stop_token& stop = {}, std::chrono::milliseconds patience = longest_compilation);

} // namespace quadot::compiled
