#include "compiled/files.hpp"

#include "compiled/refusal.hpp"
#include "spelling.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quadot::compiled {

namespace fs = std::filesystem;

void descriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

std::optional<std::string> read_all(const descriptor& from) {
    std::string bytes;
    std::array<char, 1 << 16> piece{};
    while (bytes.size() <= largest_file) {
        const ssize_t count = ::read(from.get(), piece.data(), piece.size());
        if (count == 0) return bytes;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        bytes.append(piece.data(), static_cast<std::size_t>(count));
    }
    return std::nullopt;
}

std::optional<std::string> read_file(const fs::path& file) {
    // Not waiting for a writer, should it be a pipe.
    const descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened) return std::nullopt;
    return read_all(opened);
}

bool write_all(const descriptor& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(to.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

temporary_folder::temporary_folder() {
    std::error_code failure;
    fs::path parent = fs::temp_directory_path(failure);
    if (failure) parent = "/tmp";
    std::string name = (parent / "quadot-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw refusal("no temporary folder in " + printable(parent.string(), 200) + ": " + std::generic_category().message(errno));
    }
    path_ = name;
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

} // namespace quadot::compiled
