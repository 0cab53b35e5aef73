// The documents against the tree: rooms and their dependencies, files and links that are named.
#include "tests/catch.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace synq {
namespace {

using Rooms = std::map<std::string, std::set<std::string>>;

std::filesystem::path docs() {
    return SYNQ_DOCS_DIR;
}
std::filesystem::path root() {
    return docs().parent_path();
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// All matches of the pattern: the whole, then its groups.
std::vector<std::vector<std::string>> matches(const std::string& text, const char* pattern) {
    const std::regex expression(pattern);
    std::vector<std::vector<std::string>> found;
    for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
        found.emplace_back(it->begin(), it->end());
    }
    return found;
}

/// The words that are room names: lower-case letters only.
std::set<std::string> words_of(const std::string& text) {
    std::set<std::string> words;
    for (const auto& match : matches(text, "[a-z]+")) {
        words.insert(match[0]);
    }
    return words;
}

/// synq_room(NAME name DEPENDS room... OTHER_KEY ...) of one folder.
void read_declared(const std::string& folder, Rooms& rooms) {
    const std::string text = text_of(root() / folder / "CMakeLists.txt");
    for (const auto& match : matches(text, R"(synq_room\(NAME ([a-z]+)([^)]*)\))")) {
        const auto depends = matches(match[2], R"(DEPENDS((?:\s+[a-z]+\b(?!:))+))");
        rooms[folder + "/" + match[1]] =
            depends.empty() ? std::set<std::string>() : words_of(depends.front()[1]);
    }
}

std::vector<std::filesystem::path> pages() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(docs())) {
        if (entry.path().extension() == ".md") {
            found.push_back(entry.path());
        }
    }
    return found;
}

}  // namespace

TEST_CASE("ARCHITECTURE lists the rooms and the dependencies that CMake declares") {
    Rooms declared;
    read_declared("model", declared);
    read_declared("sim", declared);
    REQUIRE(declared.size() >= 16);

    Rooms told;
    const std::string map = text_of(docs() / "ARCHITECTURE.md");
    for (const auto& match : matches(map, R"(\n\| `((?:model|sim)/[a-z]+)` \| ([a-z, -]+) \|)")) {
        told[match[1]] = words_of(match[2]);
    }
    CHECK(told == declared);
}

TEST_CASE("documents name files that exist") {
    for (const auto& page : pages()) {
        const std::string text = text_of(page);
        for (const auto& match :
             matches(text, R"(`((?:model|sim|tests|docs)/[A-Za-z0-9_./-]+)`)")) {
            INFO(page << " names " << match[1]);
            CHECK(std::filesystem::exists(root() / match[1]));
        }
    }
}

TEST_CASE("documents link to files that exist") {
    for (const auto& page : pages()) {
        const std::string text = text_of(page);
        for (const auto& match : matches(text, R"(\]\(([A-Za-z0-9_./-]+)\))")) {
            INFO(page << " links to " << match[1]);
            CHECK(std::filesystem::exists(page.parent_path() / match[1]));
        }
    }
}

}  // namespace synq
