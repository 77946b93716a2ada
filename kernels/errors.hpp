// Typed errors. Each kind is also the exit code of the `quadot` program.
#pragma once

#include <stdexcept>
#include <string>

namespace quadot {

enum class error_kind : int {
    usage = 2,       ///< bad usage or bad input: the caller can mend the call
    environment = 3, ///< the machine cannot: no memory, no disk, an ISA that the CPU lacks
    internal = 4,    ///< a defect of Quadot, or a callable that threw something unknown
};

/// The one exception type that Quadot throws. `what()` is one line: "what: why; what to do".
class error : public std::runtime_error {
  public:
    error(error_kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    [[nodiscard]] error_kind kind() const noexcept { return kind_; }
    [[nodiscard]] int exit_code() const noexcept { return static_cast<int>(kind_); }

  private:
    error_kind kind_;
};

inline error usage_error(const std::string& message) { return {error_kind::usage, message}; }
inline error environment_error(const std::string& message) { return {error_kind::environment, message}; }
inline error internal_error(const std::string& message) { return {error_kind::internal, message}; }

} // namespace quadot
