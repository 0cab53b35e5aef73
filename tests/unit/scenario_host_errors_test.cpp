// Mistakes in scenario files: hosts, sysctls and links.
#include "tests/unit/scenario_mistakes.h"

#include <fmt/format.h>
#include <string>

namespace synq {

TEST_CASE("an unknown profile lists those that there are") {
    Overrides overrides;
    overrides.profile = "linux-6.81";
    CHECK(
        before_rest("", overrides)
            .starts_with("0:0 unknown profile 'linux-6.81' (did you mean 'linux-6.18'? profiles:"));
    CHECK(after_rest("[[host]]\nname = \"x\"\nprofile = \"vms\"")
              .starts_with("11:11 unknown profile 'vms' (profiles: linux-6.18"));
}

TEST_CASE("hosts have a name of their own and a proper address") {
    CHECK(after_rest("[[host]]\naddress = \"10.0.0.1\"") == "9:1 [[host]] without 'name'");
    CHECK(after_rest("[[host]]\nname = \"client\"") ==
          "9:1 there are two hosts named 'client' (the first one is in line 3)");
    CHECK(after_rest("[[host]]\nname = \"my host\"") ==
          "10:8 'my host' cannot name a host (a name is a letter or '_', then letters, digits, '_' "
          "and '-')");
    CHECK(after_rest("[[host]]\nname = \"-x\"").starts_with("10:8 '-x' cannot name a host"));
    CHECK(after_rest("[[host]]\nname = \"\"").starts_with("10:8 '' cannot name a host"));
    CHECK(after_rest("[[host]]\nname = \"x\"\naddress = \"10.0.0\"") ==
          "11:11 '10.0.0' is not an address of a host (as in \"10.0.0.1\" or \"2001:db8::1\")");
    CHECK(
        after_rest("[[host]]\nname = \"x\"\naddress = \"0.0.0.0\"").starts_with("11:11 '0.0.0.0'"));
    CHECK(after_rest("[[host]]\nname = \"x\"\naddress = \"10.9.9.9\"\n"
                     "[[host]]\nname = \"y\"\naddress = \"10.9.9.9\"") ==
          "14:11 two hosts have the address 10.9.9.9");
    std::string many;
    for (int i = 0; i < 250; ++i) {
        many += fmt::format("[[host]]\nname = \"h{}\"\n", i);
    }
    CHECK(after_rest(many) == "505:1 more than 250 hosts");
}

TEST_CASE("sysctls are known and within their range") {
    const auto sysctl = [](std::string_view line) {
        return after_rest("[[host]]\nname = \"x\"\n[host.sysctl]\n" + std::string(line));
    };
    CHECK(sysctl("\"net.ipv4.tcp_syncookie\" = 1")
              .starts_with("12:1 unknown sysctl 'net.ipv4.tcp_syncookie' (did you mean "
                           "'net.ipv4.tcp_syncookies'? known sysctls: net.core.somaxconn, "));
    CHECK(sysctl("tcp_syncookies = 1") ==
          "12:1 unknown sysctl 'tcp_syncookies' (did you mean \"net.ipv4.tcp_syncookies\"?)");
    CHECK(sysctl("net.ipv4.nothing = 1").starts_with("12:10 unknown sysctl 'net.ipv4.nothing' ("));
    CHECK(sysctl("\"net.ipv4.tcp_syncookies\" = 3") ==
          "12:29 'net.ipv4.tcp_syncookies' takes a number from 0 to 2, not 3");
    CHECK(sysctl("\"net.ipv4.tcp_syn_retries\" = 0") ==
          "12:30 'net.ipv4.tcp_syn_retries' takes a number from 1 to 127, not 0");
    CHECK(
        sysctl("\"net.core.somaxconn\" = \"1s\"")
            .starts_with("12:24 'net.core.somaxconn' takes a plain number, and 1s is a duration"));
    CHECK(sysctl("\"net.core.somaxconn\" = 1\nnet.core.somaxconn = 1") ==
          "13:10 'net.core.somaxconn' is set twice");
}

TEST_CASE("links join two hosts that exist, once") {
    const auto link = [](std::string_view lines) {
        return after_rest("[[link]]\n" + std::string(lines));
    };
    CHECK(link("rtt = \"1s\"") == "9:1 [[link]] without 'between'");
    CHECK(
        link("between = [\"server\"]\nrtt = \"1s\"") ==
        "10:11 'between' takes the names of two hosts (as in between = [\"client\", \"server\"])");
    CHECK(link("between = [\"server\", \"clinet\"]\nrtt = \"1s\"") ==
          "10:22 there is no host 'clinet' (did you mean 'client'? hosts: server, client)");
    CHECK(link("between = [\"server\", 5]\nrtt = \"1s\"") ==
          "10:22 'between' takes a string, not an integer (put it in quotes)");
    CHECK(link("between = [\"server\", \"server\"]\nrtt = \"1s\"") ==
          "10:22 a link joins two different hosts");
    CHECK(link("between = [\"server\", \"client\"]") ==
          "9:1 [[link]] without 'rtt' or 'delay' (give one: delay is one way, rtt is there and "
          "back)");
    CHECK(link("between = [\"server\", \"client\"]\nrtt = \"1s\"\ndelay = \"1s\"")
              .starts_with("9:1 [[link]] with both 'rtt' and 'delay'"));
    constexpr std::string_view kOne = "between = [\"server\", \"client\"]\nrtt = \"1s\"\n";
    CHECK(
        link(std::string(kOne) + "[[link]]\nbetween = [\"client\", \"server\"]\ndelay = \"1s\"") ==
        "12:1 a second link between 'client' and 'server' (there may be one link between two "
        "hosts)");
    CHECK(link("between = [\"server\", \"client\"]\nrtt = \"0s\"\n"
               "[[link]]\nbetween = [\"client\", \"server\"]\ndelay = \"1s\"") ==
          "12:1 links without delay join 'client' and 'server' into one host already");
    CHECK(link("between = [\"server\", \"client\"]\nrtt = \"0s\"\n"
               "[[link]]\nbetween = [\"client\", \"server\"]\ndelay = \"0s\"")
              .starts_with("12:1 links without delay join"));
}

TEST_CASE("drop rules name a host of the link, flags and a range") {
    const auto drop = [](std::string_view rule, std::string_view rtt = "1s") {
        return after_rest(
            fmt::format("[[host]]\nname = \"third\"\n[[link]]\nbetween = [\"server\", \"client\"]\n"
                        "rtt = \"{}\"\ndrop = [{}]\n",
                        rtt, rule));
    };
    CHECK(drop("{from = \"client\", flags = \"SYN\"}").empty());
    CHECK(drop("{flags = \"SYN\"}") == "14:9 drop without 'from'");
    CHECK(drop("{from = \"client\"}") == "14:9 drop without 'flags'");
    CHECK(drop("5") ==
          "14:9 'drop' takes tables, not an integer (as in drop = [{from = \"client\", "
          "flags = \"SYN\"}])");
    CHECK(drop("{from = \"third\", flags = \"SYN\"}") == "14:17 'third' is not on this link");
    CHECK(drop("{from = \"x\", flags = \"SYN\"}").starts_with("14:17 there is no host 'x'"));
    CHECK(
        drop("{from = \"client\", flags = \"SYN,ACK\"}") ==
        "14:35 'SYN,ACK' are not flags of a segment (join FIN, SYN, RST, PSH and ACK by '+', as in "
        "\"SYN+ACK\")");
    CHECK(drop("{from = \"client\", flags = \"\"}").starts_with("14:35 '' are not flags"));
    CHECK(drop("{from = \"client\", flags = \"SYN+\"}").starts_with("14:35 'SYN+' are not flags"));
    CHECK(drop("{from = \"client\", flags = \"SYN\", first = 0}")
              .ends_with("'first' takes a number from 1 to 4294967295, not 0"));
    CHECK(drop("{from = \"client\", flags = \"SYN\", first = 3, last = 2}") ==
          "14:60 'last' = 2 comes before 'first' = 3");
    CHECK(drop("{from = \"client\", flags = \"SYN\"}", "0s") ==
          "14:8 a link without delay joins its hosts into one, so nothing can be dropped (give the "
          "link a delay)");
}

TEST_CASE("hosts that become one must not contradict each other") {
    constexpr std::string_view text = R"toml([[host]]
name = "server"
[host.sysctl]
"net.core.somaxconn" = 1
[[host]]
name = "client"
[host.sysctl]
"net.core.somaxconn" = 2
[[link]]
between = ["server", "client"]
rtt = "0s"
[[process]]
name = "p"
host = "server"
program = "sleep(1s)"
)toml";
    CHECK(mistake(text) ==
          "8:24 net.core.somaxconn is 1 and 2 on hosts that are one (give their link "
          "a delay, or both the same value)");
}

}  // namespace synq
