#include "drivers/measure/hardware_counters.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include <linux/perf_event.h>
#include <omp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

constexpr std::array<std::uint64_t, 3> events{PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CACHE_MISSES};

/// One thread's counters, a group that the kernel schedules together.
class counter_group {
  public:
    counter_group() = default;
    counter_group(const counter_group&) = delete;
    counter_group& operator=(const counter_group&) = delete;
    ~counter_group() {
        for (const int file : files_) {
            if (file >= 0) ::close(file);
        }
    }

    /// Of the calling thread.
    bool open() {
        for (std::size_t k = 0; k < events.size(); ++k) {
            perf_event_attr wanted{};
            wanted.type = PERF_TYPE_HARDWARE;
            wanted.size = sizeof wanted;
            wanted.config = events[k];
            wanted.disabled = k == 0 ? 1 : 0;
            wanted.exclude_kernel = 1;
            wanted.exclude_hv = 1;
            wanted.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
            files_[k] = static_cast<int>(::syscall(SYS_perf_event_open, &wanted, 0, -1, k == 0 ? -1 : files_[0], PERF_FLAG_FD_CLOEXEC));
            if (files_[k] < 0) return false;
        }
        return true;
    }
    void tell(unsigned long request) const { ::ioctl(files_[0], request, PERF_IOC_FLAG_GROUP); }

    /// Adds its counts; false if they are not those of the whole time.
    bool add_to(std::array<double, 3>& sums) const {
        struct {
            std::uint64_t count;
            std::uint64_t enabled;
            std::uint64_t running;
            std::array<std::uint64_t, 3> values;
        } seen{};
        if (::read(files_[0], &seen, sizeof seen) != static_cast<ssize_t>(sizeof seen) || seen.count != events.size()) return false;
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += static_cast<double>(seen.values[k]);
        return seen.running == seen.enabled;
    }

  private:
    std::array<int, 3> files_{-1, -1, -1};
};

} // namespace

std::optional<hardware_counts> count_events(int threads, std::uint64_t iterations, const std::function<double()>& work) {
    std::vector<counter_group> groups(static_cast<std::size_t>(threads));
    int opened = 0;
#pragma omp parallel num_threads(threads) reduction(+ : opened)
    opened += groups[static_cast<std::size_t>(omp_get_thread_num())].open() ? 1 : 0;
    if (opened != threads) return std::nullopt;

    for (const auto& group : groups) group.tell(PERF_EVENT_IOC_ENABLE);
    double value = 0;
    for (std::uint64_t k = 0; k < iterations; ++k) {
        value = work();
        asm volatile("" : : "m"(value) : "memory");
    }
    for (const auto& group : groups) group.tell(PERF_EVENT_IOC_DISABLE);

    std::array<double, 3> sums{};
    bool whole = true;
    for (const auto& group : groups) whole = group.add_to(sums) && whole;
    if (!whole || sums[0] == 0) return std::nullopt;
    const auto runs = static_cast<double>(iterations);
    return hardware_counts{sums[0] / runs, sums[1] / runs, sums[2] / runs};
}

} // namespace quadot::drivers
