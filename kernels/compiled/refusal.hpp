// Why a formula is interpreted after all.
#pragma once

#include <stdexcept>
#include <string>

namespace quadot::compiled {

/// Never leaves compiled/: run-time compilation that fails costs speed, not the result. what(): one line, to stand between
/// "quadot: jit: " and "; interpreting instead".
class refusal : public std::runtime_error {
  public:
    explicit refusal(const std::string& why) : std::runtime_error(why) {}
};

} // namespace quadot::compiled
