#include "sim/cli/command_line.h"

#include "tests/catch.h"

#include <initializer_list>
#include <vector>

namespace synq {
namespace {

Command parse(std::initializer_list<const char*> arguments) {
    return parse_command_line(std::vector<const char*>(arguments));
}

std::string problem(std::initializer_list<const char*> arguments) {
    const Command command = parse(arguments);
    const auto* error = std::get_if<UsageError>(&command);
    return error == nullptr ? "none" : error->problem;
}

RunArguments run_arguments(std::initializer_list<const char*> arguments) {
    const Command command = parse(arguments);
    REQUIRE(std::holds_alternative<RunCommand>(command));
    return std::get<RunCommand>(command).arguments;
}

}  // namespace

TEST_CASE("run takes a scenario and everything that can be set") {
    const RunArguments plain = run_arguments({"run", "six-clients"});
    CHECK(plain.scenario == "six-clients");
    CHECK(plain.format == OutputFormat::Text);
    CHECK_FALSE(plain.overrides.seed);
    CHECK_FALSE(plain.overrides.clock);
    CHECK_FALSE(plain.overrides.profile);
    CHECK(plain.color);

    const RunArguments all = run_arguments(
        {"run", "--set", "backlog=-1", "six.toml", "--set", "text=a=b", "--profile", "linux-6.18",
         "--clock", "exact", "--seed", "18446744073709551615", "--format", "json", "--segments",
         "--out", "x.json", "--quiet", "--no-color"});
    CHECK(all.scenario == "six.toml");
    REQUIRE(all.overrides.parameters.size() == 2);
    CHECK(all.overrides.parameters[0] == std::pair<std::string, std::string>("backlog", "-1"));
    CHECK(all.overrides.parameters[1] == std::pair<std::string, std::string>("text", "a=b"));
    CHECK(all.overrides.profile == "linux-6.18");
    CHECK(all.overrides.clock == ClockMode::Exact);
    CHECK(all.overrides.seed == 18446744073709551615U);
    CHECK(all.format == OutputFormat::Json);
    CHECK(all.segments);
    CHECK(all.out == "x.json");
    CHECK(all.quiet);
    CHECK_FALSE(all.color);
}

TEST_CASE("options may be written with an equals sign, and the last one counts") {
    const RunArguments run =
        run_arguments({"run", "six-clients", "--set=backlog=0", "--seed=3", "--seed", "4"});
    CHECK(run.overrides.parameters[0].second == "0");
    CHECK(run.overrides.seed == 4U);
}

TEST_CASE("diff takes the same as run") {
    const Command command = parse({"diff", "six-clients", "--set", "accept_after=5s"});
    REQUIRE(std::holds_alternative<DiffCommand>(command));
    CHECK(std::get<DiffCommand>(command).arguments.overrides.parameters[0].second == "5s");
}

TEST_CASE("the small commands take no scenario") {
    CHECK(std::holds_alternative<ListCommand>(parse({"list"})));
    const Command profiles = parse({"profiles"});
    REQUIRE(std::holds_alternative<ProfilesCommand>(profiles));
    CHECK(std::get<ProfilesCommand>(profiles).profile.empty());
    CHECK(std::get<ProfilesCommand>(profiles).form == ProfilesCommand::Form::Text);
    const Command one = parse({"profiles", "--format=csv", "macos", "--out", "m.csv"});
    REQUIRE(std::holds_alternative<ProfilesCommand>(one));
    CHECK(std::get<ProfilesCommand>(one).profile == "macos");
    CHECK(std::get<ProfilesCommand>(one).form == ProfilesCommand::Form::Csv);
    CHECK(std::get<ProfilesCommand>(one).out == "m.csv");
    const Command states = parse({"states", "--format", "dot", "--out", "states.dot"});
    REQUIRE(std::holds_alternative<StatesCommand>(states));
    CHECK(std::get<StatesCommand>(states).form == StatesCommand::Form::Dot);
    CHECK(std::get<StatesCommand>(states).out == "states.dot");
}

TEST_CASE("peer takes a profile and sysctls") {
    const Command plain = parse({"peer"});
    REQUIRE(std::holds_alternative<PeerCommand>(plain));
    CHECK(std::get<PeerCommand>(plain).profile.empty());
    const Command command =
        parse({"peer", "--set", "net.ipv4.tcp_sack=0", "--set=a=b", "--profile", "linux-6.18"});
    REQUIRE(std::holds_alternative<PeerCommand>(command));
    const auto& peer = std::get<PeerCommand>(command);
    CHECK(peer.profile == "linux-6.18");
    REQUIRE(peer.settings.size() == 2);
    CHECK(peer.settings[0] == std::pair<std::string, std::string>("net.ipv4.tcp_sack", "0"));
    CHECK(peer.settings[1] == std::pair<std::string, std::string>("a", "b"));
    CHECK(problem({"peer", "--set", "tcp_sack"}) == "--set: 'tcp_sack' is not NAME=VALUE");
    CHECK(problem({"peer", "lines.txt"}) == "unexpected argument 'lines.txt'");
    CHECK(problem({"peer", "--sett"}) == "unknown option '--sett' (did you mean '--set'?)");
}

TEST_CASE("states takes a form, a profile, states and events") {
    const Command plain = parse({"states"});
    REQUIRE(std::holds_alternative<StatesCommand>(plain));
    CHECK(std::get<StatesCommand>(plain).form == StatesCommand::Form::Markdown);
    CHECK(std::get<StatesCommand>(plain).profile.empty());
    CHECK(std::get<StatesCommand>(plain).states.empty());
    CHECK(std::get<StatesCommand>(plain).events.empty());

    const Command all = parse({"states", "--profile", "all", "--format=svg", "--state", "ESTAB",
                               "--event", "FIN", "--state=LAST-ACK"});
    REQUIRE(std::holds_alternative<StatesCommand>(all));
    CHECK(std::get<StatesCommand>(all).form == StatesCommand::Form::Svg);
    CHECK(std::get<StatesCommand>(all).profile == "all");
    CHECK(std::get<StatesCommand>(all).states == std::vector<std::string>{"ESTAB", "LAST-ACK"});
    CHECK(std::get<StatesCommand>(all).events == std::vector<std::string>{"FIN"});

    CHECK(problem({"states", "LAST-ACK"}) == "unexpected argument 'LAST-ACK'");
    CHECK(problem({"states", "--state"}) == "--state needs a value");
}

TEST_CASE("help and version are printed") {
    for (const char* command : {"run", "diff", "list", "profiles", "states"}) {
        const Command help = parse({command, "--help"});
        REQUIRE(std::holds_alternative<PrintCommand>(help));
        const std::string& text = std::get<PrintCommand>(help).text;
        CHECK(text.find(std::string("Example:\n  synq ") + command) != std::string::npos);
    }
    const Command peer = parse({"peer", "--help"});
    REQUIRE(std::holds_alternative<PrintCommand>(peer));
    CHECK(std::get<PrintCommand>(peer).text.find("Example:\n  printf ") != std::string::npos);
    CHECK(std::holds_alternative<PrintCommand>(parse({"--help"})));
    CHECK(std::get<PrintCommand>(parse({"--version"})).text.substr(0, 5) == "synq ");
}

TEST_CASE("run takes a case, or all of them") {
    CHECK(run_arguments({"run", "six-clients", "--case", "x"}).overrides.case_name == "x");
    const Command command = parse({"run", "six-clients", "--cases", "--seed", "3"});
    REQUIRE(std::holds_alternative<RunCommand>(command));
    CHECK(std::get<RunCommand>(command).all_cases);
    CHECK(std::get<RunCommand>(command).arguments.overrides.seed == 3U);
    const Command list = parse({"list", "six-clients"});
    REQUIRE(std::holds_alternative<ListCommand>(list));
    CHECK(std::get<ListCommand>(list).scenario == "six-clients");
    for (const std::string option : {"--profile=x", "--clock=exact", "--format=json", "--case=x"}) {
        CHECK(problem({"run", "six-clients", "--cases", option.c_str()})
                  .starts_with("--cases runs each case as it is written"));
    }
}

TEST_CASE("mistakes are told in one line, with what was meant") {
    CHECK(problem({}) == "no command given: try synq --help");
    CHECK(problem({"rnu"}) == "unknown command 'rnu' (did you mean 'run'?)");
    CHECK(problem({"run"}) == "run needs a scenario: a file, or a name that synq list shows");
    CHECK(problem({"run", "six-clients", "--profil", "x"}) ==
          "unknown option '--profil' (did you mean '--profile'?)");
    CHECK(problem({"run", "six-clients", "--qiet=3"}) ==
          "unknown option '--qiet' (did you mean '--quiet'?)");
    CHECK(problem({"run", "six-clients", "another"}) == "unexpected argument 'another'");
    CHECK(problem({"--frobnicate"}) == "unknown option '--frobnicate'");
    CHECK(problem({"list", "one", "more"}) == "unexpected argument 'more'");
}

TEST_CASE("values that make no sense are told with their option") {
    CHECK(problem({"run", "x", "--set", "backlog"}) == "--set: 'backlog' is not NAME=VALUE");
    CHECK(problem({"run", "x", "--set", "=3"}) == "--set: '=3' is not NAME=VALUE");
    for (const char* seed : {"x", "-1", "1x", "18446744073709551616", "0x10"}) {
        const std::string option = std::string("--seed=") + seed;
        CHECK(problem({"run", "x", option.c_str()}) ==
              std::string("--seed: '") + seed + "' is not a whole number from 0 to 2^64-1");
    }
    CHECK(problem({"run", "x", "--seed"}) == "--seed needs a value");
    CHECK(problem({"run", "x", "--clock", "late"}) == "--clock: 'late' is neither exact nor wheel");
    CHECK(problem({"run", "x", "--format", "xml"}) == "--format: 'xml' is neither text nor json");
    CHECK(problem({"states", "--format", "json"}) ==
          "--format: 'json' is none of markdown, csv, matrix, dot, mermaid, svg");
    CHECK(problem({"states", "--format", "mermiad"}) ==
          "--format: 'mermiad' is none of markdown, csv, matrix, dot, mermaid, svg (did you mean "
          "'mermaid'?)");
}

}  // namespace synq
