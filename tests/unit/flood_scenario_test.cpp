// [[flood]], workloads and loss as scenario files say them, and what is wrong with some.
#include "tests/unit/scenario_mistakes.h"
#include "tests/unit/scenario_reading.h"

#include <fmt/format.h>
#include <string>
#include <string_view>

namespace synq {
namespace {

constexpr std::string_view kLink = "[[link]]\nbetween = [\"client\", \"server\"]\nrtt = \"2ms\"\n";
constexpr std::string_view kFlood =
    "[[flood]]\nname = \"f\"\nfrom = \"client\"\nto = \"server:80\"\n";

/// Two hosts, a process (8 lines), a link (3), and a flood whose keys go on in line 16.
std::string flood_mistake(std::string_view keys) {
    return after_rest(std::string(kLink) + std::string(kFlood) + std::string(keys));
}

FloodSpec flood(std::string_view keys) {
    return with_hosts(std::string(kLink) + std::string(kFlood) + std::string(keys)).floods.at(0);
}

}  // namespace

TEST_CASE("a flood is read with its defaults") {
    const FloodSpec some = flood("every = \"50ms\"\nstop = \"1min\"");
    CHECK(some.name == "f");
    CHECK(some.from == 1);
    CHECK(some.to == 0);
    CHECK(some.port == 80);
    CHECK(to_string(some.sources) == "198.51.100.0/24");
    CHECK(some.arrivals.every == milliseconds(50));
    CHECK(some.arrivals.gaps == ArrivalLaw::Gaps::Constant);
    CHECK(some.start == Duration{});
    CHECK(some.stop == seconds(60));
    CHECK_FALSE(some.count.has_value());
    CHECK(some.reply == FloodSpec::Reply::Silent);
    CHECK(some.options == Options{.mss = 1'460});
}

TEST_CASE("everything about a flood can be said") {
    const FloodSpec some = flood(
        "rate = \"4 * 5\"\narrivals = \"poisson\"\nstart = \"1s\"\ncount = 7\n"
        "sources = \"203.0.113.64/26\"\nreply = \"reset\"\noptions = \"linux\"\nmss = 536");
    CHECK(some.arrivals.every == milliseconds(50));
    CHECK(some.arrivals.gaps == ArrivalLaw::Gaps::Exponential);
    CHECK(some.start == seconds(1));
    CHECK(some.count == 7);
    CHECK(to_string(some.sources) == "203.0.113.64/26");
    CHECK(some.reply == FloodSpec::Reply::Reset);
    CHECK(some.options.mss == 536);
    CHECK(some.options.sack_permitted);
    CHECK(some.options.timestamps);
    CHECK(some.options.window_scale == 7);
    CHECK(flood("rate = 1\ncount = 1\noptions = \"none\"").options == Options{});
}

TEST_CASE("a flood of IPv6 hosts has IPv6 sources") {
    const Scenario scenario = read_scenario(
        "[[host]]\nname = \"server\"\naddress = \"2001:db8::1\"\n"
        "[[host]]\nname = \"client\"\naddress = \"2001:db8::2\"\n" +
        std::string(kLink) + std::string(kFlood) + "rate = 1\ncount = 1" +
        std::string(kOneProcess));
    CHECK(to_string(scenario.floods.at(0).sources) == "2001:db8:bad::/48");
}

TEST_CASE("a flood needs two hosts with a link, and an end") {
    CHECK(after_rest(std::string(kFlood) + "rate = 1\ncount = 1") ==
          "11:8 there is no link between 'client' and 'server' (add a [[link]] between them)");
    CHECK(after_rest("[[flood]]\nname = \"f\"\nfrom = \"server\"\nto = \"server:80\"\nrate = 1") ==
          "11:8 a flood comes over a link, and 'server' is the host that it is aimed at (let it "
          "come from another host, whose link has a delay)");
    CHECK(after_rest("[[link]]\nbetween = [\"client\", \"server\"]\nrtt = \"0s\"\n" +
                     std::string(kFlood) + "rate = 1")
              .starts_with("14:8 a flood comes over a link, and 'client' is the host"));
    CHECK(flood_mistake("rate = 1") ==
          "12:1 this flood, and so the run, would never end (give 'stop', 'count' or run.until)");
    CHECK(flood_mistake("rate = 1\nstop = \"5s\"\nstart = \"5s\"") ==
          "17:8 'stop' is not after 'start' (both are counted from the start of the run)");
    CHECK(flood_mistake("rate = 1\n[run]\nuntil = \"1s\"\n").empty());
}

TEST_CASE("a flood has a name, a target and a rate") {
    CHECK(after_rest("[[flood]]\nfrom = \"client\"") == "9:1 [[flood]] without 'name'");
    CHECK(after_rest("[[flood]]\nname = \"f\"\nto = \"server:80\"") ==
          "9:1 [[flood]] without 'from'");
    CHECK(after_rest("[[flood]]\nname = \"f\"\nfrom = \"client\"\nto = \"server\"") ==
          "12:6 'server' is not what a flood can be aimed at (write its host and port, as in "
          "\"server:8000\")");
    CHECK(after_rest("[[flood]]\nname = \"f\"\nfrom = \"client\"\nto = \"sevrer:80\"")
              .starts_with("12:6 there is no host 'sevrer' (did you mean 'server'?"));
    CHECK(after_rest("[[flood]]\nname = \"f\"\nfrom = \"client\"\nto = \"server:0\"") ==
          "12:6 nobody can listen on port 0");
    CHECK(flood_mistake("count = 1") ==
          "12:1 [[flood]] without 'rate' or 'every' (say how many SYNs a second, or how far they "
          "are apart)");
    CHECK(flood_mistake("count = 1\nrate = 1\nevery = \"1s\"")
              .starts_with("18:9 [[flood]] with both"));
    CHECK(flood_mistake("count = 1\nrate = \"20/s\"") ==
          "17:8 'rate' takes a plain number: so many a second (leave '/s' out; for less than one a "
          "second give 'every')");
    CHECK(flood_mistake("count = 1\nrate = 0")
              .starts_with("17:8 'rate' takes a number from 1 to 1000000000, not 0"));
    CHECK(flood_mistake("count = 1\nevery = \"0s\"") == "17:9 'every' must be longer than 0s");
    CHECK(flood_mistake("count = 1\nrate = 1\narrivals = \"possion\"") ==
          "18:12 unknown arrivals 'possion' (did you mean 'poisson'? arrivals: constant, poisson)");
    CHECK(flood_mistake("count = 1\narrivals = \"poisson\"")
              .starts_with("17:12 'arrivals' without 'rate' or 'every'"));
    CHECK(flood_mistake("rate = 1\ncount = 1\n" + std::string(kFlood) + "rate = 1\ncount = 1") ==
          "19:8 there are two floods named 'f'");
}

TEST_CASE("the sources of a flood are addresses that nobody has") {
    const auto sources = [](std::string_view text) {
        return flood_mistake(fmt::format("rate = 1\ncount = 1\nsources = \"{}\"", text));
    };
    CHECK(sources("198.51.100.0").empty());
    CHECK(
        sources("all") ==
        "18:11 'all' is not a range of addresses (as in \"198.51.100.0/24\", with zeros after the "
        "prefix)");
    CHECK(sources("198.51.100.1/24").starts_with("18:11 '198.51.100.1/24' is not a range"));
    CHECK(sources("10.0.0.0/8") ==
          "18:11 10.0.0.0/8 has the address of 'server' in it (take addresses that no host has, as "
          "\"198.51.100.0/24\")");
    CHECK(sources("2001:db8::/32") ==
          "18:11 the sources and the host that they flood are not of one family (give both IPv4 or "
          "both IPv6 addresses)");
    CHECK(flood_mistake("rate = 1\ncount = 1\n[[flood]]\nname = \"g\"\nfrom = \"client\"\n"
                        "to = \"server:80\"\nrate = 1\ncount = 1") ==
          "18:1 the floods 'f' and 'g' have sources in common (give each its own range with "
          "'sources')");
}

TEST_CASE("reply and options of a flood are words") {
    CHECK(flood_mistake("rate = 1\ncount = 1\nreply = \"rst\"")
              .starts_with("18:9 unknown reply 'rst' ("));
    CHECK(flood_mistake("rate = 1\ncount = 1\noptions = \"all\"") ==
          "18:11 unknown options 'all' (options: none, mss, linux)");
    CHECK(flood_mistake("rate = 1\ncount = 1\noptions = \"none\"\nmss = 1400") ==
          "19:7 'mss' does not go with options = \"none\"");
}

TEST_CASE("an expectation of a flood names one") {
    const std::string head = "rate = 1\ncount = 1\n[[expect]]\n";
    CHECK(flood_mistake(head + "admitted = \"f\"\nmax = 1").empty());
    CHECK(flood_mistake(head + "admitted = \"g\"\nmax = 1") ==
          "19:12 there is no flood 'g' (floods: f)");
    CHECK(flood_mistake(head + "admitted = \"f\"").starts_with("18:1 [[expect]] promises nothing"));
}

TEST_CASE("instances can follow one another") {
    const auto starts = [](std::string_view keys, std::uint64_t seed = 1) {
        Overrides overrides;
        overrides.seed = seed;
        std::vector<std::int64_t> out;
        const Scenario scenario =
            with_host(fmt::format("[[process]]\nname = \"q\"\nhost = \"server\"\ncount = 3\n"
                                  "program = \"exit\"\n{}\n",
                                  keys),
                      overrides);
        for (const ProcessSpec& process : scenario.processes) {
            if (process.group == "q") {
                out.push_back(process.start.ns);
            }
        }
        return out;
    };
    using Starts = std::vector<std::int64_t>;
    CHECK(starts("") == Starts{0, 0, 0});
    CHECK(starts("rate = 10\nstart = \"1s\"") ==
          Starts{1'000'000'000, 1'100'000'000, 1'200'000'000});
    CHECK(starts("every = \"3ms\"") == Starts{0, 3'000'000, 6'000'000});
    // Drawn from the seed and the group's name: the same on every machine.
    const Starts poisson = starts("every = \"1s\"\narrivals = \"poisson\"");
    CHECK(poisson == starts("every = \"1s\"\narrivals = \"poisson\""));
    CHECK(poisson != starts("every = \"1s\"\narrivals = \"poisson\"", 2));
    CHECK(poisson[0] > 0);
    CHECK(poisson[1] > poisson[0]);
}

TEST_CASE("mistakes in workloads and loss") {
    const std::string process =
        "[[process]]\nname = \"q\"\nhost = \"server\"\nprogram = \"exit\"\n";
    CHECK(after_rest(process + "rate = 5") ==
          "9:1 instances that follow one another need a 'count' (say how many of them there are at "
          "most)");
    CHECK(after_rest(process + "count = 3\nevery = \"300min * 1000\"") ==
          "13:9 q.2 would start after more than 365 days (lower 'count', or let them follow one "
          "another faster)");
    CHECK(after_rest(process + "lifetime = 5").starts_with("13:12 'lifetime' takes a duration"));
    const std::string link = "[[link]]\nbetween = [\"client\", \"server\"]\n";
    CHECK(after_rest(link + "rtt = \"1ms\"\nloss_ppm = 0.1") ==
          "12:12 'loss_ppm' takes a plain number: so many packets of a million (1 % is 10_000)");
    CHECK(after_rest(link + "rtt = \"1ms\"\nloss_ppm = 1_000_001")
              .starts_with("12:12 'loss_ppm' takes a number from 0 to 1000000"));
    CHECK(after_rest(link + "rtt = \"1ms\"\nloss_ppm = {clinet = 1}")
              .starts_with("12:13 there is no host 'clinet' (did you mean 'client'?"));
    CHECK(after_rest(link + "rtt = \"0s\"\nloss_ppm = 1") ==
          "12:12 a link without delay joins its hosts into one, so nothing can get lost (give the "
          "link a delay)");
}

TEST_CASE("loss may differ by direction") {
    const auto link = [](std::string_view loss) {
        return with_hosts(
                   fmt::format("[[link]]\nbetween = [\"client\", \"server\"]\nrtt = \"1ms\"\n"
                               "loss_ppm = {}\n",
                               loss))
            .links.at(0);
    };
    CHECK(link("7").loss_ppm_from_a == 7);
    CHECK(link("7").loss_ppm_from_b == 7);
    CHECK(link("{client = \"2 * 3\"}").loss_ppm_from_a == 6);
    CHECK(link("{client = 6}").loss_ppm_from_b == 0);
    CHECK(link("{server = 5}").loss_ppm_from_b == 5);
}

TEST_CASE("a sleep can be exponential") {
    const auto process = [](std::string_view program) {
        return after_rest(
            fmt::format("[[process]]\nname = \"q\"\nhost = \"server\"\nprogram = \"{}\"", program));
    };
    CHECK(process("sleep(exponential(1s))").empty());
    CHECK(process("d = 1s; sleep(exponential(d))").empty());
    CHECK(process("sleep(exponential(1))")
              .starts_with("12:30 exponential() takes a duration, and 1 is a plain number"));
    CHECK(process("x = exponential(1s)").starts_with("12:16 'exponential' is not a call"));
    CHECK(process("exponential = 1s")
              .starts_with("12:12 'exponential' is a word of the program language"));
}

}  // namespace synq
