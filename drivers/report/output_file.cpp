#include "drivers/report/output_file.hpp"

#include "errors.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quadot::drivers {

namespace {

error cannot_write(const std::string& option, const std::string& path, int reason) {
    std::string message = option;
    message += " ";
    message += path;
    message += ": cannot be written: ";
    message += std::strerror(reason);
    message += "; choose another file or free the place";
    return environment_error(message);
}

/// 0, or the errno of the first failure.
int write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

bool is_special(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

std::string folder_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

} // namespace

void require_writable(const std::string& option, const std::string& path) {
    if (path == "-") return;
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) throw cannot_write(option, path, EISDIR);
        if (::access(path.c_str(), W_OK) != 0) throw cannot_write(option, path, errno);
        if (!S_ISREG(status.st_mode)) return;
    }
    if (::access(folder_of(path).c_str(), W_OK | X_OK) != 0) throw cannot_write(option, path, errno);
}

void write_whole(const std::string& option, const std::string& path, std::string_view content) {
    if (path == "-") {
        write_standard_output(content);
        return;
    }
    if (is_special(path)) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (file < 0) throw cannot_write(option, path, errno);
        int failure = write_all(file, content);
        if (::close(file) != 0 && failure == 0) failure = errno;
        if (failure != 0) throw cannot_write(option, path, failure);
        return;
    }
    std::string temporary = path + ".XXXXXX";
    const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (file < 0) throw cannot_write(option, path, errno);
    int failure = write_all(file, content);
    if (failure == 0 && ::fchmod(file, 0644) != 0) failure = errno;
    if (failure == 0 && ::fsync(file) != 0) failure = errno;
    if (::close(file) != 0 && failure == 0) failure = errno;
    if (failure == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
    if (failure != 0) {
        ::unlink(temporary.c_str());
        throw cannot_write(option, path, failure);
    }
}

void write_standard_output(std::string_view content) {
    if (const int failure = write_all(STDOUT_FILENO, content); failure != 0) {
        throw cannot_write("standard output", "-", failure);
    }
}

} // namespace quadot::drivers
