// Comparison: what the timer wheel may change, and where that ends.
#include "sim/diff/diff.h"
#include "sim/diff/flows.h"
#include "sim/diff/tolerance.h"
#include "tests/catch.h"
#include "tests/unit/hand_trace.h"

#include <algorithm>
#include <string>
#include <vector>

namespace synq {
namespace {

using test::call_of;
using test::compare_with;
using test::differing;
using test::example;
using test::segment_of;
using test::Times;
using test::TraceWriter;

TEST_CASE("diff: a retransmission may be late by the wheel's granule, a jiffy and the margin") {
    // Armed for one second: 32 + 4 + 5 ms.
    Times times;
    times.late_syn = milliseconds(1000) + milliseconds(41);
    CHECK(compare_traces(example("model"), example("kernel", times)).agree);
    CHECK(compare_traces(example("model", times), example("kernel")).agree);
    times.late_syn = times.late_syn + nanoseconds(1);
    CHECK(differing(compare_traces(example("model"), example("kernel", times))) ==
          "client.1 intervals\n");
    CHECK(differing(compare_traces(example("model", times), example("kernel"))) ==
          "client.1 intervals\n");
}

TEST_CASE("diff: with a thousand ticks a second the granule of a one-second timer is 64 ms") {
    Times times;
    times.late_syn = milliseconds(1000) + milliseconds(64 + 1 + 5);
    const DiffOptions options{.hz = 1000};
    CHECK(compare_traces(example("model"), example("kernel", times), options).agree);
    times.late_syn = times.late_syn + nanoseconds(1);
    CHECK_FALSE(compare_traces(example("model"), example("kernel", times), options).agree);
}

TEST_CASE("diff: a call that no timer delayed may be off by a jiffy and the user margin") {
    Times times;
    times.server_accept = milliseconds(500) + milliseconds(24);
    CHECK(compare_traces(example("model"), example("kernel", times)).agree);
    times.server_accept = times.server_accept + nanoseconds(1);
    CHECK(differing(compare_traces(example("model"), example("kernel", times))) ==
          "server call ends\n");
}

TEST_CASE("diff: a call's end inherits what its flow's timers have gathered") {
    // connect() of client.1 returned after one timer of 1 s: (32 + 4) + 4 + 20 ms.
    const auto with_end = [](Duration end) {
        return compare_with([end](Trace& t) {
            CallRecord& connect = call_of(t, 2, CallKind::Connect);
            connect.end = Instant{} + end;
        });
    };
    CHECK(with_end(milliseconds(1000)).agree);
    Trace model = example("model");
    CallRecord& connect = call_of(model, 2, CallKind::Connect);
    connect.end = connect.end + milliseconds(60);
    CHECK(compare_traces(model, example("kernel")).agree);
    connect.end = connect.end + nanoseconds(1);
    CHECK(differing(compare_traces(model, example("kernel"))) == "client.1 call ends\n");
}

TEST_CASE("diff: instances of a group that swapped their luck are compared as a set") {
    const auto swap_names = [](Trace& t) {
        t.processes[1].name = "client.1";
        t.processes[2].name = "client.0";
    };
    const DiffReport swapped = compare_with(swap_names);
    INFO(to_table(swapped));
    CHECK(swapped.agree);
    CHECK(std::any_of(swapped.rows.begin(), swapped.rows.end(), [](const DiffRow& row) {
        return row.how == Comparison::Set && row.subject.find("client.0 (kernel: client.1)") == 0;
    }));
    // Started further apart than one granule of the first timer, they are not the same any more.
    const auto start_apart = [&](Duration apart) {
        return compare_with([&](Trace& t) {
            swap_names(t);
            for (CallRecord& call : t.calls) {
                const Duration shift = call.process == 1 ? apart : Duration{};
                call.start = call.start + shift;
                call.end = call.end + shift;
            }
            for (std::size_t i = 0; i < 4; ++i) {
                segment_of(t, 1, i).t = segment_of(t, 1, i).t + apart;
            }
        });
    };
    const auto paired_otherwise = [](const DiffReport& report) {
        return std::any_of(report.rows.begin(), report.rows.end(), [](const DiffRow& row) {
            return row.subject.find("(kernel:") != std::string::npos;
        });
    };
    CHECK(paired_otherwise(start_apart(milliseconds(32))));
    CHECK_FALSE(paired_otherwise(start_apart(milliseconds(32) + nanoseconds(1))));
}

/// Both worlds end client.0's flow with the server's FIN and the client's own, `apart` later; the
/// kernel's client acknowledges the first one by itself in between.
DiffReport with_extra_ack(Duration apart, std::uint64_t delayed_acks) {
    const auto finish = [apart](Trace& t, bool kernel) {
        const auto add = [&](const SegmentRecord& like, Flags flags, std::uint32_t more_seq,
                             std::uint32_t more_ack, Duration time) {
            SegmentRecord record = like;
            record.t = Instant{} + milliseconds(600) + time;
            Segment& segment = record.packet.segment;
            segment.seq += more_seq;
            segment.ack += more_ack;
            segment.flags = flags;
            segment.options = {};
            segment.len = 0;
            t.segments.push_back(record);
        };
        const SegmentRecord syn_ack = segment_of(t, 1, 1);
        const SegmentRecord data = segment_of(t, 1, 3);
        add(syn_ack, kFin | kAck, 1, 16, Duration{});
        if (kernel) {
            add(data, kAck, 16, 1, milliseconds(1));
        }
        add(data, kFin | kAck, 16, 1, milliseconds(1) + apart);
    };
    Trace model = example("model");
    Trace kernel = example("kernel");
    finish(model, false);
    finish(kernel, true);
    model.counters[0]["OutSegs"] = 20;
    kernel.counters[0]["OutSegs"] = 21;
    model.counters[0]["InSegs"] = 30;
    kernel.counters[0]["InSegs"] = 31;
    if (delayed_acks > 0) {
        kernel.counters[0]["DelayedACKs"] = delayed_acks;
    }
    return compare_traces(model, kernel);
}

TEST_CASE(
    "diff: an ACK that a tick sent just before the process' own segment is nobody's promise") {
    const Duration soon = milliseconds(4 + 20);
    CHECK(differing(with_extra_ack(soon, 1)).empty());
    CHECK(differing(with_extra_ack(soon + nanoseconds(1), 1)) ==
          "client.0 segment 6\nhost InSegs\nhost OutSegs\nhost DelayedACKs\n");
}

TEST_CASE("diff: such an ACK must be a delayed one: the counters have to show it") {
    CHECK(differing(with_extra_ack(milliseconds(1), 0)) == "host DelayedACKs\n");
    CHECK(differing(with_extra_ack(milliseconds(1), 2)) == "host DelayedACKs\n");
}

TEST_CASE("diff: without the clients' ports flows are found by the time of their SYN") {
    const DiffReport report = compare_with([](Trace& t) {
        CallRecord& late = call_of(t, 2, CallKind::Connect);
        late.start = late.start + milliseconds(3);
        segment_of(t, 2, 0).t = segment_of(t, 2, 0).t + milliseconds(3);
        for (CallRecord& call : t.calls) {
            call.client = {};
        }
    });
    INFO(to_table(report));
    CHECK(report.agree);
}

TEST_CASE("diff: near an end by the clock an event may be in one trace only, otherwise not") {
    Trace model = example("model");
    Trace kernel = example("kernel");
    model.end = kernel.end = kernel.segments.back().t + milliseconds(50);
    kernel.segments.pop_back();
    CHECK_FALSE(compare_traces(model, kernel).agree);
    CHECK(compare_traces(model, kernel, {.cut_by_clock = true}).agree);
    model.end = kernel.end = kernel.end + seconds(1);
    CHECK_FALSE(compare_traces(model, kernel, {.cut_by_clock = true}).agree);
}

TEST_CASE("diff: a new SYN between the same endpoints begins a new flow") {
    TraceWriter first{"kernel", 40'000, 100};
    first.send(1, true, milliseconds(1), kSyn, 0, 0);
    first.send(1, true, milliseconds(2), kSyn, 0, 0);
    TraceWriter second{"kernel", 40'000, 200};
    second.send(1, true, milliseconds(3), kSyn, 0, 0);
    Trace both = first.trace;
    both.segments.push_back(second.trace.segments[0]);
    const std::vector<Flow> flows = flows_of(both);
    REQUIRE(flows.size() == 2);
    REQUIRE(flows[0].segments.size() == 2);
    CHECK_FALSE(flows[0].segments[0].repeated);
    CHECK(flows[0].segments[1].repeated);
    CHECK_FALSE(flows[1].segments[0].repeated);
    CHECK(signature(flows[1].segments[0]) == "> SYN seq 0 len 0 mss 65495 sack ws");
}

TEST_CASE("diff: the wheel's granules begin where Linux's levels begin") {
    const auto granule = [](Duration delay) { return wheel_granule(delay, 250); };
    CHECK(granule(milliseconds(252) - nanoseconds(1)) == milliseconds(4));
    CHECK(granule(milliseconds(252)) == milliseconds(32));
    CHECK(granule(milliseconds(2016) - nanoseconds(1)) == milliseconds(32));
    CHECK(granule(milliseconds(2016)) == milliseconds(256));
    CHECK(granule(milliseconds(16'128) - nanoseconds(1)) == milliseconds(256));
    CHECK(granule(milliseconds(16'128)) == milliseconds(2048));
    CHECK(wheel_granule(milliseconds(62), 1000) == milliseconds(1));
    CHECK(wheel_granule(milliseconds(63), 1000) == milliseconds(8));
}

/// Both ends of client.0's flow close, a millisecond apart, over a wire of this delay.
Trace closing(const std::string& world, bool server_first, Duration delay) {
    Trace trace = example(world);
    SegmentRecord client = segment_of(trace, 1, 3);
    SegmentRecord server = segment_of(trace, 1, 1);
    const Seq sent = client.packet.segment.end();
    client.packet.segment = {
        .seq = sent, .ack = client.packet.segment.ack, .flags = kFin | kAck, .len = 0};
    server.packet.segment = {
        .seq = client.packet.segment.ack, .ack = sent, .flags = kFin | kAck, .len = 0};
    client.t = Instant{} + milliseconds(server_first ? 601 : 600);
    server.t = Instant{} + milliseconds(server_first ? 600 : 601);
    for (SegmentRecord* each : {&client, &server}) {
        each->arrived = each->t + delay;
        trace.segments.push_back(*each);
    }
    return trace;
}

TEST_CASE("diff: segments that passed each other on a wire have no order, others have") {
    const Duration long_wire = milliseconds(25);
    CHECK(compare_traces(closing("model", true, long_wire), closing("kernel", true, long_wire))
              .agree);
    CHECK(compare_traces(closing("model", false, long_wire), closing("kernel", true, long_wire))
              .agree);
    const Duration short_wire = milliseconds(1);
    CHECK(differing(compare_traces(closing("model", false, short_wire),
                                   closing("kernel", true, short_wire))) == "client.0 segment 5\n");
}

}  // namespace
}  // namespace synq
