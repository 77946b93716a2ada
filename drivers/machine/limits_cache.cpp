#include "drivers/machine/limits_cache.hpp"

#include "drivers/report/output_file.hpp"
#include "errors.hpp"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace quadot::drivers {

namespace {

namespace fs = std::filesystem;

fs::path folder() {
    const auto variable = [](const char* name) { return fs::path(std::getenv(name) != nullptr ? std::getenv(name) : ""); };
    if (auto chosen = variable("QUADOT_CACHE"); !chosen.empty()) return chosen;
    if (auto user = variable("XDG_CACHE_HOME"); user.is_absolute()) return user / "quadot";
    if (auto home = variable("HOME"); home.is_absolute()) return home / ".cache" / "quadot";
    return {};
}

} // namespace

std::string limits_file(const std::string& host) {
    const fs::path where = folder();
    if (where.empty()) return "";
    std::string name;
    for (const char c : host) name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c : '_';
    return where / ("machine-" + name + ".json");
}

std::optional<machine_limits> known_limits(const std::string& host, const std::string& cpu) {
    const std::string path = limits_file(host);
    std::error_code failure;
    if (path.empty() || !fs::is_regular_file(path, failure)) return std::nullopt; // nor a folder, nor a pipe that nobody feeds
    std::ifstream file(path);
    if (!file) return std::nullopt;
    const auto json = nlohmann::ordered_json::parse(file, nullptr, /*allow_exceptions=*/false);
    auto limits = limits_from_json(json);
    // Written by another version, or by hand: half of the limits would hold some rows against a roof and others against none.
    if (limits && to_json(*limits) != json) return std::nullopt;
    // Nodes come and go under one name; another CPU's roof would be worse than none.
    if (!limits || limits->host != host || limits->cpu != cpu) return std::nullopt;
    return limits;
}

void remember_limits(const machine_limits& limits) {
    const std::string path = limits_file(limits.host);
    if (path.empty()) return;
    std::error_code failure;
    const fs::path where = fs::path(path).parent_path();
    if (!fs::exists(where, failure)) {
        fs::create_directories(where, failure);
        // Compiled formulas are kept here, too, and are refused where others could write.
        if (!failure) fs::permissions(where, fs::perms::owner_all, failure);
    }
    if (failure) {
        throw environment_error("the cache folder " + where.string() + " cannot be made: " + failure.message() +
                                "; set QUADOT_CACHE to a folder that can");
    }
    write_whole("the machine's limits", path, to_json(limits).dump(1) + "\n");
}

} // namespace quadot::drivers
