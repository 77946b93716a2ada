// Large arrays: on huge pages where the kernel gives them (26 GB/s from DRAM with, 22 without, on Zen 4), and untouched until the
// worker that will read them writes them, which decides their NUMA node.
#pragma once

#include "errors.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <sys/mman.h>

namespace quadot::drivers {

template <class T>
class first_touch_array {
  public:
    first_touch_array() = default;

    /// `size` elements, zero when first read. `order`: this array's number among those read in step; each begins 16 KiB further
    /// behind the edge of a huge page. Arrays exactly 2^29 bytes apart share DRAM banks: two of 64 Mi doubles were read at
    /// 18 GB/s, with 16 KiB more between them at 28. Throws error: environment when the system refuses.
    explicit first_touch_array(std::uint64_t size, std::size_t order = 0) : size_(size) {
        if (size == 0) return;
        const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(T);
        const std::size_t gap = order << 14;
        const bool large = bytes >= huge_page;
        mapped_ = bytes + gap + (large ? huge_page : 0);
        mapping_ = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (mapping_ == MAP_FAILED) {
            throw environment_error("memory: the system refused " + std::to_string(bytes) + " bytes; take a smaller n or more ranks");
        }
        void* at = mapping_;
        if (large) {
            std::size_t space = mapped_;
            std::align(huge_page, bytes + gap, at, space);
            // Advice only: without huge pages the run is slower, not wrong.
            ::madvise(at, bytes + gap, MADV_HUGEPAGE);
        }
        data_ = reinterpret_cast<T*>(static_cast<std::byte*>(at) + gap);
    }
    ~first_touch_array() {
        if (data_ != nullptr) ::munmap(mapping_, mapped_);
    }
    first_touch_array(first_touch_array&& other) noexcept { *this = std::move(other); }
    first_touch_array& operator=(first_touch_array&& other) noexcept {
        std::swap(mapping_, other.mapping_);
        std::swap(mapped_, other.mapped_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }

    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] std::span<const T> view() const { return {data_, static_cast<std::size_t>(size_)}; }

  private:
    static constexpr std::size_t huge_page = std::size_t{1} << 21;

    void* mapping_ = nullptr;
    std::size_t mapped_ = 0; // bytes
    T* data_ = nullptr;
    std::uint64_t size_ = 0;
};

} // namespace quadot::drivers
