// A rule as users keep it: nodes and weights of one panel [0, 1]. Compiled with the library's flags: sources
// with flags of their own see only pointers, and instantiate no std::vector whose code the linker could pick
// for the whole program.
#pragma once

#include "rules/all.hpp"

#include <cstdint>

namespace quadot::baselines {

class rule_table {
  public:
    rule_table(const rule& which, std::uint64_t n);
    ~rule_table();
    rule_table(const rule_table&) = delete;
    rule_table& operator=(const rule_table&) = delete;

    bool single_panel = false; ///< Clenshaw-Curtis: the whole range is one panel
    bool closed = false;       ///< the first node, at 0, is shared between panels; the last panel's end counts half as well
    std::int64_t size = 0;
    const double* nodes = nullptr;
    const double* weights = nullptr; ///< sum 1

  private:
    struct storage;
    storage* owned_;
};

bool every_rule(const rule& which);
bool left_rule(const rule& which);

} // namespace quadot::baselines
