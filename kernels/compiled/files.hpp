// Files and folders, by descriptors that close themselves.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quadot::compiled {

class descriptor {
  public:
    explicit descriptor(int number = -1) : number_(number) {}
    descriptor(descriptor&& from) noexcept : number_(std::exchange(from.number_, -1)) {}
    descriptor& operator=(descriptor&& from) noexcept {
        std::swap(number_, from.number_);
        return *this;
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { close(); }

    void close();
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] explicit operator bool() const { return number_ >= 0; }

  private:
    int number_;
};

/// Larger files are neither read as headers nor as compiled formulas.
inline constexpr std::size_t largest_file = std::size_t{64} << 20;

/// All of it; nullopt where it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& file);
std::optional<std::string> read_all(const descriptor& from);
/// Whether every byte was taken.
bool write_all(const descriptor& to, std::string_view bytes);

/// A new folder below the system's folder for temporary files, for this user alone, and removed with all it contains.
class temporary_folder {
  public:
    /// Throws refusal.
    temporary_folder();
    ~temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace quadot::compiled
