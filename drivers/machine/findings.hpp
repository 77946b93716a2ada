// What would spoil a measurement or a run here, and the command that mends it: the checks of `quadot doctor`, and the cheap ones among
// them that every run makes.
#pragma once

#include "drivers/machine/machine_view.hpp"
#include "ranks/communicator.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quadot::drivers {

enum class severity : std::uint8_t {
    ok,
    note,    ///< worth knowing; figures may shift by a few per cent, or a tool will not work
    warning, ///< figures or answers of a run here mean something else than they seem to
};
std::string_view name_of(severity each);

struct finding {
    std::string check; ///< the check's name; filled in by run_checks
    drivers::severity severity = severity::ok;
    std::string what;   ///< found, with its numbers
    std::string why;    ///< it matters: one clause; empty where all is well
    std::string remedy; ///< a command, or what to ask an administrator for; empty where there is nothing to mend
    bool operator==(const finding&) const = default;
};

/// Whose affair it is: every rank looks for itself, or the first rank of each node for all of them.
enum class check_scope : std::uint8_t { rank, node };

/// Whether drivers make the check before every run.
enum class in_drivers : std::uint8_t {
    no,       ///< too dear, or said there already
    as_notes, ///< advice: never changes a run's exit code
    fully,    ///< its warnings are about that very run
};

struct check {
    std::string_view name;
    check_scope scope;
    in_drivers drivers;
    std::string_view summary;
    /// At least one finding, all of one subject. Never throws for what it finds or misses.
    std::vector<finding> (*look)(const machine_view&);
};

/// Every check, in the order of the report: the one list.
std::span<const check> all_checks();

/// The findings of this rank. `first_on_node`: also those of its node.
std::vector<finding> run_checks(const machine_view& view, bool first_on_node);

/// Likewise, of the checks that drivers make; without those that are ok, and with advice as notes.
std::vector<finding> run_driver_checks(const machine_view& view, bool first_on_node);

/// One finding of several ranks.
struct shared_finding {
    drivers::finding finding;
    std::vector<int> ranks; ///< ascending
};

/// Collective: everybody's findings, equal ones together, in the order of the checks, on every rank. Of those that are ok only rank 0's,
/// and none where another rank found trouble.
std::vector<shared_finding> gather_findings(const communicator& ranks, const std::vector<finding>& mine);

/// "", "ranks 0-3 on a", "node a", "nodes a, b and 6 more", "all ranks": who found it, as far as that needs to be said.
std::string describe_where(const shared_finding& each, const std::vector<rank_binding>& ranks);

/// The scope of the check with that name.
check_scope scope_of(std::string_view check_name);

} // namespace quadot::drivers
