#include "sim/trace/summary.h"

#include "tests/catch.h"
#include "tests/unit/golden.h"
#include "tests/unit/trace_maker.h"

namespace synq {
namespace {

using namespace test;

// `count` clients; those from `first_waiting` on lose `lost` SYNs each and connect at `end`.
Trace clients(unsigned count, unsigned first_waiting, std::uint32_t lost, Duration end,
              Errno error = Errno::None) {
    TraceMaker make(2);
    const std::uint32_t server = start_server(make, 2);
    std::vector<std::uint32_t> calls;
    for (unsigned i = 0; i < count; ++i) {
        const std::uint32_t process = make.process("client." + std::to_string(i));
        calls.push_back(make.call(process, CallKind::Connect, "connect(fd, server:8000)"));
        if (i < first_waiting) {
            connects(make, calls[i], i, i + 1);
        }
    }
    for (unsigned i = first_waiting; i < count; ++i) {
        for (std::uint32_t n = 0; n < lost; ++n) {
            make.passes(client_end(i), kServer, segment(kSyn, 1000 * (i + 1), 0),
                        Drop::AcceptQueueFull);
        }
    }
    make.at(end);
    for (unsigned i = first_waiting; i < count; ++i) {
        if (error == Errno::None) {
            connects(make, calls[i], i, 1);
        } else {
            make.fails(calls[i], error, client_end(i));
        }
    }
    for (unsigned i = 0; i < (error == Errno::None ? count : first_waiting); ++i) {
        const std::uint32_t accept = make.call(server, CallKind::Accept, "accept(fd)");
        make.returns(accept, 4, client_end(i));
    }
    return make.finish();
}

}  // namespace

TEST_CASE("the summary of two clients reads as agreed") {
    const std::string text = summary(two_clients());
    CHECK(text == golden("summary-two-clients.txt", text));
}

TEST_CASE("the verdict says who waited and why") {
    CHECK(verdict(clients(6, 3, 9, milliseconds(35'588))) ==
          "3 of 6 clients connected at once; 3 waited 35.6 s because 27 SYNs met a full accept "
          "queue. All 6 were accepted, the last 35.6 s after the start.");
}

TEST_CASE("the verdict of an experiment without trouble is short") {
    CHECK(verdict(clients(6, 6, 0, seconds(20))) ==
          "All 6 clients connected at once. All 6 were accepted, the last 20 s after the start.");
}

TEST_CASE("the verdict says who gave up") {
    CHECK(verdict(clients(2, 1, 11, seconds(131), Errno::Etimedout)) ==
          "1 of 2 clients connected at once; 1 failed with ETIMEDOUT after 131 s because 11 SYNs "
          "met a full accept queue. 1 was accepted, the last 131 s after the start.");
}

TEST_CASE("the verdict of a trace without reasons takes them from the counters") {
    Trace trace = clients(6, 3, 9, milliseconds(35'588));
    for (SegmentRecord& record : trace.segments) {
        record.dropped = Drop::None;
    }
    trace.counters[0]["ListenOverflows"] = 27;
    CHECK(verdict(trace).find("because 27 SYNs got no answer (ListenOverflows 27)") !=
          std::string::npos);
}

TEST_CASE("the verdict knows clients that were never accepted and lost the connection") {
    TraceMaker make(2);
    start_server(make, 2);
    const std::uint32_t client = make.process("client");
    connects(make, make.call(client, CallKind::Connect, "connect(fd, server:8000)"), 0, 1);
    const std::uint32_t recv = make.call(client, CallKind::Recv, "recv(fd, 512)");
    make.passes(client_end(0), kServer, segment(kPsh | kAck, 1001, 501'001, 16),
                Drop::AckAcceptQueueFull);
    make.at(seconds(141));
    make.fails(recv, Errno::Econnreset);
    CHECK(verdict(make.finish()) ==
          "The only client connected at once. 1 believed in a connection that was never accepted. "
          "1 lost the connection later, the last 141 s after the start. 1 segment of clients that "
          "were connected already met a full accept queue and was ignored.");
}

TEST_CASE("the verdict knows who was still waiting") {
    TraceMaker make(2);
    const std::uint32_t client = make.process("client");
    make.call(client, CallKind::Connect, "connect(fd, server:8000)");
    CHECK(verdict(make.finish()) == "The only client was still waiting when the run ended.");
}

TEST_CASE("nobody connected: the verdict says so") {
    CHECK(verdict(TraceMaker(0).finish()) == "Nobody tried to connect.");
}

TEST_CASE("process lines name the first error") {
    TraceMaker make(0);
    const std::uint32_t client = make.process("client");
    const std::uint32_t call = make.call(client, CallKind::Connect, "connect(fd, server:8000)");
    make.at(milliseconds(131'044));
    make.fails(call, Errno::Etimedout, client_end(0));
    make.calls(client, CallKind::Close, "close(fd)", 0);
    CHECK(
        process_lines(make.finish()) ==
        "process  connect                             accept  sent  received  last call           "
        "error\n"
        "client   ETIMEDOUT at 131.044 s, took 131 s  never      0         0  close at 131.044 s  "
        "connect ETIMEDOUT at 131.044 s\n");
}

TEST_CASE("a request queue that the kernel does not tell is not known") {
    Trace trace = two_clients();
    trace.listeners[0].request_queue_max.reset();
    CHECK(listener_lines(trace).find("not known") != std::string::npos);
}

}  // namespace synq
