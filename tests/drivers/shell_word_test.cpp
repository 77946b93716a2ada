// Words that a shell must hand on as they are.
#include "drivers/input/shell_word.hpp"

#include <array>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace {

/// What a shell makes of the words, each ended by a zero byte.
std::string handed_on(const std::string& words) {
    std::FILE* shell = ::popen(("printf '%s\\0' " + words).c_str(), "r");
    if (shell == nullptr) return "no shell";
    std::string out;
    std::array<char, 256> part{};
    for (std::size_t count = 0; (count = std::fread(part.data(), 1, part.size(), shell)) > 0;) out.append(part.data(), count);
    ::pclose(shell);
    return out;
}

TEST(shell_word, reaches_the_program_as_it_was) {
    const std::array<std::string, 19> words{
        "plain", "exp(-x^2) * it's", "$HOME", "a  b",        "",   "`id`", "\"",          "\\", "*", "-inf", "two\nlines",
        "$(id)", "\xc3\xbc",         "!!",    "--rtol=1e-8", "#x", "~",    "a;b&c|d>e<f", "'"};
    std::string together;
    std::string wanted;
    for (const auto& word : words) {
        together += " " + quadot::drivers::shell_word(word);
        wanted += word + '\0';
    }
    EXPECT_EQ(handed_on(together), wanted);
}

} // namespace
