// The command line as values. What reads it is hidden in command_line.cpp.
#pragma once

#include "sim/scenario/scenario.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace synq {

enum class OutputFormat : std::uint8_t { Text, Json };

/// What `synq run` and `synq diff` take.
struct RunArguments {
    std::string scenario;  // a path, or the name of a shipped one
    Overrides overrides;
    OutputFormat format = OutputFormat::Text;
    bool segments = false;
    std::string out;   // empty: standard output
    std::string pcap;  // a packet capture, too; empty: none
    bool quiet = false;
    bool color = true;  // if the output is a terminal
};

struct RunCommand {
    RunArguments arguments;
    bool all_cases = false;  // each [[case]] in turn, a line for each
};
struct DiffCommand {
    RunArguments arguments;
};
struct ListCommand {
    std::string scenario;  // whose cases; empty: the shipped scenarios
};
struct ProfilesCommand {
    enum class Form : std::uint8_t { Text, Markdown, Csv };
    Form form = Form::Text;
    std::string profile;  // empty: all, side by side
    std::string out;
};
struct StatesCommand {
    enum class Form : std::uint8_t { Markdown, Csv, Matrix, Dot, Mermaid, Svg };
    Form form = Form::Markdown;
    std::string profile;  // empty: the default one; "all": every row
    std::vector<std::string> states;
    std::vector<std::string> events;
    std::string out;
};
struct PeerCommand {
    std::string profile;                                        // empty: the usual one
    std::vector<std::pair<std::string, std::string>> settings;  // sysctls as typed
};
/// --help, --version: something to print and nothing to do.
struct PrintCommand {
    std::string text;
};
/// A mistake, in one line.
struct UsageError {
    std::string problem;
};

using Command = std::variant<RunCommand, DiffCommand, ListCommand, ProfilesCommand, StatesCommand,
                             PeerCommand, PrintCommand, UsageError>;

/// `arguments` without the program's name.
Command parse_command_line(std::span<const char* const> arguments);

}  // namespace synq
