#include "model/fsm/describe_parts.h"

#include <algorithm>

namespace synq {

std::string page_head(std::string_view title, const Selection& selection) {
    std::string out = "<!-- Made from the transition tables by `synq states`; a test compares. -->";
    out += "\n\n# ";
    out += title;
    out += selection.profile == nullptr ? ", every profile" : ", ";
    out += selection.profile == nullptr ? "" : selection.profile->name;
    return out += "\n\n";
}

void add_once(std::vector<std::string_view>& words, std::string_view word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) {
        words.push_back(word);
    }
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
    std::string out;
    for (const std::string_view word : words) {
        out += (out.empty() ? "" : std::string(separator)) + std::string(word);
    }
    return out;
}

}  // namespace synq
