// The scenarios inside the program.
#include "sim/scenario/embedded.h"
#include "sim/scenario/scenario.h"
#include "tests/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace synq {
namespace {

Scenario six_clients(const Overrides& overrides = {}) {
    const auto scenario = load_scenario("six-clients", overrides);
    INFO((scenario ? "" : to_string(scenario.error())));
    REQUIRE(scenario.has_value());
    return *scenario;
}

}  // namespace

TEST_CASE("the shipped experiment is six clients, a server and a host") {
    const Scenario scenario = six_clients();
    CHECK(scenario.name == "six-clients");
    CHECK(scenario.hosts.size() == 1);
    REQUIRE(scenario.processes.size() == 7);
    CHECK(scenario.processes[0].program.endless());
    CHECK_FALSE(scenario.processes[6].program.endless());
    CHECK(scenario.processes[0].program.operations[2].text == "listen(fd, 2)");
    CHECK(scenario.processes[0].program.operations[2].pos.line == 42);
    CHECK(scenario.expectations.size() == 11);
}

TEST_CASE("the shipped experiment promises only what was measured") {
    const auto promises = [](std::vector<std::pair<std::string, std::string>> parameters) {
        Overrides overrides;
        overrides.parameters = std::move(parameters);
        return six_clients(overrides).expectations.size();
    };
    CHECK(promises({{"backlog", "10"}}) == 6);
    CHECK(promises({{"backlog", "0"}, {"syncookies", "0"}}) == 7);
    CHECK(promises({{"backlog", "0"}}) == 7);
    CHECK(promises({{"backlog", "3"}}) == 0);
    CHECK(promises({{"rtt", "50ms"}}) == 0);
    CHECK(promises({{"rtt", "50ms"}, {"stagger", "1ms"}}) == 4);
    CHECK(promises({{"clients", "7"}}) == 0);
    CHECK(promises({{"stagger", "20ms"}}) == 11);
    CHECK(promises({{"accept_after", "5s"}}) == 0);
    CHECK(promises({{"syncookies", "2"}}) == 0);
    CHECK(promises({{"abort_on_overflow", "1"}}) == 11);
}

TEST_CASE("with a round trip the shipped experiment has two hosts") {
    Overrides overrides;
    overrides.parameters = {{"rtt", "50ms"}};
    const Scenario scenario = six_clients(overrides);
    REQUIRE(scenario.hosts.size() == 2);
    CHECK(scenario.links.at(0).delay == milliseconds(25));
    CHECK(to_string(scenario.hosts[0].address) == "10.0.0.1");
    CHECK(to_string(scenario.hosts[1].address) == "10.0.0.2");
    CHECK(scenario.processes[0].host == 0);
    CHECK(scenario.processes[1].host == 1);
    CHECK(scenario.processes[1].program.operations[1].host == "server");
}

TEST_CASE("every shipped scenario parses") {
    for (const EmbeddedScenario& shipped : embedded_scenarios()) {
        const auto scenario = parse_scenario(shipped.text, shipped.name, {});
        INFO((scenario ? "" : to_string(scenario.error())));
        CHECK(scenario.has_value());
    }
}

}  // namespace synq
