// The scenario file: hosts, and what links make of them.
#include "tests/unit/scenario_reading.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace synq {

TEST_CASE("sysctls are read quoted or as dotted keys") {
    const Scenario scenario = read_scenario(R"toml(
[parameters]
cookies = 2
[[host]]
name = "server"
[host.sysctl]
"net.ipv4.tcp_syncookies" = "cookies"
net.core.somaxconn = 16
)toml" + std::string(kOneProcess));
    REQUIRE(scenario.hosts.size() == 1);
    CHECK(scenario.hosts[0].sysctls ==
          std::vector<std::pair<std::string, std::int64_t>>{{"net.ipv4.tcp_syncookies", 2},
                                                            {"net.core.somaxconn", 16}});
}

TEST_CASE("a lone host is reached over loopback") {
    CHECK(with_host("").hosts.at(0).address == IpAddress::loopback_v4());
}

TEST_CASE("hosts that a link of no delay joins are one host") {
    const Scenario scenario = read_scenario(R"toml(
[[host]]
name = "server"
address = "10.1.0.1"
[host.sysctl]
"net.core.somaxconn" = 16
[[host]]
name = "client"
address = "10.1.0.2"
[host.sysctl]
"net.core.somaxconn" = 16
"net.ipv4.tcp_syn_retries" = 3
[[link]]
between = ["server", "client"]
rtt = "0s"
[[process]]
name = "p"
host = "client"
program = "fd = socket(AF_INET, SOCK_STREAM); connect(fd, client:80); connect(fd, server:80)"
)toml");
    REQUIRE(scenario.hosts.size() == 1);
    CHECK(scenario.links.empty());
    CHECK(scenario.hosts[0].name == "server");
    CHECK(scenario.hosts[0].address == IpAddress::loopback_v4());
    CHECK(scenario.hosts[0].sysctls.size() == 2);
    CHECK(scenario.processes[0].host == 0);
    CHECK(scenario.processes[0].program.operations[1].host == "server");
    CHECK(scenario.processes[0].program.operations[2].host == "server");
}

TEST_CASE("the first host of a joining link gives the name, over several links, too") {
    const Scenario scenario = read_scenario(R"toml(
[[host]]
name = "a"
[[host]]
name = "b"
[[host]]
name = "server"
[[link]]
between = ["server", "b"]
delay = "0s"
[[link]]
between = ["b", "a"]
rtt = "0ms"
)toml" + std::string(kOneProcess));
    REQUIRE(scenario.hosts.size() == 1);
    CHECK(scenario.hosts[0].name == "server");
}

TEST_CASE("a link has half its round trip one way, or its delay") {
    CHECK(with_hosts("[[link]]\nbetween = [\"server\", \"client\"]\nrtt = \"50ms\"\n")
              .links.at(0)
              .delay == milliseconds(25));
    CHECK(with_hosts("[[link]]\nbetween = [\"server\", \"client\"]\ndelay = \"50ms\"\n")
              .links.at(0)
              .delay == milliseconds(50));
}

TEST_CASE("hosts without an address are numbered in their order") {
    const Scenario scenario = read_scenario(R"toml(
[[host]]
name = "a"
[[host]]
name = "b"
address = "10.0.0.1"
[[host]]
name = "server"
[[host]]
name = "six"
address = "2001:db8::1"
)toml" + std::string(kOneProcess));
    CHECK(to_string(scenario.hosts.at(0).address) == "10.0.0.2");
    CHECK(to_string(scenario.hosts.at(1).address) == "10.0.0.1");
    CHECK(to_string(scenario.hosts.at(2).address) == "10.0.0.3");
    CHECK(to_string(scenario.hosts.at(3).address) == "2001:db8::1");
}

TEST_CASE("links join hosts that are themselves joined of several") {
    const Scenario scenario = read_scenario(R"toml(
[[host]]
name = "a"
[[host]]
name = "b"
[[host]]
name = "server"
[[link]]
between = ["a", "b"]
rtt = "0s"
[[link]]
between = ["server", "b"]
rtt = "10ms"
drop = [{from = "b", flags = "SYN"}]
)toml" + std::string(kOneProcess));
    REQUIRE(scenario.hosts.size() == 2);
    REQUIRE(scenario.links.size() == 1);
    CHECK(scenario.links[0].a == 1);
    CHECK(scenario.links[0].b == 0);
    CHECK(scenario.links[0].drops.at(0).from == 0);
    CHECK(scenario.processes[0].host == 1);
}

TEST_CASE("a drop rule takes the first segment of its kind, or those it counts") {
    const Scenario scenario = with_hosts(R"toml(
[[link]]
between = ["server", "client"]
rtt = "50ms"
drop = [
  {from = "client", flags = "SYN"},
  {from = "server", flags = "ACK+SYN", first = 2},
  {from = "server", flags = "FIN+ACK", first = 1, last = 3},
]
)toml");
    const auto& drops = scenario.links.at(0).drops;
    REQUIRE(drops.size() == 3);
    CHECK(drops[0].from == 1);
    CHECK(drops[0].flags == kSyn);
    CHECK(drops[0].first == 1);
    CHECK(drops[0].last == 1);
    CHECK(drops[1].from == 0);
    CHECK(drops[1].flags == (kSyn | kAck));
    CHECK(drops[1].first == 2);
    CHECK(drops[1].last == 2);
    CHECK(drops[2].last == 3);
}

}  // namespace synq
