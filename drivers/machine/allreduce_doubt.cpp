#include "drivers/machine/allreduce_doubt.hpp"

#include "drivers/report/report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quadot::drivers {

namespace {

/// Neighbouring hyperthreads hand a cache line over in about 10 ns, and a sum takes two hand-overs and the library's work.
constexpr double shortest_exchange = 10e-9;
/// Medians of a few hundred samples on a machine with other users differ by less.
constexpr double noise = 2;

} // namespace

std::string doubt_of(const allreduce_limit& found, const std::vector<allreduce_limit>& smaller,
                     const std::vector<message_limit>& messages) {
    if (!(found.seconds > 0)) return "it took no time";
    double least = shortest_exchange;
    if (!messages.empty()) {
        const auto quickest = std::min_element(messages.begin(), messages.end(), [](const message_limit& one, const message_limit& other) {
            return one.latency_seconds < other.latency_seconds;
        });
        least = std::max(least, quickest->latency_seconds / noise);
    }
    if (found.seconds < least) {
        return fmt::format("{} are less than ranks need to hear of each other ({})", readable_seconds(found.seconds),
                           readable_seconds(least));
    }
    for (const allreduce_limit& fewer : smaller) {
        if (found.ranks >= 4 * fewer.ranks && found.seconds < fewer.seconds / noise) {
            return fmt::format("{}, but {} ranks took {}: it does not grow with the ranks", readable_seconds(found.seconds), fewer.ranks,
                               readable_seconds(fewer.seconds));
        }
    }
    return "";
}

} // namespace quadot::drivers
