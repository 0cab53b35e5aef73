#include "sim/diff/diff_scenario.h"

#include "tests/catch.h"
#include "tests/kernel/hand_scenario.h"

#include <string>
#include <variant>
#include <vector>

namespace synq {
namespace {

using test::ProgramWriter;

/// socket, sleep 100 ms, then connect and recv in a loop while it returns more than 0, close.
Scenario sleepy() {
    using W = ProgramWriter;
    W writer;
    writer.socket("fd");
    writer.sleep(milliseconds(100));
    writer.call(CallKind::Connect, writer.held("fd"), W::constant(80), "", "host");
    const std::uint32_t again = writer.here();
    writer.call(CallKind::Recv, writer.held("fd"), W::constant(9), "n");
    writer.jump_unless_positive("n", again + 4);
    writer.sleep(milliseconds(10));
    writer.jump(again);
    writer.call(CallKind::Close, writer.held("fd"), W::constant(0));
    Scenario scenario;
    scenario.hosts.push_back({.name = "host"});
    scenario.processes.push_back(
        {.name = "client", .start = milliseconds(5), .program = writer.done()});
    return scenario;
}

void add_call(Trace& trace, CallKind kind, Duration start, Duration end, std::int64_t result) {
    CallRecord call{.kind = kind, .text = std::string{name(kind)}};
    call.start = Instant{} + start;
    call.end = Instant{} + end;
    call.result = result;
    trace.calls.push_back(call);
}

/// The run of sleepy(), everything 1 ms late but the connect, which is `late`.
Trace recorded(Duration late) {
    const Duration ms = milliseconds(1);
    Trace trace;
    trace.hosts = {"host"};
    trace.processes = {{"client", 0}};
    trace.counters.resize(1);
    add_call(trace, CallKind::Socket, ms * 6, ms * 6, 3);
    const Duration connect = ms * 106 + late;
    add_call(trace, CallKind::Connect, connect, connect + ms * 50, 0);
    add_call(trace, CallKind::Recv, connect + ms * 51, connect + ms * 60, 4);
    add_call(trace, CallKind::Recv, connect + ms * 71, connect + ms * 80, 0);
    add_call(trace, CallKind::Close, connect + ms * 81, connect + ms * 81, 0);
    trace.end = Instant{} + connect + ms * 141;
    return trace;
}

/// A model that answers what it was told, and notes what it was asked.
struct EchoModel {
    Trace answer;
    std::vector<Scenario>* scenarios;
    std::vector<Replay>* replays;

    std::expected<Trace, Diagnostic> operator()(const Scenario& scenario,
                                                const Replay& replay) const {
        scenarios->push_back(scenario);
        replays->push_back(replay);
        return answer;
    }
};

TEST_CASE(
    "replay: think times reach from the previous call's end, the first from the run's start") {
    const Replay replay = replay_of(recorded(Duration{}));
    REQUIRE(replay.processes.size() == 1);
    CHECK(replay.processes[0].name == "client");
    const auto& calls = replay.processes[0].calls;
    REQUIRE(calls.size() == 5);
    CHECK(calls[0].kind == CallKind::Socket);
    CHECK(calls[0].think == milliseconds(6));
    CHECK(calls[1].think == milliseconds(100));
    CHECK(calls[2].think == milliseconds(1));
    CHECK(calls[3].think == milliseconds(11));
    CHECK(calls[4].kind == CallKind::Close);
}

TEST_CASE("diff_scenario: a call within the slack is valid, one beyond it is not and is named") {
    const Scenario scenario = sleepy();
    CHECK_FALSE(why_invalid(scenario, recorded(milliseconds(20)), milliseconds(20)));
    const auto why =
        why_invalid(scenario, recorded(milliseconds(20) + nanoseconds(1)), milliseconds(20));
    REQUIRE(why);
    CHECK(*why == "client called connect 20.0 ms late, which may have crossed a timer");
}

TEST_CASE(
    "diff_scenario: lateness counts from the previous call's end through the program's sleeps") {
    Trace late_loop = recorded(Duration{});
    late_loop.calls[3].start = late_loop.calls[3].start + milliseconds(5);
    CHECK_FALSE(why_invalid(sleepy(), late_loop, milliseconds(6)));
    CHECK(why_invalid(sleepy(), late_loop, milliseconds(5)));
}

TEST_CASE(
    "diff_scenario: a process that slept on after its answer had come makes the run invalid") {
    const Endpoint client{IpAddress::loopback_v4(), 40'000};
    const Endpoint server{IpAddress::loopback_v4(), 80};
    Trace trace = recorded(Duration{});
    const auto segment = [&](Instant t, bool from_client, Flags flags) {
        trace.segments.push_back({.t = t,
                                  .arrived = t,
                                  .packet = {from_client ? client : server,
                                             from_client ? server : client,
                                             {.seq = Seq{1}, .ack = Seq{2}, .flags = flags}}});
    };
    const CallRecord& connect = trace.calls[1];
    segment(connect.start, true, kSyn);
    segment(connect.end - milliseconds(20), false, kSyn | kAck);
    CHECK_FALSE(why_invalid(sleepy(), trace, milliseconds(20)));
    const auto why = why_invalid(sleepy(), trace, milliseconds(20) - nanoseconds(1));
    REQUIRE(why);
    CHECK(*why == "client woke up in connect 20.0 ms late, which may have crossed a timer");
}

TEST_CASE("diff_scenario: a process held up in a call that cannot wait makes the run invalid") {
    Trace trace = recorded(Duration{});
    CallRecord& close = trace.calls.back();
    close.end = close.start + milliseconds(20);
    CHECK_FALSE(why_invalid(sleepy(), trace, milliseconds(20)));
    close.end = close.end + nanoseconds(1);
    CHECK(why_invalid(sleepy(), trace, milliseconds(20)) ==
          "client was held up in close for 20.0 ms");
}

TEST_CASE("diff_scenario: a trace that is not this program's is invalid") {
    Trace other = recorded(Duration{});
    other.calls[1].kind = CallKind::Listen;
    CHECK(why_invalid(sleepy(), other, seconds(1)));
}

TEST_CASE("diff_scenario: an invalid run is made again, and the model gets the valid one's times") {
    int runs = 0;
    DiffRunOptions options;
    options.kernel_runner = [&runs](const Scenario&) -> std::expected<Trace, KernelUnavailable> {
        return recorded(++runs < 3 ? milliseconds(30) : milliseconds(2));
    };
    std::vector<Scenario> scenarios;
    std::vector<Replay> replays;
    const auto outcome = diff_scenario(
        sleepy(), EchoModel{recorded(milliseconds(2)), &scenarios, &replays}, options);
    REQUIRE(outcome);
    CHECK(outcome->attempts == 3);
    CHECK_FALSE(outcome->invalid);
    CHECK(outcome->report.agree);
    REQUIRE(replays.size() == 1);
    CHECK(replays[0].processes[0].calls[1].think == milliseconds(102));
    CHECK(replays[0].drain == options.kernel.drain);
    CHECK_FALSE(scenarios[0].until);
}

TEST_CASE("diff_scenario: after the last attempt the outcome says why it proves nothing") {
    int runs = 0;
    DiffRunOptions options;
    options.kernel_runner = [&runs](const Scenario&) -> std::expected<Trace, KernelUnavailable> {
        ++runs;
        return recorded(milliseconds(30));
    };
    std::vector<Scenario> scenarios;
    std::vector<Replay> replays;
    const auto outcome = diff_scenario(
        sleepy(), EchoModel{recorded(milliseconds(30)), &scenarios, &replays}, options);
    REQUIRE(outcome);
    CHECK(runs == 3);
    CHECK(outcome->attempts == 3);
    CHECK(outcome->invalid);
}

TEST_CASE("diff_scenario: a run that the clock ended is replayed up to the same instant") {
    DiffRunOptions options;
    Trace cut = recorded(Duration{});
    cut.interrupted = true;
    options.kernel_runner = [&cut](const Scenario&) -> std::expected<Trace, KernelUnavailable> {
        return cut;
    };
    std::vector<Scenario> scenarios;
    std::vector<Replay> replays;
    REQUIRE(diff_scenario(sleepy(), EchoModel{cut, &scenarios, &replays}, options));
    REQUIRE(scenarios.size() == 1);
    CHECK(scenarios[0].until == cut.end - Instant{});
    CHECK_FALSE(replays[0].drain);
}

TEST_CASE("diff_scenario: neither world's refusal is mistaken for a result") {
    DiffRunOptions options;
    options.kernel_runner = [](const Scenario&) -> std::expected<Trace, KernelUnavailable> {
        return std::unexpected(KernelUnavailable{"no namespaces here"});
    };
    const auto never = [](const Scenario&, const Replay&) -> std::expected<Trace, Diagnostic> {
        return std::unexpected(Diagnostic{.problem = "never asked"});
    };
    const auto no_kernel = diff_scenario(sleepy(), never, options);
    REQUIRE_FALSE(no_kernel);
    CHECK(std::get<KernelUnavailable>(no_kernel.error()).reason == "no namespaces here");

    options.kernel_runner = [](const Scenario&) -> std::expected<Trace, KernelUnavailable> {
        return recorded(Duration{});
    };
    const auto no_model = diff_scenario(sleepy(), never, options);
    REQUIRE_FALSE(no_model);
    CHECK(std::get<Diagnostic>(no_model.error()).problem == "never asked");
}

}  // namespace
}  // namespace synq
