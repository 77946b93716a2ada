#include "compiled/cache.hpp"

#include "compiled/sha256.hpp"
#include "spelling.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quadot::compiled {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view seal_name = "quadot-formula-1";

/// Empty: there is no home.
fs::path folder_name() {
    const auto variable = [](const char* name) { return fs::path(std::getenv(name) != nullptr ? std::getenv(name) : ""); };
    if (auto chosen = variable("QUADOT_CACHE"); !chosen.empty()) return chosen;
    // Relative: to be ignored, says the XDG base directory specification.
    if (auto user = variable("XDG_CACHE_HOME"); user.is_absolute()) return user / "quadot";
    if (auto home = variable("HOME"); home.is_absolute()) return home / ".cache" / "quadot";
    return {};
}

std::string seal(std::string_view key, std::string_view object) {
    sha256 hash;
    hash.add(key);
    hash.add(object);
    const auto digest = hash.finish();
    return std::string(seal_name) + std::string(digest.begin(), digest.end());
}

std::string file_name(std::string_view key) { return std::string(key) + ".so"; }

} // namespace

cache::cache() {
    const fs::path name = folder_name();
    if (name.empty()) {
        trouble_ = "no cache folder: neither QUADOT_CACHE nor HOME is set";
        return;
    }
    const std::string shown = "the cache folder " + printable(name.string(), 200);
    std::error_code failure;
    fs::create_directories(name.parent_path(), failure); // open() below will tell
    if (::mkdir(name.c_str(), 0700) != 0 && errno != EEXIST) {
        trouble_ = shown + " cannot be made: " + std::generic_category().message(errno);
        return;
    }
    descriptor folder(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat facts {};
    if (!folder || ::fstat(folder.get(), &facts) != 0) {
        trouble_ = shown + " cannot be opened: " + std::generic_category().message(errno);
    } else if (facts.st_uid != ::geteuid()) {
        trouble_ = shown + " belongs to somebody else";
    } else if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        trouble_ = shown + " can be written by others; chmod go-w would mend it";
    } else {
        folder_ = std::move(folder);
    }
}

std::optional<std::string> cache::find(std::string_view key) const {
    if (!folder_) return std::nullopt;
    const descriptor file(::openat(folder_.get(), file_name(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts {};
    if (!file || ::fstat(file.get(), &facts) != 0) return std::nullopt;
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) return std::nullopt;
    auto content = read_all(file);
    constexpr std::size_t seal_bytes = seal_name.size() + sizeof(sha256::digest);
    if (!content || content->size() <= seal_bytes) return std::nullopt;
    const std::string found = content->substr(content->size() - seal_bytes);
    content->resize(content->size() - seal_bytes);
    if (found != seal(key, *content)) return std::nullopt;
    return content;
}

void cache::keep(std::string_view key, std::string_view object) const {
    if (!folder_) return;
    static std::atomic<unsigned> counter{0};
    // No two processes of a host share a number; O_EXCL refuses what another host of a shared home made.
    std::string temporary = file_name(key) + "." + std::to_string(::getpid()) + "." + std::to_string(counter++);
    const descriptor file(::openat(folder_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return;
    const bool written = write_all(file, object) && write_all(file, seal(key, object)) && ::fsync(file.get()) == 0;
    // The rename replaces whatever has the name, a symbolic link too.
    if (!written || ::renameat(folder_.get(), temporary.c_str(), folder_.get(), file_name(key).c_str()) != 0) {
        ::unlinkat(folder_.get(), temporary.c_str(), 0);
        return;
    }
    (void)::fsync(folder_.get());
}

} // namespace quadot::compiled
