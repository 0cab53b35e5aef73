#include "sim/cli/command_line.h"

#include "sim/cli/version.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <expected>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {
namespace {

constexpr std::array<std::string_view, 6> kCommands{"run",      "diff",   "list",
                                                    "profiles", "states", "peer"};

// As typed, before it is known to make sense.
struct RawOptions {
    std::string scenario;
    std::vector<std::string> sets, states, events;
    std::string profile, clock, seed, format, out, case_name, pcap;
    bool segments = false, quiet = false, no_color = false, all_cases = false;
};

using Problem = std::optional<std::string>;

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string best = nearest(word, candidates);
    return best.empty() ? "" : fmt::format(" (did you mean '{}'?)", best);
}

void add_run_options(CLI::App& command, RawOptions& raw) {
    command.add_option("scenario", raw.scenario, "A scenario file, or the name of a shipped one")
        ->type_name("FILE|NAME");
    command.add_option("--set", raw.sets, "Give a parameter another value; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    const auto add = [&command](const char* name, std::string& into, const char* type,
                                const char* help) {
        command.add_option(name, into, help)->type_name(type)->take_last();
    };
    add("--case", raw.case_name, "NAME", "The parameters of a case (see synq list SCENARIO)");
    add("--profile", raw.profile, "NAME", "The stack that all hosts have (see synq profiles)");
    add("--clock", raw.clock, "exact|wheel", "Timers on time, or on Linux's timer wheel");
    add("--seed", raw.seed, "N", "Seed of everything that is drawn");
    add("--format", raw.format, "text|json", "For people, or one JSON object");
    command.add_flag("--segments", raw.segments, "JSON: list the segments, too");
    add("--out", raw.out, "FILE", "Write there instead of to standard output");
    command.add_flag("--quiet", raw.quiet, "The summary only");
    command.add_flag("--no-color", raw.no_color, "No colours on a terminal");
}

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

void add_states_options(CLI::App& command, RawOptions& raw) {
    const auto add = [&command](const char* name, auto& into, const char* type, const char* help) {
        return command.add_option(name, into, help)->type_name(type);
    };
    add("--format", raw.format, "FORM",
        "markdown, csv, matrix (state x event), dot, mermaid, or svg: a picture for a slide")
        ->take_last();
    add("--profile", raw.profile, "NAME|all", "The stack whose rows are told (see synq profiles)")
        ->take_last();
    add("--state", raw.states, "NAME",
        "Rows of this state only (diagrams: its arrows); may be repeated")
        ->allow_extra_args(false);
    add("--event", raw.events, "NAME", "Rows of this event only; may be repeated")
        ->allow_extra_args(false);
    add("--out", raw.out, "FILE", "Write there instead of to standard output")->take_last();
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

void add_profiles_options(CLI::App& command, RawOptions& raw) {
    command.add_option("profile", raw.profile, "One profile's rules, settings and sources")
        ->type_name("NAME");
    command.add_option("--format", raw.format, "text, markdown or csv")
        ->type_name("FORM")
        ->take_last();
    command.add_option("--out", raw.out, "Write there instead of to standard output")
        ->type_name("FILE")
        ->take_last();
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

constexpr const char* kPeerHelp = R"(Lines in:
  RESET                  a fresh socket, bound, neither listening nor connected
  CALL NAME              CONNECT LISTEN ACCEPT RCV SEND CLOSE CLOSECONNECTION
  SEG FLAGS seq ack len  a segment arrives; SYN ACK FIN RST PSH joined by +
  TIME seconds           virtual time passes; without it no timer fires
  STATE                  which state is it in?
Each is answered by any number of OUT FLAGS seq ack len and END, or by one line
STATE name or ERR reason. SEND sends one octet. More: docs/guide/peer.md

Example:
  printf 'CALL LISTEN\nSEG SYN 1000 0 0\n' | synq peer)";

void add_peer_options(CLI::App& command, RawOptions& raw) {
    command.footer(kPeerHelp);
    command.add_option("--profile", raw.profile, "The stack to talk to (see synq profiles)")
        ->type_name("NAME")
        ->take_last();
    command
        .add_option("--set", raw.sets,
                    "Set a sysctl; may be repeated. Before that tcp_invalid_ratelimit is 0")
        ->type_name("SYSCTL=N")
        ->allow_extra_args(false);
}

std::expected<PeerCommand, std::string> peer_command(const RawOptions& raw) {
    Overrides overrides;
    if (const Problem problem = read_sets(raw, overrides)) {
        return std::unexpected(*problem);
    }
    return PeerCommand{.profile = raw.profile, .settings = overrides.parameters};
}

// The whole grammar. CLI11 keeps references to `raw`.
class Grammar {
  public:
    Grammar() {
        app_.name("synq");
        app_.set_version_flag("--version", fmt::format("synq {}", kVersion));
        app_.footer("Example:\n  synq run six-clients --set backlog=2");
        CLI::App& run = add("run", "Simulate a scenario and show what happened",
                            "synq run six-clients --set backlog=0 --clock exact");
        add_run_options(run, raw_);
        run.add_option("--pcap", raw_.pcap, "Write the segments there, too, for Wireshark (pcapng)")
            ->type_name("FILE")
            ->take_last();
        run.add_flag("--cases", raw_.all_cases, "Run every case and say which kept its promises");
        add_run_options(add("diff", "Run a scenario on the model and on this machine's kernel",
                            "synq diff six-clients --set accept_after=2s"),
                        raw_);
        add("list", "List the shipped scenarios, or the cases of one", "synq list six-clients")
            .add_option("scenario", raw_.scenario, "A scenario file, or the name of a shipped one")
            ->type_name("FILE|NAME");
        add_profiles_options(
            add("profiles", "Compare the stacks that hosts can have", "synq profiles linux-3.13"),
            raw_);
        add_states_options(add("states", "Print the state tables that the model runs on",
                               "synq states --format csv --state SYN-RECEIVED"),
                           raw_);
        add_peer_options(
            add("peer", "The model behind a line protocol on standard input and output", ""), raw_);
        app_.allow_extras();
    }

    Command parse(std::span<const char* const> arguments) {
        // Options before the command take no values: the first bare word is the command.
        const auto word = std::find_if(arguments.begin(), arguments.end(),
                                       [](const char* argument) { return argument[0] != '-'; });
        if (word != arguments.end() &&
            std::find(kCommands.begin(), kCommands.end(), *word) == kCommands.end()) {
            return UsageError{
                fmt::format("unknown command '{}'{}", *word, did_you_mean(*word, kCommands))};
        }
        // The library takes them from the back.
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        try {
            app_.parse(std::move(reversed));
        } catch (const CLI::CallForVersion& version) {
            return PrintCommand{fmt::format("{}\n", version.what())};
        } catch (const CLI::CallForHelp&) {
            return PrintCommand{app_.help()};
        } catch (const CLI::ArgumentMismatch& mismatch) {
            const std::string_view what = mismatch.what();
            return UsageError{fmt::format("{} needs a value", what.substr(0, what.find(':')))};
        } catch (const CLI::ParseError& error) {
            return UsageError{error.what()};
        }
        return chosen();
    }

  private:
    CLI::App& add(const char* name, const char* description, const char* example) {
        CLI::App* command = app_.add_subcommand(name, description);
        command->footer(fmt::format("Example:\n  {}", example));
        command->allow_extras();
        return *command;
    }

    // What nothing in the grammar wanted.
    Problem leftover(const CLI::App& app) const {
        const std::vector<std::string> left = app.remaining();
        if (left.empty()) {
            return std::nullopt;
        }
        const std::string& word = left.front();
        if (!word.starts_with("-")) {
            return fmt::format("unexpected argument '{}'", word);
        }
        std::vector<std::string> names;
        for (const CLI::Option* option : app.get_options()) {
            if (!option->get_lnames().empty()) {
                names.push_back("--" + option->get_lnames().front());
            }
        }
        const std::vector<std::string_view> views(names.begin(), names.end());
        const std::string bare = word.substr(0, word.find('='));
        return fmt::format("unknown option '{}'{}", bare, did_you_mean(bare, views));
    }

    Command chosen() const {
        const std::vector<const CLI::App*> commands = app_.get_subcommands({});
        const auto used = std::find_if(commands.begin(), commands.end(),
                                       [](const CLI::App* app) { return app->parsed(); });
        if (const Problem problem = leftover(used == commands.end() ? app_ : **used)) {
            return UsageError{*problem};
        }
        if (used == commands.end()) {
            return UsageError{"no command given: try synq --help"};
        }
        return command_named((*used)->get_name());
    }

    Command command_named(const std::string& name) const {
        if (name == "list") {
            return ListCommand{.scenario = raw_.scenario};
        }
        if (name == "profiles") {
            const auto profiles = profiles_command(raw_);
            return profiles ? Command{*profiles} : Command{UsageError{profiles.error()}};
        }
        if (name == "states") {
            const auto states = states_command(raw_);
            return states ? Command{*states} : Command{UsageError{states.error()}};
        }
        if (name == "peer") {
            const auto peer = peer_command(raw_);
            return peer ? Command{*peer} : Command{UsageError{peer.error()}};
        }
        if (name == "run") {
            const auto run = run_command(raw_);
            return run ? Command{*run} : Command{UsageError{run.error()}};
        }
        const auto arguments = run_arguments(raw_, name);
        return arguments ? Command{DiffCommand{*arguments}}
                         : Command{UsageError{arguments.error()}};
    }

    CLI::App app_{"A simulator of the TCP handshake: what a small backlog does, and why"};
    RawOptions raw_;
};

}  // namespace

Command parse_command_line(std::span<const char* const> arguments) {
    return Grammar().parse(arguments);
}

}  // namespace synq
