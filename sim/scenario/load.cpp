// Where scenarios come from: a path, or the library inside the program.
#include "sim/scenario/embedded.h"
#include "sim/scenario/scenario.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <vector>

namespace synq {
namespace {

/// A scenario has a few kilobytes; more is a mistake in the path.
constexpr std::size_t kMaxOctets = 1 << 20;

std::vector<std::string_view> shipped_names() {
    std::vector<std::string_view> names;
    for (const EmbeddedScenario& scenario : embedded_scenarios()) {
        names.push_back(scenario.name);
    }
    return names;
}

Diagnostic about_file(const std::string& path, std::string problem, std::string remedy = {}) {
    return {path, {}, std::move(problem), std::move(remedy)};
}

std::expected<std::string, Diagnostic> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) {
        return std::unexpected(
            about_file(path, fmt::format("cannot be opened: {}", std::strerror(errno))));
    }
    std::string text;
    std::array<char, 4096> buffer{};
    std::size_t count = 0;
    while ((count = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0) {
        text.append(buffer.data(), count);
        if (text.size() > kMaxOctets) {
            return std::unexpected(about_file(path, "is larger than 1 MiB: this is no scenario"));
        }
    }
    if (std::ferror(file.get()) != 0) {
        return std::unexpected(
            about_file(path, fmt::format("cannot be read: {}", std::strerror(errno))));
    }
    return text;
}

}  // namespace

std::expected<Scenario, Diagnostic> load_scenario(const std::string& path_or_name,
                                                  const Overrides& overrides) {
    std::error_code error;
    const auto status = std::filesystem::status(path_or_name, error);
    if (std::filesystem::is_directory(status)) {
        return std::unexpected(about_file(path_or_name, "is a directory",
                                          "name a scenario file, as in six-clients.toml"));
    }
    if (std::filesystem::exists(status)) {
        const auto text = read_file(path_or_name);
        if (!text) {
            return std::unexpected(text.error());
        }
        return parse_scenario(*text, path_or_name, overrides);
    }
    for (const EmbeddedScenario& scenario : embedded_scenarios()) {
        if (scenario.name == path_or_name) {
            return parse_scenario(scenario.text, path_or_name, overrides);
        }
    }
    return std::unexpected(about_file(path_or_name,
                                      "there is no such file, and no shipped scenario of that name",
                                      suggest(path_or_name, shipped_names(), "shipped scenarios")));
}

}  // namespace synq
