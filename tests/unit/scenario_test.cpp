// The scenario file: settings, parameters, processes and expectations.
#include "tests/unit/scenario_reading.h"

#include <map>
#include <string>
#include <vector>

namespace synq {

TEST_CASE("a scenario is named after its file") {
    const Scenario scenario = with_host("title = \"T\"");
    CHECK(scenario.name == "some");
    CHECK(scenario.file == "dir/some.toml");
    CHECK(scenario.title == "T");
}

TEST_CASE("what a file does not say has its default") {
    const Scenario scenario = with_host("");
    CHECK(scenario.seed == 1);
    CHECK(scenario.clock.mode == ClockMode::Wheel);
    CHECK(scenario.clock.hz == 250);
    CHECK_FALSE(scenario.clock.phase.has_value());
    CHECK_FALSE(scenario.until.has_value());
    CHECK(scenario.wakeup == Duration{});
    CHECK(scenario.table_times.empty());
    CHECK(scenario.hosts.at(0).profile == "linux-6.18");
    CHECK(scenario.processes.at(0).start == Duration{});
}

TEST_CASE("clock and run are read") {
    const Scenario scenario = with_host(R"toml(
seed = 42
[parameters]
late = "2s"
[clock]
mode = "exact"
hz = 1000
phase = "1ms"
[run]
until = "late * 30"
wakeup = "50us"
tables = ["1s", "late + 500ms"]
)toml");
    CHECK(scenario.seed == 42);
    CHECK(scenario.clock.mode == ClockMode::Exact);
    CHECK(scenario.clock.hz == 1000);
    CHECK(scenario.clock.phase == milliseconds(1));
    CHECK(scenario.until == seconds(60));
    CHECK(scenario.wakeup == microseconds(50));
    CHECK(scenario.table_times == std::vector{seconds(1), milliseconds(2500)});
}

TEST_CASE("parameters are numbers, durations and booleans") {
    const Scenario scenario = with_host(R"toml(
[parameters]
n = 5
negative = -1
yes = true
pause = "1.5s"
as_text = "12"
sum = "2 * 3"
)toml");
    CHECK(scenario.parameters == std::map<std::string, std::string>{{"n", "5"},
                                                                    {"negative", "-1"},
                                                                    {"yes", "1"},
                                                                    {"pause", "1500ms"},
                                                                    {"as_text", "12"},
                                                                    {"sum", "6"}});
}

TEST_CASE("the command line replaces values and keeps their kind") {
    Overrides overrides;
    overrides.parameters = {{"n", "7"}, {"pause", "3s"}, {"flag", "true"}, {"n", "8"}};
    overrides.seed = 9;
    overrides.clock = ClockMode::Exact;
    overrides.profile = "linux-6.18";
    const Scenario scenario = with_host(R"toml(
seed = "n"
[parameters]
n = 5
pause = "1s"
flag = 0
[run]
until = "pause * n"
)toml",
                                        overrides);
    CHECK(scenario.parameters.at("n") == "8");
    CHECK(scenario.parameters.at("flag") == "1");
    CHECK(scenario.until == seconds(24));
    CHECK(scenario.seed == 9);
    CHECK(scenario.clock.mode == ClockMode::Exact);
}

TEST_CASE("a group has numbered instances that start one after another") {
    const Scenario scenario = with_host(R"toml(
[[process]]
name = "client"
host = "server"
count = 3
start = "20ms * index"
program = "sleep(1s * index)"
)toml");
    REQUIRE(scenario.processes.size() == 4);
    CHECK(scenario.processes[0].name == "client.0");
    CHECK(scenario.processes[2].name == "client.2");
    CHECK(scenario.processes[2].group == "client");
    CHECK(scenario.processes[2].start == milliseconds(40));
    CHECK(scenario.processes[2].program.operations[0].text == "sleep(1s * 2)");
    CHECK(scenario.processes[3].name == "p");
}

TEST_CASE("a group of one instance is still numbered") {
    const Scenario scenario =
        with_host("[[process]]\nname = \"c\"\nhost = \"server\"\ncount = 1\nprogram = \"exit\"\n");
    CHECK(scenario.processes[0].name == "c.0");
}

TEST_CASE("expectations of every subject are read") {
    const Scenario scenario = with_host(R"toml(
[[expect]]
counter = "ListenOverflows"
host = "server"
equals = 27
[[expect]]
call = "connect"
process = "p"
errno = "ETIMEDOUT"
result = -1
ends_min = "35s"
ends_max = "36.1s"
min = 1
max = 3
[[expect]]
call = "accept"
process = "p"
errno = "none"
[[expect]]
accept_queue_max = 3
listener = "server:8000"
[[expect]]
request_queue_max = {min = 1, max = 2}
listener = "server:8001"
[[expect]]
segments = "SYN+ACK"
host = "server"
max = 9
)toml");
    const auto& all = scenario.expectations;
    REQUIRE(all.size() == 6);
    CHECK(all[0].subject == Expectation::Subject::Counter);
    CHECK(all[0].counter == "ListenOverflows");
    CHECK(all[0].host == "server");
    CHECK(all[0].equals == 27);
    CHECK(all[0].pos.line == 2);
    CHECK(all[0].text == "ListenOverflows of server == 27");
    CHECK(all[1].subject == Expectation::Subject::CallsOf);
    CHECK(all[1].call == CallKind::Connect);
    CHECK(all[1].process == "p");
    CHECK(all[1].error == Errno::Etimedout);
    CHECK(all[1].result == -1);
    CHECK(all[1].ends_min == seconds(35));
    CHECK(all[1].ends_max == milliseconds(36'100));
    CHECK(all[1].min == 1);
    CHECK(all[1].max == 3);
    CHECK(all[1].text == "connect of p, result -1, ETIMEDOUT, ends 35s to 36100ms: in 1..3 calls");
    CHECK(all[2].error == Errno::None);
    CHECK_FALSE((all[2].equals || all[2].min || all[2].max));
    CHECK(all[2].text == "accept of p, no error: all calls");
    CHECK(all[3].subject == Expectation::Subject::AcceptQueue);
    CHECK(all[3].equals == 3);
    CHECK(all[3].port == 8000);
    CHECK(all[3].text == "longest accept queue of server:8000 == 3");
    CHECK(all[4].subject == Expectation::Subject::RequestQueue);
    CHECK(all[4].min == 1);
    CHECK(all[4].max == 2);
    CHECK(all[4].text == "longest request queue of server:8001 in 1..2");
    CHECK(all[5].subject == Expectation::Subject::Segments);
    CHECK(all[5].flags == (kSyn | kAck));
    CHECK(all[5].text == "SYN+ACK segments sent by server <= 9");
}

TEST_CASE("an expectation whose condition does not hold is left out") {
    constexpr std::string_view text = R"toml(
[parameters]
backlog = 2
[[expect]]
when = "backlog == 2"
counter = "ListenDrops"
host = "server"
equals = 1
[[expect]]
when = "backlog == 3"
counter = "ListenDrops"
host = "server"
equals = 2
)toml";
    CHECK(with_host(text).expectations.size() == 1);
    CHECK(with_host(text).expectations[0].equals == 1);
    Overrides overrides;
    overrides.parameters = {{"backlog", "3"}};
    CHECK(with_host(text, overrides).expectations.at(0).equals == 2);
    overrides.parameters = {{"backlog", "4"}};
    CHECK(with_host(text, overrides).expectations.empty());
}

}  // namespace synq
