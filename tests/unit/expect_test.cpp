#include "sim/world/expect.h"

#include "tests/catch.h"
#include "tests/unit/trace_maker.h"

namespace synq {
namespace {

// One expectation held against the trace of two clients.
ExpectationResult check(Expectation expectation, const Trace& trace = test::two_clients()) {
    Scenario scenario;
    scenario.file = "six.toml";
    scenario.hosts.push_back({.name = "server"});
    expectation.pos = {40, 1};
    expectation.text = "as promised";
    scenario.expectations = {std::move(expectation)};
    return check_expectations(scenario, trace).at(0);
}

Expectation counter(std::string name) {
    Expectation out;
    out.host = "server";
    out.counter = std::move(name);
    return out;
}

Expectation calls(std::string process, CallKind call) {
    Expectation out;
    out.subject = Expectation::Subject::CallsOf;
    out.process = std::move(process);
    out.call = call;
    return out;
}

Expectation queue(Expectation::Subject subject) {
    Expectation out;
    out.subject = subject;
    out.host = "server";
    out.port = 8000;
    return out;
}

}  // namespace

TEST_CASE("a counter is held against its limits") {
    Expectation overflows = counter("ListenOverflows");
    overflows.equals = 2;
    CHECK(check(overflows).passed);
    overflows.equals = 3;
    const ExpectationResult failed = check(overflows);
    CHECK_FALSE(failed.passed);
    CHECK(to_string(failed) == "FAILED  as promised: found 2 (six.toml:40)");
    overflows.equals.reset();
    overflows.min = 2;
    overflows.max = 2;
    CHECK(check(overflows).passed);
    overflows.min = 3;
    CHECK_FALSE(check(overflows).passed);
    overflows.min = 0;
    overflows.max = 1;
    CHECK_FALSE(check(overflows).passed);
}

TEST_CASE("a counter that did not move is zero") {
    Expectation resets = counter("OutRsts");
    resets.equals = 0;
    CHECK(check(resets).passed);
}

TEST_CASE("calls of a group are those of all its instances") {
    Expectation connects = calls("client", CallKind::Connect);
    connects.equals = 2;
    CHECK(check(connects).passed);
    connects.process = "client.1";
    CHECK_FALSE(check(connects).passed);
    connects.process = "clien";
    CHECK(check(connects).found == "0 of 0");
}

TEST_CASE("calls are selected by result, errno and when they ended") {
    Expectation connects = calls("client", CallKind::Connect);
    connects.equals = 1;
    connects.ends_min = seconds(3);
    connects.ends_max = milliseconds(3'012);
    CHECK(check(connects).passed);
    connects.ends_max = milliseconds(3'011);
    CHECK_FALSE(check(connects).passed);
    connects.ends_min.reset();
    CHECK(check(connects).passed);
    connects.error = Errno::Etimedout;
    CHECK(check(connects).found == "0 of 2");
    connects.error = Errno::None;
    connects.result = -1;
    CHECK(check(connects).found == "0 of 2");
}

TEST_CASE("a call that has not returned has no result to match") {
    Expectation accepts = calls("server", CallKind::Accept);
    accepts.error = Errno::None;
    accepts.equals = 2;
    CHECK(check(accepts).passed);
    CHECK(check(accepts).found == "2 of 3");
}

TEST_CASE("without a number all calls must match, and there must be some") {
    Expectation connects = calls("client", CallKind::Connect);
    connects.error = Errno::None;
    CHECK(check(connects).passed);
    connects.ends_max = seconds(1);
    CHECK_FALSE(check(connects).passed);
    CHECK_FALSE(check(calls("client", CallKind::Shutdown)).passed);
}

TEST_CASE("queues are held against their longest") {
    Expectation longest = queue(Expectation::Subject::AcceptQueue);
    longest.equals = 1;
    CHECK(check(longest).passed);
    longest.port = 80;
    CHECK(check(longest).found == "no listener on port 80");
    CHECK_FALSE(check(longest).passed);
}

TEST_CASE("a request queue that is not known keeps no promise") {
    Expectation longest = queue(Expectation::Subject::RequestQueue);
    longest.min = 0;
    CHECK(check(longest).passed);
    Trace trace = test::two_clients();
    trace.listeners[0].request_queue_max.reset();
    CHECK_FALSE(check(longest, trace).passed);
    CHECK(check(longest, trace).found == "not known");
}

TEST_CASE("segments are counted by their exact flags and their sender") {
    Expectation syns;
    syns.subject = Expectation::Subject::Segments;
    syns.host = "server";
    syns.flags = kSyn;
    syns.equals = 4;
    CHECK(check(syns).passed);
    syns.flags = kSyn | kAck;
    syns.equals = 2;
    CHECK(check(syns).passed);

    Trace two_hosts = test::two_clients();
    two_hosts.hosts.emplace_back("client");
    CHECK(check(syns, two_hosts).found == "0");
    two_hosts.segments[1].packet.src.address = IpAddress{};  // as the scenario has it
    CHECK(check(syns, two_hosts).found == "1");
}

TEST_CASE("an unknown host is no host") {
    Expectation expectation = counter("ListenDrops");
    expectation.host = "sever";
    expectation.equals = 0;
    CHECK(check(expectation).found == "there is no host sever");
}

TEST_CASE("all passed means every one") {
    CHECK(all_passed({}));
    const std::vector<ExpectationResult> results{{.passed = true}, {.passed = false}};
    CHECK_FALSE(all_passed(results));
}

}  // namespace synq
