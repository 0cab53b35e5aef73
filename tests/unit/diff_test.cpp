#include "sim/diff/diff.h"

#include "tests/catch.h"
#include "tests/unit/hand_trace.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace synq {
namespace {

using test::call_of;
using test::compare_with;
using test::differing;
using test::example;
using test::kServer;
using test::segment_of;

TEST_CASE("diff: equal runs agree although ports and initial sequence numbers differ") {
    const DiffReport report = compare_traces(example("model"), example("kernel"));
    INFO(to_table(report));
    CHECK(report.agree);
    CHECK(differing(report).empty());
    CHECK(report.scope.processes == 3);
    CHECK(report.scope.calls == 8);
    CHECK(report.scope.flows == 2);
    CHECK(report.scope.segments == 9);
    CHECK(report.scope.counters == 2);
    CHECK(report.scope.listeners == 1);
}

TEST_CASE("diff: a different result, errno or call is named") {
    CHECK(differing(compare_with([](Trace& t) { call_of(t, 1, CallKind::Send).result = 15; })) ==
          "client.0 call 2\n");
    const DiffReport refused = compare_with([](Trace& t) {
        call_of(t, 2, CallKind::Connect).result = -1;
        call_of(t, 2, CallKind::Connect).error = Errno::Econnrefused;
    });
    CHECK(differing(refused) == "client.1 call 1\n");
    const auto row = std::find_if(refused.rows.begin(), refused.rows.end(),
                                  [](const DiffRow& each) { return !each.agree; });
    CHECK(row->model == "connect = 0");
    CHECK(row->kernel == "connect = -1 ECONNREFUSED");
    CHECK(differing(compare_with([](Trace& t) { call_of(t, 2, CallKind::Send).end = kNever; })) ==
          "client.1 call 2\n");
    CHECK(differing(compare_with([](Trace& t) {
              std::erase_if(t.calls, [](const CallRecord& call) {
                  return call.process == 1 && call.kind == CallKind::Send;
              });
          })) == "client.0 call 2\n");
}

TEST_CASE("diff: a server's accepts are a set") {
    const auto swap_accepts = [](Trace& t) {
        for (CallRecord& call : t.calls) {
            if (call.kind == CallKind::Accept) {
                call.result = 9 - call.result;  // 4 and 5 in the other order
            }
        }
    };
    CHECK(compare_with(swap_accepts).agree);
    CHECK(differing(compare_with([](Trace& t) { call_of(t, 0, CallKind::Accept).result = 7; })) ==
          "server accept calls\n");
}

TEST_CASE("diff: each property of a segment is compared") {
    const auto differs_at = [](std::uint32_t client, std::size_t n,
                               const std::function<void(Segment&)>& change) {
        return differing(
            compare_with([&](Trace& t) { change(segment_of(t, client, n).packet.segment); }));
    };
    CHECK(differs_at(1, 3, [](Segment& s) { s.flags = kAck; }) == "client.0 segment 4\n");
    CHECK(differs_at(1, 3, [](Segment& s) { s.seq += 1; }) == "client.0 segment 4\n");
    CHECK(differs_at(2, 4, [](Segment& s) { s.ack += 1; }) == "client.1 segment 5\n");
    CHECK(differs_at(2, 4, [](Segment& s) { s.len = 15; }) == "client.1 segment 5\n");
    CHECK(differs_at(1, 1, [](Segment& s) { s.options.mss = 1460; }) == "client.0 segment 2\n");
    CHECK(differs_at(1, 0, [](Segment& s) { s.options.timestamps = true; }) ==
          "client.0 segment 1\n");
    CHECK(differs_at(1, 0, [](Segment& s) { s.options.sack_permitted = false; }) ==
          "client.0 segment 1\n");
    CHECK(differs_at(1, 0, [](Segment& s) { s.options.window_scale = Options::kNoScale; }) ==
          "client.0 segment 1\n");
    CHECK(differs_at(1, 0, [](Segment& s) { s.window = 1; }).empty());
}

TEST_CASE("diff: a missing, an additional and a misplaced segment are found") {
    CHECK(differing(compare_with([](Trace& t) { t.segments.pop_back(); })) ==
          "client.1 segment 5\n");
    CHECK(differing(compare_with([](Trace& t) { t.segments.push_back(t.segments.back()); })) ==
          "client.1 segment 6\n");
    CHECK(differing(compare_with([](Trace& t) {
              std::swap(segment_of(t, 1, 2).packet, segment_of(t, 1, 3).packet);
          })) == "client.0 segment 3\n");
}

TEST_CASE("diff: a flow that only one world has is found") {
    const DiffReport report = compare_with([](Trace& t) {
        std::erase_if(t.segments, [port = call_of(t, 2, CallKind::Connect).client.port](
                                      const SegmentRecord& each) {
            return each.packet.src.port == port || each.packet.dst.port == port;
        });
    });
    CHECK(differing(report) == "client.1 flow\n");
}

TEST_CASE("diff: counters that the model has are compared, whichever side is zero") {
    CHECK(differing(compare_with([](Trace& t) { t.counters[0]["ListenOverflows"] = 2; })) ==
          "host ListenOverflows\n");
    CHECK(differing(compare_with([](Trace& t) { t.counters[0].erase("ActiveOpens"); })) ==
          "host ActiveOpens\n");
    CHECK(differing(compare_with([](Trace& t) { t.counters[0]["EmbryonicRsts"] = 1; })) ==
          "host EmbryonicRsts\n");
    CHECK(compare_with([](Trace& t) { t.counters[0]["NotInTheModel"] = 1; }).agree);
}

TEST_CASE("diff: a listener's backlog and longest queue are compared") {
    CHECK(differing(compare_with([](Trace& t) { t.listeners[0].backlog = 3; })) ==
          "host:8000 backlog\n");
    CHECK(differing(compare_with([](Trace& t) { t.listeners[0].accept_queue_max = 2; })) ==
          "host:8000 accept queue max\n");
    CHECK(differing(compare_with([](Trace& t) { t.listeners.clear(); })) == "host:8000 listener\n");
}

TEST_CASE(
    "diff: a queue length shorter than the sampler's period may be missed, a lasting one not") {
    Trace model = example("model");
    Trace kernel = example("kernel");
    kernel.listeners[0].accept_queue_max = 1;
    const auto queue = [&](Duration t, std::uint32_t length) {
        model.queues.push_back({Instant{} + t, 0, kServer, length, 0});
    };
    queue(milliseconds(10), 1);
    queue(milliseconds(20), 3);
    queue(milliseconds(24), 1);
    CHECK(compare_traces(model, kernel).agree);
    model.queues.back().t = Instant{} + milliseconds(25);
    CHECK(differing(compare_traces(model, kernel)) == "host:8000 accept queue max\n");
}

TEST_CASE("diff: the table's last line says what was compared and the result") {
    const DiffReport good = compare_traces(example("model"), example("kernel"));
    CHECK(summary(good) ==
          "hand-made: model against Linux 6.18: 8 calls of 3 processes, 9 segments of 2 flows, "
          "2 counters and 1 listener compared: they agree");
    CHECK(to_table(good, true) == summary(good) + "\n");
    const DiffReport bad = compare_with([](Trace& t) { t.counters[0]["ActiveOpens"] = 1; });
    const std::string table = to_table(bad);
    CHECK(table.ends_with(summary(bad) + "\n"));
    CHECK(summary(bad).ends_with("1 difference"));
    CHECK(table.find("host ActiveOpens") != std::string::npos);
    CHECK(table.find("DIFFER") != std::string::npos);
}

TEST_CASE("diff: the JSON holds every row") {
    const DiffReport report = compare_with([](Trace& t) { t.counters[0]["ActiveOpens"] = 1; });
    const auto json = nlohmann::json::parse(to_json(report));
    CHECK(json["agree"] == false);
    CHECK(json["rows"].size() == report.rows.size());
    CHECK(json["compared"]["segments"] == 9);
}

}  // namespace
}  // namespace synq
