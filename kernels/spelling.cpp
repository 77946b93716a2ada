#include "spelling.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace quadot {
namespace {

constexpr std::size_t most_edits = 3;            // more, and long names resemble everything
constexpr std::size_t letters_per_edit = 3;      // below three letters every name is one edit from every other
constexpr std::size_t shortest_abbreviation = 3; // "si" could be too much

std::string lower_case(std::string_view text) {
    std::string lowered(text);
    for (char& letter : lowered)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return lowered;
}

/// Damerau-Levenshtein distance, restricted (no letter is edited twice): the least number of insertions,
/// deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows suffice: a swap reaches two rows up and nothing reaches further.
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replacement = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replacement});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

bool abbreviates(std::string_view shorter, std::string_view longer) {
    return shorter.size() >= shortest_abbreviation && longer.starts_with(shorter);
}

} // namespace

std::string nearest_name(std::string_view wanted, std::span<const std::string> known) {
    const std::string sought = lower_case(wanted);
    std::size_t least = std::numeric_limits<std::size_t>::max();
    std::string nearest;
    for (const std::string& name : known) {
        const std::string candidate = lower_case(name);
        const std::size_t longer = std::max(sought.size(), candidate.size());
        const std::size_t shorter = std::min(sought.size(), candidate.size());
        const std::size_t allowed = std::min(longer / letters_per_edit, most_edits);
        // The lengths alone tell that this one is too far; without this, megabytes of input would cost their
        // square.
        if (longer - shorter > allowed) continue;
        const std::size_t distance = edit_distance(sought, candidate);
        if (distance <= allowed && distance < least) {
            least = distance;
            nearest = name;
        }
    }
    if (!nearest.empty()) return nearest;
    for (const std::string& name : known) {
        const std::string candidate = lower_case(name);
        if (abbreviates(sought, candidate) || abbreviates(candidate, sought)) return name;
    }
    return {};
}

std::string unknown_name_message(std::string_view what, std::string_view wanted, std::span<const std::string> known) {
    std::string message = "unknown " + std::string(what) + " '" + printable(wanted) + "'";
    if (known.empty()) return message + "; there is none to choose from";
    const std::string nearest = nearest_name(wanted, known);
    message += nearest.empty() ? "; use one of: " : "; did you mean '" + nearest + "'? (one of: ";
    for (std::size_t i = 0; i < known.size(); ++i) message += (i == 0 ? "" : ", ") + known[i];
    if (!nearest.empty()) message += ')';
    return message;
}

} // namespace quadot
