// The examples of docs/guide/scenario-language.md are read as they are printed there.
#include "sim/proc/parser.h"
#include "sim/scenario/scenario.h"
#include "tests/catch.h"

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace synq {
namespace {

struct Block {
    std::string language;
    std::string text;
    std::uint32_t line = 0;  // of its first line
};

std::vector<Block> blocks_of(const std::string& path) {
    std::ifstream in(path);
    std::vector<Block> blocks;
    std::string line;
    bool inside = false;
    for (std::uint32_t number = 1; std::getline(in, line); ++number) {
        if (line.starts_with("```")) {
            inside = !inside;
            if (inside) {
                blocks.push_back({line.substr(3), "", number + 1});
            }
        } else if (inside) {
            blocks.back().text += line + "\n";
        }
    }
    return blocks;
}

}  // namespace

TEST_CASE("every example of the scenario guide can be read") {
    const std::string path = SYNQ_DOCS_DIR "/guide/scenario-language.md";
    const ParameterMap no_parameters;
    const HostNames hosts{{"server", "server"}};
    int files = 0;
    int programs = 0;
    for (const Block& block : blocks_of(path)) {
        std::string problem;
        if (block.language == "toml") {
            ++files;
            const auto scenario = parse_scenario(block.text, path, {});
            problem = scenario ? "" : to_string(scenario.error());
        } else if (block.language == "synq") {
            ++programs;
            const auto program =
                parse_program(block.text, ProgramContext{.origin = {path, {block.line, 1}, {}},
                                                         .parameters = &no_parameters,
                                                         .hosts = &hosts});
            problem = program ? "" : to_string(program.error());
        }
        INFO("the block that begins in line " << block.line);
        INFO(problem);
        CHECK(problem.empty());
    }
    CHECK(files >= 5);
    CHECK(programs >= 2);
}

}  // namespace synq
