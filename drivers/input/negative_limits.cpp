#include "drivers/input/negative_limits.hpp"

#include <cstddef>
#include <string_view>

namespace quadot::drivers {

std::vector<std::string> protect_negative_limits(std::vector<std::string> words) {
    const std::size_t command = !words.empty() && words.front() == "scale" ? 1 : 0;
    if (words.size() <= command || words[command] != "integrate") return words;
    std::erase(words, "--"); // means what is done here anyway
    const std::size_t what = command + 1;
    if (words.size() > what && words[what].size() > 1 && words[what][0] == '-' &&
        std::string_view("-nh").find(words[what][1]) == std::string::npos) {
        words[what] = "(" + words[what] + ")";
    }
    for (std::size_t k = what + 1; k < words.size(); ++k) {
        std::string& word = words[k];
        const bool after_option = words[k - 1].size() > 1 && words[k - 1].front() == '-' && words[k - 1].find('=') == std::string::npos;
        if (after_option || word.size() < 2 || word.front() != '-' || word[1] == '-') continue;
        for (const std::string_view start : {"pi", "inf", "e", "(", ".", "sqrt", "exp", "log", "sin", "cos", "tan", "atan", "abs"}) {
            if (!std::string_view(word).substr(1).starts_with(start)) continue;
            word = "(" + word + ")";
            break;
        }
    }
    return words;
}

} // namespace quadot::drivers
