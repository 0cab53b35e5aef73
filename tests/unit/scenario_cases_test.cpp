// [[case]]: named choices of parameters and their promises.
#include "tests/unit/scenario_mistakes.h"
#include "tests/unit/scenario_reading.h"

#include <string>

namespace synq {
namespace {

constexpr std::string_view kCases = R"toml(
[parameters]
backlog = 5
pause = "1s"
[[case]]
name = "small"
title = "a small backlog"
set = {backlog = 1}
[[case.expect]]
counter = "ListenDrops"
host = "server"
equals = 1
[[case]]
name = "late-exact"
set = {pause = "20s"}
clock = "exact"
profile = "rfc9293"
[[case.expect]]
counter = "ListenDrops"
host = "server"
equals = 2
[[expect]]
counter = "ListenDrops"
host = "server"
max = 9
)toml";

/// "equals" of each expectation that is in force, "-" for the one without.
std::string in_force(const Overrides& overrides) {
    std::string out;
    for (const Expectation& expectation : with_host(kCases, overrides).expectations) {
        out += expectation.equals ? std::to_string(*expectation.equals) : "-";
    }
    return out;
}

Overrides named(const std::string& name) {
    return {.parameters = {}, .profile = {}, .clock = {}, .seed = {}, .case_name = name};
}

}  // namespace

TEST_CASE("a case gives parameters, clock and profile") {
    const Scenario small = with_host(kCases, named("small"));
    CHECK(small.parameters.at("backlog") == "1");
    CHECK(small.parameters.at("pause") == "1s");
    CHECK(small.clock.mode == ClockMode::Wheel);
    const Scenario late = with_host(kCases, named("late-exact"));
    CHECK(late.parameters.at("backlog") == "5");
    CHECK(late.parameters.at("pause") == "20s");
    CHECK(late.clock.mode == ClockMode::Exact);
    CHECK(late.hosts.at(0).profile == "rfc9293");
    REQUIRE(late.cases.size() == 2);
    CHECK(late.cases[0].name == "small");
    CHECK(late.cases[0].title == "a small backlog");
    CHECK_FALSE(late.cases[0].chosen);
    CHECK(late.cases[1].chosen);
}

TEST_CASE("a case promises for exactly its choice, however that came about") {
    CHECK(in_force({}) == "-");
    CHECK(in_force(named("small")) == "-1");
    CHECK(in_force(named("late-exact")) == "-2");
    CHECK(in_force({.parameters = {{"backlog", "1"}}}) == "-1");
    CHECK(in_force({.parameters = {{"backlog", "1"}}, .clock = ClockMode::Exact}) == "-");
    CHECK(in_force({.parameters = {{"backlog", "1"}}, .clock = ClockMode::Wheel}) == "-1");
    CHECK(in_force({.parameters = {{"pause", "20s"}}, .clock = ClockMode::Exact}) == "-");
    CHECK(in_force({.parameters = {{"pause", "20s"}},
                    .profile = "rfc9293",
                    .clock = ClockMode::Exact}) == "-2");
    CHECK(in_force({.parameters = {{"backlog", "1"}}, .profile = "linux-6.18"}) == "-1");
    CHECK(in_force({.parameters = {{"backlog", "1"}}, .profile = "rfc9293"}) == "-");
}

TEST_CASE("the command line has the last word over a case") {
    Overrides overrides = named("late-exact");
    overrides.parameters = {{"pause", "3s"}};
    overrides.clock = ClockMode::Wheel;
    const Scenario scenario = with_host(kCases, overrides);
    CHECK(scenario.parameters.at("pause") == "3s");
    CHECK(scenario.clock.mode == ClockMode::Wheel);
    CHECK(scenario.hosts.at(0).profile == "rfc9293");
    CHECK(in_force(overrides) == "-");
}

TEST_CASE("mistakes in cases are told with their place") {
    const auto with = [](std::string_view text) {
        return before_rest("[parameters]\na = 1\nt = \"1s\"\n" + std::string(text));
    };
    CHECK(with("[[case]]\ntitle = \"x\"") == "4:1 [[case]] without 'name'");
    CHECK(with("[[case]]\nname = \"a b\"").starts_with("5:8 'a b' cannot name a case"));
    CHECK(with("[[case]]\nname = \"x\"\n[[case]]\nname = \"x\"") ==
          "6:1 there are two cases named 'x'");
    CHECK(with("[[case]]\nname = \"x\"\nset = {b = 2}") ==
          "6:8 unknown parameter 'b' (parameters: a, t)");
    CHECK(
        with("[[case]]\nname = \"x\"\nset = {t = 2}") ==
        "6:12 't' takes a duration, and 2 is a plain number (say \"2s\" or \"2ms\", with quotes)");
    CHECK(with("[[case]]\nname = \"x\"\nset = 3") ==
          "6:1 'set' is an integer here (write [set], once)");
    CHECK(with("[[case]]\nname = \"x\"\nclock = \"whele\"")
              .starts_with("6:9 unknown clock mode 'whele' (did you mean 'wheel'?"));
    CHECK(with("[[case]]\nname = \"x\"\nprofile = \"vms\"")
              .starts_with("6:11 unknown profile 'vms'"));
    CHECK(with("[[case]]\nname = \"x\"\nexpects = 1").starts_with("6:1 unknown key 'expects'"));
    CHECK(before_rest("[[case]]\nname = \"x\"\n", named("y")) ==
          "0:0 there is no case 'y' (cases: x)");
    CHECK(before_rest("", named("y")) == "0:0 there is no case 'y' (this scenario has no cases)");
    // An expectation of a case that was not chosen is read all the same.
    CHECK(after_rest("[[case]]\nname = \"x\"\nset = {}\nclock = \"exact\"\n[[case.expect]]\n"
                     "counter = \"ListenDrop\"\nhost = \"server\"\nequals = 1")
              .starts_with("14:11 unknown counter 'ListenDrop'"));
}

TEST_CASE("an expectation of sockets speaks of a moment at which they are looked at") {
    const auto sockets = [](std::string_view state, std::string_view rest) {
        return before_rest("[run]\ntables = [\"2s\", \"1s\"]\n[[expect]]\nsockets = \"" +
                           std::string(state) + "\"\nhost = \"server\"\n" + std::string(rest));
    };
    CHECK(sockets("ESTAB", "at = \"1s\"\nequals = 2").empty());
    CHECK(sockets("SYN-RECV", "at = \"2s\"\nmin = 1").empty());
    CHECK(sockets("ESTAB", "at = \"3s\"\nequals = 2") ==
          "6:6 no table of sockets is taken at this time (add it to run.tables)");
    CHECK(sockets("ESTAB", "equals = 2") == "3:1 [[expect]] without 'at'");
    CHECK(sockets("ESTAB", "at = \"1s\"") ==
          "3:1 [[expect]] promises nothing (give 'equals', 'min' or 'max')");
    CHECK(sockets("ESTABLISHED", "at = \"1s\"\nequals = 2") ==
          "4:11 'ESTABLISHED' is the RFC's word (ss calls it 'ESTAB')");
    CHECK(sockets("ESTB", "at = \"1s\"\nequals = 2")
              .starts_with("4:11 unknown state 'ESTB' (did you mean 'ESTAB'?"));
    const Scenario scenario = with_host(
        "[run]\ntables = [\"2s\", \"1s\"]\n[[expect]]\nsockets = \"FIN-WAIT-2\"\n"
        "host = \"server\"\nat = \"1s\"\nmax = 3");
    CHECK(scenario.table_times == std::vector{seconds(1), seconds(2)});
    REQUIRE(scenario.expectations.size() == 1);
    CHECK(scenario.expectations[0].subject == Expectation::Subject::Sockets);
    CHECK(scenario.expectations[0].text == "sockets of server in FIN-WAIT-2 at 1s <= 3");
}

TEST_CASE("a group may have no instances, but not every group") {
    const std::string group = "[[process]]\nname = \"q\"\nhost = \"server\"\ncount = 0\n";
    CHECK(after_rest(group + "program = \"exit\"").empty());
    CHECK(after_rest(group + "program = \"exti\"").starts_with("13:12 "));
    CHECK(mistake("[[host]]\nname = \"server\"\n" + group + "program = \"exit\"") ==
          "0:0 every [[process]] has a count of 0 (a scenario needs at least one)");
    const std::string expect = "\n[[expect]]\ncall = \"connect\"\nresult = 0\n";
    CHECK(after_rest(group + "program = \"exit\"" + expect + "process = \"q\"").empty());
    CHECK(after_rest(group + "program = \"exit\"" + expect + "process = \"q.0\"") ==
          "17:11 there is no process 'q.0' (its count is 0)");
}

}  // namespace synq
