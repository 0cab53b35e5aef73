#include "sim/trace/digest.h"

#include "tests/catch.h"
#include "tests/unit/trace_maker.h"

#include <functional>
#include <set>

namespace synq {
namespace {

// Something in every list.
Trace full_trace() {
    Trace trace = test::two_clients();
    trace.socket_tables.push_back(
        {.t = {.ns = 5},
         .host = 0,
         .rows = {{.state = State::Listen, .local = test::kListener, .timer = "on,1sec,0"}}});
    return trace;
}

using Change = std::function<void(Trace&)>;

// Each touches one field.
const std::vector<Change> kChanges{
    [](Trace& t) { ++t.end.ns; },
    [](Trace& t) { t.interrupted = true; },
    [](Trace& t) { t.hosts.emplace_back("another"); },
    [](Trace& t) { t.processes[0].host = 1; },
    [](Trace& t) { t.processes.push_back({"another", 0}); },
    [](Trace& t) { t.calls[0].process = 1; },
    [](Trace& t) { t.calls[0].kind = CallKind::Bind; },
    [](Trace& t) { ++t.calls[0].start.ns; },
    [](Trace& t) { ++t.calls[0].end.ns; },
    [](Trace& t) { ++t.calls[0].result; },
    [](Trace& t) { t.calls[0].error = Errno::Einval; },
    [](Trace& t) { ++t.calls[0].client.port; },
    [](Trace& t) { t.calls[0].client.address = IpAddress::v4(10, 0, 0, 1); },
    [](Trace& t) { ++t.segments[0].t.ns; },
    [](Trace& t) { ++t.segments[0].arrived.ns; },
    [](Trace& t) { t.segments[0].dropped = Drop::Link; },
    [](Trace& t) { t.segments[0].retransmission = true; },
    [](Trace& t) { ++t.segments[0].packet.src.port; },
    [](Trace& t) { ++t.segments[0].packet.dst.port; },
    [](Trace& t) { t.segments[0].packet.src.address = IpAddress::v6({1}); },
    [](Trace& t) { t.segments[0].packet.dst.address = IpAddress::v4(10, 0, 0, 1); },
    [](Trace& t) { t.segments[0].packet.segment.seq += 1; },
    [](Trace& t) { t.segments[0].packet.segment.ack += 1; },
    [](Trace& t) { t.segments[0].packet.segment.flags = kRst; },
    [](Trace& t) { ++t.segments[0].packet.segment.window; },
    [](Trace& t) { ++t.segments[0].packet.segment.len; },
    [](Trace& t) { ++t.segments[0].packet.segment.options.ts_val; },
    [](Trace& t) { ++t.segments[0].packet.segment.options.ts_ecr; },
    [](Trace& t) { --t.segments[0].packet.segment.options.mss; },
    [](Trace& t) { ++t.segments[0].packet.segment.options.window_scale; },
    [](Trace& t) { t.segments[0].packet.segment.options.sack_permitted = false; },
    [](Trace& t) { t.segments[0].packet.segment.options.timestamps = false; },
    [](Trace& t) { t.segments[0].packet.segment.options.fast_open.size = 0; },
    [](Trace& t) { t.segments[0].packet.segment.options.fast_open = {.octets = {1}, .size = 4}; },
    [](Trace& t) { ++t.states[0].t.ns; },
    [](Trace& t) { t.states[0].host = 1; },
    [](Trace& t) { ++t.states[0].flow.local.port; },
    [](Trace& t) { ++t.states[0].flow.remote.port; },
    [](Trace& t) { t.states[0].from = State::Listen; },
    [](Trace& t) { t.states[0].to = State::Closing; },
    [](Trace& t) { ++t.queues[0].t.ns; },
    [](Trace& t) { t.queues[0].host = 1; },
    [](Trace& t) { ++t.queues[0].local.port; },
    [](Trace& t) { ++t.queues[0].accept_queue; },
    [](Trace& t) { ++t.queues[0].request_queue; },
    [](Trace& t) { t.listeners[0].host = 1; },
    [](Trace& t) { ++t.listeners[0].local.port; },
    [](Trace& t) { ++t.listeners[0].backlog; },
    [](Trace& t) { ++t.listeners[0].accept_queue_max; },
    [](Trace& t) { t.listeners[0].request_queue_max = 77; },
    [](Trace& t) { t.listeners[0].request_queue_max.reset(); },
    [](Trace& t) { ++t.socket_tables[0].t.ns; },
    [](Trace& t) { t.socket_tables[0].host = 1; },
    [](Trace& t) { t.socket_tables[0].rows[0].state = State::Closed; },
    [](Trace& t) { ++t.socket_tables[0].rows[0].recv_q; },
    [](Trace& t) { ++t.socket_tables[0].rows[0].send_q; },
    [](Trace& t) { ++t.socket_tables[0].rows[0].local.port; },
    [](Trace& t) { ++t.socket_tables[0].rows[0].remote.port; },
    [](Trace& t) { t.socket_tables[0].rows[0].timer = "on,2sec,0"; },
    [](Trace& t) { ++t.counters[0]["ListenDrops"]; },
    [](Trace& t) { t.counters[0]["OutRsts"] = 1; },
    [](Trace& t) { t.counters[0].erase("ListenDrops"); },
    [](Trace& t) { std::swap(t.order[0], t.order[1]); },
    [](Trace& t) { t.order[0].kind = EntryKind::CallEnd; },
    [](Trace& t) { ++t.order[0].index; },
    [](Trace& t) { t.order.pop_back(); },
};

}  // namespace

TEST_CASE("the digest changes when any single field does, each time to another value") {
    std::set<std::uint64_t> seen{digest(full_trace())};
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
        Trace trace = full_trace();
        kChanges[i](trace);
        INFO("change " << i);
        CHECK(seen.insert(digest(trace)).second);
    }
}

TEST_CASE("names and what was asked for do not change the digest") {
    Trace trace = full_trace();
    trace.scenario = "another name";
    trace.seed = 99;
    trace.profile = "rfc9293";
    trace.world = "kernel";
    trace.hosts[0] = "renamed";
    trace.processes[0].name = "renamed";
    trace.calls[0].text = "rewritten";
    trace.socket_tables[0].rows[0].process = "renamed";
    CHECK(digest(trace) == digest(full_trace()));
}

TEST_CASE("the digest is printed as sixteen hexadecimal digits") {
    CHECK(digest_text(Trace{}).size() == 16);
    CHECK(digest_text(Trace{}).find_first_not_of("0123456789abcdef") == std::string::npos);
}

}  // namespace synq
