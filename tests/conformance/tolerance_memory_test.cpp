// An integral whose first samples suffice allocates nothing: this program counts what operator new is asked for.
#include "quadot.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

namespace {
std::size_t allocations = 0;
} // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const made = std::malloc(size == 0 ? 1 : size)) return made; // NOLINT
    throw std::bad_alloc();
}
void operator delete(void* made) noexcept { std::free(made); }              // NOLINT
void operator delete(void* made, std::size_t) noexcept { std::free(made); } // NOLINT

namespace {

using namespace quadot;

TEST(ToleranceMemory, NothingIsAllocatedWhereTheFirstSamplesSuffice) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const auto bell = [](double x) { return 1 / (1 + x * x); };
    for (const auto& [a, b] : {std::pair{0.0, 1.0}, {0.0, inf}, {-inf, 0.0}, {-inf, inf}}) {
        for (const double min_width : {1e-3, 0.0}) {
            const bool half_line_without_search = min_width == 0 && !(b - a < inf);
            if (half_line_without_search) continue; // 45 regions, which do not fill the lanes of the kernel that adds them up
            const std::size_t before = allocations;
            const integral found = integrate(bell, a, b, {.min_width = min_width}, {.threads = 1});
            EXPECT_EQ(allocations, before) << a << " " << b << " " << min_width;
            EXPECT_EQ(found.status, integral_status::ok);
            EXPECT_LE(found.evaluations, 3000u);
        }
    }
    const std::size_t before = allocations;
    static_cast<void>(integrate([](double x) { return x < 0.3 ? 0.0 : 1.0; }, 0, 1, tolerance{}, {.threads = 1}));
    EXPECT_GT(allocations, before); // or nothing is counted
}

} // namespace
