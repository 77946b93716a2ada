#include "compiled/loader.hpp"

#include "compiled/files.hpp"
#include "compiled/refusal.hpp"
#include "compiled/source.hpp"
#include "spelling.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace quadot::compiled {

namespace {

struct unload {
    void operator()(void* handle) const { ::dlclose(handle); }
};
using loaded_object = std::unique_ptr<void, unload>;

/// A path to an open file that no other load has used: the dynamic linker takes an object of the same name for the same object, and numbers of
/// descriptors come back. So the path spells a counter, a bit in each "/./" or "//".
std::string unique_path(const descriptor& file) {
    static std::atomic<std::uint32_t> counter{0};
    std::string path = "/proc/self/fd";
    for (std::uint32_t rest = counter++; rest != 0; rest >>= 1) path += (rest & 1) != 0 ? "/." : "/";
    return path + "/" + std::to_string(file.get());
}

std::string complaint() {
    const char* const text = ::dlerror();
    return printable(text != nullptr ? text : "unknown", 160);
}

loaded_object open_object(std::string_view object) {
    std::string first;
    const descriptor memory(::memfd_create("quadot-formula", MFD_CLOEXEC));
    if (memory && write_all(memory, object)) {
        if (void* const handle = ::dlopen(unique_path(memory).c_str(), RTLD_NOW | RTLD_LOCAL)) return loaded_object(handle);
        first = complaint();
    }
    // Where policy forbids to execute memory files, or /proc is missing: a file in a folder of our own, gone once it is mapped.
    const temporary_folder folder;
    const auto path = folder.path() / "formula.so";
    const descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
    if (!file || !write_all(file, object)) {
        throw refusal(printable(path.string(), 200) + " cannot be written: " + std::generic_category().message(errno));
    }
    if (void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return loaded_object(handle);
    throw refusal("the compiled formula cannot be loaded: " + (first.empty() ? complaint() : first));
}

} // namespace

compiled_functions load(std::string_view object, std::string_view identity) {
    loaded_object opened = open_object(object);
    const auto* const says = static_cast<const char*>(::dlsym(opened.get(), identity_symbol));
    if (says == nullptr || identity != says) throw refusal("the compiled formula is another one, or was made with other headers");
    void* const symbol = ::dlsym(opened.get(), function_symbol);
    if (symbol == nullptr) throw refusal("the compiled formula exports no function");
    void* const rows = ::dlsym(opened.get(), rows_symbol);
    (void)opened.release();
    return {reinterpret_cast<formula_function>(symbol), reinterpret_cast<rows_function>(rows)};
}

} // namespace quadot::compiled
