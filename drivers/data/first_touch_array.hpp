// Large arrays: on huge pages where the kernel gives them (26 GB/s from DRAM with, 22 without, on Zen 4), and untouched until the
// worker that will read them writes them, which decides their NUMA node.
#pragma once

#include "errors.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <utility>

#include <sys/mman.h>

namespace quadot::drivers {

template <class T>
class first_touch_array {
  public:
    first_touch_array() = default;

    /// `size` elements, zero when first read. Throws error: environment when the system refuses.
    explicit first_touch_array(std::uint64_t size) : size_(size) {
        if (size == 0) return;
        void* at = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED) {
            throw environment_error("memory: the system refused " + std::to_string(bytes()) +
                                    " bytes; take a smaller n or more ranks");
        }
        data_ = static_cast<T*>(at);
        constexpr std::size_t huge_page = std::size_t{1} << 21;
        // Advice only: without huge pages the run is slower, not wrong.
        if (bytes() >= huge_page) ::madvise(at, bytes(), MADV_HUGEPAGE);
    }
    ~first_touch_array() {
        if (data_ != nullptr) ::munmap(data_, bytes());
    }
    first_touch_array(first_touch_array&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    first_touch_array& operator=(first_touch_array&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }

    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] std::span<const T> view() const { return {data_, static_cast<std::size_t>(size_)}; }

  private:
    [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }

    T* data_ = nullptr;
    std::uint64_t size_ = 0;
};

} // namespace quadot::drivers
