#include "compiled/headers.hpp"

#include "compiled/build_facts.hpp"
#include "compiled/files.hpp"
#include "compiled/header_list.hpp"
#include "compiled/refusal.hpp"
#include "compiled/sha256.hpp"
#include "spelling.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include <dlfcn.h>

namespace quadot::compiled {

namespace {

namespace fs = std::filesystem;

/// The installed layout, seen from a file in <prefix>/bin, <prefix>/lib or <prefix>/lib/ARCHITECTURE.
void add_installed(const fs::path& file, std::vector<std::string>& folders) {
    std::error_code failure;
    fs::path folder = fs::canonical(file, failure).parent_path();
    if (failure) return;
    for (int level = 0; level < 3 && folder.has_relative_path(); ++level) {
        folder = folder.parent_path();
        folders.push_back(folder / installed_headers);
    }
}

} // namespace

std::string hash_of_headers(const std::string& folder) {
    sha256 all;
    for (const std::string_view name : header_names) {
        const auto content = read_file(fs::path(folder) / name);
        if (!content) return {};
        all.add(std::string(name) + " " + hexadecimal(sha256_of(*content)) + "\n");
    }
    return hexadecimal(all.finish());
}

std::string find_headers() {
    std::vector<std::string> folders;
    const char* const chosen = std::getenv("QUADOT_INCLUDE");
    if (chosen != nullptr && *chosen != '\0') {
        folders.emplace_back(chosen);
    } else {
        // In a program linked statically, the file is the program's name as typed; /proc knows better.
        Dl_info here{};
        if (dladdr(reinterpret_cast<const void*>(&find_headers), &here) != 0 && here.dli_fname != nullptr) {
            add_installed(here.dli_fname, folders);
        }
        add_installed("/proc/self/exe", folders);
        folders.emplace_back(source_headers);
    }
    std::string other;
    for (const auto& folder : folders) {
        const std::string hash = hash_of_headers(folder);
        if (hash == headers_hash) return folder;
        if (!hash.empty() && other.empty()) other = folder;
    }
    if (!other.empty()) throw refusal("the headers in " + printable(other, 200) + " are not those that this library was built from");
    throw refusal("Quadot's headers are not " + (folders.size() == 1 ? "in " + printable(folders.front(), 200) : std::string("installed")) +
                  "; QUADOT_INCLUDE names their folder");
}

} // namespace quadot::compiled
