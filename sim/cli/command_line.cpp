#include "sim/cli/command_line.h"

#include "sim/cli/raw_options.h"
#include "sim/cli/version.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {
namespace {

constexpr std::array<std::string_view, 6> kCommands{"run",      "diff",   "list",
                                                    "profiles", "states", "peer"};

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
    std::optional<std::string> leftover(const CLI::App& app) const {
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
        if (const auto problem = leftover(used == commands.end() ? app_ : **used)) {
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
