// Any bytes are a formula or are refused in one line; a formula has the same value at a point, in a block, and after being copied. With
// -DQUADOT_FUZZ=ON this is a libFuzzer target; otherwise replay.cpp runs it over the committed corpus.
#include "quadot.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(std::string_view text, const std::string& why) {
    std::fprintf(stderr, "%s: '%.*s'\n", why.c_str(), static_cast<int>(text.size()), text.data());
    std::abort();
}

void check_refusal(std::string_view text, const quadot::error& refusal) {
    const std::string message = refusal.what();
    if (refusal.kind() != quadot::error_kind::usage) fail(text, "not a usage error: " + message);
    if (message.find("': column ") == std::string::npos || message.find("; ") == std::string::npos) fail(text, "unclear: " + message);
    if (message.size() > 1000) fail(text, "a long message");
    for (const char c : message) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) fail(text, "a control character in the message");
    }
}

void check_values(std::string_view text, const quadot::expression& formula) {
    constexpr std::size_t count = 35; // a run and a rest
    std::vector<double> x(count), y(count), values(count);
    for (std::size_t k = 0; k < count; ++k) {
        x[k] = (static_cast<double>(k) - 7) / 8;
        y[k] = static_cast<double>(k * k) - 100;
    }
    const quadot::expression copy = formula;
    const std::vector<std::span<const double>> variables{x, y};
    copy.evaluate(variables, values);
    if (!quadot::describe(quadot::default_isa()).fused_multiply_add) return;
    for (std::size_t k = 0; k < count; ++k) {
        const double alone = formula(x[k], y[k]);
        const bool same = std::bit_cast<std::uint64_t>(alone) == std::bit_cast<std::uint64_t>(values[k]);
        if (!same && !(std::isnan(alone) && std::isnan(values[k]))) fail(text, "another value in a block");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        check_values(text, quadot::expression(text, {"x", "y"}, {{"k", 3.0}}));
    } catch (const quadot::error& refusal) {
        check_refusal(text, refusal);
    }
    return 0;
}
