// A read-only view of a NumPy .npy file, a vector or a matrix, mapped slice by slice: a rank reads the pages of
// its own slice and no others, so the file may be larger than the memory of any one node.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quadot::drivers {

enum class element_type { f64, f32 };

/// Bytes of one element.
[[nodiscard]] constexpr std::size_t element_bytes(element_type type) noexcept {
    return type == element_type::f64 ? sizeof(double) : sizeof(float);
}

/// The most dimensions that a file may have.
enum class npy_shapes { vector, vector_or_matrix };

/// An open .npy file. The spans that `slice` gives stay valid until the `npy_file` is destroyed or assigned
/// to; moving it keeps them. Not for several threads at a time, though its spans are.
class npy_file {
  public:
    /// Opens `path` and reads its header, no element. Accepted: format versions 1.0 and 2.0, dtype `<f8` or
    /// `<f4`, C order, shape `(n,)` or, for `npy_shapes::vector_or_matrix`, also `(rows, columns)`, and at
    /// least as many elements of data. Throws a usage error that names the file and what was found instead,
    /// an environment error where the system and not the file is at fault.
    explicit npy_file(const std::string& path, npy_shapes accepted = npy_shapes::vector);

    /// Number of elements: rows() * columns().
    [[nodiscard]] std::uint64_t size() const noexcept { return rows_ * columns_; }
    /// 1 or 2.
    [[nodiscard]] int dimensions() const noexcept { return dimensions_; }
    /// The first extent. Row r begins at element r * columns().
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    /// The second extent; 1 for a vector.
    [[nodiscard]] std::uint64_t columns() const noexcept { return columns_; }
    [[nodiscard]] element_type type() const noexcept { return type_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Elements `first` to `first + count - 1`, mapped but not yet read. `T` must be what `type()` says and
    /// the slice inside the file: anything else is an internal error. Throws a usage error if the file has
    /// shrunk since it was opened. (Who truncates it later still raises SIGBUS in its reader: no mapping can
    /// prevent that.)
    template <class T>
    requires std::same_as<T, double> || std::same_as<T, float>
    [[nodiscard]] std::span<const T> slice(std::uint64_t first, std::uint64_t count) {
        constexpr element_type wanted = std::same_as<T, double> ? element_type::f64 : element_type::f32;
        return {static_cast<const T*>(map(wanted, first, count)), static_cast<std::size_t>(count)};
    }

  private:
    class descriptor {
      public:
        explicit descriptor(int number) noexcept : number_(number) {}
        descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
        descriptor& operator=(descriptor&& other) noexcept {
            std::swap(number_, other.number_);
            return *this;
        }
        ~descriptor();
        [[nodiscard]] int number() const noexcept { return number_; }

      private:
        int number_;
    };

    struct unmap {
        std::size_t length = 0;
        void operator()(void* address) const noexcept;
    };

    const void* map(element_type wanted, std::uint64_t first, std::uint64_t count);

    std::string path_;
    descriptor file_;
    std::uint64_t data_offset_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t columns_ = 1;
    int dimensions_ = 1;
    element_type type_ = element_type::f64;
    std::vector<std::unique_ptr<void, unmap>> mappings_;
};

} // namespace quadot::drivers
