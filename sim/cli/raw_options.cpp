#include "sim/cli/raw_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace synq {
namespace {

using Problem = std::optional<std::string>;

Problem read_sets(const RawOptions& raw, Overrides& out) {
    for (const std::string& set : raw.sets) {
        const std::size_t equals = set.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fmt::format("--set: '{}' is not NAME=VALUE", set);
        }
        out.parameters.emplace_back(set.substr(0, equals), set.substr(equals + 1));
    }
    return std::nullopt;
}

Problem read_choices(const RawOptions& raw, RunArguments& out) {
    if (raw.clock == "exact") {
        out.overrides.clock = ClockMode::Exact;
    } else if (raw.clock == "wheel") {
        out.overrides.clock = ClockMode::Wheel;
    } else if (!raw.clock.empty()) {
        return fmt::format("--clock: '{}' is neither exact nor wheel", raw.clock);
    }
    if (raw.format == "json") {
        out.format = OutputFormat::Json;
    } else if (!raw.format.empty() && raw.format != "text") {
        return fmt::format("--format: '{}' is neither text nor json", raw.format);
    }
    return std::nullopt;
}

Problem read_seed(const RawOptions& raw, Overrides& out) {
    if (raw.seed.empty()) {
        return std::nullopt;
    }
    std::uint64_t seed = 0;
    const char* const end = raw.seed.data() + raw.seed.size();
    const auto [stopped, error] = std::from_chars(raw.seed.data(), end, seed);
    if (error != std::errc{} || stopped != end) {
        return fmt::format("--seed: '{}' is not a whole number from 0 to 2^64-1", raw.seed);
    }
    out.seed = seed;
    return std::nullopt;
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string best = nearest(word, candidates);
    return best.empty() ? "" : fmt::format(" (did you mean '{}'?)", best);
}

std::expected<RunArguments, std::string> run_arguments(const RawOptions& raw,
                                                       std::string_view command) {
    RunArguments out;
    if (raw.scenario.empty()) {
        return std::unexpected(
            fmt::format("{} needs a scenario: a file, or a name that synq list shows", command));
    }
    out.scenario = raw.scenario;
    for (const Problem& problem :
         {read_sets(raw, out.overrides), read_choices(raw, out), read_seed(raw, out.overrides)}) {
        if (problem) {
            return std::unexpected(*problem);
        }
    }
    if (!raw.profile.empty()) {
        out.overrides.profile = raw.profile;
    }
    if (!raw.case_name.empty()) {
        out.overrides.case_name = raw.case_name;
    }
    out.segments = raw.segments;
    out.out = raw.out;
    out.pcap = raw.pcap;
    out.quiet = raw.quiet;
    out.color = !raw.no_color;
    return out;
}

std::expected<RunCommand, std::string> run_command(const RawOptions& raw) {
    const auto arguments = run_arguments(raw, "run");
    if (!arguments) {
        return std::unexpected(arguments.error());
    }
    if (!raw.pcap.empty() && raw.pcap == raw.out) {
        return std::unexpected(fmt::format("--pcap and --out are the same file, {}", raw.out));
    }
    if (raw.all_cases) {
        const std::array<std::pair<bool, const char*>, 5> others{
            {{!raw.case_name.empty(), "--case"},
             {!raw.pcap.empty(), "--pcap"},
             {!raw.sets.empty(), "--set"},
             {!raw.profile.empty() || !raw.clock.empty(), "--profile and --clock"},
             {arguments->format == OutputFormat::Json, "--format json"}}};
        for (const auto& [given, option] : others) {
            if (given) {
                return std::unexpected(fmt::format(
                    "--cases runs each case as it is written: it does not go with {}", option));
            }
        }
    }
    return RunCommand{.arguments = *arguments, .all_cases = raw.all_cases};
}

std::expected<StatesCommand, std::string> states_command(const RawOptions& raw) {
    using Form = StatesCommand::Form;
    constexpr std::array<std::string_view, 6> kForms{"markdown", "csv",     "matrix",
                                                     "dot",      "mermaid", "svg"};
    const auto form = std::find(kForms.begin(), kForms.end(),
                                raw.format.empty() ? kForms.front() : std::string_view(raw.format));
    if (form == kForms.end()) {
        return std::unexpected(fmt::format("--format: '{}' is none of {}{}", raw.format,
                                           fmt::join(kForms, ", "),
                                           did_you_mean(raw.format, kForms)));
    }
    return StatesCommand{.form = static_cast<Form>(form - kForms.begin()),
                         .profile = raw.profile,
                         .states = raw.states,
                         .events = raw.events,
                         .out = raw.out};
}

std::expected<ProfilesCommand, std::string> profiles_command(const RawOptions& raw) {
    using Form = ProfilesCommand::Form;
    constexpr std::array<std::string_view, 3> kForms{"text", "markdown", "csv"};
    const auto form = std::find(kForms.begin(), kForms.end(),
                                raw.format.empty() ? kForms.front() : std::string_view(raw.format));
    if (form == kForms.end()) {
        return std::unexpected(fmt::format("--format: '{}' is none of {}{}", raw.format,
                                           fmt::join(kForms, ", "),
                                           did_you_mean(raw.format, kForms)));
    }
    return ProfilesCommand{
        .form = static_cast<Form>(form - kForms.begin()), .profile = raw.profile, .out = raw.out};
}

std::expected<PeerCommand, std::string> peer_command(const RawOptions& raw) {
    Overrides overrides;
    if (const Problem problem = read_sets(raw, overrides)) {
        return std::unexpected(*problem);
    }
    return PeerCommand{.profile = raw.profile, .settings = overrides.parameters};
}

}  // namespace synq
