// What was typed, and what it means.
#pragma once

#include "sim/cli/command_line.h"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

/// As typed, before it is known to make sense.
struct RawOptions {
    std::string scenario;
    std::vector<std::string> sets, states, events;
    std::string profile, clock, seed, format, out, case_name, pcap;
    bool segments = false, quiet = false, no_color = false, all_cases = false;
};

/// " (did you mean 'X'?)"; empty when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

// Each: the command, or what is wrong with it in one line. `command` is its name.
std::expected<RunArguments, std::string> run_arguments(const RawOptions& raw,
                                                       std::string_view command);
std::expected<RunCommand, std::string> run_command(const RawOptions& raw);
std::expected<StatesCommand, std::string> states_command(const RawOptions& raw);
std::expected<ProfilesCommand, std::string> profiles_command(const RawOptions& raw);
std::expected<PeerCommand, std::string> peer_command(const RawOptions& raw);

}  // namespace synq
