// Which thread runs on which CPU, where nobody else has decided.
#pragma once

#include "drivers/machine/binding.hpp"

#include <vector>

namespace quadot::drivers {

/// The CPUs of this rank's threads, one each: its own, or its share of those that it shares with ranks that may use the same. Empty where there are
/// too few, or where ranks share some of their CPUs only.
std::vector<int> fair_cpus(const binding_verdict& binding, int rank);

/// While it lives, each of this rank's OpenMP threads has a CPU of its own. Does nothing where OMP_PROC_BIND or the like has decided, or where
/// fair_cpus() are none.
///
/// Beside other programs' load Linux was seen to keep both threads of a team on one of two CPUs: each then waits, spinning, for a scheduler's
/// tick before the other may run, and a dot product of 16 MB took 8 ms instead of 0.1.
class thread_placement {
  public:
    thread_placement(const binding_verdict& binding, int rank);
    ~thread_placement();
    thread_placement(const thread_placement&) = delete;
    thread_placement& operator=(const thread_placement&) = delete;

    /// To be called before each measurement: OpenMP ends threads that a smaller team does not need, and new ones have yet to be placed.
    void place() const;

  private:
    std::vector<int> cpus_; ///< one a thread; fewer than two: there is nothing to place
    std::vector<int> all_;
};

} // namespace quadot::drivers
